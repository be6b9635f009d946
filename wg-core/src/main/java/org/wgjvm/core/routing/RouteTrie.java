package org.wgjvm.core.routing;

/**
 * A persistent trie of routes with keys of up to 128 bits: a change shares all but the path to it with the trie before. A trie is named by
 * what its topmost slot holds, and a slot holds one of
 * <ul>
 *   <li>null: nothing below;
 *   <li>a {@code long[]}: all routes below when they are few, see {@link RouteBlock};
 *   <li>a node at the slot's position, see {@link TrieNode};
 *   <li>a {@link Span}: a node further down, with all routes below it.
 * </ul>
 *
 * <p>So routes sit together and as high up as they can (a burst trie), runs without a choice are skipped (path compression) and full
 * levels are merged in pairs (level compression, as in Nilsson and Karlsson's LC-trie): what a lookup costs is cache misses, and among a
 * million prefixes it has two or three, where a trie of single routes had five.
 */
final class RouteTrie {
    static final Route[] NONE = {};

    private RouteTrie() {}

    /** The number of the peer with the longest prefix that covers an IPv4 address, in the high 32 bits of the key, or -1. */
    static int lookupV4(Object root, long key) {
        Object at = root;
        Object best = null;
        int position = 0;
        while (at != null) {
            if (at.getClass() == Object[].class) {
                final Object[] node = (Object[]) at;
                final int length = node.length;
                final int width = length > 2 + (2 << TrieNode.NARROW) ? TrieNode.WIDE : TrieNode.NARROW;
                position += width;
                final int slot = 1 + ((int) (key >>> -position) & (1 << width) - 1);
                if (length > 1 + (1 << width)) {
                    final Object own = node[slot + (1 << width)];
                    best = own != null ? own : best;
                }
                at = node[slot];
            } else if (at instanceof long[] block) {
                final int peer = RouteBlock.lookupV4(block, key);
                if (peer >= 0) {
                    return peer;
                }
                break;
            } else {
                final Span span = (Span) at;
                if (!span.covers(key)) {
                    break;
                }
                position = span.bits;
                at = span.node;
            }
        }
        return best == null ? -1 : ((Route) best).peer;
    }

    /** The number of the peer with the longest prefix that covers an IPv6 address, or -1. */
    static int lookupV6(Object root, long high, long low) {
        Object at = root;
        Object best = null;
        int position = 0;
        while (at != null) {
            if (at.getClass() == Object[].class) {
                final Object[] node = (Object[]) at;
                final int length = node.length;
                final int width = length > 2 + (2 << TrieNode.NARROW) ? TrieNode.WIDE : TrieNode.NARROW;
                final long half = position < Long.SIZE ? high : low;
                position += width;
                final int slot = 1 + ((int) (half >>> -position) & (1 << width) - 1);
                if (length > 1 + (1 << width)) {
                    final Object own = node[slot + (1 << width)];
                    best = own != null ? own : best;
                }
                at = node[slot];
            } else if (at instanceof long[] block) {
                final int peer = RouteBlock.lookupV6(block, high, low);
                if (peer >= 0) {
                    return peer;
                }
                break;
            } else {
                final Span span = (Span) at;
                if (!span.covers(high, low)) {
                    break;
                }
                position = span.bits;
                at = span.node;
            }
        }
        return best == null ? -1 : ((Route) best).peer;
    }
}
