package org.wgjvm.transport;

/** What a bind has counted since it was made. Exact when read on its event loop; from another thread, a moment old. */
public record UdpStatistics(Received received, Sent sent, Drops drops) {
    /** Nothing counted. */
    public static final UdpStatistics NONE = new UdpCounters().snapshot();

    /** Both together. */
    public UdpStatistics plus(UdpStatistics other) {
        return new UdpStatistics(received.plus(other.received), sent.plus(other.sent), drops.plus(other.drops));
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
    public record Received(long datagrams, long bytes, long calls, long joined, long truncated, long errors) {
        private Received plus(Received other) {
            return new Received(
                    datagrams + other.datagrams,
                    bytes + other.bytes,
                    calls + other.calls,
                    joined + other.joined,
                    truncated + other.truncated,
                    errors + other.errors);
        }
    }

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
    public record Sent(long datagrams, long bytes, long calls, long segmented, long stickySourcesDropped, long gsoRetreats) {
        private Sent plus(Sent other) {
            return new Sent(
                    datagrams + other.datagrams,
                    bytes + other.bytes,
                    calls + other.calls,
                    segmented + other.segmented,
                    stickySourcesDropped + other.stickySourcesDropped,
                    gsoRetreats + other.gsoRetreats);
        }
    }

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
        private Drops plus(Drops other) {
            return new Drops(
                    noSocket + other.noSocket,
                    unreachable + other.unreachable,
                    tooLong + other.tooLong,
                    refused + other.refused,
                    congested + other.congested,
                    this.other + other.other);
        }

        /** All of them. */
        public long total() {
            return noSocket + unreachable + tooLong + refused + congested + other;
        }
    }
}
