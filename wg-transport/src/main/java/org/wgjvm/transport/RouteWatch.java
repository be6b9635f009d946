package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.wgjvm.core.packet.Endpoint;

/**
 * Lets go of sticky sources that routing has outgrown, as the kernel module does: when the address is no longer this host's, or a packet
 * to the endpoint would now leave by another interface than the one on which the peer addressed us.
 *
 * <p>It listens on the event loop for changes of links, addresses, routes and rules, and then looks at every endpoint: soon
 * after the first change, but at most once a second, and a few endpoints per turn of the loop, so that a storm of route changes does not
 * hold up traffic. All calls, in and out, are on the event loop.
 */
public final class RouteWatch implements AutoCloseable {
    private static final int GROUPS = RouteNews.LINKS | RouteNews.ADDRESSES | RouteNews.ROUTES | RouteNews.RULES;

    private static final long SETTLE_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int ENDPOINTS_PER_TURN = 64;

    private final EventLoop loop;
    private final Source source;
    private RouteQuery query;
    private RouteNews news;
    private Future<?> pending;
    private boolean checking;
    private long lastCheckNs;
    private List<Endpoint> toCheck = List.of();
    private int checked;
    private boolean droppedNow;
    private long checks;
    private long dropped;

    private RouteWatch(EventLoop loop, Source source) {
        this.loop = loop;
        this.source = source;
        lastCheckNs = System.nanoTime() - INTERVAL_NS;
    }

    /** Begins to listen, in the network namespace of the event loop's thread; on that thread only. */
    public static RouteWatch open(EventLoop loop, Source source) throws IOException {
        final RouteWatch watch = new RouteWatch(loop, source);
        boolean done = false;
        try {
            watch.query = RouteQuery.open();
            watch.news = RouteNews.open(loop, GROUPS, watch::onNews, watch::close);
            done = true;
            return watch;
        } finally {
            if (!done) {
                watch.close();
            }
        }
    }

    /** How many sticky sources it has dropped. */
    public long dropped() {
        return dropped;
    }

    /** How many times it has looked at all endpoints. */
    long checks() {
        return checks;
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
        if (news != null) {
            news.close();
            news = null;
        }
        if (query != null) {
            query.close();
            query = null;
        }
    }

    private void onNews() {
        if (pending == null) {
            final long waitNs = Math.max(SETTLE_NS, lastCheckNs + INTERVAL_NS - System.nanoTime());
            pending = loop.schedule(this::beginCheck, waitNs, TimeUnit.NANOSECONDS);
        }
    }

    private void beginCheck() {
        pending = null;
        if (query == null) {
            return;
        }
        if (checking) {
            pending = loop.schedule(this::beginCheck, SETTLE_NS, TimeUnit.NANOSECONDS);
            return;
        }
        checking = true;
        source.onRoutesChanged();
        final List<Endpoint> sticky = new ArrayList<>();
        source.forEachEndpoint(endpoint -> {
            if (endpoint.hasLocal() && endpoint.localInterface() >= 0) {
                sticky.add(endpoint);
            }
        });
        toCheck = sticky;
        checked = 0;
        droppedNow = false;
        continueCheck();
    }

    private void continueCheck() {
        if (query == null) {
            return;
        }
        final int mark = source.fwmark();
        final int end = Math.min(toCheck.size(), checked + ENDPOINTS_PER_TURN);
        for (; checked < end; checked++) {
            final Endpoint endpoint = toCheck.get(checked);
            if (endpoint.hasLocal() && !query.stickySourceHolds(endpoint, mark)) {
                endpoint.dropLocal();
                dropped++;
                droppedNow = true;
            }
        }
        if (checked < toCheck.size()) {
            loop.execute(this::continueCheck);
        } else {
            toCheck = List.of();
            checks++;
            lastCheckNs = System.nanoTime();
            checking = false;
            if (droppedNow && pending == null) {
                // A packet that the peer sent before it heard from us on the new way makes the old source stick again: look once more.
                pending = loop.schedule(this::beginCheck, INTERVAL_NS, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** Who has the endpoints. */
    public interface Source {
        /** Shows the current endpoint of every peer that has one. */
        void forEachEndpoint(Consumer<Endpoint> visitor);

        /** The mark of outgoing packets, 0 for none: it takes part in routing. */
        int fwmark();

        /** Something has changed; called before the endpoints are looked at. {@link LinuxUdpBind#onRoutesChanged} goes here. */
        default void onRoutesChanged() {}
    }
}
