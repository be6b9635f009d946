package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** One end of a handshake in a test: an identity, one peer, and a virtual clock. */
final class Party {
    final SeededRandom random;
    final Aead aead = Aeads.create();
    final StaticIdentity identity;
    final InitiationConsumer consumer = new InitiationConsumer();
    final Tai64n stamps = new Tai64n();
    final CookieChecker checker;
    Handshake handshake;
    CookieGenerator generator;
    long nowNs = 1_000_000_000L;

    Party(long seed) {
        random = new SeededRandom(seed);
        identity = new StaticIdentity(PrivateKey.generate(random));
        checker = new CookieChecker(identity, random);
    }

    static Party[] pair(long seed) {
        final Party[] p = {new Party(seed), new Party(seed + 1_000_003)};
        p[0].peerWith(p[1].identity.publicKey());
        p[1].peerWith(p[0].identity.publicKey());
        return p;
    }

    void peerWith(PublicKey key) {
        handshake = new Handshake(new RemoteStatic(key));
        generator = new CookieGenerator(key);
    }

    void psk(byte[] key) {
        handshake.setPresharedKey(PresharedKey.of(key, 0));
    }

    byte[] initiation() {
        return initiation(nowNs);
    }

    /** With a timestamp of its own. */
    byte[] initiation(long epochNs) {
        final byte[] stamp = new byte[Tai64n.LENGTH];
        Tai64n.encode(epochNs, stamp, 0);
        final byte[] out = new byte[Messages.INITIATION_LENGTH];
        assertEquals(HandshakeResult.OK, handshake.createInitiation(out, identity, stamp, random.nextInt(), random, aead));
        generator.sign(out, nowNs);
        return out;
    }

    /** An initiation with a good mac1 whose byte {@code i} of the sealed timestamp is damaged; our own handshake stays as it was. */
    byte[] initiationForgedBy(int i) {
        final Party twin = new Party(0);
        twin.handshake = new Handshake(new RemoteStatic(handshake.remote().publicKey()));
        final byte[] out = new byte[Messages.INITIATION_LENGTH];
        assertEquals(
                HandshakeResult.OK, twin.handshake.createInitiation(out, identity, stamps.next(nowNs), random.nextInt(), random, aead));
        out[Messages.INITIATION_TIMESTAMP + i] ^= 1;
        twin.generator = new CookieGenerator(handshake.remote().publicKey());
        twin.generator.sign(out, nowNs);
        return out;
    }

    /** As the device does: mac1, read, accept. */
    HandshakeResult consumeInitiation(byte[] message) {
        if (!checker.mac1Valid(message)) {
            return HandshakeResult.BAD_MAC1;
        }
        final HandshakeResult read = consumer.read(message, identity, aead);
        return read.ok() ? consumer.accept(handshake, aead, nowNs) : read;
    }

    byte[] response() {
        final byte[] out = new byte[Messages.RESPONSE_LENGTH];
        assertEquals(HandshakeResult.OK, handshake.createResponse(out, random.nextInt(), random, aead));
        generator.sign(out, nowNs);
        return out;
    }

    HandshakeResult consumeResponse(byte[] message) {
        return checker.mac1Valid(message) ? handshake.consumeResponse(message, aead) : HandshakeResult.BAD_MAC1;
    }
}
