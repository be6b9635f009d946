package org.wgjvm.core.routing;

/**
 * A persistent trie of routes with keys of up to 128 bits: a change shares all but the path to it with the trie before. A trie is named by
 * what its topmost slot holds, and a slot holds one of
 * <ul>
 *   <li>null: nothing below;
 *   <li>a {@link Route}: the only one below;
 *   <li>a {@code Route[]} of 2 to {@value #BUCKET}: all that are below, the longest prefix first;
 *   <li>a node at the slot's position, see {@link TrieNode};
 *   <li>a {@link Span}: a node further down, with all routes below it.
 * </ul>
 *
 * <p>So routes sit as high up as they can (a burst trie), runs without a choice are skipped (path compression) and full levels are merged
 * in pairs (level compression, as in Nilsson and Karlsson's LC-trie): among a million prefixes a lookup takes some five dependent loads.
 */
final class RouteTrie {
    static final Route[] NONE = {};

    /** Most routes in a slot before a node replaces them. */
    static final int BUCKET = 4;

    private RouteTrie() {}

    /** The longest prefix of up to 64 bits that covers the key, or null. */
    static Route lookup(Object root, long key) {
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
            } else if (at instanceof Route route) {
                return route.covers(key) ? route : (Route) best;
            } else if (at instanceof Route[] bucket) {
                for (final Route route : bucket) {
                    if (route.covers(key)) {
                        return route;
                    }
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
        return (Route) best;
    }

    /** The longest prefix of up to 128 bits that covers the key, or null. */
    static Route lookup(Object root, long high, long low) {
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
            } else if (at instanceof Route route) {
                return route.covers(high, low) ? route : (Route) best;
            } else if (at instanceof Route[] bucket) {
                for (final Route route : bucket) {
                    if (route.covers(high, low)) {
                        return route;
                    }
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
        return (Route) best;
    }
}
