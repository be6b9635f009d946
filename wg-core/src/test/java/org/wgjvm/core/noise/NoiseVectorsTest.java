package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.X25519;

/**
 * {@link SymmetricState} against vectors of Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s.
 *
 * <p>The vectors here have inputs of our own and were computed with dissononce 0.34.3 (an implementation of Noise in Python, MIT licence),
 * after that had reproduced the vector of this protocol that the Noise community publishes (cacophony.txt). They are in the same format, so
 * that {@code -DargLine="... -Dwgjvm.noiseVectors=FILE"} runs this test over a published file instead.
 */
final class NoiseVectorsTest {
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":\\s*\\[?\\s*\"([^\"]*)\"");

    private final Aead aead = Aeads.create();

    private static final class Message {
        final byte[] payload;
        final byte[] ciphertext;

        Message(byte[] payload, byte[] ciphertext) {
            this.payload = payload;
            this.ciphertext = ciphertext;
        }
    }

    record Vector(Map<String, byte[]> fields, List<Message> messages) {
        byte[] get(String name) {
            return fields.get(name);
        }

        @Override
        public String toString() {
            return "prologue of " + get("init_prologue").length + " bytes, payload of " + messages.get(0).payload.length;
        }
    }

    static Stream<Vector> vectors() throws IOException {
        final String file = System.getProperty("wgjvm.noiseVectors");
        final String text;
        if (file == null) {
            try (InputStream in = NoiseVectorsTest.class.getResourceAsStream("noise-ikpsk2.json")) {
                text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            }
        } else {
            text = Files.readString(Path.of(file));
        }
        final List<Vector> vectors = parse(text);
        assertFalse(vectors.isEmpty(), "no vector of " + SymmetricState.PROTOCOL_NAME);
        return vectors.stream();
    }

    /** Takes the file for a sequence of names and strings, in which a vector begins with its protocol's name. */
    private static List<Vector> parse(String text) {
        final List<Vector> vectors = new ArrayList<>();
        final Matcher m = FIELD.matcher(text);
        Vector current = null;
        byte[] payload = new byte[0];
        while (m.find()) {
            final String name = m.group(1);
            if (name.equals("protocol_name")) {
                current = m.group(2).equals(SymmetricState.PROTOCOL_NAME) ? new Vector(new HashMap<>(), new ArrayList<>()) : null;
                if (current != null) {
                    vectors.add(current);
                }
            } else if (current != null) {
                final byte[] value = HexFormat.of().parseHex(m.group(2));
                switch (name) {
                    case "payload" -> payload = value;
                    case "ciphertext" -> current.messages.add(new Message(payload, value));
                    default -> current.fields.put(name, value);
                }
            }
        }
        return vectors;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void bothRolesMakeAndReadTheMessagesOfTheVector(Vector v) {
        final byte[] initiatorPublic = publicOf(v.get("init_static"));
        final byte[] responderPublic = publicOf(v.get("resp_static"));
        assertArrayEquals(v.get("init_remote_static"), responderPublic);
        final SymmetricState initiator = start(v.get("init_prologue"), responderPublic);
        final SymmetricState responder = start(v.get("resp_prologue"), responderPublic);

        // -> e, es, s, ss
        final byte[] ie = v.get("init_ephemeral");
        final byte[] iePublic = publicOf(ie);
        initiator.mixEphemeral(iePublic);
        initiator.mixKey(dh(ie, responderPublic));
        final byte[] first = new byte[32 + 48 + v.messages.get(0).payload.length + 16];
        System.arraycopy(iePublic, 0, first, 0, 32);
        initiator.encryptAndHash(aead, initiatorPublic, first, 32);
        initiator.mixKey(dh(v.get("init_static"), responderPublic));
        initiator.encryptAndHash(aead, v.messages.get(0).payload, first, 80);
        assertArrayEquals(v.messages.get(0).ciphertext, first);

        responder.mixEphemeral(iePublic);
        responder.mixKey(dh(v.get("resp_static"), iePublic));
        assertArrayEquals(initiatorPublic, open(responder, first, 32, 32));
        responder.mixKey(dh(v.get("resp_static"), initiatorPublic));
        assertArrayEquals(v.messages.get(0).payload, open(responder, first, 80, v.messages.get(0).payload.length));

        // <- e, ee, se, psk
        final byte[] re = v.get("resp_ephemeral");
        final byte[] rePublic = publicOf(re);
        responder.mixEphemeral(rePublic);
        responder.mixKey(dh(re, iePublic));
        responder.mixKey(dh(re, initiatorPublic));
        responder.mixKeyAndHash(v.get("resp_psks"));
        final byte[] second = new byte[32 + v.messages.get(1).payload.length + 16];
        System.arraycopy(rePublic, 0, second, 0, 32);
        responder.encryptAndHash(aead, v.messages.get(1).payload, second, 32);
        assertArrayEquals(v.messages.get(1).ciphertext, second);

        initiator.mixEphemeral(rePublic);
        initiator.mixKey(dh(ie, rePublic));
        initiator.mixKey(dh(v.get("init_static"), rePublic));
        initiator.mixKeyAndHash(v.get("init_psks"));
        assertArrayEquals(v.messages.get(1).payload, open(initiator, second, 32, v.messages.get(1).payload.length));

        assertArrayEquals(v.get("handshake_hash"), initiator.hash());
        assertArrayEquals(v.get("handshake_hash"), responder.hash());
        checkTransport(v, initiator, responder);
    }

    /** The messages after the handshake, in turns: the initiator's first. */
    private void checkTransport(Vector v, SymmetricState initiator, SymmetricState responder) {
        final byte[][] keys = {new byte[32], new byte[32]};
        final byte[][] same = {new byte[32], new byte[32]};
        initiator.split(keys[0], keys[1]);
        responder.split(same[0], same[1]);
        assertTrue(Arrays.deepEquals(keys, same));
        assertTrue(v.messages.size() > 2);
        for (int i = 2; i < v.messages.size(); i++) {
            final Message m = v.messages.get(i);
            final byte[] sealed = new byte[m.payload.length + 16];
            aead.seal(keys[i % 2], (i - 2) / 2, new byte[0], m.payload, 0, m.payload.length, sealed, 0);
            assertArrayEquals(m.ciphertext, sealed, "message " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aFailedDecryptionLeavesTheStateAlone(Vector v) {
        final SymmetricState s = start(v.get("resp_prologue"), publicOf(v.get("resp_static")));
        final byte[] hash = s.hash();
        final byte[] chainingKey = s.chainingKey();
        assertFalse(s.decryptAndHash(aead, v.messages.get(0).ciphertext, 32, new byte[32]));
        assertArrayEquals(hash, s.hash());
        assertArrayEquals(chainingKey, s.chainingKey());
    }

    private static SymmetricState start(byte[] prologue, byte[] responderPublic) {
        final SymmetricState s = new SymmetricState(prologue);
        s.mixHash(responderPublic);
        return s;
    }

    private byte[] open(SymmetricState s, byte[] message, int offset, int length) {
        final byte[] out = new byte[length];
        assertTrue(s.decryptAndHash(aead, message, offset, out));
        return out;
    }

    private static byte[] publicOf(byte[] scalar) {
        final byte[] out = new byte[32];
        X25519.scalarMultBase(out, scalar);
        return out;
    }

    private static byte[] dh(byte[] scalar, byte[] point) {
        final byte[] out = new byte[32];
        assertTrue(X25519.scalarMult(out, scalar, point));
        return out;
    }
}
