package org.wgjvm.router.plane;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sessions as a list and a map: what {@link SessionTable} must do, said without thinking of speed. */
final class NaiveSessions {
    static final class Session {
        final List<Long> forward;
        final List<Long> reverse;
        final int kind;
        int lastTick;
        boolean closing;
        int forwardPackets;
        int reversePackets;

        Session(List<Long> forward, List<Long> reverse, int kind, int tick) {
            this.forward = forward;
            this.reverse = reverse;
            this.kind = kind;
            lastTick = tick;
        }
    }

    private final int capacity;
    private final TimeoutTable timeouts;
    private final Map<List<Long>, Session> byKey = new HashMap<>();
    private final List<Session> all = new ArrayList<>();

    NaiveSessions(int capacity, TimeoutTable timeouts) {
        this.capacity = capacity;
        this.timeouts = timeouts;
    }

    static List<Long> key(long[] keys, int at, int longs) {
        return Arrays.stream(keys, at, at + longs).boxed().toList();
    }

    List<Session> all() {
        return all;
    }

    Session find(List<Long> key) {
        return byKey.get(key);
    }

    /** As the table's: a session, or null with the reason in the exception's message. */
    int insert(List<Long> forward, List<Long> reverse, int kind, int tick) {
        if (all.size() == capacity) {
            return SessionTable.FULL;
        }
        if (byKey.containsKey(forward) || byKey.containsKey(reverse) || forward.equals(reverse)) {
            return SessionTable.TAKEN;
        }
        final Session session = new Session(forward, reverse, kind, tick);
        all.add(session);
        byKey.put(forward, session);
        byKey.put(reverse, session);
        return 0;
    }

    void remove(Session session) {
        all.remove(session);
        byKey.remove(session.forward);
        byKey.remove(session.reverse);
    }

    void expire(int nowTick) {
        for (final Session session : List.copyOf(all)) {
            int timeout = timeouts.ticks(SessionKind.timeout(session.kind));
            if (session.closing) {
                timeout = Math.min(timeout, TimeoutTable.ticksOf(SessionTable.CLOSING_MS));
            }
            if (nowTick - (session.lastTick + timeout) >= 0) {
                remove(session);
            }
        }
    }
}
