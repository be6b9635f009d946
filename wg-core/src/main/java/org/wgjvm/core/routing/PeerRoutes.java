package org.wgjvm.core.routing;

/** The routes of one peer, linked in the order in which they were added. Belongs to the writer. */
final class PeerRoutes {
    Route first;
    Route last;
    int size;

    void append(Route route) {
        route.previous = last;
        if (last == null) {
            first = route;
        } else {
            last.next = route;
        }
        last = route;
        size++;
    }

    void unlink(Route route) {
        if (route.previous == null) {
            first = route.next;
        } else {
            route.previous.next = route.next;
        }
        if (route.next == null) {
            last = route.previous;
        } else {
            route.next.previous = route.previous;
        }
        route.previous = null;
        route.next = null;
        size--;
    }
}
