package org.wgjvm.crypto;

import static org.wgjvm.crypto.LongOps.add;
import static org.wgjvm.crypto.LongOps.and;
import static org.wgjvm.crypto.LongOps.broadcast;
import static org.wgjvm.crypto.LongOps.load;
import static org.wgjvm.crypto.LongOps.mul;
import static org.wgjvm.crypto.LongOps.or;
import static org.wgjvm.crypto.LongOps.permute;
import static org.wgjvm.crypto.LongOps.sar;
import static org.wgjvm.crypto.LongOps.shl;
import static org.wgjvm.crypto.LongOps.shr;
import static org.wgjvm.crypto.LongOps.store;
import static org.wgjvm.crypto.LongOps.sub;
import static org.wgjvm.crypto.LongOps.xor;

/**
 * The kernels of Poly1305 on vectors of 64-bit lanes, in five limbs of 26 bits: every lane has an accumulator and a multiplier of its own.
 *
 * <p>A lane is a packet ({@link PolyPackets}) or every eighth block of one packet ({@link PolyBlocks}). State lives in native memory
 * between kernels, as rows of one vector: five of accumulator, five of multiplier.
 *
 * <p>Bounds: a limb of the accumulator is below 2^26 + 2^20 after a step, below 2^27.1 with a message limb added; a multiplier limb is
 * below 2^26 + 2^20, times five below 2^28.4; five products sum to below 2^58, so that no column overflows.
 *
 * <p>Constant time: multiplications of 32 by 32 bits (VPMULUDQ, fixed latency), additions, shifts by constants, masks and permutations by
 * constant indexes. The final reduction selects by mask. Nothing secret reaches a branch or an address.
 */
final class PolyLanes {
    static final int LANES = VectorWidth.LONG_LANES;

    /** Bytes of one row. */
    static final long ROW = 8L * LANES;

    /** Offset of the accumulator's rows in the state. */
    static final long H = 0;

    /** Offset of the multiplier's rows in the state. */
    static final long R = 5 * ROW;

    /** Offset of the two rows of the pad, {@code s} of RFC 8439, which after {@link #finish} are the tag. */
    static final long PAD = 10 * ROW;

    /** Bytes of state. */
    static final long STATE = 17 * ROW;

    /** Offset of the rows of the multiplier's square. */
    private static final long R2 = 12 * ROW;
    private static final long TOP = 1L << 24;

    private static final long LIMB = 0x3ffffff;

    /** Multiplying under this mask is what the JIT recognises as the unsigned 32-bit multiplication. */
    private static final long LOW_HALF = 0xffffffffL;

    /** Squarings from r to the square of r^n, n lanes. */
    static final int STAGES = Integer.numberOfTrailingZeros(LANES) + 1;

    private static final Longs LANE_0 = Longs.of(l -> 0);

    private PolyLanes() {}

    /** Clears the accumulator and makes multiplier and pad of four rows of key: r low, r high, s low, s high. */
    static void init(long state, long key) {
        final Longs limb = broadcast(LIMB);
        final Longs low = and(load(key), broadcast(0x0ffffffc0fffffffL));
        final Longs high = and(load(key + ROW), broadcast(0x0ffffffc0ffffffcL));
        store(and(low, limb), state + R);
        store(and(shr(low, 26), limb), state + R + ROW);
        store(and(or(shr(low, 52), shl(high, 12)), limb), state + R + 2 * ROW);
        store(and(shr(high, 14), limb), state + R + 3 * ROW);
        store(shr(high, 40), state + R + 4 * ROW);
        store(load(key + 2 * ROW), state + PAD);
        store(load(key + 3 * ROW), state + PAD + ROW);
        final Longs zero = broadcast(0);
        for (int i = 0; i < 5; i++) {
            store(zero, state + H + i * ROW);
        }
    }

    /**
     * {@code h = (h + m) * r} for {@code n} blocks in every lane.
     *
     * @param message address of pairs of rows: low and high half of a block
     * @param tops address of a row with the bit above each block, {@code 1 << 24} or 0, in terms of the fifth limb
     * @param topStride bytes to advance in the rows of tops per block
     */
    static void absorb(long state, long message, long tops, long topStride, int n) {
        final Longs limb = broadcast(LIMB);
        final Longs lowHalf = broadcast(LOW_HALF);
        final Longs r0 = and(load(state + R), lowHalf);
        final Longs r1 = and(load(state + R + ROW), lowHalf);
        final Longs r2 = and(load(state + R + 2 * ROW), lowHalf);
        final Longs r3 = and(load(state + R + 3 * ROW), lowHalf);
        final Longs r4 = and(load(state + R + 4 * ROW), lowHalf);
        final Longs s1 = and(add(r1, shl(r1, 2)), lowHalf);
        final Longs s2 = and(add(r2, shl(r2, 2)), lowHalf);
        final Longs s3 = and(add(r3, shl(r3, 2)), lowHalf);
        final Longs s4 = and(add(r4, shl(r4, 2)), lowHalf);
        Longs h0 = load(state + H);
        Longs h1 = load(state + H + ROW);
        Longs h2 = load(state + H + 2 * ROW);
        Longs h3 = load(state + H + 3 * ROW);
        Longs h4 = load(state + H + 4 * ROW);
        for (int i = 0; i < n; i++) {
            final Longs low = load(message + i * (2 * ROW));
            final Longs high = load(message + i * (2 * ROW) + ROW);
            h0 = and(add(h0, and(low, limb)), lowHalf);
            h1 = and(add(h1, and(shr(low, 26), limb)), lowHalf);
            h2 = and(add(h2, and(or(shr(low, 52), shl(high, 12)), limb)), lowHalf);
            h3 = and(add(h3, and(shr(high, 14), limb)), lowHalf);
            final Longs top = load(tops + i * topStride);
            h4 = and(add(h4, or(shr(high, 40), top)), lowHalf);
            Longs d0 = add(add(mul(h0, r0), mul(h1, s4)), add(add(mul(h2, s3), mul(h3, s2)), mul(h4, s1)));
            Longs d1 = add(add(mul(h0, r1), mul(h1, r0)), add(add(mul(h2, s4), mul(h3, s3)), mul(h4, s2)));
            Longs d2 = add(add(mul(h0, r2), mul(h1, r1)), add(add(mul(h2, r0), mul(h3, s4)), mul(h4, s3)));
            Longs d3 = add(add(mul(h0, r3), mul(h1, r2)), add(add(mul(h2, r1), mul(h3, r0)), mul(h4, s4)));
            Longs d4 = add(add(mul(h0, r4), mul(h1, r3)), add(add(mul(h2, r2), mul(h3, r1)), mul(h4, r0)));
            d1 = add(d1, shr(d0, 26));
            d4 = add(d4, shr(d3, 26));
            d2 = add(d2, shr(d1, 26));
            final Longs c4 = shr(d4, 26);
            h0 = add(add(and(d0, limb), c4), shl(c4, 2));
            h3 = add(and(d3, limb), shr(d2, 26));
            h1 = add(and(d1, limb), shr(h0, 26));
            h4 = add(and(d4, limb), shr(h3, 26));
            h2 = and(d2, limb);
            h0 = and(h0, limb);
            h3 = and(h3, limb);
        }
        store(h0, state + H);
        store(h1, state + H + ROW);
        store(h2, state + H + 2 * ROW);
        store(h3, state + H + 3 * ROW);
        store(h4, state + H + 4 * ROW);
    }

    /**
     * {@code h = (h + m) * r^2 + m' * r} for {@code n} pairs of whole blocks in every lane: one chain of carries for two blocks, and the
     * second product does not wait for the first.
     *
     * @param message address of four rows for each pair: low and high half of the first block, of the second block
     */
    static void absorbPairs(long state, long message, int n) {
        final Longs limb = broadcast(LIMB);
        final Longs lowHalf = broadcast(LOW_HALF);
        final Longs top = broadcast(TOP);
        final Longs r0 = and(load(state + R), lowHalf);
        final Longs r1 = and(load(state + R + ROW), lowHalf);
        final Longs r2 = and(load(state + R + 2 * ROW), lowHalf);
        final Longs r3 = and(load(state + R + 3 * ROW), lowHalf);
        final Longs r4 = and(load(state + R + 4 * ROW), lowHalf);
        final Longs s1 = and(add(r1, shl(r1, 2)), lowHalf);
        final Longs s2 = and(add(r2, shl(r2, 2)), lowHalf);
        final Longs s3 = and(add(r3, shl(r3, 2)), lowHalf);
        final Longs s4 = and(add(r4, shl(r4, 2)), lowHalf);
        final Longs q0 = and(load(state + R2), lowHalf);
        final Longs q1 = and(load(state + R2 + ROW), lowHalf);
        final Longs q2 = and(load(state + R2 + 2 * ROW), lowHalf);
        final Longs q3 = and(load(state + R2 + 3 * ROW), lowHalf);
        final Longs q4 = and(load(state + R2 + 4 * ROW), lowHalf);
        final Longs t1 = and(add(q1, shl(q1, 2)), lowHalf);
        final Longs t2 = and(add(q2, shl(q2, 2)), lowHalf);
        final Longs t3 = and(add(q3, shl(q3, 2)), lowHalf);
        final Longs t4 = and(add(q4, shl(q4, 2)), lowHalf);
        Longs h0 = load(state + H);
        Longs h1 = load(state + H + ROW);
        Longs h2 = load(state + H + 2 * ROW);
        Longs h3 = load(state + H + 3 * ROW);
        Longs h4 = load(state + H + 4 * ROW);
        for (int i = 0; i < n; i++) {
            final Longs low = load(message + i * (4 * ROW));
            final Longs high = load(message + i * (4 * ROW) + ROW);
            h0 = and(add(h0, and(low, limb)), lowHalf);
            h1 = and(add(h1, and(shr(low, 26), limb)), lowHalf);
            h2 = and(add(h2, and(or(shr(low, 52), shl(high, 12)), limb)), lowHalf);
            h3 = and(add(h3, and(shr(high, 14), limb)), lowHalf);
            h4 = and(add(h4, or(shr(high, 40), top)), lowHalf);
            final Longs low2 = load(message + i * (4 * ROW) + 2 * ROW);
            final Longs high2 = load(message + i * (4 * ROW) + 3 * ROW);
            final Longs m0 = and(low2, limb);
            final Longs m1 = and(shr(low2, 26), limb);
            final Longs m2 = and(or(shr(low2, 52), shl(high2, 12)), limb);
            final Longs m3 = and(shr(high2, 14), limb);
            final Longs m4 = and(or(shr(high2, 40), top), lowHalf);
            Longs d0 =
                    add(add(add(add(mul(m0, r0), mul(m1, s4)), add(mul(m2, s3), mul(m3, s2))), mul(m4, s1)),
                            add(add(add(mul(h0, q0), mul(h1, t4)), add(mul(h2, t3), mul(h3, t2))), mul(h4, t1)));
            Longs d1 =
                    add(add(add(add(mul(m0, r1), mul(m1, r0)), add(mul(m2, s4), mul(m3, s3))), mul(m4, s2)),
                            add(add(add(mul(h0, q1), mul(h1, q0)), add(mul(h2, t4), mul(h3, t3))), mul(h4, t2)));
            Longs d2 =
                    add(add(add(add(mul(m0, r2), mul(m1, r1)), add(mul(m2, r0), mul(m3, s4))), mul(m4, s3)),
                            add(add(add(mul(h0, q2), mul(h1, q1)), add(mul(h2, q0), mul(h3, t4))), mul(h4, t3)));
            Longs d3 =
                    add(add(add(add(mul(m0, r3), mul(m1, r2)), add(mul(m2, r1), mul(m3, r0))), mul(m4, s4)),
                            add(add(add(mul(h0, q3), mul(h1, q2)), add(mul(h2, q1), mul(h3, q0))), mul(h4, t4)));
            Longs d4 =
                    add(add(add(add(mul(m0, r4), mul(m1, r3)), add(mul(m2, r2), mul(m3, r1))), mul(m4, r0)),
                            add(add(add(mul(h0, q4), mul(h1, q3)), add(mul(h2, q2), mul(h3, q1))), mul(h4, q0)));
            d1 = add(d1, shr(d0, 26));
            d4 = add(d4, shr(d3, 26));
            d2 = add(d2, shr(d1, 26));
            final Longs c4 = shr(d4, 26);
            h0 = add(add(and(d0, limb), c4), shl(c4, 2));
            h3 = add(and(d3, limb), shr(d2, 26));
            h1 = add(and(d1, limb), shr(h0, 26));
            h4 = add(and(d4, limb), shr(h3, 26));
            h2 = and(d2, limb);
            h0 = and(h0, limb);
            h3 = and(h3, limb);
        }
        store(h0, state + H);
        store(h1, state + H + ROW);
        store(h2, state + H + 2 * ROW);
        store(h3, state + H + 3 * ROW);
        store(h4, state + H + 4 * ROW);
    }

    /**
     * Squares the multiplier, for {@link #absorbPairs}. The accumulator must be zero, and is again.
     *
     * @param zeros address of two rows of zeros
     */
    static void square(long state, long zeros) {
        copyRows(state + R, state + H);
        absorb(state, zeros, zeros, 0, 1);
        copyRows(state + H, state + R2);
        zero(state + H, 5 * ROW);
    }

    /**
     * The powers of a multiplier {@code r} of five limbs: with n lanes r^n and its square in all lanes, for {@link #absorbPairs}, and in
     * lane l r^(1 + e), where bit i of e says that row i of {@code masks} is set in that lane. In lane 0 e must be n - 1.
     *
     * @param last address of five rows: the powers by lane
     * @param masks address of as many rows as n has bits, the last one zero
     */
    static void powers(long state, long last, long masks, long limb0, long limb1, long limb2, long limb3, long limb4) {
        final Longs limb = broadcast(LIMB);
        final Longs lowHalf = broadcast(LOW_HALF);
        Longs r0 = broadcast(limb0);
        Longs r1 = broadcast(limb1);
        Longs r2 = broadcast(limb2);
        Longs r3 = broadcast(limb3);
        Longs r4 = broadcast(limb4);
        Longs l0 = broadcast(limb0);
        Longs l1 = broadcast(limb1);
        Longs l2 = broadcast(limb2);
        Longs l3 = broadcast(limb3);
        Longs l4 = broadcast(limb4);
        for (int i = 0; i < STAGES; i++) {
            store(r0, state + R);
            store(r1, state + R + ROW);
            store(r2, state + R + 2 * ROW);
            store(r3, state + R + 3 * ROW);
            store(r4, state + R + 4 * ROW);
            r0 = and(r0, lowHalf);
            r1 = and(r1, lowHalf);
            r2 = and(r2, lowHalf);
            r3 = and(r3, lowHalf);
            r4 = and(r4, lowHalf);
            final Longs s1 = and(add(r1, shl(r1, 2)), lowHalf);
            final Longs s2 = and(add(r2, shl(r2, 2)), lowHalf);
            final Longs s3 = and(add(r3, shl(r3, 2)), lowHalf);
            final Longs s4 = and(add(r4, shl(r4, 2)), lowHalf);
            l0 = and(l0, lowHalf);
            l1 = and(l1, lowHalf);
            l2 = and(l2, lowHalf);
            l3 = and(l3, lowHalf);
            l4 = and(l4, lowHalf);
            Longs d0 = add(add(mul(l0, r0), mul(l1, s4)), add(add(mul(l2, s3), mul(l3, s2)), mul(l4, s1)));
            Longs d1 = add(add(mul(l0, r1), mul(l1, r0)), add(add(mul(l2, s4), mul(l3, s3)), mul(l4, s2)));
            Longs d2 = add(add(mul(l0, r2), mul(l1, r1)), add(add(mul(l2, r0), mul(l3, s4)), mul(l4, s3)));
            Longs d3 = add(add(mul(l0, r3), mul(l1, r2)), add(add(mul(l2, r1), mul(l3, r0)), mul(l4, s4)));
            Longs d4 = add(add(mul(l0, r4), mul(l1, r3)), add(add(mul(l2, r2), mul(l3, r1)), mul(l4, r0)));
            d1 = add(d1, shr(d0, 26));
            d4 = add(d4, shr(d3, 26));
            d2 = add(d2, shr(d1, 26));
            final Longs c4 = shr(d4, 26);
            d0 = add(add(and(d0, limb), c4), shl(c4, 2));
            d3 = add(and(d3, limb), shr(d2, 26));
            d1 = add(and(d1, limb), shr(d0, 26));
            d4 = add(and(d4, limb), shr(d3, 26));
            d2 = and(d2, limb);
            d0 = and(d0, limb);
            d3 = and(d3, limb);
            final Longs mask = load(masks + i * ROW);
            l0 = xor(and(xor(d0, l0), mask), l0);
            l1 = xor(and(xor(d1, l1), mask), l1);
            l2 = xor(and(xor(d2, l2), mask), l2);
            l3 = xor(and(xor(d3, l3), mask), l3);
            l4 = xor(and(xor(d4, l4), mask), l4);
            // In lane 0 the exponent was the multiplier's own: there the product is its square.
            r0 = permute(d0, LANE_0);
            r1 = permute(d1, LANE_0);
            r2 = permute(d2, LANE_0);
            r3 = permute(d3, LANE_0);
            r4 = permute(d4, LANE_0);
        }
        store(r0, state + R2);
        store(r1, state + R2 + ROW);
        store(r2, state + R2 + 2 * ROW);
        store(r3, state + R2 + 3 * ROW);
        store(r4, state + R2 + 4 * ROW);
        store(l0, last);
        store(l1, last + ROW);
        store(l2, last + 2 * ROW);
        store(l3, last + 3 * ROW);
        store(l4, last + 4 * ROW);
    }

    /** The sum over all lanes of each limb of the accumulator, as five words at {@code sums}. */
    static void sum(long state, long sums) {
        for (int i = 0; i < 5; i++) {
            long limb = 0;
            for (int l = 0; l < LANES; l++) {
                limb += RawMemory.getLong(state + H + i * ROW + 8L * l);
            }
            RawMemory.putLong(sums + 8L * i, limb);
        }
    }

    /** Reduces every lane modulo 2^130 - 5, adds the pad and leaves the tag in the pad's rows. */
    static void finish(long state) {
        final Longs limb = broadcast(LIMB);
        Longs h0 = load(state + H);
        Longs h1 = load(state + H + ROW);
        Longs h2 = load(state + H + 2 * ROW);
        Longs h3 = load(state + H + 3 * ROW);
        Longs h4 = load(state + H + 4 * ROW);
        // Twice round: afterwards every limb is below 2^26.
        for (int i = 0; i < 2; i++) {
            h1 = add(h1, shr(h0, 26));
            h2 = add(h2, shr(h1, 26));
            h3 = add(h3, shr(h2, 26));
            h4 = add(h4, shr(h3, 26));
            final Longs c4 = shr(h4, 26);
            h0 = add(add(and(h0, limb), c4), shl(c4, 2));
            h1 = and(h1, limb);
            h2 = and(h2, limb);
            h3 = and(h3, limb);
            h4 = and(h4, limb);
        }
        h1 = add(h1, shr(h0, 26));
        h0 = and(h0, limb);
        // g = h + 5 - 2^130, taken where it is not negative.
        Longs g0 = add(h0, broadcast(5));
        Longs g1 = add(h1, shr(g0, 26));
        Longs g2 = add(h2, shr(g1, 26));
        Longs g3 = add(h3, shr(g2, 26));
        final Longs g4 = sub(add(h4, shr(g3, 26)), broadcast(1L << 26));
        final Longs keep = sar(g4, 63);
        final Longs take = xor(keep, broadcast(-1));
        h0 = or(and(h0, keep), and(and(g0, limb), take));
        h1 = or(and(h1, keep), and(and(g1, limb), take));
        h2 = or(and(h2, keep), and(and(g2, limb), take));
        h3 = or(and(h3, keep), and(and(g3, limb), take));
        h4 = or(and(h4, keep), and(and(g4, limb), take));
        final Longs low = add(add(h0, shl(h1, 26)), shl(h2, 52));
        final Longs high = add(add(shr(h2, 12), shl(h3, 14)), shl(h4, 40));
        final Longs padLow = load(state + PAD);
        final Longs padHigh = load(state + PAD + ROW);
        final Longs tagLow = add(low, padLow);
        final Longs carry = shr(or(and(low, padLow), and(or(low, padLow), xor(tagLow, broadcast(-1)))), 63);
        store(tagLow, state + PAD);
        store(add(add(high, padHigh), carry), state + PAD + ROW);
    }

    /** Zeroes whole rows. */
    static void zero(long rows, long bytes) {
        for (long at = rows; at < rows + bytes; at += ROW) {
            store(broadcast(0), at);
        }
    }

    /** Copies five rows. */
    static void copyRows(long source, long destination) {
        for (int i = 0; i < 5; i++) {
            store(load(source + i * ROW), destination + i * ROW);
        }
    }
}
