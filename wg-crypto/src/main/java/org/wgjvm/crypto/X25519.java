package org.wgjvm.crypto;


/** The X25519 function of RFC 7748, section 5. */
public final class X25519 {
    private X25519() {}

    /** Clamps a scalar as RFC 7748, section 5 does. */
    public static void clamp(byte[] scalar) {
        scalar[0] &= (byte) 248;
        scalar[31] = (byte) ((scalar[31] & 127) | 64);
    }

    /**
     * {@code out = scalar * point}; all three are 32 bytes.
     *
     * @return false when the result is all zero, which a low-order point gives: the caller must then give up (RFC 7748, section 6.1)
     */
    public static boolean scalarMult(byte[] out, byte[] scalar, byte[] point) {
        return org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(scalar, 0, point, 0, out, 0);
    }

    /** {@code out = scalar * base point}. */
    public static void scalarMultBase(byte[] out, byte[] scalar) {
        org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(scalar, 0, out, 0);
    }
}
