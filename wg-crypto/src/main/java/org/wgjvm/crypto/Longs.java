package org.wgjvm.crypto;

import java.util.function.IntToLongFunction;
import jdk.internal.vm.vector.VectorSupport;

/**
 * A vector of 64-bit lanes, as wide as this machine's. In compiled code it is a register and nothing else; what it is elsewhere, in the
 * interpreter and where a call is not inlined, is an array. Immutable.
 *
 * <p>The JIT takes any class for a vector that extends this one of the JDK and has these two constants. That ours are not those of
 * {@code jdk.incubator.vector} spares a process that module: with an incubator module, the JVM keeps neither the graph of modules nor
 * linked classes nor profiles in its cache (JEP 483, JEP 515), and starts later. In return the JVM has to be told that there are vectors
 * ({@link Aeads}).
 */
final class Longs extends VectorSupport.Vector<Long> {
    /** Lanes; the JVM reads it. */
    static final int VLENGTH = VectorWidth.LONG_LANES;

    /** Type of a lane; the JVM reads it. */
    static final Class<Long> ETYPE = long.class;

    Longs(long[] lanes) {
        super(lanes);
    }

    /** One whose lane {@code l} is {@code f(l)}. */
    static Longs of(IntToLongFunction f) {
        final long[] lanes = new long[VLENGTH];
        for (int l = 0; l < VLENGTH; l++) {
            lanes[l] = f.applyAsLong(l);
        }
        return new Longs(lanes);
    }

    /** The lanes themselves: nobody writes to those of a vector that is in use. */
    long[] lanes() {
        return (long[]) getPayload();
    }

    /** Which lanes. */
    static final class Mask extends VectorSupport.VectorMask<Long> {
        /** Lanes; the JVM reads it. */
        static final int VLENGTH = VectorWidth.LONG_LANES;

        /** Type of a lane; the JVM reads it. */
        static final Class<Long> ETYPE = long.class;

        private Mask(boolean[] bits) {
            super(bits);
        }

        /** Those where bit {@code s} of the lane's number is set. */
        static Mask bit(int s) {
            return new Mask(VectorWidth.bit(VLENGTH, s));
        }

        /** Lane {@code l} where bit {@code l} is set. */
        static Mask of(long bits) {
            final boolean[] lanes = new boolean[VLENGTH];
            for (int l = 0; l < VLENGTH; l++) {
                lanes[l] = (bits >>> l & 1) != 0;
            }
            return new Mask(lanes);
        }

        boolean[] bits() {
            return (boolean[]) getPayload();
        }
    }

    /** A permutation of lanes. */
    static final class Shuffle extends VectorSupport.VectorShuffle<Long> {
        /** Lanes; the JVM reads it. */
        static final int VLENGTH = VectorWidth.LONG_LANES;

        /** Type of a lane; the JVM reads it. */
        static final Class<Long> ETYPE = long.class;

        private Shuffle(long[] sources) {
            super(sources);
        }

        /** Exchanges lanes whose numbers differ in bit {@code s}; without such lanes, changes nothing. */
        static Shuffle swap(int s) {
            final long[] sources = new long[VLENGTH];
            for (int l = 0; l < VLENGTH; l++) {
                sources[l] = VectorWidth.swap(VLENGTH, s, l);
            }
            return new Shuffle(sources);
        }

        long[] sources() {
            return (long[]) getPayload();
        }
    }
}
