package org.wgjvm.crypto;

/** The two ways to climb the Montgomery ladder of X25519. They give the same bytes, so it does not matter which one a handshake meets. */
public enum X25519Ladder {
    /** On 64-bit multiplications; works everywhere and is fast soon after the start of a process. */
    SCALAR("scalar") {
        @Override
        void climb(long[] x2, long[] z2, long[] x1, byte[] scalar) {
            X25519Limbs.climb(x2, z2, x1, scalar);
        }
    },

    /** On 512-bit vectors: twice as fast once the JIT has compiled it, and a thousand times slower before. */
    VECTOR("vector-512") {
        @Override
        void climb(long[] x2, long[] z2, long[] x1, byte[] scalar) {
            X25519Lanes.climb(x2, z2, x1, scalar);
        }

        // That the processor has such vectors, and the JVM the flags that make them usable (Aeads).
        @Override
        public boolean isAvailable() {
            try {
                return Native.Everything.MEMORY != null && VectorWidth.LONG_LANES == X25519Lanes.LANES;
            } catch (LinkageError e) {
                return false;
            }
        }
    };

    private final String label;

    X25519Ladder(String label) {
        this.label = label;
    }

    /** A word for tables and logs. */
    public String label() {
        return label;
    }

    /** Whether this process can use it with profit. */
    public boolean isAvailable() {
        return true;
    }

    /**
     * {@code (x2 : z2) = scalar * (x1 : 1)}, as elements of {@link Field25519} that may be multiplied and inverted.
     *
     * @param scalar 32 bytes, clamped
     */
    abstract void climb(long[] x2, long[] z2, long[] x1, byte[] scalar);
}
