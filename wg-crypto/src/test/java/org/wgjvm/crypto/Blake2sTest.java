package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BLAKE2s against RFC 7693, appendix B and E, and against Bouncy Castle. */
class Blake2sTest {
    @Test
    void abc() {
        final byte[] out = new byte[32];
        Blake2s.hash(out, "a".getBytes(StandardCharsets.US_ASCII), "bc".getBytes(StandardCharsets.US_ASCII));
        assertEquals("508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982", HexFormat.of().formatHex(out));
    }

    /** The self-test of RFC 7693, appendix E: all lengths of hash, input and key at once. */
    @Test
    void rfcSelfTest() {
        final Blake2sState outer = new Blake2sState();
        outer.init(32, new byte[0], 0);
        for (int hashLength : new int[] {16, 20, 28, 32}) {
            for (int length : new int[] {0, 3, 64, 65, 255, 1024}) {
                final byte[] input = sequence(length, length);
                final byte[] key = sequence(hashLength, hashLength);
                for (int keyLength : new int[] {0, hashLength}) {
                    final byte[] hash = new byte[hashLength];
                    final Blake2sState state = new Blake2sState();
                    state.init(hashLength, key, keyLength);
                    state.update(input, 0, length);
                    state.finish(hash, 0);
                    outer.update(hash, 0, hashLength);
                }
            }
        }
        final byte[] out = new byte[32];
        outer.finish(out, 0);
        assertEquals("6a411f08ce25adcdfb02aba641451cec53c598b24f4fc787fbdc88797f4c1dfe", HexFormat.of().formatHex(out));
    }

    /** The known answers that wireguard-go tests its KDF with; Python's hmac and hashlib.blake2s give the same. */
    @ParameterizedTest
    @CsvSource({
        "test-key, test-input, 6f0e5ad38daba1bea8a0d213688736f19763239305e0f58aba697f9ffc41c633,"
                + " df1194df20802a4fe594cde27e92991c8cae66c366e8106aaa937a55fa371e8a,"
                + " fac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24",
        "wireguard, wireguard, 491d43bbfdaa8750aaf535e334ecbfe5129967cd64635101c566d4caefda96e8,"
                + " 1e71a379baefd8a79aa4662212fcafe19a23e2b609a3db7d6bcba8f560e3d25f,"
                + " 31e1ae48bddfbe5de38f295e5452b1909a1b4e38e183926af3780b0c1e1f0160",
        "'', '', 8387b46bf43eccfcf349552a095d8315c4055beb90208fb1be23b894bc2ed5d0,"
                + " 58a0e5f6faefccf4807bff1f05fa8a9217945762040bcec2f4b4a62bdfe0e86e,"
                + " 0ce6ea98ec548f8e281e93e32db65621c45eb18dc6f0a7ad94178610a2f7338e"
    })
    void kdfKnownAnswers(String key, String input, String first, String second, String third) {
        final byte[] k = key.getBytes(StandardCharsets.US_ASCII);
        final byte[] in = input.getBytes(StandardCharsets.US_ASCII);
        final byte[][] out = new byte[3][32];
        for (int n = 1; n <= 3; n++) {
            Blake2s.kdf(k, in, Arrays.copyOf(out, n));
            assertEquals(first, HexFormat.of().formatHex(out[0]));
        }
        assertEquals(second, HexFormat.of().formatHex(out[1]));
        assertEquals(third, HexFormat.of().formatHex(out[2]));
    }

    /** {@code selftest_seq} of the appendix. */
    private static byte[] sequence(int length, int seed) {
        final byte[] out = new byte[length];
        int a = 0xdead4bad * seed;
        int b = 1;
        for (int i = 0; i < length; i++) {
            final int t = a + b;
            a = b;
            b = t;
            out[i] = (byte) (t >>> 24);
        }
        return out;
    }

    @Property
    void hashesAsBouncyCastleDoes(@ForAll byte[] first, @ForAll @Size(max = 300) byte[] second) {
        final Blake2sDigest digest = new Blake2sDigest(256);
        digest.update(first, 0, first.length);
        digest.update(second, 0, second.length);
        final byte[] theirs = new byte[32];
        digest.doFinal(theirs, 0);
        final byte[] ours = new byte[32];
        Blake2s.hash(ours, first, second);
        assertArrayEquals(theirs, ours);
    }

    @Property
    void macsAsBouncyCastleDoes(@ForAll @Size(min = 1, max = 32) byte[] key, @ForAll @Size(max = 300) byte[] input) {
        final Blake2sDigest digest = new Blake2sDigest(key, 16, null, null);
        digest.update(input, 0, input.length);
        final byte[] theirs = new byte[20];
        digest.doFinal(theirs, 3);
        final byte[] ours = new byte[20];
        Blake2s.mac(ours, 3, key, input, 0, input.length);
        assertArrayEquals(theirs, ours);
    }

    @Property
    void derivesKeysAsHkdfDoes(@ForAll @Size(32) byte[] key, @ForAll @Size(max = 64) byte[] input) {
        final HMac hmac = new HMac(new Blake2sDigest(256));
        hmac.init(new KeyParameter(key));
        hmac.update(input, 0, input.length);
        final byte[] theirs = new byte[32];
        hmac.doFinal(theirs, 0);
        final byte[] ours = new byte[32];
        Blake2s.hmac(ours, key, input, input.length);
        assertArrayEquals(theirs, ours);

        final HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new Blake2sDigest(256));
        hkdf.init(new HKDFParameters(input, key, null));
        final byte[] okm = new byte[96];
        hkdf.generateBytes(okm, 0, 96);
        final byte[] second = new byte[32];
        final byte[] third = new byte[32];
        // The chaining key is replaced in place, as the handshake does.
        final byte[] chaining = key.clone();
        Blake2s.kdf(chaining, input, chaining, second, third);
        assertArrayEquals(Arrays.copyOfRange(okm, 0, 32), chaining);
        assertArrayEquals(Arrays.copyOfRange(okm, 32, 64), second);
        assertArrayEquals(Arrays.copyOfRange(okm, 64, 96), third);
    }
}
