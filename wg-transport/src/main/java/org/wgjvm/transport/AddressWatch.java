package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Tells when addresses or links of this host have changed, so that sockets can follow an address that DHCP gives. It does not say what has
 * changed: whoever is told looks, and so nothing is missed when the kernel has to drop events. A burst is told once. All calls, in and
 * out, are on the event loop.
 */
public final class AddressWatch implements AutoCloseable {
    private static final int SETTLE_MS = 10;

    private final EventLoop loop;
    private final Runnable onChanged;
    private RouteNews news;
    private Future<?> pending;
    private boolean closed;

    private AddressWatch(EventLoop loop, Runnable onChanged) {
        this.loop = loop;
        this.onChanged = onChanged;
    }

    /** Begins to listen, in the network namespace of the event loop's thread; on that thread only. */
    public static AddressWatch open(EventLoop loop, Runnable onChanged) throws IOException {
        final AddressWatch watch = new AddressWatch(loop, onChanged);
        watch.news = RouteNews.open(loop, RouteNews.LINKS | RouteNews.ADDRESSES, watch::onNews, watch::close);
        return watch;
    }

    private void onNews() {
        if (pending == null) {
            pending = loop.schedule(this::tell, SETTLE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void tell() {
        pending = null;
        if (!closed) {
            onChanged.run();
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        closed = true;
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
        news.close();
    }
}
