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
}
