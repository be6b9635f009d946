package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;

/**
 * Poly1305 (RFC 8439, section 2.5) with 64-bit limbs and {@link Math#unsignedMultiplyHigh}. One per thread.
 *
 * <p>Constant time: the accumulator is never compared. Carries come from the majority formula {@code (a & b | (a | b) & ~sum) >>> 63},
 * not from {@code compareUnsigned}, which the JIT may turn into a branch that it has profiled; the final reduction selects by mask.
 * The 64-bit multiplication has a fixed latency on x86-64 and AArch64 server cores. Only lengths, which are public, steer the loops.
 */
final class Poly1305 {
    private static final long R0_MASK = 0x0ffffffc0fffffffL;
    private static final long R1_MASK = 0x0ffffffc0ffffffcL;

    private long r0;
    private long r1;
    private long s0;
    private long s1;
    private long h0;
    private long h1;
    private long h2;
    private long tagLow;
    private long tagHigh;

    /** Starts with the first 32 bytes of key stream block 0 as four little-endian longs. */
    void init(long rLow, long rHigh, long sLow, long sHigh) {
        r0 = rLow & R0_MASK;
        r1 = rHigh & R1_MASK;
        s0 = sLow;
        s1 = sHigh;
        h0 = 0;
        h1 = 0;
        h2 = 0;
    }

    /** The lower half of {@code r}, clamped. */
    long multiplierLow() {
        return r0;
    }

    /** The upper half of {@code r}, clamped. */
    long multiplierHigh() {
        return r1;
    }

    /** Goes on from an accumulator of 130 bits and a little more: the upper word is at most 7. */
    void resume(long low, long high, long upper) {
        h0 = low;
        h1 = high;
        h2 = upper;
    }

    /** Absorbs {@code length} bytes, the last block padded with zeros to 16 as the AEAD construction does. */
    void update(MemorySegment data, long offset, int length) {
        final int full = length & ~15;
        long a0 = h0;
        long a1 = h1;
        long a2 = h2;
        final long m0 = r0;
        final long m1 = r1;
        // Clamped, so r1 is a multiple of 4 and 5/4 of it is whole: 2^128 * r1 = (r1 / 4) * 2^130 = 5/4 r1 modulo 2^130 - 5.
        final long t1 = m1 + (m1 >>> 2);
        for (int i = 0; i < length; i += 16) {
            final long b0;
            final long b1;
            if (i < full) {
                b0 = data.get(Native.LONG, offset + i);
                b1 = data.get(Native.LONG, offset + i + 8);
            } else {
                b0 = partial(data, offset + i, Math.min(8, length - i));
                b1 = partial(data, offset + i + 8, length - i - 8);
            }
            final long c0 = a0 + b0;
            final long in = carry(a0, b0, c0);
            final long u = a1 + b1;
            final long v = u + in;
            final long c2 = a2 + 1 + carry(a1, b1, u) + carry(u, in, v);
            // d = c * r, in columns of 64 bits.
            final long p0 = c0 * m0;
            final long q0 = v * t1;
            final long d0 = p0 + q0;
            final long d0High = Math.unsignedMultiplyHigh(c0, m0) + Math.unsignedMultiplyHigh(v, t1) + carry(p0, q0, d0);
            final long p1 = c0 * m1;
            final long q1 = v * m0;
            final long e1 = p1 + q1;
            final long x1 = c2 * t1;
            final long f1 = e1 + x1;
            final long d1 = f1 + d0High;
            final long d1High =
                    Math.unsignedMultiplyHigh(c0, m1) + Math.unsignedMultiplyHigh(v, m0)
                            + carry(p1, q1, e1) + carry(e1, x1, f1) + carry(f1, d0High, d1);
            final long d2 = c2 * m0 + d1High;
            // Bits from 130 up come back times five.
            final long fold = (d2 & ~3L) + (d2 >>> 2);
            a0 = d0 + fold;
            final long w = carry(d0, fold, a0);
            a1 = d1 + w;
            a2 = (d2 & 3) + carry(d1, w, a1);
        }
        h0 = a0;
        h1 = a1;
        h2 = a2;
    }

    /** Absorbs the block of the two lengths, reduces and adds {@code s}. The tag is in {@link #tagLow()} and {@link #tagHigh()}. */
    void finish(MemorySegment lengths, long offset) {
        update(lengths, offset, 16);
        // h - (2^130 - 5) = h + 5 - 2^130: take it when bit 130 of h + 5 is set.
        final long g0 = h0 + 5;
        final long c0 = carry(h0, 5, g0);
        final long g1 = h1 + c0;
        final long g2 = h2 + carry(h1, c0, g1);
        final long mask = -(g2 >>> 2);
        final long a0 = (h0 & ~mask) | (g0 & mask);
        final long a1 = (h1 & ~mask) | (g1 & mask);
        tagLow = a0 + s0;
        tagHigh = a1 + s1 + carry(a0, s0, tagLow);
    }

    long tagLow() {
        return tagLow;
    }

    long tagHigh() {
        return tagHigh;
    }

    void wipe() {
        init(0, 0, 0, 0);
    }

    /** Carry out of {@code a + b == sum}, 0 or 1. */
    private static long carry(long a, long b, long sum) {
        return ((a & b) | ((a | b) & ~sum)) >>> 63;
    }

    /** Up to 8 bytes as a little-endian long; none when {@code n <= 0}. */
    private static long partial(MemorySegment data, long offset, int n) {
        if (n >= 8) {
            return data.get(Native.LONG, offset);
        }
        long v = 0;
        for (int i = 0; i < n; i++) {
            v |= (data.get(Native.BYTE, offset + i) & 0xffL) << (8 * i);
        }
        return v;
    }
}
