package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of Project Wycheproof: edge cases of arithmetic, forged tags, low-order and twisted points. */
class WycheproofTest {
    /** One attribute a line, as the files are written. */
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s*\"(\\w+)\": \"?([^\",]*)\"?,?");

    private static List<Map<String, String>> vectors(String file) throws IOException {
        final List<Map<String, String>> vectors = new ArrayList<>();
        int declared = -1;
        try (InputStream in = WycheproofTest.class.getResourceAsStream("/wycheproof/" + file)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                final Matcher m = ATTRIBUTE.matcher(line);
                if (!m.matches()) {
                    continue;
                }
                if (m.group(1).equals("numberOfTests")) {
                    declared = Integer.parseInt(m.group(2));
                } else if (m.group(1).equals("tcId")) {
                    vectors.add(new HashMap<>());
                }
                if (!vectors.isEmpty()) {
                    vectors.get(vectors.size() - 1).put(m.group(1), m.group(2));
                }
            }
        }
        assertEquals(declared, vectors.size());
        return vectors;
    }

    private static byte[] hex(Map<String, String> vector, String name) {
        return HexFormat.of().parseHex(vector.get(name));
    }

    private static byte[] sealed(Map<String, String> vector) {
        return HexFormat.of().parseHex(vector.get("ct") + vector.get("tag"));
    }

    @ParameterizedTest
    @MethodSource("org.wgjvm.crypto.Rfc7748Test#ladders")
    void x25519(X25519Ladder ladder) throws IOException {
        for (Map<String, String> vector : vectors("x25519_test.json")) {
            final byte[] out = new byte[32];
            final byte[] shared = hex(vector, "shared");
            final boolean usable = X25519.scalarMult(ladder, out, hex(vector, "private"), hex(vector, "public"));
            assertArrayEquals(shared, out, vector.toString());
            assertEquals(!java.util.Arrays.equals(shared, new byte[32]), usable, vector.toString());
        }
    }

    @Test
    void chaCha20Poly1305() throws IOException {
        int forgeries = 0;
        for (Map<String, String> vector : vectors("chacha20_poly1305_test.json")) {
            final byte[] nonce = hex(vector, "iv");
            if (nonce.length != 12) {
                continue;
            }
            final byte[] out = new byte[hex(vector, "ct").length];
            final boolean genuine = new ScalarAead().open(hex(vector, "key"), nonce, hex(vector, "aad"), sealed(vector), out);
            assertEquals(vector.get("result").equals("valid"), genuine, vector.toString());
            assertArrayEquals(genuine ? hex(vector, "msg") : new byte[out.length], out, vector.toString());
            forgeries += genuine ? 0 : 1;
        }
        assertTrue(forgeries > 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "scalar", "jca", "bc"})
    void xChaCha20Poly1305(String name) throws IOException {
        final Aead aead = Aeads.create(name);
        for (Map<String, String> vector : vectors("xchacha20_poly1305_test.json")) {
            final byte[] nonce = hex(vector, "iv");
            if (nonce.length != 24) {
                continue;
            }
            final byte[] sealed = sealed(vector);
            final byte[] out = new byte[hex(vector, "ct").length];
            final boolean genuine =
                    XChaCha20Poly1305.open(aead, hex(vector, "key"), nonce, hex(vector, "aad"), sealed, 0, sealed.length, out);
            assertEquals(vector.get("result").equals("valid"), genuine, vector.toString());
            assertArrayEquals(genuine ? hex(vector, "msg") : new byte[out.length], out, vector.toString());
        }
    }

    /** The same edge cases of Poly1305 through the data path's shape, by the sub key of XChaCha. */
    @Test
    void dataPath() throws IOException {
        final Aead aead = Aeads.create("vector");
        int tried = 0;
        for (Map<String, String> vector : vectors("xchacha20_poly1305_test.json")) {
            final byte[] nonce = hex(vector, "iv");
            if (nonce.length != 24 || !vector.get("aad").isEmpty()) {
                continue;
            }
            final byte[] subKey = new byte[32];
            new ChaCha20().subKey(hex(vector, "key"), nonce, subKey);
            final long counter = MemorySegment.ofArray(nonce).get(Native.LONG, 16);
            final byte[] sealed = sealed(vector);
            // Alone, and as every packet of a batch.
            for (int n = 1; n <= 9; n += 8) {
                final AeadBatch batch = new AeadBatch(n);
                final MemorySegment slab = java.lang.foreign.Arena.ofAuto().allocate((long) n * (sealed.length + 1));
                for (int i = 0; i < n; i++) {
                    final long at = (long) i * (sealed.length + 1);
                    MemorySegment.copy(sealed, 0, slab, Native.BYTE, at, sealed.length);
                    batch.add(new AeadKey(subKey, 0), counter, slab, at, sealed.length, slab, at);
                }
                aead.open(batch);
                for (int i = 0; i < n; i++) {
                    final boolean genuine = vector.get("result").equals("valid");
                    assertEquals(genuine, batch.verified(i), vector.toString());
                    if (genuine) {
                        final byte[] msg = hex(vector, "msg");
                        assertArrayEquals(msg, slab.asSlice((long) i * (sealed.length + 1), msg.length).toArray(Native.BYTE));
                    }
                }
            }
            tried++;
        }
        assertFalse(tried < 40);
    }
}
