package org.wgjvm.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;

/**
 * A file descriptor of ours on Netty's epoll event loop: level-triggered.
 */
final class FdHandle implements EpollIoHandle, FdRegistration {
    private final FileDescriptor descriptor;
    private final Runnable onReadable;
    private final Runnable onLoopClosed;
    private IoRegistration registration;

    private FdHandle(int fd, Runnable onReadable, Runnable onLoopClosed) {
        this.descriptor = new FileDescriptor(fd);
        this.onReadable = onReadable;
        this.onLoopClosed = onLoopClosed;
    }

    /** As {@link FdRegistration#register}. */
    static FdHandle register(IoEventLoop loop, int fd, Runnable onReadable, Runnable onLoopClosed) throws IOException {
        final FdHandle handle = new FdHandle(fd, onReadable, onLoopClosed);
        final Future<IoRegistration> future = loop.register(handle);
        if (!future.isSuccess()) {
            throw new IOException("cannot register with the event loop", future.cause());
        }
        handle.registration = future.getNow();
        handle.registration.submit(EpollIoOps.EPOLLIN);
        return handle;
    }

    @Override
    public void cancel() {
        registration.cancel();
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        onReadable.run();
    }

    /** Netty closes what is registered when the loop ends. */
    @Override
    public void close() {
        onLoopClosed.run();
    }
}
