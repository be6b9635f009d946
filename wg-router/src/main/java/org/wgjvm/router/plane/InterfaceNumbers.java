package org.wgjvm.router.plane;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Small numbers of interfaces, for keys of sessions. An interface keeps its number as long as the packet path lives, through commits that
 * remove it and bring it back, so that no session is ever mistaken for one of another interface. Any thread.
 */
final class InterfaceNumbers {
    /** Numbers are below this. */
    static final int LIMIT = 1 << 16;

    private final Map<InterfaceId, Integer> numbers = new HashMap<>();
    private final List<InterfaceId> ids = new ArrayList<>();

    /** The number of an interface, the next free one when it has none. */
    synchronized int of(InterfaceId id) {
        final Integer present = numbers.get(id);
        if (present != null) {
            return present;
        }
        if (ids.size() == LIMIT) {
            throw new IllegalStateException("more than " + LIMIT + " interfaces since the start");
        }
        numbers.put(id, ids.size());
        ids.add(id);
        return ids.size() - 1;
    }

    synchronized InterfaceId id(int number) {
        return ids.get(number);
    }

    synchronized int count() {
        return ids.size();
    }
}
