package org.wgjvm.crypto;

import java.util.Arrays;

/** XChaCha20-Poly1305 with a 24-byte nonce, for cookie replies (paper, section 5.4.7). */
public final class XChaCha20Poly1305 {
    /** Length of a nonce in bytes. */
    public static final int NONCE_LENGTH = 24;

    private XChaCha20Poly1305() {}

    /** Seals {@code source} into {@code destination} ({@code source.length + 16} bytes at {@code destinationOffset}). */
    public static void seal(
            Aead aead, byte[] key, byte[] nonce, byte[] associatedData, byte[] source, byte[] destination, int destinationOffset) {
        final byte[] subKey = hChaCha20(key, nonce);
        aead.seal(subKey, counter(nonce), associatedData, source, 0, source.length, destination, destinationOffset);
        Arrays.fill(subKey, (byte) 0);
    }

    /** Opens {@code length} bytes (ciphertext and tag) of {@code source}. */
    public static boolean open(
            Aead aead, byte[] key, byte[] nonce, byte[] associatedData, byte[] source, int sourceOffset, int length, byte[] destination) {
        final byte[] subKey = hChaCha20(key, nonce);
        final boolean ok = aead.open(subKey, counter(nonce), associatedData, source, sourceOffset, length, destination, 0);
        Arrays.fill(subKey, (byte) 0);
        return ok;
    }

    private static long counter(byte[] nonce) {
        long v = 0;
        for (int i = 0; i < 8; i++) {
            v |= (nonce[16 + i] & 0xffL) << (8 * i);
        }
        return v;
    }

    /** HChaCha20 of the XChaCha draft, section 2.2: the first and last rows of the permuted state, without the final addition. */
    private static byte[] hChaCha20(byte[] key, byte[] nonce) {
        final ChaCha20 cipher = new ChaCha20();
        final byte[] out = new byte[32];
        cipher.subKey(key, nonce, out);
        cipher.wipe();
        return out;
    }
}
