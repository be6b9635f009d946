package org.wgjvm.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

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

    private static final VectorSpecies<Long> LONG = VectorWidth.LONG;
    private static final MemorySegment MEMORY = Native.Everything.MEMORY;

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

    private static final LongVector LANE_0 = LongVector.zero(LONG);

    private PolyLanes() {}

    /** Clears the accumulator and makes multiplier and pad of four rows of key: r low, r high, s low, s high. */
    static void init(long state, long key) {
        final LongVector low = LongVector.fromMemorySegment(LONG, MEMORY, key, LITTLE_ENDIAN).and(0x0ffffffc0fffffffL);
        final LongVector high = LongVector.fromMemorySegment(LONG, MEMORY, key + ROW, LITTLE_ENDIAN).and(0x0ffffffc0ffffffcL);
        low.and(LIMB).intoMemorySegment(MEMORY, state + R, LITTLE_ENDIAN);
        low.lanewise(LSHR, 26).and(LIMB).intoMemorySegment(MEMORY, state + R + ROW, LITTLE_ENDIAN);
        low.lanewise(LSHR, 52).or(high.lanewise(LSHL, 12)).and(LIMB).intoMemorySegment(MEMORY, state + R + 2 * ROW, LITTLE_ENDIAN);
        high.lanewise(LSHR, 14).and(LIMB).intoMemorySegment(MEMORY, state + R + 3 * ROW, LITTLE_ENDIAN);
        high.lanewise(LSHR, 40).intoMemorySegment(MEMORY, state + R + 4 * ROW, LITTLE_ENDIAN);
        LongVector.fromMemorySegment(LONG, MEMORY, key + 2 * ROW, LITTLE_ENDIAN)
                .intoMemorySegment(MEMORY, state + PAD, LITTLE_ENDIAN);
        LongVector.fromMemorySegment(LONG, MEMORY, key + 3 * ROW, LITTLE_ENDIAN)
                .intoMemorySegment(MEMORY, state + PAD + ROW, LITTLE_ENDIAN);
        final LongVector zero = LongVector.zero(LONG);
        for (int i = 0; i < 5; i++) {
            zero.intoMemorySegment(MEMORY, state + H + i * ROW, LITTLE_ENDIAN);
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
        final LongVector r0 = LongVector.fromMemorySegment(LONG, MEMORY, state + R, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r1 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r2 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + 2 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r3 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + 3 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r4 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + 4 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector s1 = r1.add(r1.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector s2 = r2.add(r2.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector s3 = r3.add(r3.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector s4 = r4.add(r4.lanewise(LSHL, 2)).and(LOW_HALF);
        LongVector h0 = LongVector.fromMemorySegment(LONG, MEMORY, state + H, LITTLE_ENDIAN);
        LongVector h1 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + ROW, LITTLE_ENDIAN);
        LongVector h2 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 2 * ROW, LITTLE_ENDIAN);
        LongVector h3 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 3 * ROW, LITTLE_ENDIAN);
        LongVector h4 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 4 * ROW, LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            final LongVector low = LongVector.fromMemorySegment(LONG, MEMORY, message + i * (2 * ROW), LITTLE_ENDIAN);
            final LongVector high = LongVector.fromMemorySegment(LONG, MEMORY, message + i * (2 * ROW) + ROW, LITTLE_ENDIAN);
            h0 = h0.add(low.and(LIMB)).and(LOW_HALF);
            h1 = h1.add(low.lanewise(LSHR, 26).and(LIMB)).and(LOW_HALF);
            h2 = h2.add(low.lanewise(LSHR, 52).or(high.lanewise(LSHL, 12)).and(LIMB)).and(LOW_HALF);
            h3 = h3.add(high.lanewise(LSHR, 14).and(LIMB)).and(LOW_HALF);
            final LongVector top = LongVector.fromMemorySegment(LONG, MEMORY, tops + i * topStride, LITTLE_ENDIAN);
            h4 = h4.add(high.lanewise(LSHR, 40).or(top)).and(LOW_HALF);
            LongVector d0 = h0.mul(r0).add(h1.mul(s4)).add(h2.mul(s3).add(h3.mul(s2)).add(h4.mul(s1)));
            LongVector d1 = h0.mul(r1).add(h1.mul(r0)).add(h2.mul(s4).add(h3.mul(s3)).add(h4.mul(s2)));
            LongVector d2 = h0.mul(r2).add(h1.mul(r1)).add(h2.mul(r0).add(h3.mul(s4)).add(h4.mul(s3)));
            LongVector d3 = h0.mul(r3).add(h1.mul(r2)).add(h2.mul(r1).add(h3.mul(r0)).add(h4.mul(s4)));
            LongVector d4 = h0.mul(r4).add(h1.mul(r3)).add(h2.mul(r2).add(h3.mul(r1)).add(h4.mul(r0)));
            d1 = d1.add(d0.lanewise(LSHR, 26));
            d4 = d4.add(d3.lanewise(LSHR, 26));
            d2 = d2.add(d1.lanewise(LSHR, 26));
            final LongVector c4 = d4.lanewise(LSHR, 26);
            h0 = d0.and(LIMB).add(c4).add(c4.lanewise(LSHL, 2));
            h3 = d3.and(LIMB).add(d2.lanewise(LSHR, 26));
            h1 = d1.and(LIMB).add(h0.lanewise(LSHR, 26));
            h4 = d4.and(LIMB).add(h3.lanewise(LSHR, 26));
            h2 = d2.and(LIMB);
            h0 = h0.and(LIMB);
            h3 = h3.and(LIMB);
        }
        h0.intoMemorySegment(MEMORY, state + H, LITTLE_ENDIAN);
        h1.intoMemorySegment(MEMORY, state + H + ROW, LITTLE_ENDIAN);
        h2.intoMemorySegment(MEMORY, state + H + 2 * ROW, LITTLE_ENDIAN);
        h3.intoMemorySegment(MEMORY, state + H + 3 * ROW, LITTLE_ENDIAN);
        h4.intoMemorySegment(MEMORY, state + H + 4 * ROW, LITTLE_ENDIAN);
    }

    /**
     * {@code h = (h + m) * r^2 + m' * r} for {@code n} pairs of whole blocks in every lane: one chain of carries for two blocks, and the
     * second product does not wait for the first.
     *
     * @param message address of four rows for each pair: low and high half of the first block, of the second block
     */
    static void absorbPairs(long state, long message, int n) {
        final LongVector r0 = LongVector.fromMemorySegment(LONG, MEMORY, state + R, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r1 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r2 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + 2 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r3 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + 3 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector r4 = LongVector.fromMemorySegment(LONG, MEMORY, state + R + 4 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector s1 = r1.add(r1.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector s2 = r2.add(r2.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector s3 = r3.add(r3.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector s4 = r4.add(r4.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector q0 = LongVector.fromMemorySegment(LONG, MEMORY, state + R2, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector q1 = LongVector.fromMemorySegment(LONG, MEMORY, state + R2 + ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector q2 = LongVector.fromMemorySegment(LONG, MEMORY, state + R2 + 2 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector q3 = LongVector.fromMemorySegment(LONG, MEMORY, state + R2 + 3 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector q4 = LongVector.fromMemorySegment(LONG, MEMORY, state + R2 + 4 * ROW, LITTLE_ENDIAN).and(LOW_HALF);
        final LongVector t1 = q1.add(q1.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector t2 = q2.add(q2.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector t3 = q3.add(q3.lanewise(LSHL, 2)).and(LOW_HALF);
        final LongVector t4 = q4.add(q4.lanewise(LSHL, 2)).and(LOW_HALF);
        LongVector h0 = LongVector.fromMemorySegment(LONG, MEMORY, state + H, LITTLE_ENDIAN);
        LongVector h1 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + ROW, LITTLE_ENDIAN);
        LongVector h2 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 2 * ROW, LITTLE_ENDIAN);
        LongVector h3 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 3 * ROW, LITTLE_ENDIAN);
        LongVector h4 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 4 * ROW, LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            final LongVector low = LongVector.fromMemorySegment(LONG, MEMORY, message + i * (4 * ROW), LITTLE_ENDIAN);
            final LongVector high = LongVector.fromMemorySegment(LONG, MEMORY, message + i * (4 * ROW) + ROW, LITTLE_ENDIAN);
            h0 = h0.add(low.and(LIMB)).and(LOW_HALF);
            h1 = h1.add(low.lanewise(LSHR, 26).and(LIMB)).and(LOW_HALF);
            h2 = h2.add(low.lanewise(LSHR, 52).or(high.lanewise(LSHL, 12)).and(LIMB)).and(LOW_HALF);
            h3 = h3.add(high.lanewise(LSHR, 14).and(LIMB)).and(LOW_HALF);
            h4 = h4.add(high.lanewise(LSHR, 40).or(TOP)).and(LOW_HALF);
            final LongVector low2 = LongVector.fromMemorySegment(LONG, MEMORY, message + i * (4 * ROW) + 2 * ROW, LITTLE_ENDIAN);
            final LongVector high2 = LongVector.fromMemorySegment(LONG, MEMORY, message + i * (4 * ROW) + 3 * ROW, LITTLE_ENDIAN);
            final LongVector m0 = low2.and(LIMB);
            final LongVector m1 = low2.lanewise(LSHR, 26).and(LIMB);
            final LongVector m2 = low2.lanewise(LSHR, 52).or(high2.lanewise(LSHL, 12)).and(LIMB);
            final LongVector m3 = high2.lanewise(LSHR, 14).and(LIMB);
            final LongVector m4 = high2.lanewise(LSHR, 40).or(TOP).and(LOW_HALF);
            LongVector d0 =
                    m0.mul(r0).add(m1.mul(s4)).add(m2.mul(s3).add(m3.mul(s2))).add(m4.mul(s1))
                            .add(h0.mul(q0).add(h1.mul(t4)).add(h2.mul(t3).add(h3.mul(t2))).add(h4.mul(t1)));
            LongVector d1 =
                    m0.mul(r1).add(m1.mul(r0)).add(m2.mul(s4).add(m3.mul(s3))).add(m4.mul(s2))
                            .add(h0.mul(q1).add(h1.mul(q0)).add(h2.mul(t4).add(h3.mul(t3))).add(h4.mul(t2)));
            LongVector d2 =
                    m0.mul(r2).add(m1.mul(r1)).add(m2.mul(r0).add(m3.mul(s4))).add(m4.mul(s3))
                            .add(h0.mul(q2).add(h1.mul(q1)).add(h2.mul(q0).add(h3.mul(t4))).add(h4.mul(t3)));
            LongVector d3 =
                    m0.mul(r3).add(m1.mul(r2)).add(m2.mul(r1).add(m3.mul(r0))).add(m4.mul(s4))
                            .add(h0.mul(q3).add(h1.mul(q2)).add(h2.mul(q1).add(h3.mul(q0))).add(h4.mul(t4)));
            LongVector d4 =
                    m0.mul(r4).add(m1.mul(r3)).add(m2.mul(r2).add(m3.mul(r1))).add(m4.mul(r0))
                            .add(h0.mul(q4).add(h1.mul(q3)).add(h2.mul(q2).add(h3.mul(q1))).add(h4.mul(q0)));
            d1 = d1.add(d0.lanewise(LSHR, 26));
            d4 = d4.add(d3.lanewise(LSHR, 26));
            d2 = d2.add(d1.lanewise(LSHR, 26));
            final LongVector c4 = d4.lanewise(LSHR, 26);
            h0 = d0.and(LIMB).add(c4).add(c4.lanewise(LSHL, 2));
            h3 = d3.and(LIMB).add(d2.lanewise(LSHR, 26));
            h1 = d1.and(LIMB).add(h0.lanewise(LSHR, 26));
            h4 = d4.and(LIMB).add(h3.lanewise(LSHR, 26));
            h2 = d2.and(LIMB);
            h0 = h0.and(LIMB);
            h3 = h3.and(LIMB);
        }
        h0.intoMemorySegment(MEMORY, state + H, LITTLE_ENDIAN);
        h1.intoMemorySegment(MEMORY, state + H + ROW, LITTLE_ENDIAN);
        h2.intoMemorySegment(MEMORY, state + H + 2 * ROW, LITTLE_ENDIAN);
        h3.intoMemorySegment(MEMORY, state + H + 3 * ROW, LITTLE_ENDIAN);
        h4.intoMemorySegment(MEMORY, state + H + 4 * ROW, LITTLE_ENDIAN);
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
        LongVector r0 = LongVector.broadcast(LONG, limb0);
        LongVector r1 = LongVector.broadcast(LONG, limb1);
        LongVector r2 = LongVector.broadcast(LONG, limb2);
        LongVector r3 = LongVector.broadcast(LONG, limb3);
        LongVector r4 = LongVector.broadcast(LONG, limb4);
        LongVector l0 = LongVector.broadcast(LONG, limb0);
        LongVector l1 = LongVector.broadcast(LONG, limb1);
        LongVector l2 = LongVector.broadcast(LONG, limb2);
        LongVector l3 = LongVector.broadcast(LONG, limb3);
        LongVector l4 = LongVector.broadcast(LONG, limb4);
        for (int i = 0; i < STAGES; i++) {
            r0.intoMemorySegment(MEMORY, state + R, LITTLE_ENDIAN);
            r1.intoMemorySegment(MEMORY, state + R + ROW, LITTLE_ENDIAN);
            r2.intoMemorySegment(MEMORY, state + R + 2 * ROW, LITTLE_ENDIAN);
            r3.intoMemorySegment(MEMORY, state + R + 3 * ROW, LITTLE_ENDIAN);
            r4.intoMemorySegment(MEMORY, state + R + 4 * ROW, LITTLE_ENDIAN);
            r0 = r0.and(LOW_HALF);
            r1 = r1.and(LOW_HALF);
            r2 = r2.and(LOW_HALF);
            r3 = r3.and(LOW_HALF);
            r4 = r4.and(LOW_HALF);
            final LongVector s1 = r1.add(r1.lanewise(LSHL, 2)).and(LOW_HALF);
            final LongVector s2 = r2.add(r2.lanewise(LSHL, 2)).and(LOW_HALF);
            final LongVector s3 = r3.add(r3.lanewise(LSHL, 2)).and(LOW_HALF);
            final LongVector s4 = r4.add(r4.lanewise(LSHL, 2)).and(LOW_HALF);
            l0 = l0.and(LOW_HALF);
            l1 = l1.and(LOW_HALF);
            l2 = l2.and(LOW_HALF);
            l3 = l3.and(LOW_HALF);
            l4 = l4.and(LOW_HALF);
            LongVector d0 = l0.mul(r0).add(l1.mul(s4)).add(l2.mul(s3).add(l3.mul(s2)).add(l4.mul(s1)));
            LongVector d1 = l0.mul(r1).add(l1.mul(r0)).add(l2.mul(s4).add(l3.mul(s3)).add(l4.mul(s2)));
            LongVector d2 = l0.mul(r2).add(l1.mul(r1)).add(l2.mul(r0).add(l3.mul(s4)).add(l4.mul(s3)));
            LongVector d3 = l0.mul(r3).add(l1.mul(r2)).add(l2.mul(r1).add(l3.mul(r0)).add(l4.mul(s4)));
            LongVector d4 = l0.mul(r4).add(l1.mul(r3)).add(l2.mul(r2).add(l3.mul(r1)).add(l4.mul(r0)));
            d1 = d1.add(d0.lanewise(LSHR, 26));
            d4 = d4.add(d3.lanewise(LSHR, 26));
            d2 = d2.add(d1.lanewise(LSHR, 26));
            final LongVector c4 = d4.lanewise(LSHR, 26);
            d0 = d0.and(LIMB).add(c4).add(c4.lanewise(LSHL, 2));
            d3 = d3.and(LIMB).add(d2.lanewise(LSHR, 26));
            d1 = d1.and(LIMB).add(d0.lanewise(LSHR, 26));
            d4 = d4.and(LIMB).add(d3.lanewise(LSHR, 26));
            d2 = d2.and(LIMB);
            d0 = d0.and(LIMB);
            d3 = d3.and(LIMB);
            final LongVector mask = LongVector.fromMemorySegment(LONG, MEMORY, masks + i * ROW, LITTLE_ENDIAN);
            l0 = d0.lanewise(XOR, l0).and(mask).lanewise(XOR, l0);
            l1 = d1.lanewise(XOR, l1).and(mask).lanewise(XOR, l1);
            l2 = d2.lanewise(XOR, l2).and(mask).lanewise(XOR, l2);
            l3 = d3.lanewise(XOR, l3).and(mask).lanewise(XOR, l3);
            l4 = d4.lanewise(XOR, l4).and(mask).lanewise(XOR, l4);
            // In lane 0 the exponent was the multiplier's own: there the product is its square.
            r0 = LANE_0.selectFrom(d0);
            r1 = LANE_0.selectFrom(d1);
            r2 = LANE_0.selectFrom(d2);
            r3 = LANE_0.selectFrom(d3);
            r4 = LANE_0.selectFrom(d4);
        }
        r0.intoMemorySegment(MEMORY, state + R2, LITTLE_ENDIAN);
        r1.intoMemorySegment(MEMORY, state + R2 + ROW, LITTLE_ENDIAN);
        r2.intoMemorySegment(MEMORY, state + R2 + 2 * ROW, LITTLE_ENDIAN);
        r3.intoMemorySegment(MEMORY, state + R2 + 3 * ROW, LITTLE_ENDIAN);
        r4.intoMemorySegment(MEMORY, state + R2 + 4 * ROW, LITTLE_ENDIAN);
        l0.intoMemorySegment(MEMORY, last, LITTLE_ENDIAN);
        l1.intoMemorySegment(MEMORY, last + ROW, LITTLE_ENDIAN);
        l2.intoMemorySegment(MEMORY, last + 2 * ROW, LITTLE_ENDIAN);
        l3.intoMemorySegment(MEMORY, last + 3 * ROW, LITTLE_ENDIAN);
        l4.intoMemorySegment(MEMORY, last + 4 * ROW, LITTLE_ENDIAN);
    }

    /** The sum over all lanes of each limb of the accumulator, as five words at {@code sums}. */
    static void sum(long state, long sums) {
        for (int i = 0; i < 5; i++) {
            final long limb = LongVector.fromMemorySegment(LONG, MEMORY, state + H + i * ROW, LITTLE_ENDIAN).reduceLanes(ADD);
            Native.putLong(sums + 8L * i, limb);
        }
    }

    /** Reduces every lane modulo 2^130 - 5, adds the pad and leaves the tag in the pad's rows. */
    static void finish(long state) {
        LongVector h0 = LongVector.fromMemorySegment(LONG, MEMORY, state + H, LITTLE_ENDIAN);
        LongVector h1 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + ROW, LITTLE_ENDIAN);
        LongVector h2 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 2 * ROW, LITTLE_ENDIAN);
        LongVector h3 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 3 * ROW, LITTLE_ENDIAN);
        LongVector h4 = LongVector.fromMemorySegment(LONG, MEMORY, state + H + 4 * ROW, LITTLE_ENDIAN);
        // Twice round: afterwards every limb is below 2^26.
        for (int i = 0; i < 2; i++) {
            h1 = h1.add(h0.lanewise(LSHR, 26));
            h2 = h2.add(h1.lanewise(LSHR, 26));
            h3 = h3.add(h2.lanewise(LSHR, 26));
            h4 = h4.add(h3.lanewise(LSHR, 26));
            final LongVector c4 = h4.lanewise(LSHR, 26);
            h0 = h0.and(LIMB).add(c4).add(c4.lanewise(LSHL, 2));
            h1 = h1.and(LIMB);
            h2 = h2.and(LIMB);
            h3 = h3.and(LIMB);
            h4 = h4.and(LIMB);
        }
        h1 = h1.add(h0.lanewise(LSHR, 26));
        h0 = h0.and(LIMB);
        // g = h + 5 - 2^130, taken where it is not negative.
        LongVector g0 = h0.add(5);
        LongVector g1 = h1.add(g0.lanewise(LSHR, 26));
        LongVector g2 = h2.add(g1.lanewise(LSHR, 26));
        LongVector g3 = h3.add(g2.lanewise(LSHR, 26));
        final LongVector g4 = h4.add(g3.lanewise(LSHR, 26)).sub(1L << 26);
        final LongVector keep = g4.lanewise(ASHR, 63);
        final LongVector take = keep.not();
        h0 = h0.and(keep).or(g0.and(LIMB).and(take));
        h1 = h1.and(keep).or(g1.and(LIMB).and(take));
        h2 = h2.and(keep).or(g2.and(LIMB).and(take));
        h3 = h3.and(keep).or(g3.and(LIMB).and(take));
        h4 = h4.and(keep).or(g4.and(LIMB).and(take));
        final LongVector low = h0.add(h1.lanewise(LSHL, 26)).add(h2.lanewise(LSHL, 52));
        final LongVector high =
                h2.lanewise(LSHR, 12).add(h3.lanewise(LSHL, 14)).add(h4.lanewise(LSHL, 40));
        final LongVector padLow = LongVector.fromMemorySegment(LONG, MEMORY, state + PAD, LITTLE_ENDIAN);
        final LongVector padHigh = LongVector.fromMemorySegment(LONG, MEMORY, state + PAD + ROW, LITTLE_ENDIAN);
        final LongVector tagLow = low.add(padLow);
        final LongVector carry = low.and(padLow).or(low.or(padLow).and(tagLow.not())).lanewise(LSHR, 63);
        tagLow.intoMemorySegment(MEMORY, state + PAD, LITTLE_ENDIAN);
        high.add(padHigh).add(carry).intoMemorySegment(MEMORY, state + PAD + ROW, LITTLE_ENDIAN);
    }

    /** Zeroes whole rows. */
    static void zero(long rows, long bytes) {
        for (long at = rows; at < rows + bytes; at += ROW) {
            LongVector.zero(LONG).intoMemorySegment(MEMORY, at, LITTLE_ENDIAN);
        }
    }

    /** Copies five rows. */
    static void copyRows(long source, long destination) {
        for (int i = 0; i < 5; i++) {
            LongVector.fromMemorySegment(LONG, MEMORY, source + i * ROW, LITTLE_ENDIAN)
                    .intoMemorySegment(MEMORY, destination + i * ROW, LITTLE_ENDIAN);
        }
    }
}
