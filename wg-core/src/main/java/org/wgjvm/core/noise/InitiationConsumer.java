package org.wgjvm.core.noise;

import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.PublicKey;

/**
 * Consumes initiations in two steps (paper, section 5.4.2), because who sends one stands inside it: {@link #read} finds the initiator's
 * static key, by which the caller looks up the peer, and {@link #accept} authenticates the rest and commits it to that peer's handshake.
 *
 * <p>Reading costs one multiplication and accepting none (but for a new peer); no peer is touched before everything is authentic. One per
 * device, reused; an unaccepted reading is wiped by the next one.
 */
public final class InitiationConsumer {
    private StaticIdentity identity;
    private SymmetricState symmetric;
    private PublicKey initiator;
    private byte[] message;

    /** Nothing read yet. */
    public InitiationConsumer() {}

    /**
     * First step.
     *
     * @param initiation 148 bytes, whose MACs are checked; not to be changed until {@link #accept} is done
     * @return OK, after which {@link #initiator()} tells who sent it; MALFORMED, LOW_ORDER_EPHEMERAL, INVALID, or WRONG_STATE for a closed
     *     identity
     */
    public HandshakeResult read(byte[] initiation, StaticIdentity self, Aead aead) {
        clear();
        if (!Messages.is(initiation, MessageType.INITIATION, Messages.INITIATION_LENGTH)) {
            return HandshakeResult.MALFORMED;
        }
        if (self.isClosed()) {
            return HandshakeResult.WRONG_STATE;
        }
        final SymmetricState s = self.symmetricStateAsResponder();
        final byte[] ephemeralPublic = ephemeralOf(initiation);
        s.mixEphemeral(ephemeralPublic);
        final byte[] shared = new byte[Messages.KEY_LENGTH];
        // A zero key is one of the low-order points: its shared secret is zero.
        final boolean ok = self.sharedSecret(shared, ephemeralPublic);
        if (ok) {
            s.mixKey(shared);
        }
        Messages.wipe(shared);
        if (!ok) {
            s.wipe();
            return HandshakeResult.LOW_ORDER_EPHEMERAL;
        }
        final byte[] remoteStatic = new byte[Messages.KEY_LENGTH];
        if (!s.decryptAndHash(aead, initiation, Messages.INITIATION_STATIC, remoteStatic)) {
            s.wipe();
            return HandshakeResult.INVALID;
        }
        identity = self;
        symmetric = s;
        message = initiation;
        initiator = PublicKey.of(remoteStatic, 0);
        return HandshakeResult.OK;
    }

    /** Who sent what was read last, or null. Anybody can claim to be this peer until {@link #accept} says OK. */
    public PublicKey initiator() {
        return initiator;
    }

    /**
     * Second step: the timestamp, which only the owner of the initiator's static key can have sealed, then its age and the flood gate
     * (paper, section 5.1; 50 a second for each peer).
     *
     * @param handshake of the peer that has {@link #initiator()} for its key
     * @param nowNs a clock that never goes back
     * @return OK; UNKNOWN_PEER when the handshake is another peer's; OWN_KEY, LOW_ORDER_STATIC, INVALID, REPLAYED_TIMESTAMP, FLOODED; or
     *     WRONG_STATE when nothing was read
     */
    public HandshakeResult accept(Handshake handshake, Aead aead, long nowNs) {
        if (symmetric == null) {
            return HandshakeResult.WRONG_STATE;
        }
        final HandshakeResult result = tryAccept(handshake, aead, nowNs);
        if (result.ok()) {
            symmetric = null;
        }
        clear();
        return result;
    }

    private HandshakeResult tryAccept(Handshake handshake, Aead aead, long nowNs) {
        final RemoteStatic remote = handshake.remote();
        if (!remote.publicKey().equals(initiator)) {
            return HandshakeResult.UNKNOWN_PEER;
        }
        final HandshakeResult possible = remote.check(identity);
        if (!possible.ok()) {
            return possible;
        }
        remote.mixStaticStatic(symmetric);
        final byte[] timestamp = new byte[Tai64n.LENGTH];
        if (!symmetric.decryptAndHash(aead, message, Messages.INITIATION_TIMESTAMP, timestamp)) {
            return HandshakeResult.INVALID;
        }
        return handshake.commitInitiation(identity, symmetric, ephemeralOf(message), Messages.sender(message), timestamp, nowNs);
    }

    /** Forgets and wipes what was read. */
    public void clear() {
        if (symmetric != null) {
            symmetric.wipe();
        }
        symmetric = null;
        identity = null;
        initiator = null;
        message = null;
    }

    private static byte[] ephemeralOf(byte[] initiation) {
        return Messages.slice(initiation, Messages.INITIATION_EPHEMERAL, Messages.KEY_LENGTH);
    }
}
