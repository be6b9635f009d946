package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyCodecTest {
    @Test
    void readsAKey() {
        final byte[] key = new byte[32];
        key[31] = 7;
        assertArrayEquals(key, PublicKey.fromBase64(Base64.getEncoder().encodeToString(key)).toBytes());
    }

    /** 31 bytes, too, are 44 characters of base64. */
    @ParameterizedTest
    @ValueSource(ints = {0, 30, 31, 33, 34})
    void refusesAnyOtherLength(int length) {
        final String text = Base64.getEncoder().encodeToString(new byte[length]);
        assertThrows(IllegalArgumentException.class, () -> PublicKey.fromBase64(text));
        assertThrows(IllegalArgumentException.class, () -> PrivateKey.fromBase64(text));
        assertThrows(IllegalArgumentException.class, () -> PresharedKey.fromBase64(text));
    }
}
