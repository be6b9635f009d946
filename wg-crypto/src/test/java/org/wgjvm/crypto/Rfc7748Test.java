package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** X25519, by each of its ladders, against RFC 7748 and against Bouncy Castle. */
class Rfc7748Test {
    /** What the processor runs fast; {@link #vectors} tries the others, too. */
    static List<X25519Ladder> ladders() {
        return Stream.of(X25519Ladder.values()).filter(X25519Ladder::isAvailable).toList();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @ParameterizedTest
    @CsvSource({
        // Section 5.2, and Alice and Bob of section 6.1.
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
                + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
                + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a,de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f,"
                + "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
    })
    void vectors(String scalar, String point, String product) {
        for (X25519Ladder ladder : X25519Ladder.values()) {
            final byte[] out = new byte[32];
            assertTrue(X25519.scalarMult(ladder, out, hex(scalar), hex(point)));
            assertArrayEquals(hex(product), out, ladder.label());
        }
    }

    @Test
    void basePoint() {
        final byte[] out = new byte[32];
        X25519.scalarMultBase(out, hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        assertArrayEquals(hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"), out);
    }

    @ParameterizedTest
    @MethodSource("ladders")
    void iterations(X25519Ladder ladder) {
        assertEquals("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", iterate(ladder, 1));
        assertEquals("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", iterate(ladder, 1000));
    }

    /** About a minute: {@code -Dwgjvm.slow=true}. */
    @ParameterizedTest
    @MethodSource("ladders")
    @EnabledIfSystemProperty(named = "wgjvm.slow", matches = "true")
    void aMillionIterations(X25519Ladder ladder) {
        assertEquals("7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424", iterate(ladder, 1_000_000));
    }

    private static String iterate(X25519Ladder ladder, int n) {
        byte[] k = new byte[32];
        k[0] = 9;
        byte[] u = k.clone();
        for (int i = 0; i < n; i++) {
            final byte[] out = new byte[32];
            X25519.scalarMult(ladder, out, k, u);
            u = k;
            k = out;
        }
        return HexFormat.of().formatHex(k);
    }

    /** Random bytes, and bytes that fill limbs to the brim or leave them empty. */
    @Provide
    Arbitrary<byte[]> words() {
        final Arbitrary<Byte> edges = Arbitraries.of((byte) 0, (byte) 0xff, (byte) 0x7f, (byte) 0x80, (byte) 1, (byte) 0xec, (byte) 0xed);
        return Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofSize(32),
                edges.array(byte[].class).ofSize(32),
                edges.map(
                        b -> {
                            final byte[] same = new byte[32];
                            Arrays.fill(same, b);
                            return same;
                        }));
    }

    @Property(tries = 1000)
    void agreesWithBouncyCastle(@ForAll("words") byte[] scalar, @ForAll("words") byte[] point) {
        final byte[] theirs = new byte[32];
        final boolean usable = org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(scalar, 0, point, 0, theirs, 0);
        for (X25519Ladder ladder : ladders()) {
            final byte[] ours = new byte[32];
            assertEquals(usable, X25519.scalarMult(ladder, ours, scalar, point));
            assertArrayEquals(theirs, ours, ladder.label());
        }
    }

    @Property(tries = 200)
    void theBasePointIsNine(@ForAll @Size(32) byte[] scalar) {
        final byte[] nine = new byte[32];
        nine[0] = 9;
        final byte[] product = new byte[32];
        final byte[] tables = new byte[32];
        final byte[] chosen = new byte[32];
        X25519.scalarMult(product, scalar, nine);
        org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(scalar, 0, tables, 0);
        X25519.scalarMultBase(chosen, scalar);
        assertArrayEquals(product, tables);
        assertArrayEquals(product, chosen);
    }

    @ParameterizedTest
    @MethodSource("ladders")
    void lowOrderPointsAreRefused(X25519Ladder ladder) {
        final byte[] scalar = new byte[32];
        Arrays.fill(scalar, (byte) 0x55);
        final byte[] out = new byte[32];
        for (String point :
                new String[] {
                    "0000000000000000000000000000000000000000000000000000000000000000",
                    "0100000000000000000000000000000000000000000000000000000000000000",
                    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                }) {
            assertFalse(X25519.scalarMult(ladder, out, scalar, hex(point)), point);
            assertArrayEquals(new byte[32], out);
        }
    }
}
