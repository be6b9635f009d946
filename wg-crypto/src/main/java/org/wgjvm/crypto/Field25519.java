package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Arithmetic modulo 2^255 - 19 on five limbs of 51 bits, the field of Curve25519.
 *
 * <p>An element is a {@code long[5]}. Products, squares and inverses have limbs below 2^51 + 2^15; sums and differences of such are below
 * 2^53, and may be multiplied without a reduction between.
 *
 * <p>A column of products needs 128 bits. Instead of carrying from low to high words, each product is split at bit 51: the shifts in
 * {@code multiplyHigh(a << 9, b << 4)} give floor(a b / 2^51), and the sum of the low parts is what is left of the wrapped sum of the
 * products when the high parts are subtracted, which is exact because it is below 2^64.
 *
 * <p>Constant time: multiplications, additions, shifts and masks; no comparison, no branch and no index depends on a value. The 64-bit
 * multiplication has a fixed latency on x86-64 and on AArch64 server cores.
 */
final class Field25519 {
    static final int LIMBS = 5;

    private static final long MASK = (1L << 51) - 1;

    private Field25519() {}

    /** Reads 32 bytes, little-endian, the top bit ignored (RFC 7748, section 5). */
    static void decode(long[] out, byte[] bytes) {
        final MemorySegment s = MemorySegment.ofArray(bytes);
        final long w0 = s.get(Native.LONG, 0);
        final long w1 = s.get(Native.LONG, 8);
        final long w2 = s.get(Native.LONG, 16);
        final long w3 = s.get(Native.LONG, 24);
        out[0] = w0 & MASK;
        out[1] = (w0 >>> 51 | w1 << 13) & MASK;
        out[2] = (w1 >>> 38 | w2 << 26) & MASK;
        out[3] = (w2 >>> 25 | w3 << 39) & MASK;
        out[4] = w3 >>> 12 & MASK;
    }

    /** Writes the one representative below 2^255 - 19; returns zero only for zero. */
    static long encode(byte[] out, long[] a) {
        final long[] t = a.clone();
        carry(t, t[0], t[1], t[2], t[3], t[4]);
        carry(t, t[0], t[1], t[2], t[3], t[4]);
        // Adding 19 overflows bit 255 exactly when t is not below the modulus.
        long q = t[0] + 19 >>> 51;
        for (int i = 1; i < LIMBS; i++) {
            q = t[i] + q >>> 51;
        }
        t[0] += 19 * q;
        for (int i = 0; i < LIMBS - 1; i++) {
            t[i + 1] += t[i] >>> 51;
            t[i] &= MASK;
        }
        t[4] &= MASK;
        final MemorySegment s = MemorySegment.ofArray(out);
        s.set(Native.LONG, 0, t[0] | t[1] << 51);
        s.set(Native.LONG, 8, t[1] >>> 13 | t[2] << 38);
        s.set(Native.LONG, 16, t[2] >>> 26 | t[3] << 25);
        s.set(Native.LONG, 24, t[3] >>> 39 | t[4] << 12);
        final long any = t[0] | t[1] | t[2] | t[3] | t[4];
        Arrays.fill(t, 0);
        return any;
    }

    static void add(long[] out, long[] a, long[] b) {
        for (int i = 0; i < LIMBS; i++) {
            out[i] = a[i] + b[i];
        }
    }

    /** {@code out = a - b}, with twice the modulus added so that limbs stay positive: b is a product. */
    static void subtract(long[] out, long[] a, long[] b) {
        out[0] = a[0] - b[0] + 2 * (MASK - 18);
        for (int i = 1; i < LIMBS; i++) {
            out[i] = a[i] - b[i] + 2 * MASK;
        }
    }

    /** Exchanges a and b when {@code swap} is 1, leaves them when it is 0. */
    static void swap(long swap, long[] a, long[] b) {
        for (int i = 0; i < LIMBS; i++) {
            final long t = -swap & (a[i] ^ b[i]);
            a[i] ^= t;
            b[i] ^= t;
        }
    }

    /** {@code out = a * b}; out may be a or b. */
    static void multiply(long[] out, long[] a, long[] b) {
        final long a0 = a[0];
        final long a1 = a[1];
        final long a2 = a[2];
        final long a3 = a[3];
        final long a4 = a[4];
        final long b0 = b[0];
        final long b1 = b[1];
        final long b2 = b[2];
        final long b3 = b[3];
        final long b4 = b[4];
        final long c1 = 19 * b1;
        final long c2 = 19 * b2;
        final long c3 = 19 * b3;
        final long c4 = 19 * b4;
        final long h0 =
                Math.multiplyHigh(a0 << 9, b0 << 4)
                        + Math.multiplyHigh(a1 << 9, c4 << 4)
                        + Math.multiplyHigh(a2 << 9, c3 << 4)
                        + Math.multiplyHigh(a3 << 9, c2 << 4)
                        + Math.multiplyHigh(a4 << 9, c1 << 4);
        final long l0 = a0 * b0 + a1 * c4 + a2 * c3 + a3 * c2 + a4 * c1 - (h0 << 51);
        final long h1 =
                Math.multiplyHigh(a0 << 9, b1 << 4)
                        + Math.multiplyHigh(a1 << 9, b0 << 4)
                        + Math.multiplyHigh(a2 << 9, c4 << 4)
                        + Math.multiplyHigh(a3 << 9, c3 << 4)
                        + Math.multiplyHigh(a4 << 9, c2 << 4);
        final long l1 = a0 * b1 + a1 * b0 + a2 * c4 + a3 * c3 + a4 * c2 - (h1 << 51);
        final long h2 =
                Math.multiplyHigh(a0 << 9, b2 << 4)
                        + Math.multiplyHigh(a1 << 9, b1 << 4)
                        + Math.multiplyHigh(a2 << 9, b0 << 4)
                        + Math.multiplyHigh(a3 << 9, c4 << 4)
                        + Math.multiplyHigh(a4 << 9, c3 << 4);
        final long l2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * c4 + a4 * c3 - (h2 << 51);
        final long h3 =
                Math.multiplyHigh(a0 << 9, b3 << 4)
                        + Math.multiplyHigh(a1 << 9, b2 << 4)
                        + Math.multiplyHigh(a2 << 9, b1 << 4)
                        + Math.multiplyHigh(a3 << 9, b0 << 4)
                        + Math.multiplyHigh(a4 << 9, c4 << 4);
        final long l3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * c4 - (h3 << 51);
        final long h4 =
                Math.multiplyHigh(a0 << 9, b4 << 4)
                        + Math.multiplyHigh(a1 << 9, b3 << 4)
                        + Math.multiplyHigh(a2 << 9, b2 << 4)
                        + Math.multiplyHigh(a3 << 9, b1 << 4)
                        + Math.multiplyHigh(a4 << 9, b0 << 4);
        final long l4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 - (h4 << 51);
        carry(out, l0 + 19 * h4, l1 + h0, l2 + h1, l3 + h2, l4 + h3);
    }

    /** {@code out = a^2}; out may be a. */
    static void square(long[] out, long[] a) {
        final long a0 = a[0];
        final long a1 = a[1];
        final long a2 = a[2];
        final long a3 = a[3];
        final long a4 = a[4];
        final long d0 = 2 * a0;
        final long d1 = 2 * a1;
        final long d2 = 2 * a2;
        final long d3 = 2 * a3;
        final long c3 = 19 * a3;
        final long c4 = 19 * a4;
        final long h0 =
                Math.multiplyHigh(a0 << 9, a0 << 4)
                        + Math.multiplyHigh(d1 << 9, c4 << 4)
                        + Math.multiplyHigh(d2 << 9, c3 << 4);
        final long l0 = a0 * a0 + d1 * c4 + d2 * c3 - (h0 << 51);
        final long h1 =
                Math.multiplyHigh(d0 << 9, a1 << 4)
                        + Math.multiplyHigh(d2 << 9, c4 << 4)
                        + Math.multiplyHigh(a3 << 9, c3 << 4);
        final long l1 = d0 * a1 + d2 * c4 + a3 * c3 - (h1 << 51);
        final long h2 =
                Math.multiplyHigh(d0 << 9, a2 << 4)
                        + Math.multiplyHigh(a1 << 9, a1 << 4)
                        + Math.multiplyHigh(d3 << 9, c4 << 4);
        final long l2 = d0 * a2 + a1 * a1 + d3 * c4 - (h2 << 51);
        final long h3 =
                Math.multiplyHigh(d0 << 9, a3 << 4)
                        + Math.multiplyHigh(d1 << 9, a2 << 4)
                        + Math.multiplyHigh(a4 << 9, c4 << 4);
        final long l3 = d0 * a3 + d1 * a2 + a4 * c4 - (h3 << 51);
        final long h4 =
                Math.multiplyHigh(d0 << 9, a4 << 4)
                        + Math.multiplyHigh(d1 << 9, a3 << 4)
                        + Math.multiplyHigh(a2 << 9, a2 << 4);
        final long l4 = d0 * a4 + d1 * a3 + a2 * a2 - (h4 << 51);
        carry(out, l0 + 19 * h4, l1 + h0, l2 + h1, l3 + h2, l4 + h3);
    }

    /** {@code out = a^(2^n)}. */
    static void square(long[] out, long[] a, int n) {
        square(out, a);
        for (int i = 1; i < n; i++) {
            square(out, out);
        }
    }

    /** {@code out = 121665 * a}, (A - 2) / 4 of the curve. */
    static void multiplyByA24(long[] out, long[] a) {
        final long m = 121665;
        final long h0 = Math.multiplyHigh(a[0] << 9, m << 4);
        final long h1 = Math.multiplyHigh(a[1] << 9, m << 4);
        final long h2 = Math.multiplyHigh(a[2] << 9, m << 4);
        final long h3 = Math.multiplyHigh(a[3] << 9, m << 4);
        final long h4 = Math.multiplyHigh(a[4] << 9, m << 4);
        final long l0 = a[0] * m & MASK;
        final long l1 = a[1] * m & MASK;
        final long l2 = a[2] * m & MASK;
        final long l3 = a[3] * m & MASK;
        final long l4 = a[4] * m & MASK;
        carry(out, l0 + 19 * h4, l1 + h0, l2 + h1, l3 + h2, l4 + h3);
    }

    /** {@code out = a^(p - 2)}, the inverse, and zero for zero: 254 squarings and 11 products, the same for every a. */
    static void invert(long[] out, long[] a) {
        final long[] t0 = new long[LIMBS];
        final long[] t1 = new long[LIMBS];
        final long[] t2 = new long[LIMBS];
        final long[] t3 = new long[LIMBS];
        square(t0, a); // 2
        square(t1, t0, 2); // 8
        multiply(t1, a, t1); // 9
        multiply(t0, t0, t1); // 11
        square(t2, t0); // 22
        multiply(t1, t1, t2); // 2^5 - 1
        square(t2, t1, 5);
        multiply(t1, t2, t1); // 2^10 - 1
        square(t2, t1, 10);
        multiply(t2, t2, t1); // 2^20 - 1
        square(t3, t2, 20);
        multiply(t2, t3, t2); // 2^40 - 1
        square(t2, t2, 10);
        multiply(t1, t2, t1); // 2^50 - 1
        square(t2, t1, 50);
        multiply(t2, t2, t1); // 2^100 - 1
        square(t3, t2, 100);
        multiply(t2, t3, t2); // 2^200 - 1
        square(t2, t2, 50);
        multiply(t1, t2, t1); // 2^250 - 1
        square(t1, t1, 5);
        multiply(out, t1, t0); // 2^255 - 21
    }

    private static void carry(long[] out, long v0, long v1, long v2, long v3, long v4) {
        final long u1 = v1 + (v0 >>> 51);
        final long u2 = v2 + (u1 >>> 51);
        final long u3 = v3 + (u2 >>> 51);
        final long u4 = v4 + (u3 >>> 51);
        final long u0 = (v0 & MASK) + 19 * (u4 >>> 51);
        out[0] = u0 & MASK;
        out[1] = (u1 & MASK) + (u0 >>> 51);
        out[2] = u2 & MASK;
        out[3] = u3 & MASK;
        out[4] = u4 & MASK;
    }
}
