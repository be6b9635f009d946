package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.wgjvm.core.noise.HandshakeResult.MALFORMED;
import static org.wgjvm.core.noise.HandshakeResult.OK;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Whatever is changed in a message, it is rejected, and the handshake goes on as if it had not come. */
final class HandshakeTamperTest {
    private static final int MAC2_LENGTH = 16;

    private final Party[] pair = Party.pair(1);
    private final Party initiator = pair[0];
    private final Party responder = pair[1];

    @Test
    void everyByteOfAnInitiationCounts() {
        final byte[] good = initiator.initiation();
        // mac2 counts only under load: see CookieTest.
        for (int i = 0; i < good.length - MAC2_LENGTH; i++) {
            final byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << (i % 8));
            assertNotEquals(OK, responder.consumeInitiation(bad), "byte " + i);
            assertEquals(Handshake.State.NONE, responder.handshake.state());
        }
        finish(good);
    }

    /** With mac1 made anew, as everybody who knows the public key can: what Noise itself protects. The sender index is not among it. */
    @Test
    void everyByteOfAnInitiationCountsWithoutMac1() {
        final byte[] good = initiator.initiation();
        for (int i = 0; i < good.length - 2 * MAC2_LENGTH; i++) {
            if (i >= Messages.SENDER_OFFSET && i < Messages.SENDER_OFFSET + 4) {
                continue;
            }
            final byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << (i % 8));
            initiator.generator.sign(bad, 0);
            assertNotEquals(OK, responder.consumeInitiation(bad), "byte " + i);
            assertEquals(Handshake.State.NONE, responder.handshake.state());
        }
        finish(good);
    }

    @Test
    void everyByteOfAResponseCounts() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] good = responder.response();
        for (int i = 0; i < good.length - MAC2_LENGTH; i++) {
            final byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << (i % 8));
            assertNotEquals(OK, initiator.consumeResponse(bad), "byte " + i);
            assertEquals(Handshake.State.INITIATION_CREATED, initiator.handshake.state());
        }
        assertEquals(OK, initiator.consumeResponse(good));
        Sessions.assertMatch(initiator.handshake.deriveSession(), responder.handshake.deriveSession());
    }

    @Test
    void everyByteOfAResponseCountsWithoutMac1() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] good = responder.response();
        for (int i = 0; i < good.length - 2 * MAC2_LENGTH; i++) {
            if (i >= Messages.SENDER_OFFSET && i < Messages.SENDER_OFFSET + 4) {
                continue;
            }
            final byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << (i % 8));
            responder.generator.sign(bad, 0);
            assertNotEquals(OK, initiator.consumeResponse(bad), "byte " + i);
            assertEquals(Handshake.State.INITIATION_CREATED, initiator.handshake.state());
        }
        assertEquals(OK, initiator.consumeResponse(good));
        Sessions.assertMatch(initiator.handshake.deriveSession(), responder.handshake.deriveSession());
    }

    @Test
    void everyByteOfACookieReplyCounts() {
        final byte[] initiation = initiator.initiation();
        final byte[] good = responder.checker.createReply(initiation, TestEndpoints.A, 0, responder.aead);
        for (int i = 0; i < good.length; i++) {
            if (i >= Messages.COOKIE_RECEIVER_OFFSET && i < Messages.COOKIE_RECEIVER_OFFSET + 4) {
                continue; // by which the device finds the peer
            }
            final byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << (i % 8));
            assertNotEquals(OK, initiator.generator.consumeReply(bad, initiator.aead, 0), "byte " + i);
            assertFalse(initiator.generator.cookieValid(0));
        }
        assertEquals(OK, initiator.generator.consumeReply(good, initiator.aead, 0));
    }

    @Property(tries = 300)
    void messagesOfAnyLengthAreRejectedNotThrown(@ForAll @IntRange(max = 300) int length, @ForAll @IntRange(min = 1, max = 4) int type) {
        final byte[] message = new byte[length];
        if (length >= 4) {
            Messages.putInt(message, 0, type);
        }
        if (length != 148 || type != MessageType.INITIATION) {
            assertEquals(MALFORMED, responder.consumer.read(message, responder.identity, responder.aead));
        }
        if (length != 92 || type != MessageType.RESPONSE) {
            assertEquals(MALFORMED, initiator.handshake.consumeResponse(message, initiator.aead));
        }
        if (length != 64 || type != MessageType.COOKIE_REPLY) {
            assertEquals(MALFORMED, initiator.generator.consumeReply(message, initiator.aead, 0));
        }
    }

    @Test
    void aTruncatedMessageIsMalformed() {
        final byte[] initiation = initiator.initiation();
        assertEquals(MALFORMED, responder.consumer.read(Arrays.copyOf(initiation, 147), responder.identity, responder.aead));
        assertEquals(MALFORMED, responder.consumer.read(Arrays.copyOf(initiation, 149), responder.identity, responder.aead));
    }

    private void finish(byte[] goodInitiation) {
        assertEquals(OK, responder.consumeInitiation(goodInitiation));
        assertEquals(OK, initiator.consumeResponse(responder.response()));
        Sessions.assertMatch(initiator.handshake.deriveSession(), responder.handshake.deriveSession());
    }
}
