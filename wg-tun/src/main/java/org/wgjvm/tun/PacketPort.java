package org.wgjvm.tun;

import io.netty.channel.EventLoop;
import java.io.IOException;
import org.wgjvm.core.packet.PacketBatch;

/**
 * The seam to the inside: where inner IP packets come from and go to. A TUN device, or a router's own threads.
 *
 * <p>Threads: {@link #start} hands the port to one event loop; every method of {@link Handler} and every other method here is called on it.
 */
public interface PacketPort extends AutoCloseable {
    /** Name for logs, such as {@code wg0}. */
    String name();

    /** Current MTU of the inside in bytes. */
    int mtu();

    /** Whether the inside is up, as far as the port knows. */
    boolean isUp();

    /**
     * Begins to read. {@code first} is the batch to fill; the port owns it until it hands it to the handler. Calls
     * {@link Handler#onLink} and {@link Handler#onMtu} once before the first packet.
     */
    void start(EventLoop loop, PacketBatch first, Handler handler) throws IOException;

    /**
     * Delivers inner packets to the inside, in order, coalescing runs of one flow where the port can. Headers may be rewritten in place.
     * The batch belongs to the caller again on return. Returns how many packets were accepted; the rest are lost and counted by the port.
     */
    int write(PacketBatch batch);

    /** What the port counts: zeros if it counts nothing. Any thread. */
    default PortCounters counters() {
        return new PortCounters();
    }

    /** Stops reading and releases the device. Idempotent; on the event loop or, before {@link #start}, anywhere. */
    @Override
    void close();

    /** What the port tells its owner. All calls come on the event loop. */
    interface Handler {
        /**
         * A batch of inner packets, each with head and tail room ({@link PacketBatch}). Ownership passes to the handler, which returns the
         * batch to fill next: an empty one, often the same.
         */
        PacketBatch onPackets(PacketBatch batch);

        /** The MTU is now {@code mtu} bytes. */
        void onMtu(int mtu);

        /** The inside went up or down. */
        void onLink(boolean up);

        /** The device is gone ({@code reason} may be null); no further call follows. */
        void onClosed(Throwable reason);
    }
}
