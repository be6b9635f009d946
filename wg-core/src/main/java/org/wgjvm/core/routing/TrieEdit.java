package org.wgjvm.core.routing;

import java.util.Arrays;

/**
 * One transaction's changes to tries. Nodes that it made itself it changes in place, all others it copies: nobody else can see its nodes
 * until the trie is published, after which the edit must not be used again.
 */
final class TrieEdit {
    private Route found;

    /** Looks for the route of exactly this prefix; null when there is none. */
    static Route find(Object root, Route prefix) {
        Object at = root;
        int position = 0;
        while (at != null) {
            if (at instanceof Route route) {
                return route.samePrefix(prefix) ? route : null;
            } else if (at instanceof Route[] bucket) {
                return same(bucket, prefix);
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
                    return same(TrieNode.routes(node), prefix);
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

    /** The trie without this very route; the same trie when it is not in there. */
    Object remove(Object root, Route route) {
        found = null;
        return remove(root, 0, route);
    }

    private Object insert(Object at, int position, Route route) {
        if (at == null) {
            return route;
        }
        if (at instanceof Route present) {
            return present.samePrefix(route) ? route : insertInBucket(new Route[] {present}, position, route);
        }
        if (at instanceof Route[] bucket) {
            final Route present = same(bucket, route);
            return present != null ? TrieNode.replace(bucket, present, route) : insertInBucket(bucket, position, route);
        }
        if (at instanceof Span span) {
            return insertInSpan(span, position, route);
        }
        return insertInNode((Object[]) at, position, route);
    }

    private Object[] insertInNode(Object[] node, int position, Route route) {
        final int width = TrieNode.width(node);
        if (route.bits < position + width) {
            return TrieNode.addRoute(node, position, route, same(TrieNode.routes(node), route), this);
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

    private Object insertInBucket(Route[] bucket, int position, Route route) {
        final Route[] more = TrieNode.with(bucket, route);
        if (more.length <= RouteTrie.BUCKET) {
            Arrays.sort(more, (a, b) -> b.bits - a.bits);
            return more;
        }
        int common = route.bits;
        for (final Route r : bucket) {
            common = Math.min(common, Math.min(r.bits, commonBits(r.high, r.low, route)));
        }
        // At the last position with a common path at least one of the routes parts from the others, so no slot gets them all again.
        final int at = common & -TrieNode.NARROW;
        Object[] node = TrieNode.narrow(this);
        for (final Route r : more) {
            node = insertInNode(node, at, r);
        }
        return at == position ? node : new Span(route.high, route.low, at, node);
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

    private Object remove(Object at, int position, Route route) {
        if (at == route) {
            found = route;
            return null;
        }
        if (at instanceof Route[] bucket) {
            if (same(bucket, route) != route) {
                return at;
            }
            found = route;
            final Route[] fewer = TrieNode.without(bucket, route);
            return fewer.length == 1 ? fewer[0] : fewer;
        }
        if (at instanceof Span span && route.bits >= span.bits && span.covers(route.high, route.low)) {
            final Object below = removeFromNode(span.node, span.bits, route);
            if (found == null) {
                return at;
            }
            return TrieNode.isNode(below) ? new Span(span.high, span.low, span.bits, (Object[]) below) : below;
        }
        return TrieNode.isNode(at) ? removeFromNode((Object[]) at, position, route) : at;
    }

    private Object removeFromNode(Object[] node, int position, Route route) {
        final int width = TrieNode.width(node);
        if (route.bits < position + width) {
            if (same(TrieNode.routes(node), route) != route) {
                return node;
            }
            found = route;
            return contract(TrieNode.removeRoute(node, position, route, this), position);
        }
        final int slot = 1 + TrieNode.bitsAt(route.high, route.low, position, width);
        final Object below = remove(node[slot], position + width, route);
        if (found == null) {
            return node;
        }
        final Object[] changed = TrieNode.editable(node, this);
        changed[slot] = below;
        return TrieNode.isNode(below) ? changed : contract(changed, position);
    }

    /** What a slot should hold in place of a node that has lost a route: a bucket, a span to the only node below, or the node. */
    private static Object contract(Object[] node, int position) {
        final int width = TrieNode.width(node);
        Route[] routes = TrieNode.routes(node);
        Object onlyNode = null;
        for (int i = 1; i <= 1 << width; i++) {
            final Object below = node[i];
            if (below == null) {
                continue;
            }
            if (onlyNode != null || routes.length == RouteTrie.BUCKET) {
                return node;
            }
            if (below instanceof Route r) {
                routes = TrieNode.with(routes, r);
            } else if (below instanceof Route[] bucket && routes.length + bucket.length <= RouteTrie.BUCKET) {
                for (final Route r : bucket) {
                    routes = TrieNode.with(routes, r);
                }
            } else if (below instanceof Route[] || routes.length > 0) {
                return node;
            } else {
                onlyNode = below;
            }
        }
        if (onlyNode != null) {
            final Route any = any(onlyNode);
            return onlyNode instanceof Span ? onlyNode : new Span(any.high, any.low, position + width, (Object[]) onlyNode);
        }
        if (routes.length > RouteTrie.BUCKET) {
            return node;
        }
        if (routes.length <= 1) {
            return routes.length == 0 ? null : routes[0];
        }
        final Route[] bucket = routes.clone();
        Arrays.sort(bucket, (a, b) -> b.bits - a.bits);
        return bucket;
    }

    private static Route any(Object at) {
        Object o = at;
        while (!(o instanceof Route)) {
            if (o instanceof Span span) {
                o = span.node;
            } else if (o instanceof Route[] bucket) {
                o = bucket[0];
            } else {
                final Object[] node = (Object[]) o;
                int i = 1;
                while (i < node.length - 1 && node[i] == null) {
                    i++;
                }
                o = node[i];
            }
        }
        return (Route) o;
    }

    private static Route same(Route[] routes, Route prefix) {
        for (final Route r : routes) {
            if (r.samePrefix(prefix)) {
                return r;
            }
        }
        return null;
    }

    private static int commonBits(long high, long low, Route route) {
        return high != route.high
                ? Long.numberOfLeadingZeros(high ^ route.high)
                : Long.SIZE + Long.numberOfLeadingZeros(low ^ route.low);
    }
}
