package org.wgjvm.core.routing;

import java.util.Arrays;

/**
 * The layout of a node of the trie: an {@code Object[]} and nothing around it, so that a step of a lookup costs one dependent load.
 *
 * <p>A node at key position {@code p} decides on the next 4 bits (narrow) or 8 bits (wide): its width {@code w} follows from its length.
 * <pre>
 *   0                  the edit that made it, and that may still change it in place
 *   1 .. 2^w           slots: what is below each value of the bits, see {@link RouteTrie}
 * and, only in a node with routes of its own, those with p &lt;= bits &lt; p + w:
 *   2^w+1 .. 2^(w+1)   for each slot the longest of these routes that covers it, or null
 *   2^(w+1)+1          these routes, as a Route[] in the order of coming
 * </pre>
 */
final class TrieNode {
    static final int NARROW = 4;
    static final int WIDE = 8;

    private TrieNode() {}

    static Object[] narrow(Object edit) {
        final Object[] node = new Object[1 + (1 << NARROW)];
        node[0] = edit;
        return node;
    }

    static boolean isNode(Object o) {
        return o != null && o.getClass() == Object[].class;
    }

    static boolean isNarrow(Object o) {
        return isNode(o) && width((Object[]) o) == NARROW;
    }

    static int width(Object[] node) {
        return node.length > 2 + (2 << NARROW) ? WIDE : NARROW;
    }

    static boolean hasRoutes(Object[] node) {
        return node.length > 1 + (1 << width(node));
    }

    static Route[] routes(Object[] node) {
        return hasRoutes(node) ? (Route[]) node[node.length - 1] : RouteTrie.NONE;
    }

    /** The value of the {@code width} key bits from {@code position} on; they never straddle the two halves. */
    static int bitsAt(long high, long low, int position, int width) {
        return (int) ((position < Long.SIZE ? high : low) >>> -(position + width)) & (1 << width) - 1;
    }

    /** The node itself when {@code edit} made it, else a copy that it may change. */
    @SuppressWarnings("ReferenceEquality")
    static Object[] editable(Object[] node, Object edit) {
        if (node[0] == edit) {
            return node;
        }
        final Object[] copy = node.clone();
        copy[0] = edit;
        return copy;
    }

    /** Adds one of the node's own routes, in place of the one with the same prefix if there is one; returns the node changed. */
    static Object[] addRoute(Object[] node, int position, Route route, Route replaced, Object edit) {
        final int width = width(node);
        final int slots = 1 << width;
        final Object[] changed = hasRoutes(node) ? editable(node, edit) : Arrays.copyOf(node, 2 + 2 * slots);
        changed[0] = edit;
        final Route[] routes = routes(node);
        changed[changed.length - 1] = replaced == null ? with(routes, route) : replace(routes, replaced, route);
        final int first = 1 + slots + bitsAt(route.high, route.low, position, width);
        for (int i = first; i < first + (1 << position + width - route.bits); i++) {
            final Route present = (Route) changed[i];
            if (present == null || present.bits <= route.bits) {
                changed[i] = route;
            }
        }
        return changed;
    }

    /** Removes one of the node's own routes; returns the node changed. */
    static Object[] removeRoute(Object[] node, int position, Route route, Object edit) {
        final int width = width(node);
        final int slots = 1 << width;
        final Route[] routes = without(routes(node), route);
        if (routes.length == 0) {
            final Object[] changed = Arrays.copyOf(node, 1 + slots);
            changed[0] = edit;
            return changed;
        }
        // What becomes visible under it is the same for all of its slots: the next longer prefix that covers it.
        Route under = null;
        for (final Route r : routes) {
            if (r.bits < route.bits && r.covers(route.high, route.low) && (under == null || r.bits > under.bits)) {
                under = r;
            }
        }
        final Object[] changed = editable(node, edit);
        changed[changed.length - 1] = routes;
        final int first = 1 + slots + bitsAt(route.high, route.low, position, width);
        for (int i = first; i < first + (1 << position + width - route.bits); i++) {
            if (changed[i] == route) {
                changed[i] = under;
            }
        }
        return changed;
    }

    /** A wide node in place of a narrow one all of whose slots hold narrow nodes: level compression. */
    static Object[] widen(Object[] node, int position, Object edit) {
        Object[] wide = new Object[1 + (1 << WIDE)];
        wide[0] = edit;
        for (int i = 0; i < 1 << NARROW; i++) {
            System.arraycopy((Object[]) node[1 + i], 1, wide, 1 + (i << NARROW), 1 << NARROW);
        }
        for (final Route route : routes(node)) {
            wide = addRoute(wide, position, route, null, edit);
        }
        for (int i = 0; i < 1 << NARROW; i++) {
            for (final Route route : routes((Object[]) node[1 + i])) {
                wide = addRoute(wide, position, route, null, edit);
            }
        }
        return wide;
    }

    static Route[] with(Route[] routes, Route route) {
        final Route[] more = Arrays.copyOf(routes, routes.length + 1);
        more[routes.length] = route;
        return more;
    }

    static Route[] without(Route[] routes, Route route) {
        final Route[] fewer = new Route[routes.length - 1];
        int n = 0;
        for (final Route r : routes) {
            if (r != route) {
                fewer[n++] = r;
            }
        }
        return fewer;
    }

    static Route[] replace(Route[] routes, Route present, Route successor) {
        final Route[] changed = routes.clone();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i] == present) {
                changed[i] = successor;
            }
        }
        return changed;
    }
}
