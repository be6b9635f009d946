package org.wgjvm.core.session;

import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;

/**
 * Which counters a keypair has received: the sliding window of RFC 6479, as a ring of longs that never shifts.
 *
 * <p>The ring has {@value #BITS} bits; all but the word being filled are usable, so that a counter up to {@value #SIZE} behind the highest
 * one is still accepted once. Counters are unsigned 64-bit numbers. One thread owns it.
 */
public final class ReplayWindow {
    /** How far behind the highest accepted counter another may be. */
    public static final int SIZE = 8128;

    /** The first counter never accepted, 2^64 - 8130 (unsigned): Reject-After-Messages (paper, section 6.1), less the window. */
    public static final long REJECT_AFTER_MESSAGES = -2L - SIZE;

    private static final int BITS = 8192;
    private static final int WORDS = BITS / Long.SIZE;

    private final long[] ring = new long[WORDS];

    /** One more than the highest accepted counter; 0 when there is none. */
    private long next;

    /**
     * Takes note of a counter, once. Call it only for a message that has been authenticated: before that, anyone could move the window.
     *
     * @return whether the message is new; false for one already seen, too old to tell, or past {@link #REJECT_AFTER_MESSAGES}
     */
    public boolean accept(long counter) {
        if (Long.compareUnsigned(counter, REJECT_AFTER_MESSAGES) >= 0) {
            return false;
        }
        // Bit 0 of the ring stays unused: positions are counters plus one. Neither sum can wrap below REJECT_AFTER_MESSAGES.
        final long position = counter + 1;
        if (Long.compareUnsigned(position + SIZE, next) < 0) {
            return false;
        }
        final long word = position >>> 6;
        if (Long.compareUnsigned(position, next) > 0) {
            final long newest = next >>> 6;
            final long stale = Math.min(word - newest, WORDS);
            for (long i = 1; i <= stale; i++) {
                ring[(int) (newest + i) & WORDS - 1] = 0;
            }
            next = position;
        }
        final int slot = (int) word & WORDS - 1;
        final long bit = 1L << position;
        if ((ring[slot] & bit) != 0) {
            return false;
        }
        ring[slot] |= bit;
        return true;
    }

    /** Writes the window: words that are empty or full take a bit. */
    void writeTo(StateWriter out) {
        out.i64(next);
        for (int half = 0; half < WORDS; half += Long.SIZE) {
            out.i64(mask(half, 0)).i64(mask(half, -1));
        }
        for (long word : ring) {
            if (word != 0 && word != -1) {
                out.i64(word);
            }
        }
    }

    private long mask(int from, long value) {
        long mask = 0;
        for (int i = 0; i < Long.SIZE; i++) {
            mask |= ring[from + i] == value ? 1L << i : 0;
        }
        return mask;
    }

    /** Becomes the window that was written. */
    void readFrom(StateReader in) throws StateException {
        next = in.i64();
        if (Long.compareUnsigned(next, REJECT_AFTER_MESSAGES) > 0) {
            throw new StateException("a replay window past the last counter");
        }
        for (int half = 0; half < WORDS; half += Long.SIZE) {
            final long empty = in.i64();
            final long full = in.i64();
            if ((empty & full) != 0) {
                throw new StateException("a word of a replay window that is empty and full");
            }
            for (int i = 0; i < Long.SIZE; i++) {
                // What is neither empty nor full follows later, and is marked by a value that is neither.
                ring[half + i] = (empty >>> i & 1) != 0 ? 0 : (full >>> i & 1) != 0 ? -1 : 1;
            }
        }
        for (int i = 0; i < WORDS; i++) {
            if (ring[i] == 1) {
                ring[i] = in.i64();
            }
        }
    }

    /** One more than the highest counter accepted so far (unsigned); 0 when none was. */
    public long next() {
        return next;
    }
}
