package org.wgjvm.core.routing;

/**
 * A prefix and the peer it belongs to: a leaf of the trie. IPv4 prefixes occupy the highest 32 of the 128 key bits.
 *
 * <p>Readers see only the final fields. The links chain the routes of one peer and belong to the writer.
 */
final class Route {
    final long high;
    final long low;
    final int bits;
    final boolean v6;
    final Object peer;

    final PeerRoutes owner;
    Route previous;
    Route next;

    Route(IpPrefix prefix, Object peer, PeerRoutes owner) {
        v6 = prefix.v6();
        high = v6 ? prefix.high() : prefix.low() << 32;
        low = v6 ? prefix.low() : 0;
        bits = prefix.bits();
        this.peer = peer;
        this.owner = owner;
    }

    /** The mask of the first {@code bits} of 64 bits; none for a negative number, all for 64 and more. */
    static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
    }

    boolean covers(long keyHigh) {
        return ((keyHigh ^ high) & mask(bits)) == 0;
    }

    boolean covers(long keyHigh, long keyLow) {
        return ((keyHigh ^ high) & mask(bits) | (keyLow ^ low) & mask(bits - Long.SIZE)) == 0;
    }

    boolean samePrefix(Route that) {
        return bits == that.bits && high == that.high && low == that.low;
    }

    IpPrefix prefix() {
        return v6 ? IpPrefix.v6(high, low, bits) : IpPrefix.v4((int) (high >>> 32), bits);
    }
}
