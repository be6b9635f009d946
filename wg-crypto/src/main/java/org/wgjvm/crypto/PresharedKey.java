package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A 32-byte preshared key in native memory, wiped by {@link #close()}. It is never printed: {@link #toString()} is redacted. */
public final class PresharedKey implements AutoCloseable {
    /** Length of a key in bytes. */
    public static final int LENGTH = 32;

    private final MemorySegment segment = Arena.ofAuto().allocate(LENGTH);

    private PresharedKey(byte[] bytes, int offset) {
        MemorySegment.copy(bytes, offset, segment, ValueLayout.JAVA_BYTE, 0, LENGTH);
    }

    /** Copies {@code LENGTH} bytes at {@code offset}; the caller wipes its own copy. */
    public static PresharedKey of(byte[] source, int offset) {
        return new PresharedKey(source, offset);
    }

    /** Parses 44 characters of base64; throws {@link IllegalArgumentException} for anything else, without quoting the text. */
    public static PresharedKey fromBase64(String text) {
        return wiping(KeyCodec.fromBase64(text));
    }

    /** Parses 64 hexadecimal digits; throws {@link IllegalArgumentException} for anything else, without quoting the text. */
    public static PresharedKey fromHex(String text) {
        return wiping(KeyCodec.fromHex(text));
    }

    /** A new random key. */
    public static PresharedKey generate(RandomSource random) {
        final byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return wiping(bytes);
    }

    private static PresharedKey wiping(byte[] bytes) {
        final PresharedKey key = new PresharedKey(bytes, 0);
        Arrays.fill(bytes, (byte) 0);
        return key;
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
        return "PresharedKey[redacted]";
    }
}
