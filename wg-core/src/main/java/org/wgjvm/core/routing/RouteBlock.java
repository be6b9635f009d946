package org.wgjvm.core.routing;

/**
 * A few routes packed into one {@code long[]}, the longest prefix first, so that a lookup finds them side by side in one or two cache
 * lines instead of behind a pointer each.
 */
enum RouteBlock {
    /** A long for each route: address in the high 32 bits, then the peer in 26, then 63 - bits in 6, where a shift wants it. */
    V4 {
        @Override
        Route[] unpack(long[] block) {
            final Route[] routes = new Route[block.length];
            for (int i = 0; i < block.length; i++) {
                routes[i] = new Route(block[i] & 0xffff_ffffL << 32, 0, 63 - (int) (block[i] & 63), (int) block[i] >>> 6);
            }
            return routes;
        }

        @Override
        long[] pack(Route[] routes) {
            final long[] block = new long[routes.length];
            for (int i = 0; i < block.length; i++) {
                block[i] = routes[i].high | (long) routes[i].peer << 6 | 63 - routes[i].bits;
            }
            return block;
        }
    },

    /**
     * The number of routes (low 32 bits) and the shortest length (high 32 bits); then the high halves of all prefixes; then peer and
     * length of each, 24 and 8 bits, two to a long; then, if any is longer than 64 bits, the low halves.
     */
    V6 {
        @Override
        Route[] unpack(long[] block) {
            final int n = (int) block[0];
            final int metas = 1 + n;
            final int lows = metas + (n + 1 >> 1);
            final Route[] routes = new Route[n];
            for (int i = 0; i < n; i++) {
                final int meta = (int) (block[metas + (i >> 1)] >>> (i << 5));
                routes[i] = new Route(block[1 + i], lows < block.length ? block[lows + i] : 0, meta & 0xff, meta >>> 8);
            }
            return routes;
        }

        @Override
        long[] pack(Route[] routes) {
            final int n = routes.length;
            final int metas = 1 + n;
            final int lows = metas + (n + 1 >> 1);
            final boolean anyLow = routes[0].bits > Long.SIZE;
            final long[] block = new long[anyLow ? lows + n : lows];
            block[0] = (long) routes[n - 1].bits << 32 | n;
            for (int i = 0; i < n; i++) {
                block[1 + i] = routes[i].high;
                block[metas + (i >> 1)] |= ((long) routes[i].peer << 8 | routes[i].bits) << (i << 5);
                if (anyLow) {
                    block[lows + i] = routes[i].low;
                }
            }
            return block;
        }
    };

    /** Most routes in a block. */
    static final int MAX_ROUTES = 24;

    /** Peers are numbered below this. */
    static final int MAX_PEERS = 1 << 24;

    /** The routes of a block, the longest prefix first. */
    abstract Route[] unpack(long[] block);

    /** The block of some routes, one at least, the longest prefix first. */
    abstract long[] pack(Route[] routes);

    /** The peer of the longest prefix that covers the key (an address in its high 32 bits), or -1. */
    static int lookupV4(long[] block, long key) {
        for (final long route : block) {
            if ((route ^ key) >>> 1 >>> (int) route == 0) {
                return (int) route >>> 6;
            }
        }
        return -1;
    }

    /** The peer of the longest prefix that covers the address, or -1. */
    static int lookupV6(long[] block, long high, long low) {
        final int n = (int) block[0];
        final int shortest = (int) (block[0] >>> 32);
        final int metas = 1 + n;
        final int lows = metas + (n + 1 >> 1);
        final boolean anyLow = block.length > lows;
        for (int i = 0; i < n; i++) {
            final long difference = high ^ block[1 + i];
            int common = Long.numberOfLeadingZeros(difference);
            if (difference == 0 && anyLow) {
                common += Long.numberOfLeadingZeros(low ^ block[lows + i]);
            }
            if (common >= shortest) {
                final int meta = (int) (block[metas + (i >> 1)] >>> (i << 5));
                if (common >= (meta & 0xff)) {
                    return meta >>> 8;
                }
            }
        }
        return -1;
    }
}
