package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;

/**
 * What was said between us and the WireGuard module of a Linux kernel ({@code interop-tests/record-transcript.sh}), said again: from the
 * same keys we make the same bytes, and what the kernel sent then means the same now.
 */
final class KernelTranscriptTest {
    private static final int HEADER = 16;
    private static final String FILE = "kernel-transcript.txt";

    private final Aead aead = Aeads.create();

    @Test
    void asInitiatorWeSayTheSameAndUnderstandTheKernel() throws IOException, InvalidCipherTextException {
        final Map<String, byte[]> then = section("kernel-responds");
        try (StaticIdentity us = identity(then)) {
            final Handshake handshake = handshake(then);
            final byte[] initiation = new byte[Messages.INITIATION_LENGTH];
            final int index = index(then);
            assertEquals(
                    HandshakeResult.OK,
                    handshake.createInitiation(initiation, us, then.get("timestamp"), index, out -> ephemeral(then, out), aead));
            sign(then, initiation);
            assertArrayEquals(then.get("initiation"), initiation);
            assertArrayEquals(then.get("initiation"), paper(then).initiation(index, then.get("timestamp")));

            final byte[] response = then.get("response");
            assertTrue(new CookieChecker(us, new SeededRandom(0)).mac1Valid(response));
            assertEquals(HandshakeResult.OK, handshake.consumeResponse(response, aead));
            transport(then, handshake.deriveSession());
        }
    }

    @Test
    void asResponderWeUnderstandTheKernelAndSayTheSame() throws IOException, InvalidCipherTextException {
        final Map<String, byte[]> then = section("kernel-initiates");
        try (StaticIdentity us = identity(then)) {
            final Handshake handshake = handshake(then);
            final byte[] initiation = then.get("initiation");
            assertTrue(new CookieChecker(us, new SeededRandom(0)).mac1Valid(initiation));
            final InitiationConsumer consumer = new InitiationConsumer();
            assertEquals(HandshakeResult.OK, consumer.read(initiation, us, aead));
            assertEquals(key(then, "their_private").publicKey(), consumer.initiator());
            assertEquals(HandshakeResult.OK, consumer.accept(handshake, aead, 0));

            final byte[] response = new byte[Messages.RESPONSE_LENGTH];
            assertEquals(HandshakeResult.OK, handshake.createResponse(response, index(then), out -> ephemeral(then, out), aead));
            sign(then, response);
            assertArrayEquals(then.get("response"), response);
            final PaperHandshake paper = paper(then);
            paper.readInitiation(initiation);
            assertArrayEquals(then.get("response"), paper.response(index(then)));
            transport(then, handshake.deriveSession());
        }
    }

    private void transport(Map<String, byte[]> then, SessionKeys session) {
        final byte[] theirs = then.get("their_transport");
        assertEquals(MessageType.TRANSPORT, Messages.getInt(theirs, 0));
        assertEquals(session.localIndex(), Messages.getInt(theirs, Messages.TRANSPORT_RECEIVER_OFFSET));
        assertArrayEquals(then.get("their_packet"), open(session.receiveKey(), theirs));
        assertArrayEquals(then.get("our_transport"), seal(session, then.get("our_packet")));
        // It is a ping and its answer: what came out is not just authentic, but what was meant.
        assertEquals(0x45, then.get("their_packet")[0]);
        assertEquals(1, then.get("their_packet")[9]);
    }

    private byte[] open(AeadKey key, byte[] message) {
        try (Arena arena = Arena.ofConfined()) {
            final int length = message.length - HEADER;
            final MemorySegment sealed = arena.allocate(length, 64);
            final MemorySegment plain = arena.allocate(length, 64);
            MemorySegment.copy(message, HEADER, sealed, ValueLayout.JAVA_BYTE, 0, length);
            final long counter = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getLong(Messages.TRANSPORT_COUNTER_OFFSET);
            assertTrue(aead.open(key, counter, sealed, 0, length, plain, 0));
            return plain.asSlice(0, length - Messages.TAG_LENGTH).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** The first message of a session. */
    private byte[] seal(SessionKeys session, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment plain = arena.allocate(packet.length, 64);
            final MemorySegment sealed = arena.allocate(packet.length + Messages.TAG_LENGTH, 64);
            MemorySegment.copy(packet, 0, plain, ValueLayout.JAVA_BYTE, 0, packet.length);
            aead.seal(session.sendKey(), 0, plain, 0, packet.length, sealed, 0);
            final ByteBuffer out = ByteBuffer.allocate(HEADER + (int) sealed.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
            return out.putInt(MessageType.TRANSPORT)
                    .putInt(session.remoteIndex())
                    .putLong(0)
                    .put(sealed.toArray(ValueLayout.JAVA_BYTE))
                    .array();
        }
    }

    private static StaticIdentity identity(Map<String, byte[]> then) {
        return new StaticIdentity(key(then, "our_private"));
    }

    private static Handshake handshake(Map<String, byte[]> then) {
        final Handshake handshake = new Handshake(new RemoteStatic(key(then, "their_private").publicKey()));
        handshake.setPresharedKey(PresharedKey.of(then.get("preshared"), 0));
        return handshake;
    }

    private static PaperHandshake paper(Map<String, byte[]> then) {
        final byte[] theirs = key(then, "their_private").publicKey().toBytes();
        return new PaperHandshake(then.get("our_private"), then.get("our_ephemeral"), theirs, then.get("preshared"));
    }

    private static void sign(Map<String, byte[]> then, byte[] message) {
        new CookieGenerator(key(then, "their_private").publicKey()).sign(message, 0);
    }

    private static PrivateKey key(Map<String, byte[]> then, String name) {
        return PrivateKey.of(then.get(name), 0);
    }

    private static int index(Map<String, byte[]> then) {
        return ByteBuffer.wrap(then.get("our_index")).getInt();
    }

    private static void ephemeral(Map<String, byte[]> then, byte[] out) {
        System.arraycopy(then.get("our_ephemeral"), 0, out, 0, out.length);
    }

    private static Map<String, byte[]> section(String name) throws IOException {
        final Map<String, byte[]> values = new HashMap<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(KernelTranscriptTest.class.getResourceAsStream(FILE), StandardCharsets.US_ASCII))) {
            String current = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("[")) {
                    current = line;
                } else if (current.equals("[" + name + "]") && line.contains(" = ")) {
                    values.put(line.substring(0, line.indexOf(' ')), HexFormat.of().parseHex(line.substring(line.indexOf('=') + 2)));
                }
            }
        }
        return values;
    }
}
