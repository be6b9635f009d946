package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import java.io.IOException;
import org.wgjvm.core.packet.PacketBatch;

/**
 * The seam to the outside: one UDP port on IPv4 and IPv6.
 *
 * <p>Threads: every method is called on the event loop given to {@link #open}, and so is the handler. A bind can be opened again after
 * {@link #close}.
 */
public interface UdpBind extends AutoCloseable {
    /** Name for logs, such as {@code linux-epoll}. */
    String name();

    /**
     * Opens the sockets, both families on one port, and begins to receive. On failure everything is closed again and what was open before
     * the call (of another bind object) is untouched. A host without IPv6 is served with IPv4 alone.
     *
     * @param port 0 for any free port
     * @param fwmark 0 for none; a bind that cannot set one refuses a mark with an {@link UnsupportedOperationException}
     * @param first the batch to fill first; null for a bind that {@link #bringsBatch}
     * @return the port in use
     */
    int open(EventLoop loop, int port, int fwmark, PacketBatch first, Handler handler) throws IOException;

    /** Whether it has a batch to fill already. */
    default boolean bringsBatch() {
        return false;
    }

    /** Sets the mark of outgoing packets; 0 for none. */
    void setFwmark(int fwmark) throws IOException;

    /**
     * Sends every datagram of the batch that has a length over 0 to its {@code endpoint}, in order per destination, with its {@code tos}.
     * The batch belongs to the caller again on return. A datagram whose sticky source no longer works is sent again without it, and its
     * endpoint forgets it. What the kernel refuses otherwise is dropped, counted, and its length set to 0.
     *
     * @return how many datagrams were sent
     */
    int send(PacketBatch batch);

    /** What it has counted since it was made, sockets closed or open: zeros if it counts nothing. */
    default UdpStatistics statistics() {
        return UdpStatistics.NONE;
    }

    /** Whether it wants to know of changes of routes, by which sticky sources may have become wrong. */
    default boolean followsRoutes() {
        return false;
    }

    /** Routes have changed, and endpoints that they concern have let go of their sticky sources. */
    default void onRoutesChanged() {}

    /** Closes the sockets. Idempotent. */
    @Override
    void close();

    /** Receives datagrams, on the event loop. */
    interface Handler {
        /**
         * A batch of datagrams, each with {@code offset}, {@code length}, {@code endpoint} (with sticky source where the bind knows it) and
         * {@code tos}. Ownership passes to the handler, which returns the batch to fill next: an empty one, often the same.
         */
        PacketBatch onDatagrams(PacketBatch batch);

        /** Sockets are gone for good; no further call follows. */
        void onClosed(Throwable reason);
    }
}
