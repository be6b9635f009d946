package org.wgjvm.crypto;

/**
 * The butterfly of a transpose: two vectors exchange the lanes whose numbers differ in one bit. Applied for every bit to the rows of a
 * square whose numbers differ in the same bit, it transposes the square.
 */
final class LongButterfly {
    static final Longs LOW_4 = Longs.of(l -> VectorWidth.low(Longs.VLENGTH, 4, l));
    static final Longs HIGH_4 = Longs.of(l -> VectorWidth.high(Longs.VLENGTH, 4, l));
    static final Longs.Shuffle SWAP_4 = Longs.Shuffle.swap(4);
    static final Longs.Mask BIT_4 = Longs.Mask.bit(4);
    static final Longs LOW_2 = Longs.of(l -> VectorWidth.low(Longs.VLENGTH, 2, l));
    static final Longs HIGH_2 = Longs.of(l -> VectorWidth.high(Longs.VLENGTH, 2, l));
    static final Longs.Shuffle SWAP_2 = Longs.Shuffle.swap(2);
    static final Longs.Mask BIT_2 = Longs.Mask.bit(2);
    static final Longs LOW_1 = Longs.of(l -> VectorWidth.low(Longs.VLENGTH, 1, l));
    static final Longs HIGH_1 = Longs.of(l -> VectorWidth.high(Longs.VLENGTH, 1, l));
    static final Longs.Shuffle SWAP_1 = Longs.Shuffle.swap(1);
    static final Longs.Mask BIT_1 = Longs.Mask.bit(1);

    private LongButterfly() {}
}
