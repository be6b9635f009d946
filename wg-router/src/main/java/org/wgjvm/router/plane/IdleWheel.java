package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * When to look at a session again: a wheel of {@value #SLOTS} lists, one a tick, linked through the sessions' own records. Linking,
 * unlinking and finding the next list that is not empty take constant time. A session stays in its list when packets come for it; when the
 * list is due it is looked at and, if it is still in use, linked anew. So packets cost nothing here, and without sessions nothing ticks.
 *
 * <p>A deadline beyond the wheel is met by looking once a turn. One thread owns a wheel.
 */
final class IdleWheel {
    static final int SLOTS = 4096;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    /** What is done with a session whose list is due. */
    @FunctionalInterface
    interface Due {
        /** The tick at which to look again, after the present one, or {@link #GONE} when the session is no more. */
        int onDue(int session);
    }

    /** {@link Due#onDue}: do not look again. */
    static final int GONE = -1;

    private final MemorySegment records;
    private final long stride;
    private final long nextAt;
    private final long previousAt;

    /** Of each list, the number of its first session plus 1, or 0. */
    private final int[] first = new int[SLOTS];

    private final long[] occupied = new long[SLOTS / Long.SIZE];
    private int count;

    /** Every list up to this tick has been worked off. */
    private int doneTick;

    /**
     * A wheel for records of {@code stride} bytes.
     *
     * @param linksAt where in a record the wheel has 8 bytes of its own
     */
    IdleWheel(MemorySegment records, long stride, long linksAt) {
        this.records = records;
        this.stride = stride;
        nextAt = linksAt;
        previousAt = linksAt + Integer.BYTES;
    }

    /** Whether nothing is linked. */
    boolean isEmpty() {
        return count == 0;
    }

    /** Links a session that is not linked, to be looked at no later than {@code tick}, or at the next tick when that is over. */
    void link(int session, int tick, int nowTick) {
        if (count == 0) {
            doneTick = nowTick;
        }
        final int ahead = Math.clamp(tick - doneTick, 1, SLOTS - 1);
        final int slot = doneTick + ahead & SLOTS - 1;
        final int follower = first[slot];
        final long at = session * stride;
        records.set(INT, at + nextAt, follower);
        records.set(INT, at + previousAt, ~slot);
        if (follower != 0) {
            records.set(INT, (follower - 1) * stride + previousAt, session + 1);
        }
        first[slot] = session + 1;
        occupied[slot >>> 6] |= 1L << slot;
        count++;
    }

    /** Unlinks a session that is linked. */
    void unlink(int session) {
        final long at = session * stride;
        final int follower = records.get(INT, at + nextAt);
        final int previous = records.get(INT, at + previousAt);
        if (follower != 0) {
            records.set(INT, (follower - 1) * stride + previousAt, previous);
        }
        if (previous > 0) {
            records.set(INT, (previous - 1) * stride + nextAt, follower);
        } else {
            final int slot = ~previous;
            first[slot] = follower;
            if (follower == 0) {
                occupied[slot >>> 6] &= ~(1L << slot);
            }
        }
        count--;
    }

    /** The first tick at which a list is due; only while not {@link #isEmpty}. */
    int nextTick() {
        final int from = doneTick + 1 & SLOTS - 1;
        int word = from >>> 6;
        long bits = occupied[word] & -1L << from;
        // One word more than there are: the first is looked at twice, its high bits first and its low ones last.
        for (int i = 0; i <= occupied.length; i++) {
            if (bits != 0) {
                final int slot = (word << 6) + Long.numberOfTrailingZeros(bits);
                return doneTick + 1 + (slot - from & SLOTS - 1);
            }
            word = word + 1 & occupied.length - 1;
            bits = occupied[word];
        }
        throw new IllegalStateException("nothing is linked");
    }

    /**
     * Shows the sessions of the lists that are due at {@code nowTick} to {@code due}, {@code limit} at most. Those shown are not linked
     * while they are, and linked again by what it returns; it may unlink others. Returns whether all lists that were due are done.
     */
    boolean advance(int nowTick, int limit, Due due) {
        if (nowTick - doneTick > SLOTS) {
            doneTick = nowTick - SLOTS; // after a long sleep every list is due, once
        }
        int left = limit;
        while (count > 0) {
            final int tick = nextTick();
            if (tick - nowTick > 0) {
                break;
            }
            doneTick = tick - 1;
            final int slot = tick & SLOTS - 1;
            while (first[slot] != 0) {
                if (left-- == 0) {
                    return false;
                }
                final int session = first[slot] - 1;
                unlink(session);
                final int again = due.onDue(session);
                if (again != GONE) {
                    link(session, Math.max(again, nowTick + 1), nowTick);
                }
            }
            doneTick = Math.max(doneTick, tick);
        }
        doneTick = Math.max(doneTick, nowTick);
        return true;
    }
}
