package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;

/**
 * A file descriptor of ours on Netty's epoll event loop: calls back on the loop while there is something to read (level-triggered). The
 * descriptor stays its owner's.
 */
final class FdHandle implements EpollIoHandle {
    private final FileDescriptor descriptor;
    private final Runnable onReadable;
    private final Runnable onLoopClosed;
    private IoRegistration registration;

    private FdHandle(int fd, Runnable onReadable, Runnable onLoopClosed) {
        this.descriptor = new FileDescriptor(fd);
        this.onReadable = onReadable;
        this.onLoopClosed = onLoopClosed;
    }

    /**
     * Begins to watch {@code fd}. On the loop's thread only.
     *
     * @param onLoopClosed called when the loop shuts down with the handle still registered
     */
    static FdHandle register(EventLoop loop, int fd, Runnable onReadable, Runnable onLoopClosed) throws IOException {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("not on the event loop");
        }
        if (!(loop instanceof IoEventLoop ioLoop) || !ioLoop.isCompatible(EpollIoHandle.class)) {
            throw new UnsupportedOperationException("needs an event loop with Netty's EpollIoHandler");
        }
        final FdHandle handle = new FdHandle(fd, onReadable, onLoopClosed);
        final Future<IoRegistration> future = ioLoop.register(handle);
        if (!future.isSuccess()) {
            throw new IOException("cannot register with the event loop", future.cause());
        }
        handle.registration = future.getNow();
        handle.registration.submit(EpollIoOps.EPOLLIN);
        return handle;
    }

    /** Stops watching. The descriptor may be closed afterwards. */
    void cancel() {
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
