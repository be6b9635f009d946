package org.wgjvm.tun;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/**
 * A file descriptor of ours on Netty's epoll loop. Level-triggered: the loop comes back as long as there is something to read, so that
 * whoever yields early loses no wake-up.
 */
final class PolledDescriptor implements EpollIoHandle {
    private final FileDescriptor fd;
    private final Runnable onReadable;
    private IoRegistration registration;

    private PolledDescriptor(int fd, Runnable onReadable) {
        this.fd = new FileDescriptor(fd);
        this.onReadable = onReadable;
    }

    /** Registers {@code fd}, which the caller still owns; on the loop. {@code onReadable} is called for data and for errors. */
    static PolledDescriptor register(IoEventLoop loop, int fd, Runnable onReadable) throws IOException {
        final PolledDescriptor handle = new PolledDescriptor(fd, onReadable);
        final var future = loop.register(handle).awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw new IOException("register a file descriptor with the event loop", future.cause());
        }
        handle.registration = future.getNow();
        handle.registration.submit(EpollIoOps.EPOLLIN);
        return handle;
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (((EpollIoEvent) event).ops().value() != 0 && registration.isValid()) {
            onReadable.run();
        }
    }

    /** Ends the registration: no call follows. The descriptor stays open. On the loop. */
    void cancel() {
        registration.cancel();
    }

    /** The loop is being shut down. Whoever owns the descriptor closes it. */
    @Override
    public void close() {}
}
