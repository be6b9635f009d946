package org.wgjvm.crypto;

import java.nio.ByteOrder;
import jdk.internal.vm.vector.VectorSupport;

/** The vector shape of this machine, 128 to 512 bits, and the lane permutations that transposes are made of. */
final class VectorWidth {
    /** Lanes of 64 bits in a vector. */
    static final int LONG_LANES = Math.min(8, VectorSupport.getMaxLaneCount(long.class));

    /** Lanes of 32 bits in a vector. */
    static final int INT_LANES = 2 * LONG_LANES;

    /** One instruction permutes two 512-bit vectors into one (VPERMI2D); narrower shapes swap and blend. */
    static final boolean TWO_SOURCES = INT_LANES == 16;

    static {
        if (!VectorFlag.isSet()) {
            throw new UnsupportedOperationException("the JIT makes no vectors");
        }
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("a big-endian processor");
        }
        if (LONG_LANES < 2 || Integer.bitCount(LONG_LANES) != 1 || INT_LANES > VectorSupport.getMaxLaneCount(int.class)) {
            throw new UnsupportedOperationException("vectors of " + 64 * LONG_LANES + " bits");
        }
    }

    private VectorWidth() {}

    /** The lanes where bit {@code s} of the lane's number is set. */
    static boolean[] bit(int lanes, int s) {
        final boolean[] bits = new boolean[lanes];
        for (int l = 0; l < lanes; l++) {
            bits[l] = (l & s) != 0;
        }
        return bits;
    }

    /** The lane that lane {@code l} changes places with: their numbers differ in bit {@code s}. Without such a lane, itself. */
    static int swap(int lanes, int s, int l) {
        return s < lanes ? l ^ s : l;
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
