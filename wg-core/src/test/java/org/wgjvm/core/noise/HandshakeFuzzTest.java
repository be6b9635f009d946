package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Every consumer of a handshake message with valid keys, behind a right mac1 where there is one. A message is accepted if and only if every
 * byte that it authenticates is as its sender made it; and one that is refused leaves the handshake able to accept the true one.
 */
final class HandshakeFuzzTest {
    private static final byte[] TRANSPORT = HexFormat.of().parseHex("04000000");

    /** The type of a datagram of any bytes is what its first four bytes and its length say. */
    @FuzzTest
    void classification(byte[] data) {
        int expected = MessageType.NONE;
        if (data.length >= 32 && Arrays.equals(data, 0, 4, TRANSPORT, 0, 4)) {
            expected = MessageType.TRANSPORT;
        } else if (data.length >= 4 && data[1] == 0 && data[2] == 0 && data[3] == 0) {
            expected = switch (data[0]) {
                case 1 -> data.length == 148 ? MessageType.INITIATION : MessageType.NONE;
                case 2 -> data.length == 92 ? MessageType.RESPONSE : MessageType.NONE;
                case 3 -> data.length == 64 ? MessageType.COOKIE_REPLY : MessageType.NONE;
                default -> MessageType.NONE;
            };
        }
        assertEquals(expected, MessageType.classify(MemorySegment.ofArray(data), 0, data.length));
    }

    /** Its first byte says where the rest is laid over a true initiation. */
    @FuzzTest
    void initiation(byte[] data) {
        final Party[] p = Party.pair(1);
        final byte[] right = p[0].initiation();
        final byte[] message = overlaid(right, data);
        p[0].generator.sign(message, p[0].nowNs);
        // All but the sender index and the MACs, which were made anew.
        final boolean intact = sameBut(right, message, 4, 8, 116);
        assertEquals(intact, p[1].consumeInitiation(message).ok());
        if (!intact) {
            assertEquals(HandshakeResult.OK, p[1].consumeInitiation(right));
        }
    }

    /** Its first byte says where the rest is laid over a true response. */
    @FuzzTest
    void response(byte[] data) {
        final Party[] p = Party.pair(2);
        assertEquals(HandshakeResult.OK, p[1].consumeInitiation(p[0].initiation()));
        final byte[] right = p[1].response();
        final byte[] message = overlaid(right, data);
        p[1].generator.sign(message, p[1].nowNs);
        final boolean intact = sameBut(right, message, 4, 8, 60);
        assertEquals(intact, p[0].consumeResponse(message).ok());
        if (!intact) {
            assertEquals(HandshakeResult.OK, p[0].consumeResponse(right));
        }
        final SessionKeys initiator = p[0].handshake.deriveSession();
        final SessionKeys responder = p[1].handshake.deriveSession();
        if (!intact || Arrays.equals(right, message)) {
            Sessions.assertMatch(initiator, responder);
        } else {
            // Another index of the responder: nothing protects it, and the keys are what they were.
            assertTrue(Sessions.same(initiator.sendKey(), responder.receiveKey()));
        }
    }

    /** Its first byte says where the rest is laid over a true cookie reply, of which any length is then consumed. */
    @FuzzTest
    void cookieReply(byte[] data) {
        final Party[] p = Party.pair(3);
        final byte[] right = p[1].checker.createReply(p[0].initiation(), TestEndpoints.A, p[1].nowNs, p[1].aead);
        final byte[] message = overlaid(right, data);
        // All but the receiver index, by which the caller has found us.
        final boolean intact = sameBut(right, message, 4, 8, 64);
        assertEquals(intact, p[0].generator.consumeReply(message, p[0].aead, p[0].nowNs).ok());
        assertEquals(intact, p[0].generator.cookieValid(p[0].nowNs));
        if (!intact) {
            assertFalse(p[0].generator.consumeReply(data, p[0].aead, p[0].nowNs).ok());
            assertEquals(HandshakeResult.OK, p[0].generator.consumeReply(right, p[0].aead, p[0].nowNs));
        }
    }

    private static byte[] overlaid(byte[] right, byte[] data) {
        final byte[] message = right.clone();
        if (data.length > 0) {
            final int at = (data[0] & 0xff) % message.length;
            System.arraycopy(data, 1, message, at, Math.min(data.length - 1, message.length - at));
        }
        return message;
    }

    /** Whether two messages agree up to {@code end}, without regard to {@code from} to {@code to}. */
    private static boolean sameBut(byte[] a, byte[] b, int from, int to, int end) {
        return Arrays.equals(a, 0, from, b, 0, from) && Arrays.equals(a, to, end, b, to, end);
    }
}
