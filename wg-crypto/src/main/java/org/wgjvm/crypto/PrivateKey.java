package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A Curve25519 private key in native memory, wiped by {@link #close()}. It is never printed: {@link #toString()} is redacted. */
public final class PrivateKey implements AutoCloseable {
    /** Length of a key in bytes. */
    public static final int LENGTH = 32;

    private final MemorySegment segment = Arena.ofAuto().allocate(LENGTH);

    private PrivateKey(byte[] bytes, int offset) {
        MemorySegment.copy(bytes, offset, segment, ValueLayout.JAVA_BYTE, 0, LENGTH);
    }

    /** Copies {@code LENGTH} bytes at {@code offset}; the caller wipes its own copy. */
    public static PrivateKey of(byte[] source, int offset) {
        return new PrivateKey(source, offset);
    }

    /** Parses 44 characters of base64; throws {@link IllegalArgumentException} for anything else, without quoting the text. */
    public static PrivateKey fromBase64(String text) {
        return wiping(KeyCodec.fromBase64(text));
    }

    /** Parses 64 hexadecimal digits; throws {@link IllegalArgumentException} for anything else, without quoting the text. */
    public static PrivateKey fromHex(String text) {
        return wiping(KeyCodec.fromHex(text));
    }

    /** A new random key. */
    public static PrivateKey generate(RandomSource random) {
        final byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        X25519.clamp(bytes);
        return wiping(bytes);
    }

    private static PrivateKey wiping(byte[] bytes) {
        final PrivateKey key = new PrivateKey(bytes, 0);
        Arrays.fill(bytes, (byte) 0);
        return key;
    }

    /** The public half. */
    public PublicKey publicKey() {
        final byte[] scalar = new byte[LENGTH];
        final byte[] out = new byte[LENGTH];
        copyTo(scalar, 0);
        X25519.scalarMultBase(out, scalar);
        Arrays.fill(scalar, (byte) 0);
        return PublicKey.of(out, 0);
    }

    /** Copies the key out; the caller wipes the copy. */
    public void copyTo(byte[] destination, int offset) {
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, 0, destination, offset, LENGTH);
    }

    /** The base64 form: a secret. */
    public String toBase64() {
        final byte[] bytes = new byte[LENGTH];
        copyTo(bytes, 0);
        return KeyCodec.toBase64(bytes);
    }

    /** The hexadecimal form: a secret. */
    public String toHex() {
        final byte[] bytes = new byte[LENGTH];
        copyTo(bytes, 0);
        return KeyCodec.toHex(bytes);
    }

    /** Whether all bytes are zero, which the UAPI and {@code wg(8)} take for "none". */
    public boolean isZero() {
        byte or = 0;
        for (int i = 0; i < LENGTH; i++) {
            or |= segment.get(ValueLayout.JAVA_BYTE, i);
        }
        return or == 0;
    }

    /** Wipes the key. Idempotent. */
    @Override
    public void close() {
        segment.fill((byte) 0);
    }

    @Override
    public String toString() {
        return "PrivateKey[redacted]";
    }
}
