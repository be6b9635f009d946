package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Bouncy Castle's cipher, packet by packet: a second opinion in tests, and the last resort. It allocates.
 *
 * <p>It writes plaintext before it has verified the tag: that goes to a buffer of ours, and on only when authentic.
 */
public final class BouncyCastleAead implements Aead {
    private static final int MAX_PACKET = 1 << 16;
    private static final byte[] OTHER_NONCE = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private final ChaCha20Poly1305 cipher = new ChaCha20Poly1305();
    private final byte[] key = new byte[AeadKey.LENGTH];
    private final byte[] input = new byte[MAX_PACKET + TAG_LENGTH];
    private final byte[] output = new byte[MAX_PACKET + TAG_LENGTH];

    /** Makes one for the calling thread. */
    public BouncyCastleAead() {}

    @Override
    public String name() {
        return "bc";
    }

    @Override
    public void seal(AeadBatch b) {
        for (int i = 0; i < b.size; i++) {
            seal(b.keys[i], b.counters[i], b.source(i), b.sourceOffsets[i], b.lengths[i], b.destination(i), b.destinationOffsets[i]);
        }
    }

    @Override
    public void open(AeadBatch b) {
        for (int i = 0; i < b.size; i++) {
            b.verified[i] =
                    open(
                            b.keys[i], b.counters[i], b.source(i), b.sourceOffsets[i],
                            b.lengths[i], b.destination(i), b.destinationOffsets[i]);
        }
    }

    @Override
    public void seal(
            AeadKey k, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        MemorySegment.copy(k.segment(), ValueLayout.JAVA_BYTE, 0, key, 0, AeadKey.LENGTH);
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, sourceOffset, input, 0, length);
        final int n = run(true, key, counter, null, input, 0, length);
        Arrays.fill(key, (byte) 0);
        MemorySegment.copy(output, 0, destination, ValueLayout.JAVA_BYTE, destinationOffset, n);
    }

    @Override
    public boolean open(
            AeadKey k, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        if (length < TAG_LENGTH) {
            return false;
        }
        MemorySegment.copy(k.segment(), ValueLayout.JAVA_BYTE, 0, key, 0, AeadKey.LENGTH);
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, sourceOffset, input, 0, length);
        final int n = run(false, key, counter, null, input, 0, length);
        Arrays.fill(key, (byte) 0);
        if (n < 0) {
            return false;
        }
        MemorySegment.copy(output, 0, destination, ValueLayout.JAVA_BYTE, destinationOffset, n);
        return true;
    }

    @Override
    public void seal(
            byte[] k, long counter, byte[] aad, byte[] source, int sourceOffset, int length, byte[] destination, int destinationOffset) {
        final int n = run(true, k, counter, aad, source, sourceOffset, length);
        System.arraycopy(output, 0, destination, destinationOffset, n);
    }

    @Override
    public boolean open(
            byte[] k, long counter, byte[] aad, byte[] source, int sourceOffset, int length, byte[] destination, int destinationOffset) {
        final int n = length < TAG_LENGTH ? -1 : run(false, k, counter, aad, source, sourceOffset, length);
        if (n < 0) {
            return false;
        }
        System.arraycopy(output, 0, destination, destinationOffset, n);
        return true;
    }

    /** Bytes written to {@link #output}, or -1 for a forgery. */
    private int run(boolean seal, byte[] k, long counter, byte[] aad, byte[] source, int sourceOffset, int length) {
        final byte[] nonce = new byte[12];
        MemorySegment.ofArray(nonce).set(Native.LONG, 4, counter);
        try {
            if (seal) {
                // The library refuses to seal twice in a row under one key and nonce, which a repeated test vector does: make it forget.
                cipher.init(false, new AEADParameters(new KeyParameter(k), 8 * TAG_LENGTH, OTHER_NONCE, aad));
            }
            cipher.init(seal, new AEADParameters(new KeyParameter(k), 8 * TAG_LENGTH, nonce, aad));
            final int n = cipher.processBytes(source, sourceOffset, length, output, 0);
            return n + cipher.doFinal(output, n);
        } catch (InvalidCipherTextException e) {
            Arrays.fill(output, 0, length, (byte) 0);
            return -1;
        }
    }
}
