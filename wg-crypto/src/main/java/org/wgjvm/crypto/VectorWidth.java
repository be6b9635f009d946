package org.wgjvm.crypto;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vector shape of this machine, 128 to 512 bits, and the lane permutations that transposes are made of. */
final class VectorWidth {
    static final VectorSpecies<Integer> INT =
            IntVector.SPECIES_PREFERRED.vectorBitSize() > 512 ? IntVector.SPECIES_512 : IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Long> LONG =
            LongVector.SPECIES_PREFERRED.vectorBitSize() > 512 ? LongVector.SPECIES_512 : LongVector.SPECIES_PREFERRED;
    static final int INT_LANES = INT.length();
    static final int LONG_LANES = LONG.length();

    /** One instruction permutes two 512-bit vectors into one (VPERMI2D); narrower shapes swap and blend. */
    static final boolean TWO_SOURCES = INT_LANES == 16;

    static {
        if (INT_LANES < 4 || INT_LANES != 2 * LONG_LANES || Integer.bitCount(INT_LANES) != 1) {
            throw new UnsupportedOperationException("vectors of " + INT.vectorBitSize() + " bits");
        }
    }

    private VectorWidth() {}

    /** Where bit {@code s} of a lane's number is set. */
    static VectorMask<Integer> intBit(int s) {
        return VectorMask.fromLong(INT, bit(s));
    }

    /** Where bit {@code s} of a lane's number is set. */
    static VectorMask<Long> longBit(int s) {
        return VectorMask.fromLong(LONG, bit(s));
    }

    private static long bit(int s) {
        long bits = 0;
        for (int l = 0; l < 64; l++) {
            bits |= (l & s) != 0 ? 1L << l : 0;
        }
        return bits;
    }

    /** Exchanges lanes whose numbers differ in bit {@code s}; without such lanes, changes nothing. */
    static VectorShuffle<Integer> intSwap(int s) {
        return VectorShuffle.fromOp(INT, l -> s < INT_LANES ? l ^ s : l);
    }

    /** Exchanges lanes whose numbers differ in bit {@code s}; without such lanes, changes nothing. */
    static VectorShuffle<Long> longSwap(int s) {
        return VectorShuffle.fromOp(LONG, l -> s < LONG_LANES ? l ^ s : l);
    }

    /** Indexes into a pair (a, b): lane {@code l} of a where bit {@code s} of {@code l} is clear, else lane {@code l - s} of b. */
    static int low(int lanes, int s, int l) {
        return (l & s) == 0 || s >= lanes ? l : lanes + l - s;
    }

    /** Indexes into a pair (a, b): lane {@code l + s} of a where bit {@code s} of {@code l} is clear, else lane {@code l} of b. */
    static int high(int lanes, int s, int l) {
        return s >= lanes ? l : (l & s) == 0 ? l + s : lanes + l;
    }
}
