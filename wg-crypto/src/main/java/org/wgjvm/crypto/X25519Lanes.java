package org.wgjvm.crypto;

import static org.wgjvm.crypto.LongOps.add;
import static org.wgjvm.crypto.LongOps.and;
import static org.wgjvm.crypto.LongOps.blend;
import static org.wgjvm.crypto.LongOps.broadcast;
import static org.wgjvm.crypto.LongOps.load;
import static org.wgjvm.crypto.LongOps.mul;
import static org.wgjvm.crypto.LongOps.permute;
import static org.wgjvm.crypto.LongOps.sar;
import static org.wgjvm.crypto.LongOps.select;
import static org.wgjvm.crypto.LongOps.shl;
import static org.wgjvm.crypto.LongOps.store;
import static org.wgjvm.crypto.LongOps.sub;
import static org.wgjvm.crypto.LongOps.xor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

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
 * <p>State lives in native memory between kernels, and these have no loops: constants would be boxed in them, or not, as chance has it.
 * They are small, so that the JIT compiles them soon and keeps nearly everything in registers: spilled vectors would lie across cache
 * lines on the stack. All of them inlined into {@link #climb} would be more than the JIT inlines, hence a compile command against that in
 * {@code jvm.flags}. The multiplication is the full one of 64 bits, which saves the masks that the 32-bit one would need to be recognised.
 *
 * <p>Constant time: multiplications (VPMULLQ, fixed latency), additions, shifts by constants, masks, and permutations by constant indexes.
 * 255 steps whatever the scalar, all four products of each; whether points are exchanged is a mask made of the scalar's bit by arithmetic.
 * The memory is wiped before return.
 */
final class X25519Lanes {
    /** Lanes of a row: vectors of the processor have as many, or none of this can be used. */
    static final int LANES = 8;

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

    private static final Longs.Mask ODD = Longs.Mask.of(0xf0);

    /** Bits of the limbs. */
    private static final Longs BITS = halves(26, 25);

    private static final Longs LIMB = halves((1 << 26) - 1, (1 << 25) - 1);

    /** (A - 2) / 4 of the curve. */
    private static final long A24 = 121665;

    private static final Longs LANE_1 = Longs.of(l -> l == 1 ? -1 : 0);

    private static final Longs.Mask ELEMENT_0 = Longs.Mask.of(0x11);
    private static final Longs.Mask ELEMENT_1 = Longs.Mask.of(0x22);

    /** All ones where the first level subtracts, and where the second does. */
    private static final Longs MINUS_1 = elements(-1, 0, -1, 0);

    private static final Longs MINUS_2 = elements(0, -1, 0, -1);
    private static final Longs NOT_0 = elements(0, -1, -1, -1);
    private static final Longs ONLY_1 = elements(0, -1, 0, 0);

    /** Of a pair of rows: the upper half of the first, then the lower half of the second. */
    private static final Longs ACROSS = index(4, 8, 0, 1, 2, 3);

    /** Exchanges the halves of a row. */
    private static final Longs HALVES = index(4, 0, 0, 1, 2, 3);

    /** Exchanges the points (x2 : z2) and (x3 : z3). */
    private static final Longs POINTS = index(0, 4, 2, 3, 0, 1);

    /** Exchanges elements 0 and 1, and 2 and 3. */
    private static final Longs NEIGHBOURS = index(0, 4, 1, 0, 3, 2);

    /** What B, A, D, C are multiplied with: B, A, A, B. */
    private static final Longs FACTORS = index(0, 4, 0, 1, 1, 0);

    /** Of the calling thread, and all zero between calls. */
    private static final ThreadLocal<MemorySegment> STATES = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE, ROW));

    static {
        if (Longs.VLENGTH != LANES) {
            throw new UnsupportedOperationException("vectors of " + Longs.VLENGTH + " lanes");
        }
    }

    private X25519Lanes() {}

    private static Longs halves(long even, long odd) {
        return Longs.of(l -> l < 4 ? even : odd);
    }

    private static Longs index(long lower, long upper, long... elements) {
        return Longs.of(l -> elements[l & 3] + (l < 4 ? lower : upper));
    }

    private static Longs elements(long... values) {
        return Longs.of(l -> values[l & 3]);
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
        RawMemory.putLong(elements + i * ROW + 8L * element, limb & (1 << 26) - 1);
        RawMemory.putLong(elements + i * ROW + 8L * element + 32, limb >>> 26);
    }

    /** Limb {@code i} in terms of {@link Field25519}; with the modulus added, because ours are signed. */
    private static long get(long elements, int element, int i) {
        final long even = RawMemory.getLong(elements + i * ROW + 8L * element);
        final long odd = RawMemory.getLong(elements + i * ROW + 8L * element + 32);
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
        final Longs was = load(row + RESULT);
        final Longs r = xor(and(xor(permute(was, POINTS), was), broadcast(mask)), was);
        final Longs p = sub(add(r, xor(permute(r, NEIGHBOURS), MINUS_1)), MINUS_1);
        store(p, row + LEFT);
        store(permute(p, FACTORS), row + RIGHT);
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
        final Longs r = load(row + RESULT);
        final Longs n = permute(r, NEIGHBOURS);
        final Longs q = sub(add(r, and(xor(n, MINUS_2), NOT_0)), MINUS_2);
        // The constant is a word and not a vector: an argument that is a vector is an object when the call is not inlined.
        final Longs constant = and(broadcast(a24), LANE_1);
        store(blend(blend(q, n, ELEMENT_0), constant, ELEMENT_1), row + LEFT);
        store(q, row + RIGHT);
        final Longs third = load(row + THIRD);
        store(blend(third, q, ELEMENT_1), row + THIRD);
        store(and(r, ONLY_1), row + ADDEND);
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
        store(add(load(row + RESULT), load(row + ADDEND)), row + RIGHT);
    }

    /** Four products: of the rows at offset {@code left} and those at {@link #RIGHT}, to {@link #RESULT}. */
    static void product(long at, long left) {
        final Longs a0 = load(at + left);
        final Longs a1 = load(at + left + ROW);
        final Longs a2 = load(at + left + 2 * ROW);
        final Longs a3 = load(at + left + 3 * ROW);
        final Longs a4 = load(at + left + 4 * ROW);
        final Longs q0 = load(at + RIGHT);
        final Longs q1 = load(at + RIGHT + ROW);
        final Longs q2 = load(at + RIGHT + 2 * ROW);
        final Longs q3 = load(at + RIGHT + 3 * ROW);
        final Longs q4 = load(at + RIGHT + 4 * ROW);
        // The right operand for even limbs of the result, and moved by one limb, which doubles odd ones, for the upper half.
        final Longs nineteen = broadcast(19);
        final Longs e0 = blend(q0, mul(q4, broadcast(38)), ODD);
        final Longs e1 = blend(q1, shl(q0, 1), ODD);
        final Longs e2 = blend(q2, shl(q1, 1), ODD);
        final Longs e3 = blend(q3, shl(q2, 1), ODD);
        final Longs e4 = blend(q4, shl(q3, 1), ODD);
        final Longs f1 = mul(e1, nineteen);
        final Longs f2 = mul(e2, nineteen);
        final Longs f3 = mul(e3, nineteen);
        final Longs f4 = mul(e4, nineteen);
        // The same for odd limbs of the result.
        final Longs o0 = permute(q0, HALVES);
        final Longs o1 = permute(q1, HALVES);
        final Longs o2 = permute(q2, HALVES);
        final Longs o3 = permute(q3, HALVES);
        final Longs o4 = permute(q4, HALVES);
        final Longs p1 = mul(o1, nineteen);
        final Longs p2 = mul(o2, nineteen);
        final Longs p3 = mul(o3, nineteen);
        final Longs p4 = mul(o4, nineteen);
        final Longs x0 = add(add(add(mul(a0, e0), mul(a1, f4)), add(mul(a2, f3), mul(a3, f2))), mul(a4, f1));
        final Longs x1 = add(add(add(mul(a0, e1), mul(a1, e0)), add(mul(a2, f4), mul(a3, f3))), mul(a4, f2));
        final Longs x2 = add(add(add(mul(a0, e2), mul(a1, e1)), add(mul(a2, e0), mul(a3, f4))), mul(a4, f3));
        final Longs x3 = add(add(add(mul(a0, e3), mul(a1, e2)), add(mul(a2, e1), mul(a3, e0))), mul(a4, f4));
        final Longs x4 = add(add(add(mul(a0, e4), mul(a1, e3)), add(mul(a2, e2), mul(a3, e1))), mul(a4, e0));
        final Longs y0 = add(add(add(mul(a0, o0), mul(a1, p4)), add(mul(a2, p3), mul(a3, p2))), mul(a4, p1));
        final Longs y1 = add(add(add(mul(a0, o1), mul(a1, o0)), add(mul(a2, p4), mul(a3, p3))), mul(a4, p2));
        final Longs y2 = add(add(add(mul(a0, o2), mul(a1, o1)), add(mul(a2, o0), mul(a3, p4))), mul(a4, p3));
        final Longs y3 = add(add(add(mul(a0, o3), mul(a1, o2)), add(mul(a2, o1), mul(a3, o0))), mul(a4, p4));
        final Longs y4 = add(add(add(mul(a0, o4), mul(a1, o3)), add(mul(a2, o2), mul(a3, o1))), mul(a4, o0));
        // The two halves of a column lie in different halves of a row.
        final Longs r0 = add(blend(x0, y0, ODD), select(ACROSS, x0, y0));
        final Longs r1 = add(blend(x1, y1, ODD), select(ACROSS, x1, y1));
        final Longs r2 = add(blend(x2, y2, ODD), select(ACROSS, x2, y2));
        final Longs r3 = add(blend(x3, y3, ODD), select(ACROSS, x3, y3));
        final Longs r4 = add(blend(x4, y4, ODD), select(ACROSS, x4, y4));
        // Every limb carries to the next, the last to the first.
        final Longs s0 = sar(r0, BITS);
        final Longs s1 = sar(r1, BITS);
        final Longs s2 = sar(r2, BITS);
        final Longs s3 = sar(r3, BITS);
        final Longs s4 = sar(r4, BITS);
        final Longs u0 = add(and(r0, LIMB), select(ACROSS, mul(s4, nineteen), s0));
        final Longs u1 = add(and(r1, LIMB), select(ACROSS, s0, s1));
        final Longs u2 = add(and(r2, LIMB), select(ACROSS, s1, s2));
        final Longs u3 = add(and(r3, LIMB), select(ACROSS, s2, s3));
        final Longs u4 = add(and(r4, LIMB), select(ACROSS, s3, s4));
        // And once more.
        final Longs c0 = sar(u0, BITS);
        final Longs c1 = sar(u1, BITS);
        final Longs c2 = sar(u2, BITS);
        final Longs c3 = sar(u3, BITS);
        final Longs c4 = sar(u4, BITS);
        final Longs w0 = add(and(u0, LIMB), select(ACROSS, mul(c4, nineteen), c0));
        final Longs w1 = add(and(u1, LIMB), select(ACROSS, c0, c1));
        final Longs w2 = add(and(u2, LIMB), select(ACROSS, c1, c2));
        final Longs w3 = add(and(u3, LIMB), select(ACROSS, c2, c3));
        final Longs w4 = add(and(u4, LIMB), select(ACROSS, c3, c4));
        store(w0, at + RESULT);
        store(w1, at + RESULT + ROW);
        store(w2, at + RESULT + 2 * ROW);
        store(w3, at + RESULT + 3 * ROW);
        store(w4, at + RESULT + 4 * ROW);
    }
}
