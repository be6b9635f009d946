package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wgjvm.core.noise.HandshakeResult.INVALID;
import static org.wgjvm.core.noise.HandshakeResult.OK;
import static org.wgjvm.core.noise.HandshakeResult.UNKNOWN_PEER;
import static org.wgjvm.core.noise.HandshakeResult.WRONG_INDEX;
import static org.wgjvm.core.noise.HandshakeResult.WRONG_STATE;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.X25519;

/** Handshakes that succeed, and handshakes between parties that do not agree. */
final class HandshakeTest {
    private final Party[] pair = Party.pair(1);
    private final Party initiator = pair[0];
    private final Party responder = pair[1];

    private void run() {
        final byte[] initiation = initiator.initiation();
        assertEquals(OK, responder.consumeInitiation(initiation));
        assertEquals(OK, initiator.consumeResponse(responder.response()));
        Sessions.assertMatch(initiator.handshake.deriveSession(), responder.handshake.deriveSession());
    }

    @Test
    void bothEndsDeriveTheSameKeys() {
        run();
    }

    @Test
    void bothEndsDeriveTheSameKeysWithPresharedKey() {
        final byte[] psk = new SeededRandom(9).bytes(32);
        initiator.psk(psk);
        responder.psk(psk);
        run();
    }

    @Test
    void eachHandshakeHasKeysOfItsOwn() {
        final AeadKey[] first = keysOfOneHandshake();
        responder.nowNs += 1_000_000_000L;
        initiator.nowNs += 1_000_000_000L;
        final AeadKey[] second = keysOfOneHandshake();
        assertTrue(Sessions.same(first[0], first[1]));
        assertFalse(Sessions.same(first[0], second[1]));
    }

    private AeadKey[] keysOfOneHandshake() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        assertEquals(OK, initiator.consumeResponse(responder.response()));
        return new AeadKey[] {initiator.handshake.deriveSession().sendKey(), responder.handshake.deriveSession().receiveKey()};
    }

    @Test
    void theRolesCanBeSwapped() {
        run();
        assertEquals(OK, initiator.consumeInitiation(responder.initiation()));
        assertEquals(OK, responder.consumeResponse(initiator.response()));
        Sessions.assertMatch(responder.handshake.deriveSession(), initiator.handshake.deriveSession());
    }

    @Test
    void theInitiatorIsKnownBeforeAnyPeerIsTouched() {
        final byte[] initiation = initiator.initiation();
        assertEquals(OK, responder.consumer.read(initiation, responder.identity, responder.aead));
        assertEquals(initiator.identity.publicKey(), responder.consumer.initiator());
        assertEquals(Handshake.State.NONE, responder.handshake.state());
    }

    @Test
    void aReadInitiationIsAcceptedOnce() {
        assertEquals(OK, responder.consumer.read(initiator.initiation(), responder.identity, responder.aead));
        assertEquals(OK, responder.consumer.accept(responder.handshake, responder.aead, responder.nowNs));
        assertEquals(WRONG_STATE, responder.consumer.accept(responder.handshake, responder.aead, responder.nowNs));
        assertNull(responder.consumer.initiator());
    }

    @Test
    void anInitiationForAnotherPeersHandshakeIsRefused() {
        final Handshake other = new Handshake(new RemoteStatic(new Party(77).identity.publicKey()));
        assertEquals(OK, responder.consumer.read(initiator.initiation(), responder.identity, responder.aead));
        assertEquals(UNKNOWN_PEER, responder.consumer.accept(other, responder.aead, responder.nowNs));
        assertEquals(Handshake.State.NONE, other.state());
    }

    @Test
    void anInitiationToAnotherKeyIsInvalid() {
        final byte[] initiation = initiator.initiation();
        final Party stranger = new Party(5);
        assertFalse(stranger.checker.mac1Valid(initiation));
        assertEquals(INVALID, stranger.consumer.read(initiation, stranger.identity, stranger.aead));
    }

    /** Knowing both public keys is enough to name a peer as the initiator, but not to seal its timestamp. */
    @Test
    void claimingAnothersStaticKeyFailsAtTheTimestamp() {
        final SeededRandom random = new SeededRandom(4);
        final byte[] responderKey = responder.identity.publicKey().toBytes();
        final byte[] ephemeral = random.bytes(32);
        X25519.clamp(ephemeral);
        final byte[] out = new byte[Messages.INITIATION_LENGTH];
        Messages.putInt(out, 0, MessageType.INITIATION);
        final byte[] ephemeralPublic = new byte[32];
        X25519.scalarMultBase(ephemeralPublic, ephemeral);
        System.arraycopy(ephemeralPublic, 0, out, Messages.INITIATION_EPHEMERAL, 32);
        final SymmetricState s = SymmetricState.forResponder(responderKey);
        s.mixEphemeral(ephemeralPublic);
        final byte[] shared = new byte[32];
        assertTrue(X25519.scalarMult(shared, ephemeral, responderKey));
        s.mixKey(shared);
        s.encryptAndHash(initiator.aead, initiator.identity.publicKey().toBytes(), out, Messages.INITIATION_STATIC);
        s.mixKey(random.bytes(32));
        s.encryptAndHash(initiator.aead, new Tai64n().next(1), out, Messages.INITIATION_TIMESTAMP);
        assertEquals(OK, responder.consumer.read(out, responder.identity, responder.aead));
        assertEquals(initiator.identity.publicKey(), responder.consumer.initiator());
        assertEquals(INVALID, responder.consumer.accept(responder.handshake, responder.aead, responder.nowNs));
        assertEquals(Handshake.State.NONE, responder.handshake.state());
    }

    @Test
    void differentPresharedKeysFailAtTheResponse() {
        initiator.psk(new SeededRandom(9).bytes(32));
        responder.psk(new SeededRandom(10).bytes(32));
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        assertEquals(INVALID, initiator.consumeResponse(responder.response()));
        assertEquals(Handshake.State.INITIATION_CREATED, initiator.handshake.state());
    }

    @Test
    void aPresharedKeyAtOneEndOnlyFailsAtTheResponse() {
        responder.psk(new SeededRandom(10).bytes(32));
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        assertEquals(INVALID, initiator.consumeResponse(responder.response()));
    }

    @Test
    void aChangedPresharedKeyCountsFromTheNextHandshakeOn() {
        run();
        final byte[] psk = new SeededRandom(10).bytes(32);
        initiator.psk(psk);
        responder.psk(psk);
        initiator.nowNs += 5_000_000_000L;
        responder.nowNs += 5_000_000_000L;
        run();
        responder.handshake.setPresharedKey(null);
        assertFalse(responder.handshake.hasPresharedKey());
        initiator.nowNs += 5_000_000_000L;
        responder.nowNs += 5_000_000_000L;
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        assertEquals(INVALID, initiator.consumeResponse(responder.response()));
    }

    @Test
    void theZeroPresharedKeyIsNone() {
        initiator.psk(new byte[32]);
        assertFalse(initiator.handshake.hasPresharedKey());
        run();
    }

    @Test
    void thePresharedKeyIsCopied() {
        final PresharedKey key = PresharedKey.generate(new SeededRandom(3));
        final byte[] expected = new byte[32];
        key.copyTo(expected, 0);
        initiator.handshake.setPresharedKey(key);
        key.close();
        final byte[] held = new byte[32];
        initiator.handshake.copyPresharedKeyTo(held, 0);
        assertArrayEquals(expected, held);
    }

    @Test
    void aResponseToAReplacedInitiationIsRefused() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] late = responder.response();
        initiator.nowNs += 5_000_000_000L;
        initiator.initiation();
        assertEquals(WRONG_INDEX, initiator.consumeResponse(late));
        assertEquals(Handshake.State.INITIATION_CREATED, initiator.handshake.state());
    }

    @Test
    void aResponseIsConsumedOnce() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] response = responder.response();
        assertEquals(OK, initiator.consumeResponse(response));
        assertEquals(WRONG_STATE, initiator.consumeResponse(response));
        assertEquals(Handshake.State.RESPONSE_CONSUMED, initiator.handshake.state());
        assertTrue(initiator.handshake.deriveSession() != null);
        assertEquals(WRONG_STATE, initiator.consumeResponse(response));
    }

    @Test
    void nothingWorksOutOfTurn() {
        final Handshake h = initiator.handshake;
        assertNull(h.deriveSession());
        assertEquals(WRONG_STATE, h.createResponse(new byte[92], 1, initiator.random, initiator.aead));
        initiator.initiation();
        assertNull(h.deriveSession());
        assertEquals(WRONG_STATE, h.createResponse(new byte[92], 1, initiator.random, initiator.aead));
        assertEquals(Handshake.State.INITIATION_CREATED, h.state());
    }

    @Test
    void thePeersInitiationReplacesOurs() {
        initiator.initiation();
        final int ours = initiator.handshake.localIndex();
        assertEquals(OK, initiator.consumeInitiation(responder.initiation()));
        assertEquals(Handshake.State.INITIATION_CONSUMED, initiator.handshake.state());
        assertEquals(ours, initiator.handshake.localIndex());
        assertEquals(OK, responder.consumeResponse(initiator.response()));
        assertNotEquals(ours, initiator.handshake.localIndex());
        Sessions.assertMatch(responder.handshake.deriveSession(), initiator.handshake.deriveSession());
    }

    @Test
    void aRejectedInitiationLeavesOurOwnUntouched() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] response = responder.response();
        final byte[] bad = responder.initiationForgedBy(1);
        assertNotEquals(OK, initiator.consumeInitiation(bad));
        assertEquals(OK, initiator.consumeResponse(response));
    }

    @Test
    void clearingGivesUpTheHandshake() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] response = responder.response();
        initiator.handshake.clear();
        assertEquals(Handshake.State.NONE, initiator.handshake.state());
        assertEquals(WRONG_STATE, initiator.consumeResponse(response));
        responder.handshake.clear();
        assertNull(responder.handshake.deriveSession());
    }

    @Test
    void aClosedIdentityShakesNoHands() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] response = responder.response();
        initiator.identity.close();
        assertEquals(WRONG_STATE, initiator.consumeResponse(response));
        assertEquals(WRONG_STATE, initiator.consumer.read(responder.initiationForgedBy(0), initiator.identity, initiator.aead));
        assertEquals(
                WRONG_STATE,
                initiator.handshake.createInitiation(
                        new byte[148], initiator.identity, new byte[12], 1, initiator.random, initiator.aead));
    }

    @Test
    void anotherIdentityGetsAnotherStaticStaticSecret() {
        run();
        final StaticIdentity fresh = new StaticIdentity(PrivateKey.generate(new SeededRandom(31)));
        responder.peerWith(fresh.publicKey());
        final byte[] out = new byte[148];
        assertEquals(
                OK, initiator.handshake.createInitiation(out, fresh, new Tai64n().next(5), 9, initiator.random, initiator.aead));
        initiator.generator.sign(out, 0);
        assertEquals(OK, responder.consumeInitiation(out));
    }

    @Test
    void thereIsNoIdentityOfTheZeroKey() {
        assertThrows(IllegalArgumentException.class, () -> new StaticIdentity(PrivateKey.of(new byte[32], 0)));
    }

    @Test
    void whatABufferHeldBeforeIsInNoMessage() {
        final byte[] initiation = new byte[148];
        final byte[] response = new byte[92];
        Arrays.fill(initiation, (byte) -1);
        Arrays.fill(response, (byte) -1);
        final byte[] stamp = new Tai64n().next(5);
        final SeededRandom random = new SeededRandom(4);
        assertEquals(OK, initiator.handshake.createInitiation(initiation, initiator.identity, stamp, 9, random, initiator.aead));
        assertArrayEquals(new byte[32], Arrays.copyOfRange(initiation, 116, 148));
        assertEquals(1, initiation[0] + initiation[1] + initiation[2] + initiation[3]);
        initiator.generator.sign(initiation, 0);
        assertEquals(OK, responder.consumeInitiation(initiation));
        assertEquals(OK, responder.handshake.createResponse(response, 7, random, responder.aead));
        assertArrayEquals(new byte[32], Arrays.copyOfRange(response, 60, 92));
        assertEquals(2, response[0] + response[1] + response[2] + response[3]);
    }

    @Test
    void secretsAreNotPrinted() {
        initiator.psk(new SeededRandom(9).bytes(32));
        initiator.initiation();
        final String key = initiator.identity.publicKey().toBase64();
        assertEquals("StaticIdentity[" + key + "]", initiator.identity.toString());
        assertEquals("SymmetricState[redacted]", SymmetricState.forResponder(new byte[32]).toString());
        assertEquals("Handshake[" + responder.identity.publicKey().toBase64() + ", INITIATION_CREATED]", initiator.handshake.toString());
    }
}
