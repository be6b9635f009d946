package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.RandomSource;

/** Secrets are gone from memory when they are of no more use (paper, section 5: forward secrecy is kept only for what is forgotten). */
final class WipingTest {
    private static final Endpoint SOMEWHERE = TestEndpoints.A;

    private Party initiator;
    private Party responder;

    /** Where ephemeral private keys were written. */
    private final List<byte[]> ephemerals = new ArrayList<>();

    @BeforeEach
    void meet() {
        final Party[] pair = Party.pair(77);
        initiator = pair[0];
        responder = pair[1];
        initiator.psk(new SeededRandom(5).bytes(32));
        responder.psk(new SeededRandom(5).bytes(32));
    }

    private RandomSource watched(Party party) {
        return out -> {
            party.random.nextBytes(out);
            ephemerals.add(out);
        };
    }

    private byte[] initiation() {
        final byte[] out = new byte[Messages.INITIATION_LENGTH];
        final byte[] stamp = initiator.stamps.next(initiator.nowNs += 1_000_000_000L);
        assertEquals(
                HandshakeResult.OK,
                initiator.handshake.createInitiation(out, initiator.identity, stamp, 3, watched(initiator), initiator.aead));
        initiator.generator.sign(out, 0);
        return out;
    }

    private byte[] response() {
        final byte[] out = new byte[Messages.RESPONSE_LENGTH];
        assertEquals(HandshakeResult.OK, responder.handshake.createResponse(out, 4, watched(responder), responder.aead));
        responder.generator.sign(out, 0);
        return out;
    }

    private void assertEphemeralsWiped(int count) {
        assertEquals(count, ephemerals.size());
        ephemerals.forEach(e -> assertArrayEquals(new byte[32], e));
    }

    @Test
    void aRespondersEphemeralIsGoneWithItsResponseAndAnInitiatorsWithTheOneItGets() {
        assertEquals(HandshakeResult.OK, responder.consumeInitiation(initiation()));
        assertTrue(ephemerals.getFirst()[5] != 0);
        final byte[] response = response();
        assertArrayEquals(new byte[32], ephemerals.getLast());
        assertEquals(HandshakeResult.OK, initiator.consumeResponse(response));
        assertEphemeralsWiped(2);
    }

    @Test
    void aHandshakeThatIsReplacedOrGivenUpIsWiped() {
        initiation();
        final Secrets first = Secrets.of(initiator.handshake);
        initiation();
        assertArrayEquals(new byte[32], ephemerals.getFirst());
        // Those of the peer outlive its handshakes: the static-static secret, and the preshared key.
        assertEquals(2, first.alive());
        final Secrets second = Secrets.of(initiator.handshake);
        assertTrue(second.alive() > 2);
        initiator.handshake.clear();
        assertEquals(2, second.alive());
        assertEphemeralsWiped(2);
    }

    @Test
    void anInitiationOfThePeerWipesOurs() {
        responder.initiation();
        final Secrets ours = Secrets.of(responder.handshake);
        assertEquals(HandshakeResult.OK, responder.consumeInitiation(initiation()));
        assertEquals(2, ours.alive());
    }

    @Test
    void whatAMessageReplacesIsWipedOnEitherSide() {
        assertEquals(HandshakeResult.OK, responder.consumeInitiation(initiation()));
        final Secrets before = Secrets.of(responder.handshake);
        final byte[] response = response();
        assertEquals(2, before.alive());
        final Secrets waiting = Secrets.of(initiator.handshake);
        assertEquals(HandshakeResult.OK, initiator.consumeResponse(response));
        assertEquals(2, waiting.alive());
        final Secrets done = Secrets.of(initiator.handshake);
        assertTrue(done.alive() > 2);
        Sessions.assertMatch(initiator.handshake.deriveSession(), responder.handshake.deriveSession());
        assertEquals(2, done.alive());
    }

    @Test
    void aPeerThatGoesLeavesNothing() {
        initiation();
        final Secrets all = Secrets.of(initiator.handshake);
        initiator.handshake.close();
        assertEquals(0, all.alive());
        assertEquals(0, Secrets.of(initiator.handshake).alive());
    }

    @Test
    void aChangedPresharedKeyIsWiped() {
        final Secrets old = Secrets.of(initiator.handshake);
        assertEquals(1, old.alive());
        final byte[] shown = new byte[32];
        initiator.handshake.copyPresharedKeyTo(shown, 0);
        assertArrayEquals(new SeededRandom(5).bytes(32), shown);
        initiator.psk(new SeededRandom(6).bytes(32));
        assertEquals(0, old.alive());
        initiator.handshake.setPresharedKey(null);
        initiator.handshake.copyPresharedKeyTo(shown, 0);
        assertArrayEquals(new byte[32], shown, "none is shown as zero, whatever was there");
    }

    @Test
    void anotherIdentityWipesTheSecretWithTheFirst() {
        initiation();
        final RemoteStatic remote = initiator.handshake.remote();
        final Secrets secret = Secrets.of(remote);
        assertEquals(HandshakeResult.OK, remote.check(initiator.identity));
        assertEquals(1, secret.alive());
        assertEquals(HandshakeResult.OWN_KEY, remote.check(responder.identity));
        assertEquals(0, secret.alive());
    }

    @Test
    void aClosedIdentityIsWiped() {
        final Secrets secrets = Secrets.of(initiator.identity);
        assertEquals(1, secrets.alive());
        initiator.identity.close();
        assertEquals(0, secrets.alive());
    }

    @Test
    void whatWasReadAndNotAcceptedIsWiped() {
        final byte[] initiation = initiation();
        assertEquals(HandshakeResult.OK, responder.consumer.read(initiation, responder.identity, responder.aead));
        final Secrets read = Secrets.of(responder.consumer);
        // The message itself is no secret and stays as it is.
        final int message = 1;
        assertTrue(read.alive() > message);
        assertEquals(HandshakeResult.OK, responder.consumer.read(initiation, responder.identity, responder.aead));
        assertEquals(message, read.alive());
        final Secrets again = Secrets.of(responder.consumer);
        responder.consumer.clear();
        assertEquals(message, again.alive());
    }

    @Test
    void cookiesAndTheSecretTheyAreMadeOfAreWiped() {
        final byte[] initiation = initiation();
        final byte[] reply = responder.checker.createReply(initiation, SOMEWHERE, 0, responder.aead);
        assertEquals(HandshakeResult.OK, initiator.generator.consumeReply(reply, initiator.aead, 0));
        final Secrets checker = Secrets.of(responder.checker);
        assertEquals(1, checker.alive());
        responder.checker.close();
        assertEquals(0, checker.alive());

        final Secrets first = Secrets.of(initiator.generator);
        assertEquals(1, first.alive());
        final byte[] second = initiation();
        final byte[] next = responder.checker.createReply(second, SOMEWHERE, 1, responder.aead);
        assertEquals(HandshakeResult.OK, initiator.generator.consumeReply(next, initiator.aead, 1));
        assertEquals(0, first.alive(), "a new cookie wipes the old one");
        final Secrets last = Secrets.of(initiator.generator);
        assertEquals(1, last.alive());
        initiator.generator.close();
        assertEquals(0, last.alive());
    }

    @Test
    void theGateTakesItsSecretWithIt() {
        final HandshakeGate gate = new HandshakeGate(
                responder.identity, responder.random, new LoadDetector(), new HandshakeRateLimiter(responder.random));
        gate.createCookieReply(initiation(), SOMEWHERE, 0, responder.aead);
        final Secrets secrets = Secrets.of(gate);
        assertEquals(1, secrets.alive());
        gate.close();
        assertEquals(0, secrets.alive());
    }
}
