package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of RFC 8439 (ChaCha20, Poly1305, AEAD) and of the XChaCha draft. */
class Rfc8439Test {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", "").replace(":", ""));
    }

    private static MemorySegment segment(String text) {
        return MemorySegment.ofArray(hex(text));
    }

    /** Appendix A.1, vectors 1, 2 and 4: keys and nonces that WireGuard's nonce layout can express. */
    @Test
    void chaCha20Block() {
        final ChaCha20 cipher = new ChaCha20();
        cipher.init(MemorySegment.ofArray(new byte[32]), 0);
        assertEquals(
                "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                        + "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
                keyStream(cipher, 0));
        assertEquals(
                "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
                        + "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
                keyStream(cipher, 1));
        final byte[] key = new byte[32];
        key[1] = (byte) 0xff;
        cipher.init(MemorySegment.ofArray(key), 0);
        assertEquals(
                "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
                        + "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096",
                keyStream(cipher, 2));
    }

    private static String keyStream(ChaCha20 cipher, int block) {
        cipher.block(block);
        final byte[] out = new byte[64];
        final MemorySegment segment = MemorySegment.ofArray(out);
        for (int i = 0; i < 8; i++) {
            segment.set(Native.LONG, 8L * i, cipher.pair(i));
        }
        return HexFormat.of().formatHex(out);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Appendix A.3, vectors 7 to 11: carries and reductions at their limits. r, data, tag with s = 0.
                "01000000000000000000000000000000 ffffffffffffffffffffffffffffffff"
                        + " f0ffffffffffffffffffffffffffffff11000000000000000000000000000000"
                        + " 05000000000000000000000000000000",
                "01000000000000000000000000000000 ffffffffffffffffffffffffffffffff"
                        + " fbfefefefefefefefefefefefefefefe01010101010101010101010101010101"
                        + " 00000000000000000000000000000000",
                "02000000000000000000000000000000 fdffffffffffffffffffffffffffffff - faffffffffffffffffffffffffffffff",
                "01000000000000000400000000000000 e33594d7505e43b90000000000000000"
                        + "3394d7505e4379cd01000000000000000000000000000000000000000000000001"
                        + "000000000000000000000000000000 - 14000000000000005500000000000000",
                "01000000000000000400000000000000 e33594d7505e43b9000000000000000"
                        + "03394d7505e4379cd010000000000000000000000000000000000000000000000"
                        + " - 13000000000000000000000000000000",
            })
    void poly1305Limits(String vector) {
        final String[] field = vector.split(" ");
        final byte[] data = hex(field[1] + (field[2].equals("-") ? "" : field[2]));
        final MemorySegment r = segment(field[0]);
        final Poly1305 mac = new Poly1305();
        mac.init(r.get(Native.LONG, 0), r.get(Native.LONG, 8), 0, 0);
        mac.update(MemorySegment.ofArray(data), 0, data.length - 16);
        // The last block goes where the AEAD puts its lengths.
        mac.finish(MemorySegment.ofArray(data).asSlice(data.length - 16), 0);
        final MemorySegment tag = segment(field[3]);
        assertEquals(tag.get(Native.LONG, 0), mac.tagLow());
        assertEquals(tag.get(Native.LONG, 8), mac.tagHigh());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "scalar", "jca", "bc"})
    void knownAnswers(String name) {
        // The self-test opens and seals RFC 8439, appendix A.5.
        assertNull(AeadSelfTest.failure(Aeads.create(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "scalar", "jca", "bc"})
    void selfTestSeesABrokenCipher(String name) {
        for (int fault = 0; fault < BrokenAead.FAULTS; fault++) {
            assertTrue(AeadSelfTest.failure(new BrokenAead(Aeads.create(name), fault)) != null, "fault " + fault);
        }
    }

    /** XChaCha draft, section 2.2.1. */
    @Test
    void hChaCha20() {
        final byte[] out = new byte[32];
        new ChaCha20().subKey(
                hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), hex("000000090000004a0000000031415927"), out);
        assertArrayEquals(hex("82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"), out);
    }

    /** XChaCha draft, appendix A.3.1. */
    @ParameterizedTest
    @ValueSource(strings = {"vector", "scalar", "jca", "bc"})
    void xChaCha20Poly1305(String name) {
        final byte[] plain =
                "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
                        .getBytes(StandardCharsets.US_ASCII);
        final byte[] key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        final byte[] nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
        final byte[] data = hex("50515253c0c1c2c3c4c5c6c7");
        final byte[] expected =
                hex(
                        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c213"
                                + "96cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b7"
                                + "2e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc3694"
                                + "88f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
                                + "c0875924c1c7987947deafd8780acf49");
        final Aead aead = Aeads.create(name);
        final byte[] sealed = new byte[plain.length + 16];
        XChaCha20Poly1305.seal(aead, key, nonce, data, plain, sealed, 0);
        assertArrayEquals(expected, sealed);
        final byte[] opened = new byte[plain.length];
        assertTrue(XChaCha20Poly1305.open(aead, key, nonce, data, sealed, 0, sealed.length, opened));
        assertArrayEquals(plain, opened);
        sealed[20] ^= 1;
        final byte[] untouched = new byte[plain.length];
        assertFalse(XChaCha20Poly1305.open(aead, key, nonce, data, sealed, 0, sealed.length, untouched));
        assertArrayEquals(new byte[plain.length], untouched);
    }
}
