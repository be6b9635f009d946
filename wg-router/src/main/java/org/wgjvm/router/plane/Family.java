package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.IpHeader;

/** What the packet path has of one address family. One thread owns it. */
final class Family {
    private static final int NEXT_HEADER_FRAGMENT = 44;

    final boolean v6;
    final FlowBatch flows;
    final SessionTable sessions;

    /** Room for the key of an initiator's packet, and behind it that of an answer. */
    final long[] keys;

    private final FragmentTable fragments;
    private final long[] fragmentKey;

    Family(boolean v6, int capacity, long seed0, long seed1, TimeoutTable timeouts) {
        this.v6 = v6;
        flows = new FlowBatch(v6, 256);
        sessions = new SessionTable(v6, capacity, seed0, seed1, timeouts);
        keys = new long[2 * flows.keyLongs];
        fragments = new FragmentTable(v6);
        fragmentKey = new long[flows.keyLongs];
    }

    /** Remembers the session of flow {@code f}, a first fragment, for those that follow. */
    void rememberFragment(MemorySegment slab, long at, int f, int ref, int tick) {
        final int last = flows.keyLongs - 1;
        System.arraycopy(flows.keys, flows.keyAt(f), fragmentKey, 0, last);
        final long tail = flows.keys[flows.keyAt(f) + last];
        if (v6) {
            final int id = PacketBytes.i32(slab, at + IpHeader.V6_LENGTH + 4);
            fragmentKey[last] = FlowKey.tail(id >>> 16, id & 0xffff, NEXT_HEADER_FRAGMENT, FlowKey.interfaceNumber(tail));
        } else {
            fragmentKey[last] =
                    FlowKey.tail(PacketBytes.u16(slab, at + 4), 0, FlowKey.protocol(tail), FlowKey.interfaceNumber(tail));
        }
        fragments.put(fragmentKey, 0, sessions.hash(fragmentKey, 0), ref, tick);
    }

    /** The session and direction of flow {@code f}, a later fragment, or {@link FlowBatch#NONE}. */
    int sessionOfFragment(int f, int tick) {
        final int at = flows.keyAt(f);
        final int ref = fragments.get(flows.keys, at, flows.hash[f], tick);
        if (ref < 0 || !sessions.exists(ref >>> 1)) {
            return FlowBatch.NONE;
        }
        // The number may be another session's by now.
        final int last = flows.keyLongs - 1;
        for (int k = 0; k < last; k++) {
            if (sessions.key(ref >>> 1, ref & 1, k) != flows.keys[at + k]) {
                return FlowBatch.NONE;
            }
        }
        final int number = FlowKey.interfaceNumber(sessions.tail(ref >>> 1, ref & 1));
        return number == FlowKey.interfaceNumber(flows.keys[at + last]) ? ref : FlowBatch.NONE;
    }

    /** Ends sessions whose time is over. Returns whether nothing more is due. */
    boolean expire(int nowTick, int limit, PairTable pairs) {
        return sessions.isEmpty()
                || sessions.expire(nowTick, limit, s -> pairs.get(SessionKind.pair(sessions.kind(s))).activeSessions--);
    }
}
