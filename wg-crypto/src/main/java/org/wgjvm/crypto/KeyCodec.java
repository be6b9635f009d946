package org.wgjvm.crypto;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Base64 and hexadecimal forms of 32-byte keys, as {@code wg(8)} writes them. */
final class KeyCodec {
    private KeyCodec() {}

    static byte[] fromBase64(String text) {
        if (text.length() != 44 || text.charAt(43) != '=') {
            throw new IllegalArgumentException("a key is 44 characters of base64");
        }
        final byte[] key = Base64.getDecoder().decode(text);
        if (key.length != 32) {
            // 44 characters that end in two '=' are only 31 bytes.
            Arrays.fill(key, (byte) 0);
            throw new IllegalArgumentException("a key is 32 bytes");
        }
        return key;
    }

    static byte[] fromHex(String text) {
        if (text.length() != 64) {
            throw new IllegalArgumentException("a key is 64 hexadecimal digits");
        }
        return HexFormat.of().parseHex(text);
    }

    static String toBase64(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }

    static String toHex(byte[] key) {
        return HexFormat.of().formatHex(key);
    }
}
