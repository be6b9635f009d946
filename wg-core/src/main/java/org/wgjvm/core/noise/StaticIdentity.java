package org.wgjvm.core.noise;

import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.crypto.X25519;

/**
 * Our own static key pair, and what follows from it. One per private key: a device that is given another key makes another identity,
 * clears its handshakes ({@link Handshake#clear()}), and closes this one.
 */
public final class StaticIdentity implements AutoCloseable {
    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final byte[] publicBytes;
    private final MacKeys macKeys;
    private boolean closed;

    /**
     * Copies the key; the caller keeps its own.
     *
     * @throws IllegalArgumentException for the zero key, which means that there is none
     */
    public StaticIdentity(PrivateKey key) {
        if (key.isZero()) {
            throw new IllegalArgumentException("no private key");
        }
        final byte[] bytes = new byte[PrivateKey.LENGTH];
        key.copyTo(bytes, 0);
        X25519.clamp(bytes);
        privateKey = PrivateKey.of(bytes, 0);
        Messages.wipe(bytes);
        publicKey = privateKey.publicKey();
        publicBytes = publicKey.toBytes();
        macKeys = new MacKeys(publicBytes);
    }

    /** The public half. */
    public PublicKey publicKey() {
        return publicKey;
    }

    /** Whether {@link #close()} was called: no handshake of this identity can go on. */
    public boolean isClosed() {
        return closed;
    }

    /** The responder's side of the initial hash. */
    SymmetricState symmetricStateAsResponder() {
        return SymmetricState.forResponder(publicBytes);
    }

    /** The keys of the MACs that messages to us carry. */
    MacKeys macKeys() {
        return macKeys;
    }

    /** Not to be changed by the caller. */
    byte[] publicBytes() {
        return publicBytes;
    }

    /** A copy of the private half, which the caller wipes. */
    byte[] privateBytes() {
        final byte[] copy = new byte[PrivateKey.LENGTH];
        privateKey.copyTo(copy, 0);
        return copy;
    }

    /** {@code out = DH(ours, point)}; false when it is zero, and {@code out} is then zero. */
    boolean sharedSecret(byte[] out, byte[] point) {
        final byte[] scalar = new byte[PrivateKey.LENGTH];
        privateKey.copyTo(scalar, 0);
        final boolean ok = X25519.scalarMult(out, scalar, point);
        Messages.wipe(scalar);
        return ok;
    }

    /** Wipes the private key. Idempotent. */
    @Override
    public void close() {
        closed = true;
        privateKey.close();
    }

    @Override
    public String toString() {
        return "StaticIdentity[" + publicKey + "]";
    }
}
