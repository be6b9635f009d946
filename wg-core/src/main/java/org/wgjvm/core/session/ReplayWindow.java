package org.wgjvm.core.session;

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

    /** One more than the highest counter accepted so far (unsigned); 0 when none was. */
    public long next() {
        return next;
    }
}
