package org.wgjvm.core.noise;

import java.nio.charset.StandardCharsets;
import org.wgjvm.crypto.Blake2s;

/** The keys of mac1 and of cookie replies, which follow from the responder's public key (paper, sections 5.4.4 and 5.4.7). */
final class MacKeys {
    private static final byte[] LABEL_MAC1 = "mac1----".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LABEL_COOKIE = "cookie--".getBytes(StandardCharsets.US_ASCII);

    private final byte[] mac1Key;
    private final byte[] cookieKey;

    MacKeys(byte[] responderStatic) {
        mac1Key = mac1Key(responderStatic);
        cookieKey = cookieKey(responderStatic);
    }

    /** {@code HASH(LABEL-MAC1 || S)}. */
    static byte[] mac1Key(byte[] responderStatic) {
        return hash(LABEL_MAC1, responderStatic);
    }

    /** {@code HASH(LABEL-COOKIE || S)}. */
    static byte[] cookieKey(byte[] responderStatic) {
        return hash(LABEL_COOKIE, responderStatic);
    }

    byte[] mac1Key() {
        return mac1Key;
    }

    byte[] cookieKey() {
        return cookieKey;
    }

    private static byte[] hash(byte[] label, byte[] key) {
        final byte[] out = new byte[Blake2s.HASH_LENGTH];
        Blake2s.hash(out, label, key);
        return out;
    }
}
