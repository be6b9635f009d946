package org.wgjvm.transport;

import java.util.Arrays;

/** What a bind has counted since it was made. Exact when read on its event loop; from another thread, a moment old. */
public record UdpStatistics(Received received, Sent sent, Drops drops) {
    /** Nothing counted. */
    public static final UdpStatistics NONE = new UdpCounters().snapshot();

    private static final int COUNTS = 18;

    /** Both together. */
    public UdpStatistics plus(UdpStatistics more) {
        final long[] sum = toArray();
        final long[] others = more.toArray();
        for (int i = 0; i < COUNTS; i++) {
            sum[i] += others[i];
        }
        return of(sum);
    }

    /** All counts in their order, for {@link #of}: a later version may have more at the end. */
    public long[] toArray() {
        return new long[] {
            received.datagrams, received.bytes, received.calls, received.joined, received.truncated, received.errors,
            sent.datagrams, sent.bytes, sent.calls, sent.segmented, sent.stickySourcesDropped, sent.gsoRetreats,
            drops.noSocket, drops.unreachable, drops.tooLong, drops.refused, drops.congested, drops.other
        };
    }

    /** What {@link #toArray} made, perhaps of another version: what is not there is 0, and what is not known is left out. */
    public static UdpStatistics of(long... counts) {
        final long[] c = Arrays.copyOf(counts, COUNTS);
        return new UdpStatistics(
                new Received(c[0], c[1], c[2], c[3], c[4], c[5]),
                new Sent(c[6], c[7], c[8], c[9], c[10], c[11]),
                new Drops(c[12], c[13], c[14], c[15], c[16], c[17]));
    }

    /**
     * Incoming.
     *
     * @param datagrams datagrams handed on
     * @param bytes their payload
     * @param calls system calls that brought at least one
     * @param joined messages that the kernel joined from several datagrams ({@code UDP_GRO})
     * @param truncated messages lost because they or their control messages did not fit
     * @param errors system calls that failed for a reason other than that there was nothing to read
     */
    public record Received(long datagrams, long bytes, long calls, long joined, long truncated, long errors) {}

    /**
     * Outgoing.
     *
     * @param datagrams datagrams the kernel took
     * @param bytes their payload
     * @param calls system calls
     * @param segmented messages that carried several datagrams ({@code UDP_SEGMENT})
     * @param stickySourcesDropped endpoints whose sticky source stopped working
     * @param gsoRetreats messages that were refused with {@code UDP_SEGMENT} and sent again without it
     */
    public record Sent(long datagrams, long bytes, long calls, long segmented, long stickySourcesDropped, long gsoRetreats) {}

    /**
     * Datagrams that were not sent.
     *
     * @param noSocket there is no socket of the destination's family, or no destination
     * @param unreachable no route, or the network is down
     * @param tooLong longer than the kernel can send
     * @param refused by a firewall or for want of a permission
     * @param congested the send buffer stayed full
     * @param other any other reason
     */
    public record Drops(long noSocket, long unreachable, long tooLong, long refused, long congested, long other) {
        /** All of them. */
        public long total() {
            return noSocket + unreachable + tooLong + refused + congested + other;
        }
    }
}
