package org.wgjvm.router.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.wgjvm.crypto.PresharedKey;

/** A preshared key as configured. It is never printed: {@link #toString()} is redacted. Immutable. */
public final class SharedSecret {
    private final String base64;

    private SharedSecret(String base64) {
        this.base64 = base64;
    }

    /** Checks 44 characters of base64; throws {@link IllegalArgumentException} for anything else, without quoting the text. */
    public static SharedSecret parse(String base64) {
        PresharedKey.fromBase64(base64).close();
        return new SharedSecret(base64);
    }

    /** The key for a data plane, which wipes it. */
    public PresharedKey toKey() {
        return PresharedKey.fromBase64(base64);
    }

    /** The base64 form: a secret. */
    public String toBase64() {
        return base64;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SharedSecret that
                && MessageDigest.isEqual(
                        base64.getBytes(StandardCharsets.US_ASCII), that.base64.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int hashCode() {
        return base64.hashCode();
    }

    @Override
    public String toString() {
        return "SharedSecret[redacted]";
    }
}
