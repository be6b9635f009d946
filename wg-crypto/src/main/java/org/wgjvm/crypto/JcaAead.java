package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The JDK's own cipher, packet by packet. It allocates: the fallback where there is no vector module. */
public final class JcaAead implements Aead {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_PACKET = 1 << 16;

    private final Cipher cipher;
    private final byte[] key = new byte[AeadKey.LENGTH];
    private final byte[] nonce = new byte[12];
    private final byte[] input = new byte[MAX_PACKET + TAG_LENGTH];
    private final byte[] output = new byte[MAX_PACKET + TAG_LENGTH];

    /** Makes one for the calling thread. */
    public JcaAead() {
        try {
            cipher = Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no ChaCha20-Poly1305 cipher", e);
        }
    }

    @Override
    public String name() {
        return "jca";
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
        final int n = run(Cipher.ENCRYPT_MODE, key, counter, null, input, 0, length, output, 0);
        MemorySegment.copy(output, 0, destination, ValueLayout.JAVA_BYTE, destinationOffset, n);
        Arrays.fill(key, (byte) 0);
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
        final int n = run(Cipher.DECRYPT_MODE, key, counter, null, input, 0, length, output, 0);
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
        run(Cipher.ENCRYPT_MODE, k, counter, aad, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            byte[] k, long counter, byte[] aad, byte[] source, int sourceOffset, int length, byte[] destination, int destinationOffset) {
        return length >= TAG_LENGTH
                && run(Cipher.DECRYPT_MODE, k, counter, aad, source, sourceOffset, length, destination, destinationOffset) >= 0;
    }

    /** Bytes written, or -1 for a forgery. */
    private int run(
            int mode, byte[] k, long counter, byte[] aad, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        try {
            LONG.set(nonce, 4, counter);
            final SecretKeySpec secret = new SecretKeySpec(k, "ChaCha20");
            if (mode == Cipher.ENCRYPT_MODE) {
                // The JDK refuses to encrypt under the key and nonce of the last initialisation, whatever that was for: opening the
                // same packet before, or a test vector run again. A nonce that is never used for anything comes between.
                nonce[0] = 1;
                cipher.init(Cipher.DECRYPT_MODE, secret, new IvParameterSpec(nonce));
                nonce[0] = 0;
            }
            cipher.init(mode, secret, new IvParameterSpec(nonce));
            if (aad != null) {
                cipher.updateAAD(aad);
            }
            return cipher.doFinal(source, sourceOffset, length, destination, destinationOffset);
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ChaCha20-Poly1305 of this JDK failed", e);
        }
    }
}
