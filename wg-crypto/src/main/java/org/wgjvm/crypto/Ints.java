package org.wgjvm.crypto;

import java.util.function.IntUnaryOperator;
import jdk.internal.vm.vector.VectorSupport;

/** A vector of 32-bit lanes: what is said of {@link Longs} holds here. */
final class Ints extends VectorSupport.Vector<Integer> {
    /** Lanes; the JVM reads it. */
    static final int VLENGTH = VectorWidth.INT_LANES;

    /** Type of a lane; the JVM reads it. */
    static final Class<Integer> ETYPE = int.class;

    Ints(int[] lanes) {
        super(lanes);
    }

    /** One whose lane {@code l} is {@code f(l)}. */
    static Ints of(IntUnaryOperator f) {
        final int[] lanes = new int[VLENGTH];
        for (int l = 0; l < VLENGTH; l++) {
            lanes[l] = f.applyAsInt(l);
        }
        return new Ints(lanes);
    }

    /** The lanes themselves: nobody writes to those of a vector that is in use. */
    int[] lanes() {
        return (int[]) getPayload();
    }

    /** Which lanes. */
    static final class Mask extends VectorSupport.VectorMask<Integer> {
        /** Lanes; the JVM reads it. */
        static final int VLENGTH = VectorWidth.INT_LANES;

        /** Type of a lane; the JVM reads it. */
        static final Class<Integer> ETYPE = int.class;

        private Mask(boolean[] bits) {
            super(bits);
        }

        /** Those where bit {@code s} of the lane's number is set. */
        static Mask bit(int s) {
            return new Mask(VectorWidth.bit(VLENGTH, s));
        }

        boolean[] bits() {
            return (boolean[]) getPayload();
        }
    }

    /** A permutation of lanes. */
    static final class Shuffle extends VectorSupport.VectorShuffle<Integer> {
        /** Lanes; the JVM reads it. */
        static final int VLENGTH = VectorWidth.INT_LANES;

        /** Type of a lane; the JVM reads it. */
        static final Class<Integer> ETYPE = int.class;

        private Shuffle(int[] sources) {
            super(sources);
        }

        /** Exchanges lanes whose numbers differ in bit {@code s}; without such lanes, changes nothing. */
        static Shuffle swap(int s) {
            final int[] sources = new int[VLENGTH];
            for (int l = 0; l < VLENGTH; l++) {
                sources[l] = VectorWidth.swap(VLENGTH, s, l);
            }
            return new Shuffle(sources);
        }

        int[] sources() {
            return (int[]) getPayload();
        }
    }
}
