package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.uring.IoUringIoHandle;
import java.io.IOException;

/** A file descriptor of ours that a Netty event loop watches for something to read. The descriptor stays its owner's. */
interface FdRegistration {
    /**
     * Begins to watch {@code fd}. On the loop's thread only.
     *
     * @param onReadable called on the loop while there is something to read
     * @param onLoopClosed called when the loop shuts down with the descriptor still registered
     */
    static FdRegistration register(EventLoop loop, int fd, Runnable onReadable, Runnable onLoopClosed) throws IOException {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("not on the event loop");
        }
        if (loop instanceof IoEventLoop io) {
            if (io.isCompatible(EpollIoHandle.class)) {
                return FdHandle.register(io, fd, onReadable, onLoopClosed);
            }
            if (io.isCompatible(IoUringIoHandle.class)) {
                return RingFdHandle.register(io, fd, onReadable, onLoopClosed);
            }
        }
        throw new UnsupportedOperationException("needs an event loop with Netty's EpollIoHandler or IoUringIoHandler");
    }

    /** Stops watching. The descriptor may be closed afterwards. */
    void cancel();
}
