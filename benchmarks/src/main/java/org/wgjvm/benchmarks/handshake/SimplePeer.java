package org.wgjvm.benchmarks.handshake;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.wgjvm.core.noise.CookieGenerator;
import org.wgjvm.core.noise.Handshake;
import org.wgjvm.core.noise.HandshakeResult;
import org.wgjvm.core.noise.InitiationConsumer;
import org.wgjvm.core.noise.Messages;
import org.wgjvm.core.noise.RemoteStatic;
import org.wgjvm.core.noise.StaticIdentity;
import org.wgjvm.core.noise.Tai64n;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** One of many peers of a daemon: shakes hands, and does nothing else. */
final class SimplePeer {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final StaticIdentity identity;
    private final Handshake handshake;
    private final CookieGenerator macs;
    private final Tai64n clock = new Tai64n();

    SimplePeer(PublicKey daemon) {
        identity = new StaticIdentity(PrivateKey.generate(RANDOM::nextBytes));
        handshake = new Handshake(new RemoteStatic(daemon));
        macs = new CookieGenerator(daemon);
    }

    PublicKey publicKey() {
        return identity.publicKey();
    }

    /** A new initiation, which replaces the one before; {@code index} is where the response shall find us. */
    ByteBuffer initiation(int index, long epochNs, Aead aead) {
        final byte[] message = new byte[Messages.INITIATION_LENGTH];
        final HandshakeResult made = handshake.createInitiation(message, identity, clock.next(epochNs), index, RANDOM::nextBytes, aead);
        if (!made.ok()) {
            throw new IllegalStateException("an initiation: " + made);
        }
        macs.sign(message, System.nanoTime());
        return ByteBuffer.wrap(message);
    }

    /** The response to an initiation that this peer can read, or null: it was meant for another. */
    ByteBuffer answer(byte[] initiation, int index, Aead aead) {
        final InitiationConsumer consumer = new InitiationConsumer();
        if (!consumer.read(initiation, identity, aead).ok()) {
            return null;
        }
        final HandshakeResult accepted = consumer.accept(handshake, aead, System.nanoTime());
        final byte[] message = new byte[Messages.RESPONSE_LENGTH];
        if (!accepted.ok() || !handshake.createResponse(message, index, RANDOM::nextBytes, aead).ok()) {
            throw new IllegalStateException("an initiation: " + accepted);
        }
        macs.sign(message, System.nanoTime());
        return ByteBuffer.wrap(message);
    }
}
