package org.wgjvm.crypto;

import java.util.Arrays;

/**
 * The Montgomery ladder of RFC 7748, section 5, over {@link Field25519}: ten products a step, one after the other.
 *
 * <p>Constant time: 255 steps whatever the scalar, both branches of the ladder computed in each, and the choice between them made by
 * masked exchanges. The bit of the scalar is shifted out of a byte at a public index and becomes a mask without a comparison. What the JIT
 * sees is straight-line arithmetic and loops with constant bounds.
 */
final class X25519Limbs {
    private X25519Limbs() {}

    /** See {@link X25519Ladder#climb}. */
    static void climb(long[] x2, long[] z2, long[] x1, byte[] scalar) {
        final long[] x3 = new long[Field25519.LIMBS];
        final long[] z3 = new long[Field25519.LIMBS];
        final long[] t = new long[Field25519.LIMBS];
        final long[] u = new long[Field25519.LIMBS];
        final long[] v = new long[Field25519.LIMBS];
        Arrays.fill(x2, 0);
        Arrays.fill(z2, 0);
        x2[0] = 1;
        z3[0] = 1;
        Field25519.add(x3, x1, z2);
        long swapped = 0;
        for (int i = 254; i >= 0; i--) {
            final long bit = (long) scalar[i >>> 3] >>> (i & 7) & 1;
            Field25519.swap(swapped ^ bit, x2, x3);
            Field25519.swap(swapped ^ bit, z2, z3);
            swapped = bit;
            step(x1, x2, z2, x3, z3, t, u, v);
        }
        Field25519.swap(swapped, x2, x3);
        Field25519.swap(swapped, z2, z3);
        for (long[] secret : new long[][] {x3, z3, t, u, v}) {
            Arrays.fill(secret, 0);
        }
    }

    /** One step of the ladder: doubles (x2 : z2) and adds it to (x3 : z3), whose difference is x1. */
    private static void step(long[] x1, long[] x2, long[] z2, long[] x3, long[] z3, long[] t, long[] u, long[] v) {
        Field25519.add(t, x2, z2);
        Field25519.subtract(u, x2, z2);
        Field25519.add(v, x3, z3);
        Field25519.subtract(x3, x3, z3);
        Field25519.multiply(x3, x3, t);
        Field25519.multiply(v, v, u);
        Field25519.square(t, t);
        Field25519.square(u, u);
        Field25519.subtract(z3, x3, v);
        Field25519.add(x3, x3, v);
        Field25519.square(x3, x3);
        Field25519.square(z3, z3);
        Field25519.multiply(z3, z3, x1);
        Field25519.multiply(x2, t, u);
        Field25519.subtract(u, t, u);
        Field25519.multiplyByA24(z2, u);
        Field25519.add(z2, z2, t);
        Field25519.multiply(z2, z2, u);
    }
}
