package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** Our handshake against the literal transcription of the paper, in both roles. */
final class PaperHandshakeTest {
    @Property(tries = 25)
    void ourInitiationIsAnsweredByThePaper(@ForAll long seed, @ForAll boolean withPsk) throws InvalidCipherTextException {
        final SeededRandom random = new SeededRandom(seed);
        final byte[] theirs = random.bytes(32);
        final byte[] psk = withPsk ? random.bytes(32) : new byte[32];
        final Party us = new Party(seed + 1);
        us.peerWith(PublicKey.of(PaperHandshake.pub(theirs), 0));
        us.psk(psk);
        final PaperHandshake them = new PaperHandshake(theirs, random.bytes(32), us.identity.publicKey().toBytes(), psk);

        them.readInitiation(us.initiation(1_700_000_000_123_456_789L));
        assertArrayEquals(us.identity.publicKey().toBytes(), them.claimedStatic);
        final byte[] stamp = new byte[12];
        Tai64n.encode(1_700_000_000_123_456_789L, stamp, 0);
        assertArrayEquals(stamp, them.timestamp);
        assertEquals(us.handshake.localIndex(), them.otherIndex);
        final int index = random.nextInt();
        assertEquals(HandshakeResult.OK, us.consumeResponse(them.response(index)));
        final SessionKeys keys = us.handshake.deriveSession();
        assertEquals(index, keys.remoteIndex());
        assertTrue(keys.initiator());
        assertTrue(Sessions.same(keys.sendKey(), new AeadKey(them.receiving, 0)));
        assertTrue(Sessions.same(new AeadKey(them.sending, 0), keys.receiveKey()));
    }

    @Property(tries = 25)
    void ourResponseIsReadByThePaper(@ForAll long seed, @ForAll boolean withPsk) throws InvalidCipherTextException {
        final SeededRandom random = new SeededRandom(seed);
        final byte[] theirs = random.bytes(32);
        final byte[] psk = withPsk ? random.bytes(32) : new byte[32];
        final Party us = new Party(seed + 1);
        us.peerWith(PublicKey.of(PaperHandshake.pub(theirs), 0));
        us.psk(psk);
        final PaperHandshake them = new PaperHandshake(theirs, random.bytes(32), us.identity.publicKey().toBytes(), psk);

        final int index = random.nextInt();
        assertEquals(HandshakeResult.OK, us.consumeInitiation(them.initiation(index, us.stamps.next(1_700_000_000_000_000_000L))));
        assertEquals(index, us.handshake.remoteIndex());
        them.readResponse(us.response());
        assertEquals(us.handshake.localIndex(), them.otherIndex);
        final SessionKeys keys = us.handshake.deriveSession();
        assertTrue(!keys.initiator());
        assertTrue(Sessions.same(keys.sendKey(), new AeadKey(them.receiving, 0)));
        assertTrue(Sessions.same(new AeadKey(them.sending, 0), keys.receiveKey()));
    }

    /** The same messages, byte for byte, from the same ephemeral key. */
    @Test
    void bothMakeTheSameInitiation() {
        final byte[] ours = new SeededRandom(1).bytes(32);
        final byte[] theirs = new SeededRandom(2).bytes(32);
        final byte[] ephemeral = new SeededRandom(3).bytes(32);
        final Party us = new Party(0);
        final PublicKey to = PublicKey.of(PaperHandshake.pub(theirs), 0);
        us.peerWith(to);
        final byte[] stamp = us.stamps.next(99);
        final byte[] message = new byte[Messages.INITIATION_LENGTH];
        try (StaticIdentity identity = new StaticIdentity(PrivateKey.of(ours, 0))) {
            assertEquals(
                    HandshakeResult.OK,
                    us.handshake.createInitiation(
                            message, identity, stamp, 0xcafe, out -> System.arraycopy(ephemeral, 0, out, 0, 32), us.aead));
        }
        us.generator.sign(message, 0);
        assertArrayEquals(new PaperHandshake(ours, ephemeral, PaperHandshake.pub(theirs), new byte[32]).initiation(0xcafe, stamp), message);
    }

    @Test
    void theInitialChainingKeyAndHashAreThoseOfThePaper() {
        final byte[] responder = new SeededRandom(1).bytes(32);
        final byte[] c = PaperHandshake.hash(PaperHandshake.CONSTRUCTION);
        final SymmetricState s = SymmetricState.forResponder(responder);
        assertArrayEquals(c, s.chainingKey());
        assertArrayEquals(PaperHandshake.hash(PaperHandshake.hash(c, PaperHandshake.IDENTIFIER), responder), s.hash());
        final SymmetricState generic = new SymmetricState(PaperHandshake.IDENTIFIER);
        generic.mixHash(responder);
        assertArrayEquals(s.hash(), generic.hash());
    }
}
