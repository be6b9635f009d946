package org.wgjvm.crypto;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The butterfly of a transpose: two vectors exchange the lanes whose numbers differ in one bit. Applied for every bit to the rows of a
 * square whose numbers differ in the same bit, it transposes the square.
 */
final class IntButterfly {
    static final IntVector LOW_8 = index(l -> VectorWidth.low(VectorWidth.INT_LANES, 8, l));
    static final IntVector HIGH_8 = index(l -> VectorWidth.high(VectorWidth.INT_LANES, 8, l));
    static final VectorShuffle<Integer> SWAP_8 = VectorWidth.intSwap(8);
    static final VectorMask<Integer> BIT_8 = VectorWidth.intBit(8);
    static final IntVector LOW_4 = index(l -> VectorWidth.low(VectorWidth.INT_LANES, 4, l));
    static final IntVector HIGH_4 = index(l -> VectorWidth.high(VectorWidth.INT_LANES, 4, l));
    static final VectorShuffle<Integer> SWAP_4 = VectorWidth.intSwap(4);
    static final VectorMask<Integer> BIT_4 = VectorWidth.intBit(4);
    static final IntVector LOW_2 = index(l -> VectorWidth.low(VectorWidth.INT_LANES, 2, l));
    static final IntVector HIGH_2 = index(l -> VectorWidth.high(VectorWidth.INT_LANES, 2, l));
    static final VectorShuffle<Integer> SWAP_2 = VectorWidth.intSwap(2);
    static final VectorMask<Integer> BIT_2 = VectorWidth.intBit(2);
    static final IntVector LOW_1 = index(l -> VectorWidth.low(VectorWidth.INT_LANES, 1, l));
    static final IntVector HIGH_1 = index(l -> VectorWidth.high(VectorWidth.INT_LANES, 1, l));
    static final VectorShuffle<Integer> SWAP_1 = VectorWidth.intSwap(1);
    static final VectorMask<Integer> BIT_1 = VectorWidth.intBit(1);

    private IntButterfly() {}

    private static IntVector index(java.util.function.IntUnaryOperator f) {
        final int[] index = new int[VectorWidth.INT_LANES];
        for (int l = 0; l < index.length; l++) {
            index[l] = f.applyAsInt(l);
        }
        return IntVector.fromArray(VectorWidth.INT, index, 0);
    }

    /** Lane {@code l} of {@code a} where bit 8 of {@code l} is clear, else lane {@code l - 8} of {@code b}. */
    static IntVector low8(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? LOW_8.selectFrom(a, b) : a.blend(b.rearrange(SWAP_8), BIT_8);
    }

    /** Lane {@code l + 8} of {@code a} where bit 8 of {@code l} is clear, else lane {@code l} of {@code b}. */
    static IntVector high8(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? HIGH_8.selectFrom(a, b) : a.rearrange(SWAP_8).blend(b, BIT_8);
    }

    /** Lane {@code l} of {@code a} where bit 4 of {@code l} is clear, else lane {@code l - 4} of {@code b}. */
    static IntVector low4(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? LOW_4.selectFrom(a, b) : a.blend(b.rearrange(SWAP_4), BIT_4);
    }

    /** Lane {@code l + 4} of {@code a} where bit 4 of {@code l} is clear, else lane {@code l} of {@code b}. */
    static IntVector high4(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? HIGH_4.selectFrom(a, b) : a.rearrange(SWAP_4).blend(b, BIT_4);
    }

    /** Lane {@code l} of {@code a} where bit 2 of {@code l} is clear, else lane {@code l - 2} of {@code b}. */
    static IntVector low2(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? LOW_2.selectFrom(a, b) : a.blend(b.rearrange(SWAP_2), BIT_2);
    }

    /** Lane {@code l + 2} of {@code a} where bit 2 of {@code l} is clear, else lane {@code l} of {@code b}. */
    static IntVector high2(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? HIGH_2.selectFrom(a, b) : a.rearrange(SWAP_2).blend(b, BIT_2);
    }

    /** Lane {@code l} of {@code a} where bit 1 of {@code l} is clear, else lane {@code l - 1} of {@code b}. */
    static IntVector low1(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? LOW_1.selectFrom(a, b) : a.blend(b.rearrange(SWAP_1), BIT_1);
    }

    /** Lane {@code l + 1} of {@code a} where bit 1 of {@code l} is clear, else lane {@code l} of {@code b}. */
    static IntVector high1(IntVector a, IntVector b) {
        return VectorWidth.TWO_SOURCES ? HIGH_1.selectFrom(a, b) : a.rearrange(SWAP_1).blend(b, BIT_1);
    }
}
