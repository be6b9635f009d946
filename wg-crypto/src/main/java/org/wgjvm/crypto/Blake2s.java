package org.wgjvm.crypto;

import java.util.Arrays;

/** BLAKE2s (RFC 7693): {@code HASH}, {@code MAC}, {@code HMAC} and {@code KDF} of the WireGuard paper, section 5.4. */
public final class Blake2s {
    /** Length of a hash in bytes. */
    public static final int HASH_LENGTH = 32;

    /** Length of a MAC in bytes. */
    public static final int MAC_LENGTH = 16;

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private Blake2s() {}

    /** What a thread reuses. */
    private static final class Scratch {
        final Blake2sState state = new Blake2sState();
        final byte[] pad = new byte[Blake2sState.BLOCK];
        final byte[] digest = new byte[HASH_LENGTH];
        final byte[] prk = new byte[HASH_LENGTH];
        final byte[] block = new byte[HASH_LENGTH + 1];
    }

    /** {@code out = HASH(first || second)}: 32 bytes. {@code out} may be one of the inputs. */
    public static void hash(byte[] out, byte[] first, byte[] second) {
        final Blake2sState s = SCRATCH.get().state;
        s.init(HASH_LENGTH, first, 0);
        s.update(first, 0, first.length);
        s.update(second, 0, second.length);
        s.finish(out, 0);
    }

    /** {@code MAC(key, input)}: keyed BLAKE2s with 16 bytes of output at {@code outOffset}. The key has 1 to 32 bytes. */
    public static void mac(byte[] out, int outOffset, byte[] key, byte[] input, int inputOffset, int length) {
        final Blake2sState s = SCRATCH.get().state;
        s.init(MAC_LENGTH, key, key.length);
        s.update(input, inputOffset, length);
        s.finish(out, outOffset);
    }

    /** {@code HMAC(key, input)} over BLAKE2s, 32 bytes; the key has at most 64. {@code out} may be one of the inputs. */
    public static void hmac(byte[] out, byte[] key, byte[] input, int length) {
        final Scratch scratch = SCRATCH.get();
        final Blake2sState s = scratch.state;
        final byte[] pad = scratch.pad;
        Arrays.fill(pad, (byte) 0x36);
        xor(pad, key);
        s.init(HASH_LENGTH, pad, 0);
        s.update(pad, 0, pad.length);
        s.update(input, 0, length);
        s.finish(scratch.digest, 0);
        Arrays.fill(pad, (byte) 0x5c);
        xor(pad, key);
        s.init(HASH_LENGTH, pad, 0);
        s.update(pad, 0, pad.length);
        s.update(scratch.digest, 0, HASH_LENGTH);
        s.finish(out, 0);
        Arrays.fill(pad, (byte) 0);
        Arrays.fill(scratch.digest, (byte) 0);
    }

    private static void xor(byte[] pad, byte[] key) {
        for (int i = 0; i < key.length; i++) {
            pad[i] ^= key[i];
        }
    }

    /**
     * {@code KDFn(key, input)} of the paper: 32 bytes into each of {@code outputs}, one to three of them. An output may be the same array
     * as {@code key} or {@code input}.
     */
    public static void kdf(byte[] key, byte[] input, byte[]... outputs) {
        final Scratch scratch = SCRATCH.get();
        final byte[] block = scratch.block;
        hmac(scratch.prk, key, input, input.length);
        for (int i = 0; i < outputs.length; i++) {
            // T(i + 1) = HMAC(prk, T(i) || i + 1), where T(0) is empty.
            final int length = i == 0 ? 0 : HASH_LENGTH;
            block[length] = (byte) (i + 1);
            hmac(block, scratch.prk, block, length + 1);
            System.arraycopy(block, 0, outputs[i], 0, HASH_LENGTH);
        }
        Arrays.fill(scratch.prk, (byte) 0);
        Arrays.fill(block, (byte) 0);
    }
}
