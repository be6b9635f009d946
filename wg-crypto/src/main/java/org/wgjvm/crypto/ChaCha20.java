package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The ChaCha20 block function (RFC 8439, section 2.3) on plain integers, and HChaCha20 (XChaCha draft, section 2.2). One per thread.
 *
 * <p>Constant time: additions, exclusive ors and rotations by fixed distances only; no branch and no address depends on the key, the
 * nonce or the data. Such operations have one latency on every processor of interest, and the JIT has no reason to turn them into
 * branches: there is no comparison for it to profile.
 */
final class ChaCha20 {
    static final int BLOCK = 64;
    static final int SIGMA_0 = 0x61707865;
    static final int SIGMA_1 = 0x3320646e;
    static final int SIGMA_2 = 0x79622d32;
    static final int SIGMA_3 = 0x6b206574;

    /** The key as eight words. */
    private final int[] key = new int[8];

    /** The last block of key stream. */
    private final int[] out = new int[16];
    private int nonce0;
    private int nonce1;
    private int nonce2;

    /** Sets the key and WireGuard's nonce: 32 zero bits, then the counter. */
    void init(MemorySegment keyBytes, long counter) {
        for (int i = 0; i < 8; i++) {
            key[i] = keyBytes.get(Native.INT, 4L * i);
        }
        nonce0 = 0;
        nonce1 = (int) counter;
        nonce2 = (int) (counter >>> 32);
    }

    /** Sets the first 32 bits of the nonce, which WireGuard leaves zero: for test vectors. */
    void nonce0(int word) {
        nonce0 = word;
    }

    /** Computes key stream block {@code n}; {@link #pair} reads it. */
    void block(int n) {
        rounds(n, nonce0, nonce1, nonce2);
        out[0] += SIGMA_0;
        out[1] += SIGMA_1;
        out[2] += SIGMA_2;
        out[3] += SIGMA_3;
        for (int i = 0; i < 8; i++) {
            out[4 + i] += key[i];
        }
        out[12] += n;
        out[13] += nonce0;
        out[14] += nonce1;
        out[15] += nonce2;
    }

    /** Words {@code 2 i} and {@code 2 i + 1} of the block as one little-endian long. */
    long pair(int i) {
        return (out[2 * i] & 0xffffffffL) | ((long) out[2 * i + 1] << 32);
    }

    /** XORs {@code length} bytes with the key stream from block {@code n} on. */
    void xor(int n, MemorySegment source, long sourceOffset, int length, MemorySegment destination, long destinationOffset) {
        int at = 0;
        for (int block = n; at < length; block++) {
            block(block);
            final int end = Math.min(length, at + BLOCK);
            int i = 0;
            for (; at + 8 <= end; at += 8) {
                destination.set(Native.LONG, destinationOffset + at, source.get(Native.LONG, sourceOffset + at) ^ pair(i++));
            }
            for (int shift = 0; at < end; at++, shift += 8) {
                final byte b = (byte) (source.get(Native.BYTE, sourceOffset + at) ^ (pair(i) >>> shift));
                destination.set(Native.BYTE, destinationOffset + at, b);
            }
        }
    }

    /** HChaCha20: the sub key of a 32-byte key and the first 16 bytes of an XChaCha nonce. */
    void subKey(byte[] keyBytes, byte[] nonce, byte[] subKey) {
        final MemorySegment n = MemorySegment.ofArray(nonce);
        init(MemorySegment.ofArray(keyBytes), 0);
        rounds(n.get(Native.INT, 0), n.get(Native.INT, 4), n.get(Native.INT, 8), n.get(Native.INT, 12));
        final MemorySegment o = MemorySegment.ofArray(subKey);
        for (int i = 0; i < 4; i++) {
            o.set(Native.INT, 4L * i, out[i]);
            o.set(Native.INT, 16 + 4L * i, out[12 + i]);
        }
    }

    void wipe() {
        Arrays.fill(key, 0);
        Arrays.fill(out, 0);
    }

    /** The 20 rounds, without the final addition. */
    private void rounds(int n12, int n13, int n14, int n15) {
        int x0 = SIGMA_0;
        int x1 = SIGMA_1;
        int x2 = SIGMA_2;
        int x3 = SIGMA_3;
        int x4 = key[0];
        int x5 = key[1];
        int x6 = key[2];
        int x7 = key[3];
        int x8 = key[4];
        int x9 = key[5];
        int x10 = key[6];
        int x11 = key[7];
        int x12 = n12;
        int x13 = n13;
        int x14 = n14;
        int x15 = n15;
        for (int i = 0; i < 10; i++) {
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 16);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 12);
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 8);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 7);
            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 16);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 12);
            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 8);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 7);
            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 16);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 12);
            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 8);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 7);
            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 16);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 12);
            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 8);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 7);
            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 16);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 12);
            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 8);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 7);
            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 16);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 12);
            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 8);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 7);
            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 16);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 12);
            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 8);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 7);
            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 16);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 12);
            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 8);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 7);
        }
        out[0] = x0;
        out[1] = x1;
        out[2] = x2;
        out[3] = x3;
        out[4] = x4;
        out[5] = x5;
        out[6] = x6;
        out[7] = x7;
        out[8] = x8;
        out[9] = x9;
        out[10] = x10;
        out[11] = x11;
        out[12] = x12;
        out[13] = x13;
        out[14] = x14;
        out[15] = x15;
    }
}
