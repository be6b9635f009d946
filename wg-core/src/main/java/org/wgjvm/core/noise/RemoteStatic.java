package org.wgjvm.core.noise;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wgjvm.crypto.PublicKey;

/**
 * A peer's static key, and the static-static shared secret with us.
 *
 * <p>The secret is computed at its first use and again when our identity has changed: adding a peer costs nothing, and an initiation
 * from a known peer costs its responder one multiplication less than the pattern says.
 */
public final class RemoteStatic implements AutoCloseable {
    private final PublicKey publicKey;
    private StaticIdentity computedFor;
    private HandshakeResult verdict;
    private MemorySegment secret;

    /** No computation yet. */
    public RemoteStatic(PublicKey publicKey) {
        this.publicKey = publicKey;
    }

    /** The peer's key. */
    public PublicKey publicKey() {
        return publicKey;
    }

    /** Whether the peer is us, so that there is nothing to shake hands with. */
    public boolean isSelf(StaticIdentity identity) {
        return publicKey.equals(identity.publicKey());
    }

    /**
     * Whether a handshake is possible at all: {@link HandshakeResult#OK}, {@link HandshakeResult#OWN_KEY},
     * {@link HandshakeResult#LOW_ORDER_STATIC}, or {@link HandshakeResult#WRONG_STATE} for an identity that is closed. The first call for
     * an identity takes one multiplication.
     */
    public HandshakeResult check(StaticIdentity identity) {
        if (identity.isClosed()) {
            return HandshakeResult.WRONG_STATE;
        }
        if (identity != computedFor) {
            compute(identity);
        }
        return verdict;
    }

    private void compute(StaticIdentity identity) {
        close();
        computedFor = identity;
        if (isSelf(identity)) {
            verdict = HandshakeResult.OWN_KEY;
            return;
        }
        final byte[] shared = new byte[Messages.KEY_LENGTH];
        if (identity.sharedSecret(shared, publicKey.toBytes())) {
            verdict = HandshakeResult.OK;
            if (secret == null) {
                secret = Arena.ofAuto().allocate(Messages.KEY_LENGTH);
            }
            MemorySegment.copy(shared, 0, secret, ValueLayout.JAVA_BYTE, 0, shared.length);
        } else {
            verdict = HandshakeResult.LOW_ORDER_STATIC;
        }
        Messages.wipe(shared);
    }

    /** Mixes the static-static secret; only after {@link #check} said OK. */
    void mixStaticStatic(SymmetricState symmetric) {
        final byte[] shared = secret.toArray(ValueLayout.JAVA_BYTE);
        symmetric.mixKey(shared);
        Messages.wipe(shared);
    }

    /** Wipes the secret; the next use computes it anew. Idempotent. */
    @Override
    public void close() {
        computedFor = null;
        verdict = null;
        if (secret != null) {
            secret.fill((byte) 0);
        }
    }

    @Override
    public String toString() {
        return publicKey.toString();
    }
}
