package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.Sockets;

/**
 * A socket that hears of changes by rtnetlink(7) and says no more than that there was one: what the messages say does not matter, nor that
 * some were lost (ENOBUFS), because whoever is told looks for himself. All calls, in and out, are on the event loop.
 */
final class RouteNews implements AutoCloseable {
    /** Groups of rtnetlink(7). */
    static final int LINKS = 0x1;

    static final int ADDRESSES = 0x10 | 0x100;
    static final int ROUTES = 0x40 | 0x400;
    static final int RULES = 0x80 | 1 << 18;

    private final Runnable onNews;
    private final MemorySegment buffer = Arena.ofAuto().allocate(16384, 8);
    private FdRegistration handle;
    private int fd = -1;

    private RouteNews(Runnable onNews) {
        this.onNews = onNews;
    }

    /**
     * Begins to listen, in the network namespace of the event loop's thread; on that thread only.
     *
     * @param onNews something has changed; a burst may be told more than once
     * @param onLoopClosed the loop shuts down with this still open
     */
    static RouteNews open(EventLoop loop, int groups, Runnable onNews, Runnable onLoopClosed) throws IOException {
        final RouteNews news = new RouteNews(onNews);
        boolean done = false;
        try {
            news.fd = RouteQuery.openNetlink(groups);
            news.handle = FdRegistration.register(loop, news.fd, news::onReadable, onLoopClosed);
            done = true;
            return news;
        } finally {
            if (!done) {
                news.close();
            }
        }
    }

    private void onReadable() {
        while (fd >= 0) {
            final int r = Sockets.recv(fd, buffer.address(), (int) buffer.byteSize(), Sockets.MSG_DONTWAIT);
            if (r == -Errno.EAGAIN || r == -Errno.EBADF) {
                break;
            }
        }
        if (fd >= 0) {
            onNews.run();
        }
    }

    /** Idempotent. Nothing is told any more. */
    @Override
    public void close() {
        if (handle != null) {
            handle.cancel();
            handle = null;
        }
        if (fd >= 0) {
            Sockets.close(fd);
            fd = -1;
        }
    }
}
