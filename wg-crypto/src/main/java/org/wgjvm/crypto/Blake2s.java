package org.wgjvm.crypto;

import org.bouncycastle.crypto.digests.Blake2sDigest;

/** BLAKE2s (RFC 7693): {@code HASH}, {@code MAC}, {@code HMAC} and {@code KDF} of the WireGuard paper, section 5.4. */
public final class Blake2s {
    /** Length of a hash in bytes. */
    public static final int HASH_LENGTH = 32;

    /** Length of a MAC in bytes. */
    public static final int MAC_LENGTH = 16;

    private Blake2s() {}

    /** {@code out = HASH(first || second)}: 32 bytes. {@code out} may be one of the inputs. */
    public static void hash(byte[] out, byte[] first, byte[] second) {
        final Blake2sDigest d = new Blake2sDigest(256);
        d.update(first, 0, first.length);
        d.update(second, 0, second.length);
        d.doFinal(out, 0);
    }

    /** {@code MAC(key, input)}: keyed BLAKE2s with 16 bytes of output at {@code outOffset}. The key has 1 to 32 bytes. */
    public static void mac(byte[] out, int outOffset, byte[] key, byte[] input, int inputOffset, int length) {
        final Blake2sDigest d = new Blake2sDigest(key, MAC_LENGTH, null, null);
        d.update(input, inputOffset, length);
        d.doFinal(out, outOffset);
    }

    /** {@code HMAC(key, input)} over BLAKE2s, 32 bytes. */
    public static void hmac(byte[] out, byte[] key, byte[] input, int length) {
        final byte[] inner = new byte[64];
        final byte[] outer = new byte[64];
        for (int i = 0; i < 64; i++) {
            final byte k = i < key.length ? key[i] : 0;
            inner[i] = (byte) (k ^ 0x36);
            outer[i] = (byte) (k ^ 0x5c);
        }
        final Blake2sDigest d = new Blake2sDigest(256);
        final byte[] digest = new byte[HASH_LENGTH];
        d.update(inner, 0, 64);
        d.update(input, 0, length);
        d.doFinal(digest, 0);
        d.update(outer, 0, 64);
        d.update(digest, 0, HASH_LENGTH);
        d.doFinal(out, 0);
    }

    /**
     * {@code KDFn(key, input)} of the paper: 32 bytes into each of {@code outputs}, one to three of them. An output may be the same array
     * as {@code key} or {@code input}.
     */
    public static void kdf(byte[] key, byte[] input, byte[]... outputs) {
        final byte[] prk = new byte[HASH_LENGTH];
        hmac(prk, key, input, input.length);
        final byte[] block = new byte[HASH_LENGTH + 1];
        final byte[] t = new byte[HASH_LENGTH];
        for (int i = 0; i < outputs.length; i++) {
            if (i == 0) {
                hmac(t, prk, new byte[] {1}, 1);
            } else {
                System.arraycopy(t, 0, block, 0, HASH_LENGTH);
                block[HASH_LENGTH] = (byte) (i + 1);
                hmac(t, prk, block, block.length);
            }
            System.arraycopy(t, 0, outputs[i], 0, HASH_LENGTH);
        }
    }
}
