package org.wgjvm.core.routing;

/** A prefix and the number of the peer it belongs to. IPv4 prefixes occupy the highest 32 of the 128 key bits. */
final class Route {
    final long high;
    final long low;
    final int bits;

    /** See {@link PeerTable}. */
    final int peer;

    Route(long high, long low, int bits, int peer) {
        this.high = high;
        this.low = low;
        this.bits = bits;
        this.peer = peer;
    }

    Route(IpPrefix prefix, int peer) {
        this(prefix.v6() ? prefix.high() : prefix.low() << 32, prefix.v6() ? prefix.low() : 0, prefix.bits(), peer);
    }

    /** The mask of the first {@code bits} of 64 bits; none for a negative number, all for 64 and more. */
    static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
    }

    boolean covers(long keyHigh, long keyLow) {
        return ((keyHigh ^ high) & mask(bits) | (keyLow ^ low) & mask(bits - Long.SIZE)) == 0;
    }

    boolean samePrefix(Route that) {
        return bits == that.bits && high == that.high && low == that.low;
    }

    static Route same(Route[] routes, Route prefix) {
        for (final Route r : routes) {
            if (r.samePrefix(prefix)) {
                return r;
            }
        }
        return null;
    }
}
