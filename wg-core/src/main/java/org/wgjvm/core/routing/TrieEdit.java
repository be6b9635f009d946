package org.wgjvm.core.routing;

import java.util.Arrays;

/**
 * One transaction's changes to a trie. Nodes that it made itself it changes in place, all others it copies: nobody else can see its nodes
 * until the trie is published, after which the edit must not be used again.
 */
final class TrieEdit {
    /** A node with no more routes than this below it becomes a block: fewer than fit, so that one route to and fro costs little. */
    private static final int FEW = RouteBlock.MAX_ROUTES / 2;

    private final RouteBlock blocks;
    private boolean removed;

    TrieEdit(RouteBlock blocks) {
        this.blocks = blocks;
    }

    /** The route of exactly this prefix, or null when there is none. */
    Route find(Object root, Route prefix) {
        Object at = root;
        int position = 0;
        while (at != null) {
            if (at instanceof long[] block) {
                return Route.same(blocks.unpack(block), prefix);
            } else if (at instanceof Span span) {
                if (prefix.bits < span.bits || !span.covers(prefix.high, prefix.low)) {
                    return null;
                }
                position = span.bits;
                at = span.node;
            } else {
                final Object[] node = (Object[]) at;
                final int width = TrieNode.width(node);
                if (prefix.bits < position + width) {
                    return Route.same(TrieNode.routes(node), prefix);
                }
                at = node[1 + TrieNode.bitsAt(prefix.high, prefix.low, position, width)];
                position += width;
            }
        }
        return null;
    }

    /** The trie with {@code route} in it, in place of the route of the same prefix if there is one. */
    Object insert(Object root, Route route) {
        return insert(root, 0, route);
    }

    /** The trie without the route of this prefix; the same trie when there is none. */
    Object remove(Object root, Route prefix) {
        removed = false;
        return remove(root, 0, prefix);
    }

    private Object insert(Object at, int position, Route route) {
        if (at == null) {
            return blocks.pack(new Route[] {route});
        }
        if (at instanceof long[] block) {
            final Route[] routes = blocks.unpack(block);
            final Route present = Route.same(routes, route);
            if (present != null) {
                return blocks.pack(TrieNode.replace(routes, present, route));
            }
            final Route[] more = TrieNode.with(routes, route);
            return more.length <= RouteBlock.MAX_ROUTES ? pack(more) : burst(more, position);
        }
        if (at instanceof Span span) {
            return insertInSpan(span, position, route);
        }
        return insertInNode((Object[]) at, position, route);
    }

    private Object[] insertInNode(Object[] node, int position, Route route) {
        final int width = TrieNode.width(node);
        if (route.bits < position + width) {
            return TrieNode.addRoute(node, position, route, Route.same(TrieNode.routes(node), route), this);
        }
        final int slot = 1 + TrieNode.bitsAt(route.high, route.low, position, width);
        final Object before = node[slot];
        final Object after = insert(before, position + width, route);
        final Object[] changed = TrieNode.editable(node, this);
        changed[slot] = after;
        final boolean newNode = TrieNode.isNode(after) && !TrieNode.isNode(before);
        return newNode && width == TrieNode.NARROW && isFull(changed, position) ? TrieNode.widen(changed, position, this) : changed;
    }

    /** Whether all slots hold narrow nodes, and a wide node here would not straddle the halves of the key. */
    private static boolean isFull(Object[] node, int position) {
        if (position % Long.SIZE == Long.SIZE - TrieNode.NARROW) {
            return false;
        }
        for (int i = 1; i <= 1 << TrieNode.NARROW; i++) {
            if (!TrieNode.isNarrow(node[i])) {
                return false;
            }
        }
        return true;
    }

    /** A node, behind a span if need be, for more routes than a block holds. */
    private Object burst(Route[] routes, int position) {
        final Route first = routes[0];
        int common = first.bits;
        for (final Route r : routes) {
            common = Math.min(common, Math.min(r.bits, commonBits(r.high, r.low, first)));
        }
        // At the last position with a common path at least one of the routes parts from the others, so no slot gets them all again.
        final int at = common & -TrieNode.NARROW;
        Object[] node = TrieNode.narrow(this);
        for (final Route r : routes) {
            node = insertInNode(node, at, r);
        }
        return at == position ? node : new Span(first.high, first.low, at, node);
    }

    private Object insertInSpan(Span span, int position, Route route) {
        final int common = Math.min(route.bits, commonBits(span.high, span.low, route));
        if (common >= span.bits) {
            return new Span(span.high, span.low, span.bits, insertInNode(span.node, span.bits, route));
        }
        final int at = common & -TrieNode.NARROW;
        final int below = at + TrieNode.NARROW;
        Object[] node = TrieNode.narrow(this);
        node[1 + TrieNode.bitsAt(span.high, span.low, at, TrieNode.NARROW)] = below == span.bits ? span.node : span;
        node = insertInNode(node, at, route);
        return at == position ? node : new Span(route.high, route.low, at, node);
    }

    private Object remove(Object at, int position, Route prefix) {
        if (at instanceof long[] block) {
            final Route[] routes = blocks.unpack(block);
            final Route present = Route.same(routes, prefix);
            if (present == null) {
                return at;
            }
            removed = true;
            return routes.length == 1 ? null : blocks.pack(TrieNode.without(routes, present));
        }
        if (at instanceof Span span) {
            if (prefix.bits < span.bits || !span.covers(prefix.high, prefix.low)) {
                return at;
            }
            final Object below = removeFromNode(span.node, span.bits, prefix);
            if (!removed) {
                return at;
            }
            return TrieNode.isNode(below) ? new Span(span.high, span.low, span.bits, (Object[]) below) : below;
        }
        return at == null ? null : removeFromNode((Object[]) at, position, prefix);
    }

    private Object removeFromNode(Object[] node, int position, Route prefix) {
        final int width = TrieNode.width(node);
        if (prefix.bits < position + width) {
            final Route present = Route.same(TrieNode.routes(node), prefix);
            if (present == null) {
                return node;
            }
            removed = true;
            return contract(TrieNode.removeRoute(node, position, present, this), position, prefix);
        }
        final int slot = 1 + TrieNode.bitsAt(prefix.high, prefix.low, position, width);
        final Object below = remove(node[slot], position + width, prefix);
        if (!removed) {
            return node;
        }
        final Object[] changed = TrieNode.editable(node, this);
        changed[slot] = below;
        return TrieNode.isNode(below) ? changed : contract(changed, position, prefix);
    }

    /** What a slot should hold in place of a node on the way to {@code path} that has lost a route: less, or the node. */
    private Object contract(Object[] node, int position, Route path) {
        final int width = TrieNode.width(node);
        Route[] routes = TrieNode.routes(node);
        Object lone = null;
        int slot = 0;
        for (int i = 0; i < 1 << width && routes.length <= FEW; i++) {
            final Object below = node[1 + i];
            if (below == null) {
                continue;
            }
            if (lone != null) {
                return node;
            }
            if (below instanceof long[] block) {
                final Route[] more = blocks.unpack(block);
                final int had = routes.length;
                routes = Arrays.copyOf(routes, had + more.length);
                System.arraycopy(more, 0, routes, had, more.length);
            } else if (routes.length > 0) {
                return node;
            } else {
                lone = below;
                slot = i;
            }
        }
        if (routes.length > FEW) {
            return node;
        }
        if (routes.length > 0) {
            return pack(routes.clone());
        }
        return TrieNode.isNode(lone) ? spanTo((Object[]) lone, position, width, slot, path) : lone;
    }

    private static Span spanTo(Object[] child, int position, int width, int slot, Route path) {
        final int bits = position + width;
        final long value = (long) slot << -bits;
        final boolean inHigh = position < Long.SIZE;
        final long high = path.high & Route.mask(position) | (inHigh ? value : 0);
        final long low = path.low & Route.mask(position - Long.SIZE) | (inHigh ? 0 : value);
        return new Span(high, low, bits, child);
    }

    private long[] pack(Route[] routes) {
        Arrays.sort(routes, (a, b) -> b.bits - a.bits);
        return blocks.pack(routes);
    }

    private static int commonBits(long high, long low, Route route) {
        return high != route.high
                ? Long.numberOfLeadingZeros(high ^ route.high)
                : Long.SIZE + Long.numberOfLeadingZeros(low ^ route.low);
    }
}
