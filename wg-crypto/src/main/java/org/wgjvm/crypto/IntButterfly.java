package org.wgjvm.crypto;

/**
 * The butterfly of a transpose: two vectors exchange the lanes whose numbers differ in one bit. Applied for every bit to the rows of a
 * square whose numbers differ in the same bit, it transposes the square.
 */
final class IntButterfly {
    static final Ints LOW_8 = Ints.of(l -> VectorWidth.low(Ints.VLENGTH, 8, l));
    static final Ints HIGH_8 = Ints.of(l -> VectorWidth.high(Ints.VLENGTH, 8, l));
    static final Ints LOW_4 = Ints.of(l -> VectorWidth.low(Ints.VLENGTH, 4, l));
    static final Ints HIGH_4 = Ints.of(l -> VectorWidth.high(Ints.VLENGTH, 4, l));
    static final Ints.Shuffle SWAP_4 = Ints.Shuffle.swap(4);
    static final Ints.Mask BIT_4 = Ints.Mask.bit(4);
    static final Ints LOW_2 = Ints.of(l -> VectorWidth.low(Ints.VLENGTH, 2, l));
    static final Ints HIGH_2 = Ints.of(l -> VectorWidth.high(Ints.VLENGTH, 2, l));
    static final Ints.Shuffle SWAP_2 = Ints.Shuffle.swap(2);
    static final Ints.Mask BIT_2 = Ints.Mask.bit(2);
    static final Ints LOW_1 = Ints.of(l -> VectorWidth.low(Ints.VLENGTH, 1, l));
    static final Ints HIGH_1 = Ints.of(l -> VectorWidth.high(Ints.VLENGTH, 1, l));
    static final Ints.Shuffle SWAP_1 = Ints.Shuffle.swap(1);
    static final Ints.Mask BIT_1 = Ints.Mask.bit(1);

    private IntButterfly() {}
}
