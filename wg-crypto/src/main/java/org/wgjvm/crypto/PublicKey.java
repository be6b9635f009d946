package org.wgjvm.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/** A Curve25519 public key: 32 bytes, immutable. */
public final class PublicKey {
    /** Length of a key in bytes. */
    public static final int LENGTH = 32;

    private final byte[] bytes;

    private PublicKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies {@code LENGTH} bytes at {@code offset}. */
    public static PublicKey of(byte[] source, int offset) {
        return new PublicKey(Arrays.copyOfRange(source, offset, offset + LENGTH));
    }

    /** Parses 44 characters of base64; throws {@link IllegalArgumentException} for anything else. */
    public static PublicKey fromBase64(String text) {
        return new PublicKey(KeyCodec.fromBase64(text));
    }

    /** Parses 64 hexadecimal digits; throws {@link IllegalArgumentException} for anything else. */
    public static PublicKey fromHex(String text) {
        return new PublicKey(KeyCodec.fromHex(text));
    }

    /** Copies the key into {@code destination}. */
    public void copyTo(byte[] destination, int offset) {
        System.arraycopy(bytes, 0, destination, offset, LENGTH);
    }

    /** A copy of the 32 bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** The base64 form, as {@code wg show} prints it. */
    public String toBase64() {
        return KeyCodec.toBase64(bytes);
    }

    /** The hexadecimal form, as the UAPI speaks it. */
    public String toHex() {
        return KeyCodec.toHex(bytes);
    }

    /** Whether all 32 bytes are zero. */
    public boolean isZero() {
        return MessageDigest.isEqual(bytes, new byte[LENGTH]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return toBase64();
    }
}
