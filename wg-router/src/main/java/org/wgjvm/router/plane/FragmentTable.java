package org.wgjvm.router.plane;

/**
 * Which session fragmented packets belong to: later fragments have no ports, so the first one, which has, is remembered for a moment. A
 * fragment that overtakes its first one is dropped, as is one whose entry another has taken: the table is small, of fixed size, and
 * nothing waits in it. One thread owns it.
 */
final class FragmentTable {
    private static final int SIZE = 1024;

    /** RFC 791 suggests 15 s for reassembly; Linux waits 30. In ticks of the sessions' clock. */
    private static final int LIFE_TICKS = TimeoutTable.ticksOf(30_000);

    private final int keyLongs;
    private final long[] keys;
    private final int[] refs = new int[SIZE];
    private final int[] ticks = new int[SIZE];

    FragmentTable(boolean v6) {
        keyLongs = v6 ? FlowBatch.V6_LONGS : FlowBatch.V4_LONGS;
        keys = new long[SIZE * keyLongs];
    }

    /** Remembers the session and direction of a packet that comes in fragments; the key has its identification for ports. */
    void put(long[] from, int at, long hash, int ref, int nowTick) {
        final int i = (int) hash & SIZE - 1;
        System.arraycopy(from, at, keys, i * keyLongs, keyLongs);
        refs[i] = ref + 1;
        ticks[i] = nowTick;
    }

    /** The session and direction of a later fragment, as far as is known; the session may be gone, or be another by now. */
    int get(long[] from, int at, long hash, int nowTick) {
        final int i = (int) hash & SIZE - 1;
        for (int k = 0; k < keyLongs; k++) {
            if (keys[i * keyLongs + k] != from[at + k]) {
                return FlowBatch.NONE;
            }
        }
        return nowTick - ticks[i] > LIFE_TICKS ? FlowBatch.NONE : refs[i] - 1;
    }
}
