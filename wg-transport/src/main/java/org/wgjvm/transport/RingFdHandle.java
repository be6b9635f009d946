package org.wgjvm.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;

/**
 * A file descriptor of ours on Netty's io_uring event loop, by a poll request that is made anew each time it has fired: what is left unread
 * fires again at once. The kernel keeps the file open until the request is cancelled, which is a turn of the loop after {@link #cancel}.
 */
final class RingFdHandle implements IoUringIoHandle, FdRegistration {
    /** IORING_OP_POLL_ADD, IORING_OP_ASYNC_CANCEL (io_uring_enter(2)) and POLLIN. */
    private static final byte POLL_ADD = 6;

    private static final byte ASYNC_CANCEL = 14;
    private static final int POLLIN = 1;

    private final IoUringIoOps poll;
    private final Runnable onReadable;
    private final Runnable onLoopClosed;
    private IoRegistration registration;
    private long pollId;
    private boolean cancelled;

    private RingFdHandle(int fd, Runnable onReadable, Runnable onLoopClosed) {
        poll = new IoUringIoOps(POLL_ADD, (byte) 0, (short) 0, fd, 0L, 0L, 0, POLLIN, 0L, (short) 0, (short) 0, 0, 0L);
        this.onReadable = onReadable;
        this.onLoopClosed = onLoopClosed;
    }

    /** As {@link FdRegistration#register}. */
    static RingFdHandle register(IoEventLoop loop, int fd, Runnable onReadable, Runnable onLoopClosed) throws IOException {
        final RingFdHandle handle = new RingFdHandle(fd, onReadable, onLoopClosed);
        final Future<IoRegistration> future = loop.register(handle);
        if (!future.isSuccess()) {
            throw new IOException("cannot register with the event loop", future.cause());
        }
        handle.registration = future.getNow();
        handle.pollId = handle.registration.submit(handle.poll);
        return handle;
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            registration.submit(new IoUringIoOps(
                    ASYNC_CANCEL, (byte) 0, (short) 0, -1, 0L, pollId, 0, 0, 0L, (short) 0, (short) 0, 0, 0L));
            registration.cancel();
        }
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (!cancelled && ((IoUringIoEvent) event).opcode() == POLL_ADD) {
            onReadable.run();
            if (!cancelled) {
                pollId = registration.submit(poll);
            }
        }
    }

    @Override
    public void close() {
        onLoopClosed.run();
    }
}
