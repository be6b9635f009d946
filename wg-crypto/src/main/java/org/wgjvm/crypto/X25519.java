package org.wgjvm.crypto;

import java.util.Arrays;

/**
 * The X25519 function of RFC 7748, section 5: the Montgomery ladder over {@link Field25519}.
 *
 * <p>Constant time: 255 steps whatever the scalar, both branches of the ladder computed in each, and the choice between them made by
 * masked exchanges. The bit of the scalar is shifted out of a byte at a public index and becomes a mask without a comparison. What the JIT
 * sees is straight-line arithmetic and loops with constant bounds. Intermediate values are wiped before return.
 */
public final class X25519 {
    private static final int LENGTH = 32;

    private X25519() {}

    /** Clamps a scalar as RFC 7748, section 5 does. */
    public static void clamp(byte[] scalar) {
        scalar[0] &= (byte) 248;
        scalar[31] = (byte) ((scalar[31] & 127) | 64);
    }

    /**
     * {@code out = scalar * point}; all three are 32 bytes. The scalar is clamped on the way. {@code out} may be one of the inputs.
     *
     * @return false when the result is all zero, which a low-order point gives: the caller must then give up (RFC 7748, section 6.1)
     */
    public static boolean scalarMult(byte[] out, byte[] scalar, byte[] point) {
        final byte[] clamped = Arrays.copyOf(scalar, LENGTH);
        clamp(clamped);
        final long[] x1 = new long[Field25519.LIMBS];
        final long[] x2 = new long[Field25519.LIMBS];
        final long[] z2 = new long[Field25519.LIMBS];
        final long[] x3 = new long[Field25519.LIMBS];
        final long[] z3 = new long[Field25519.LIMBS];
        final long[] t = new long[Field25519.LIMBS];
        final long[] u = new long[Field25519.LIMBS];
        final long[] v = new long[Field25519.LIMBS];
        Field25519.decode(x1, point);
        x2[0] = 1;
        z3[0] = 1;
        Field25519.add(x3, x1, z2);
        long swapped = 0;
        for (int i = 254; i >= 0; i--) {
            final long bit = (long) clamped[i >>> 3] >>> (i & 7) & 1;
            Field25519.swap(swapped ^ bit, x2, x3);
            Field25519.swap(swapped ^ bit, z2, z3);
            swapped = bit;
            step(x1, x2, z2, x3, z3, t, u, v);
        }
        Field25519.swap(swapped, x2, x3);
        Field25519.swap(swapped, z2, z3);
        Field25519.invert(t, z2);
        Field25519.multiply(x2, x2, t);
        final long any = Field25519.encode(out, x2);
        Arrays.fill(clamped, (byte) 0);
        for (long[] secret : new long[][] {x2, z2, x3, z3, t, u, v}) {
            Arrays.fill(secret, 0);
        }
        return any != 0;
    }

    /**
     * {@code out = scalar * base point}, by Bouncy Castle: with its tables it takes half the time of the ladder. It selects from them by
     * masks over the whole table.
     */
    public static void scalarMultBase(byte[] out, byte[] scalar) {
        org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(scalar, 0, out, 0);
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
