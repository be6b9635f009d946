package org.wgjvm.crypto;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The butterfly of a transpose: two vectors exchange the lanes whose numbers differ in one bit. Applied for every bit to the rows of a
 * square whose numbers differ in the same bit, it transposes the square.
 */
final class LongButterfly {
    static final LongVector LOW_4 = index(l -> VectorWidth.low(VectorWidth.LONG_LANES, 4, l));
    static final LongVector HIGH_4 = index(l -> VectorWidth.high(VectorWidth.LONG_LANES, 4, l));
    static final VectorShuffle<Long> SWAP_4 = VectorWidth.longSwap(4);
    static final VectorMask<Long> BIT_4 = VectorWidth.longBit(4);
    static final LongVector LOW_2 = index(l -> VectorWidth.low(VectorWidth.LONG_LANES, 2, l));
    static final LongVector HIGH_2 = index(l -> VectorWidth.high(VectorWidth.LONG_LANES, 2, l));
    static final VectorShuffle<Long> SWAP_2 = VectorWidth.longSwap(2);
    static final VectorMask<Long> BIT_2 = VectorWidth.longBit(2);
    static final LongVector LOW_1 = index(l -> VectorWidth.low(VectorWidth.LONG_LANES, 1, l));
    static final LongVector HIGH_1 = index(l -> VectorWidth.high(VectorWidth.LONG_LANES, 1, l));
    static final VectorShuffle<Long> SWAP_1 = VectorWidth.longSwap(1);
    static final VectorMask<Long> BIT_1 = VectorWidth.longBit(1);

    private LongButterfly() {}

    private static LongVector index(java.util.function.IntUnaryOperator f) {
        final long[] index = new long[VectorWidth.LONG_LANES];
        for (int l = 0; l < index.length; l++) {
            index[l] = f.applyAsInt(l);
        }
        return LongVector.fromArray(VectorWidth.LONG, index, 0);
    }
}
