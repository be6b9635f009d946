package org.wgjvm.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Montgomery ladder on vectors of eight 64-bit lanes: four products modulo 2^255 - 19 at once, and a step of the ladder is three
 * times four products.
 *
 * <p>Shape: an element has ten signed limbs, limb k of weight 2^ceil(25.5 k), so that even limbs have 26 bits and odd ones 25. Four
 * elements are five rows of one vector: row i holds limb 2i of element l in lane l, and limb 2i+1 in lane l + 4. Limb 2i plus 2^26 times
 * limb 2i+1 is limb i of {@link Field25519}. In a product one row of the left operand meets, in one multiplication, the right operand
 * and, in the upper half, the right operand moved by one limb; so that 50 vector multiplications do the 400 of four products. A pair of
 * odd limbs counts twice, and what passes 2^255 comes back times 19.
 *
 * <p>Bounds. What {@link #product} leaves: even limbs in [-2^12, 2^26 + 2^12], odd ones in [-2^12, 2^25 + 2^12]. What it takes: sums and
 * differences of two such, so even limbs up to B = 2^27 + 2^13 in size and odd ones up to B / 2. The largest column is that of limb 0:
 * one pair of even limbs, four that count 19 times, and five of odd ones that count 38 times, together less than 124 B^2 or 2^61; so no
 * column overflows. The first round of carries then moves at most 2^36, but only 2^31.4 from limb 9, whose pairs all count once; the
 * second at most 2^10.1, and 2^7.1 from limb 9, which comes back as less than 2^12.
 *
 * <p>State lives in native memory between kernels. The kernels call the vector API and are small, so that the JIT compiles them
 * soon and keeps nearly everything in registers: spilled vectors would lie across cache lines on the stack. The multiplication is the full
 * one of 64 bits, which saves the masks that the 32-bit one would need to be recognised.
 *
 * <p>Constant time: multiplications (VPMULLQ, fixed latency), additions, shifts by constants, masks, and permutations by constant indexes.
 * 255 steps whatever the scalar, all four products of each; whether points are exchanged is a mask made of the scalar's bit by arithmetic.
 * The memory is wiped before return.
 */
final class X25519Lanes {
    private static final VectorSpecies<Long> LONG = LongVector.SPECIES_512;

    /** Whether these are vectors of the processor; otherwise everything here is right, but for tests only. */
    static final boolean IN_HARDWARE = LongVector.SPECIES_PREFERRED.vectorBitSize() >= LONG.vectorBitSize();

    private static final MemorySegment MEMORY = Native.Everything.MEMORY;

    /** Bytes of a row. */
    static final long ROW = 64;

    /** Bytes of four elements. */
    static final long ELEMENTS = 5 * ROW;

    /** Offset of the result of {@link #product}, between steps x2, z2, x3, z3. */
    static final long RESULT = 0;

    /** Offset of a left operand. */
    static final long LEFT = ELEMENTS;

    /** Offset of the right operand. */
    static final long RIGHT = 2 * ELEMENTS;

    /** Offset of the left operand of the third product: 1, E, 1, x1. */
    private static final long THIRD = 3 * ELEMENTS;

    /** Offset of what is added to the right operand of the third product: AA in lane 1. */
    private static final long ADDEND = 4 * ELEMENTS;

    /** Bytes of state. */
    static final long STATE = 5 * ELEMENTS;

    private static final VectorMask<Long> ODD = VectorMask.fromLong(LONG, 0xf0);

    /** Bits of the limbs. */
    private static final LongVector BITS = halves(26, 25);

    private static final LongVector LIMB = halves((1 << 26) - 1, (1 << 25) - 1);

    /** (A - 2) / 4 of the curve. */
    private static final long A24 = 121665;

    private static final LongVector LANE_1 = LongVector.zero(LONG).withLane(1, -1);

    private static final VectorMask<Long> ELEMENT_0 = VectorMask.fromLong(LONG, 0x11);
    private static final VectorMask<Long> ELEMENT_1 = VectorMask.fromLong(LONG, 0x22);

    /** All ones where the first level subtracts, and where the second does. */
    private static final LongVector MINUS_1 = elements(-1, 0, -1, 0);

    private static final LongVector MINUS_2 = elements(0, -1, 0, -1);
    private static final LongVector NOT_0 = elements(0, -1, -1, -1);
    private static final LongVector ONLY_1 = elements(0, -1, 0, 0);

    /** Of a pair of rows: the upper half of the first, then the lower half of the second. */
    private static final LongVector ACROSS = halves(4, 8).add(elements(0, 1, 2, 3));

    /** Exchanges the halves of a row. */
    private static final LongVector HALVES = halves(4, 0).add(elements(0, 1, 2, 3));

    /** Exchanges the points (x2 : z2) and (x3 : z3). */
    private static final LongVector POINTS = halves(0, 4).add(elements(2, 3, 0, 1));

    /** Exchanges elements 0 and 1, and 2 and 3. */
    private static final LongVector NEIGHBOURS = halves(0, 4).add(elements(1, 0, 3, 2));

    /** What B, A, D, C are multiplied with: B, A, A, B. */
    private static final LongVector FACTORS = halves(0, 4).add(elements(0, 1, 1, 0));

    /** Of the calling thread, and all zero between calls. */
    private static final ThreadLocal<MemorySegment> STATES = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE, ROW));

    private X25519Lanes() {}

    private static LongVector halves(long even, long odd) {
        return LongVector.broadcast(LONG, even).blend(odd, ODD);
    }

    private static LongVector elements(long... values) {
        final long[] both = new long[8];
        System.arraycopy(values, 0, both, 0, 4);
        System.arraycopy(values, 0, both, 4, 4);
        return LongVector.fromArray(LONG, both, 0);
    }

    /** See {@link X25519Ladder#climb}. */
    static void climb(long[] x2, long[] z2, long[] x1, byte[] scalar) {
        final MemorySegment state = STATES.get();
        final long at = state.address();
        put(at + RESULT, 0, 0, 1);
        put(at + RESULT, 3, 0, 1);
        put(at + THIRD, 0, 0, 1);
        put(at + THIRD, 2, 0, 1);
        for (int i = 0; i < Field25519.LIMBS; i++) {
            put(at + RESULT, 2, i, x1[i]);
            put(at + THIRD, 3, i, x1[i]);
        }
        long exchanged = 0;
        for (int i = 254; i >= 0; i--) {
            final long bit = (long) scalar[i >>> 3] >>> (i & 7) & 1;
            prepareFirst(at, -(exchanged ^ bit));
            product(at, LEFT);
            prepareSecond(at);
            product(at, LEFT);
            prepareThird(at);
            product(at, THIRD);
            exchanged = bit;
        }
        // The last bit of a clamped scalar is 0: nothing is exchanged.
        for (int i = 0; i < Field25519.LIMBS; i++) {
            x2[i] = get(at + RESULT, 0, i);
            z2[i] = get(at + RESULT, 1, i);
        }
        state.fill((byte) 0);
    }

    /** Sets limbs 2i and 2i+1 of an element to limb {@code i} of a product of {@link Field25519}. */
    static void put(long elements, int element, int i, long limb) {
        Native.putLong(elements + i * ROW + 8L * element, limb & (1 << 26) - 1);
        Native.putLong(elements + i * ROW + 8L * element + 32, limb >>> 26);
    }

    /** Limb {@code i} in terms of {@link Field25519}; with the modulus added, because ours are signed. */
    private static long get(long elements, int element, int i) {
        final long even = Native.getLong(elements + i * ROW + 8L * element);
        final long odd = Native.getLong(elements + i * ROW + 8L * element + 32);
        return even + (odd << 26) + (1L << 51) - (i == 0 ? 19 : 1);
    }

    /**
     * From x2, z2, x3, z3, the points exchanged if {@code mask} is all ones: B = x2 - z2, A = x2 + z2, D = x3 - z3, C = x3 + z3 on the
     * left; B, A, A, B on the right.
     */
    private static void prepareFirst(long at, long mask) {
        firstRow(at, mask);
        firstRow(at + ROW, mask);
        firstRow(at + 2 * ROW, mask);
        firstRow(at + 3 * ROW, mask);
        firstRow(at + 4 * ROW, mask);
    }

    private static void firstRow(long row, long mask) {
        final LongVector was = LongVector.fromMemorySegment(LONG, MEMORY, row + RESULT, LITTLE_ENDIAN);
        final LongVector r = POINTS.selectFrom(was).lanewise(XOR, was).and(mask).lanewise(XOR, was);
        final LongVector p = r.add(NEIGHBOURS.selectFrom(r).lanewise(XOR, MINUS_1)).sub(MINUS_1);
        p.intoMemorySegment(MEMORY, row + LEFT, LITTLE_ENDIAN);
        FACTORS.selectFrom(p).intoMemorySegment(MEMORY, row + RIGHT, LITTLE_ENDIAN);
    }

    /**
     * From BB, AA, DA, CB: E = AA - BB, S = DA + CB and T = CB - DA; AA, a24, S, T on the left, BB, E, S, T on the right. For the third
     * level, E beside 1, 1 and x1, and AA.
     */
    private static void prepareSecond(long at) {
        secondRow(at, A24);
        secondRow(at + ROW, 0);
        secondRow(at + 2 * ROW, 0);
        secondRow(at + 3 * ROW, 0);
        secondRow(at + 4 * ROW, 0);
    }

    private static void secondRow(long row, long a24) {
        final LongVector r = LongVector.fromMemorySegment(LONG, MEMORY, row + RESULT, LITTLE_ENDIAN);
        final LongVector n = NEIGHBOURS.selectFrom(r);
        final LongVector q = r.add(n.lanewise(XOR, MINUS_2).and(NOT_0)).sub(MINUS_2);
        // The constant is a word and not a vector: an argument that is a vector is an object when the call is not inlined.
        final LongVector constant = LongVector.broadcast(LONG, a24).and(LANE_1);
        q.blend(n, ELEMENT_0).blend(constant, ELEMENT_1).intoMemorySegment(MEMORY, row + LEFT, LITTLE_ENDIAN);
        q.intoMemorySegment(MEMORY, row + RIGHT, LITTLE_ENDIAN);
        final LongVector third = LongVector.fromMemorySegment(LONG, MEMORY, row + THIRD, LITTLE_ENDIAN);
        third.blend(q, ELEMENT_1).intoMemorySegment(MEMORY, row + THIRD, LITTLE_ENDIAN);
        r.and(ONLY_1).intoMemorySegment(MEMORY, row + ADDEND, LITTLE_ENDIAN);
    }

    /** From AA BB, a24 E, S^2, T^2: with AA added to the second, on the right. The third level makes x2, z2, x3, z3 of them. */
    private static void prepareThird(long at) {
        thirdRow(at);
        thirdRow(at + ROW);
        thirdRow(at + 2 * ROW);
        thirdRow(at + 3 * ROW);
        thirdRow(at + 4 * ROW);
    }

    private static void thirdRow(long row) {
        final LongVector addend = LongVector.fromMemorySegment(LONG, MEMORY, row + ADDEND, LITTLE_ENDIAN);
        LongVector.fromMemorySegment(LONG, MEMORY, row + RESULT, LITTLE_ENDIAN).add(addend)
                .intoMemorySegment(MEMORY, row + RIGHT, LITTLE_ENDIAN);
    }

    /** Four products: of the rows at offset {@code left} and those at {@link #RIGHT}, to {@link #RESULT}. */
    static void product(long at, long left) {
        final LongVector a0 = LongVector.fromMemorySegment(LONG, MEMORY, at + left, LITTLE_ENDIAN);
        final LongVector a1 = LongVector.fromMemorySegment(LONG, MEMORY, at + left + ROW, LITTLE_ENDIAN);
        final LongVector a2 = LongVector.fromMemorySegment(LONG, MEMORY, at + left + 2 * ROW, LITTLE_ENDIAN);
        final LongVector a3 = LongVector.fromMemorySegment(LONG, MEMORY, at + left + 3 * ROW, LITTLE_ENDIAN);
        final LongVector a4 = LongVector.fromMemorySegment(LONG, MEMORY, at + left + 4 * ROW, LITTLE_ENDIAN);
        final LongVector q0 = LongVector.fromMemorySegment(LONG, MEMORY, at + RIGHT, LITTLE_ENDIAN);
        final LongVector q1 = LongVector.fromMemorySegment(LONG, MEMORY, at + RIGHT + ROW, LITTLE_ENDIAN);
        final LongVector q2 = LongVector.fromMemorySegment(LONG, MEMORY, at + RIGHT + 2 * ROW, LITTLE_ENDIAN);
        final LongVector q3 = LongVector.fromMemorySegment(LONG, MEMORY, at + RIGHT + 3 * ROW, LITTLE_ENDIAN);
        final LongVector q4 = LongVector.fromMemorySegment(LONG, MEMORY, at + RIGHT + 4 * ROW, LITTLE_ENDIAN);
        // The right operand for even limbs of the result, and moved by one limb, which doubles odd ones, for the upper half.
        final LongVector e0 = q0.blend(q4.mul(38), ODD);
        final LongVector e1 = q1.blend(q0.lanewise(LSHL, 1), ODD);
        final LongVector e2 = q2.blend(q1.lanewise(LSHL, 1), ODD);
        final LongVector e3 = q3.blend(q2.lanewise(LSHL, 1), ODD);
        final LongVector e4 = q4.blend(q3.lanewise(LSHL, 1), ODD);
        final LongVector f1 = e1.mul(19);
        final LongVector f2 = e2.mul(19);
        final LongVector f3 = e3.mul(19);
        final LongVector f4 = e4.mul(19);
        // The same for odd limbs of the result.
        final LongVector o0 = HALVES.selectFrom(q0);
        final LongVector o1 = HALVES.selectFrom(q1);
        final LongVector o2 = HALVES.selectFrom(q2);
        final LongVector o3 = HALVES.selectFrom(q3);
        final LongVector o4 = HALVES.selectFrom(q4);
        final LongVector p1 = o1.mul(19);
        final LongVector p2 = o2.mul(19);
        final LongVector p3 = o3.mul(19);
        final LongVector p4 = o4.mul(19);
        final LongVector x0 = a0.mul(e0).add(a1.mul(f4)).add(a2.mul(f3).add(a3.mul(f2))).add(a4.mul(f1));
        final LongVector x1 = a0.mul(e1).add(a1.mul(e0)).add(a2.mul(f4).add(a3.mul(f3))).add(a4.mul(f2));
        final LongVector x2 = a0.mul(e2).add(a1.mul(e1)).add(a2.mul(e0).add(a3.mul(f4))).add(a4.mul(f3));
        final LongVector x3 = a0.mul(e3).add(a1.mul(e2)).add(a2.mul(e1).add(a3.mul(e0))).add(a4.mul(f4));
        final LongVector x4 = a0.mul(e4).add(a1.mul(e3)).add(a2.mul(e2).add(a3.mul(e1))).add(a4.mul(e0));
        final LongVector y0 = a0.mul(o0).add(a1.mul(p4)).add(a2.mul(p3).add(a3.mul(p2))).add(a4.mul(p1));
        final LongVector y1 = a0.mul(o1).add(a1.mul(o0)).add(a2.mul(p4).add(a3.mul(p3))).add(a4.mul(p2));
        final LongVector y2 = a0.mul(o2).add(a1.mul(o1)).add(a2.mul(o0).add(a3.mul(p4))).add(a4.mul(p3));
        final LongVector y3 = a0.mul(o3).add(a1.mul(o2)).add(a2.mul(o1).add(a3.mul(o0))).add(a4.mul(p4));
        final LongVector y4 = a0.mul(o4).add(a1.mul(o3)).add(a2.mul(o2).add(a3.mul(o1))).add(a4.mul(o0));
        // The two halves of a column lie in different halves of a row.
        final LongVector r0 = x0.blend(y0, ODD).add(ACROSS.selectFrom(x0, y0));
        final LongVector r1 = x1.blend(y1, ODD).add(ACROSS.selectFrom(x1, y1));
        final LongVector r2 = x2.blend(y2, ODD).add(ACROSS.selectFrom(x2, y2));
        final LongVector r3 = x3.blend(y3, ODD).add(ACROSS.selectFrom(x3, y3));
        final LongVector r4 = x4.blend(y4, ODD).add(ACROSS.selectFrom(x4, y4));
        // Every limb carries to the next, the last to the first.
        final LongVector s0 = r0.lanewise(ASHR, BITS);
        final LongVector s1 = r1.lanewise(ASHR, BITS);
        final LongVector s2 = r2.lanewise(ASHR, BITS);
        final LongVector s3 = r3.lanewise(ASHR, BITS);
        final LongVector s4 = r4.lanewise(ASHR, BITS);
        final LongVector u0 = r0.and(LIMB).add(ACROSS.selectFrom(s4.mul(19), s0));
        final LongVector u1 = r1.and(LIMB).add(ACROSS.selectFrom(s0, s1));
        final LongVector u2 = r2.and(LIMB).add(ACROSS.selectFrom(s1, s2));
        final LongVector u3 = r3.and(LIMB).add(ACROSS.selectFrom(s2, s3));
        final LongVector u4 = r4.and(LIMB).add(ACROSS.selectFrom(s3, s4));
        // And once more.
        final LongVector c0 = u0.lanewise(ASHR, BITS);
        final LongVector c1 = u1.lanewise(ASHR, BITS);
        final LongVector c2 = u2.lanewise(ASHR, BITS);
        final LongVector c3 = u3.lanewise(ASHR, BITS);
        final LongVector c4 = u4.lanewise(ASHR, BITS);
        final LongVector w0 = u0.and(LIMB).add(ACROSS.selectFrom(c4.mul(19), c0));
        final LongVector w1 = u1.and(LIMB).add(ACROSS.selectFrom(c0, c1));
        final LongVector w2 = u2.and(LIMB).add(ACROSS.selectFrom(c1, c2));
        final LongVector w3 = u3.and(LIMB).add(ACROSS.selectFrom(c2, c3));
        final LongVector w4 = u4.and(LIMB).add(ACROSS.selectFrom(c3, c4));
        w0.intoMemorySegment(MEMORY, at + RESULT, LITTLE_ENDIAN);
        w1.intoMemorySegment(MEMORY, at + RESULT + ROW, LITTLE_ENDIAN);
        w2.intoMemorySegment(MEMORY, at + RESULT + 2 * ROW, LITTLE_ENDIAN);
        w3.intoMemorySegment(MEMORY, at + RESULT + 3 * ROW, LITTLE_ENDIAN);
        w4.intoMemorySegment(MEMORY, at + RESULT + 4 * ROW, LITTLE_ENDIAN);
    }
}
