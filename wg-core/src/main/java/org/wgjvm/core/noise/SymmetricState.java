package org.wgjvm.core.noise;

import java.nio.charset.StandardCharsets;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Blake2s;

/**
 * The symmetric state of a Noise handshake (Noise specification, section 5.2) with ChaCha20-Poly1305 and BLAKE2s: chaining key, hash and
 * cipher key.
 *
 * <p>In IKpsk2 each cipher key encrypts exactly once, so that the nonce is always 0 and is not kept.
 */
final class SymmetricState {
    static final String PROTOCOL_NAME = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
    static final String PROLOGUE = "WireGuard v1 zx2c4 Jason@zx2c4.com";

    private static final byte[] NOTHING = new byte[0];
    private static final byte[] INITIAL_CHAINING_KEY = protocolNameHash(PROTOCOL_NAME);
    private static final byte[] INITIAL_HASH = prologueHash();

    private final byte[] chainingKey = new byte[Blake2s.HASH_LENGTH];
    private final byte[] hash = new byte[Blake2s.HASH_LENGTH];
    private final byte[] key = new byte[Blake2s.HASH_LENGTH];

    /** At the start of a handshake with this prologue, of which the hash is all that WireGuard needs. */
    SymmetricState(byte[] prologue) {
        System.arraycopy(INITIAL_CHAINING_KEY, 0, chainingKey, 0, chainingKey.length);
        Blake2s.hash(hash, INITIAL_CHAINING_KEY, prologue);
    }

    private SymmetricState() {}

    /** At the start of a WireGuard handshake to this responder: its static key is the pre-message of the IK pattern. */
    static SymmetricState forResponder(byte[] responderStatic) {
        final SymmetricState s = new SymmetricState();
        System.arraycopy(INITIAL_CHAINING_KEY, 0, s.chainingKey, 0, s.chainingKey.length);
        Blake2s.hash(s.hash, INITIAL_HASH, responderStatic);
        return s;
    }

    SymmetricState copy() {
        final SymmetricState s = new SymmetricState();
        System.arraycopy(chainingKey, 0, s.chainingKey, 0, s.chainingKey.length);
        System.arraycopy(hash, 0, s.hash, 0, s.hash.length);
        System.arraycopy(key, 0, s.key, 0, s.key.length);
        return s;
    }

    void mixHash(byte[] data) {
        Blake2s.hash(hash, hash, data);
    }

    /** A public ephemeral key, sent in clear: into the hash, and (as in every psk pattern) into the chaining key. */
    void mixEphemeral(byte[] publicKey) {
        mixHash(publicKey);
        Blake2s.kdf(chainingKey, publicKey, chainingKey);
    }

    /** A shared secret: into the chaining key, and a new cipher key. */
    void mixKey(byte[] secret) {
        Blake2s.kdf(chainingKey, secret, chainingKey, key);
    }

    /** The preshared key: into the chaining key and the hash, and a new cipher key. */
    void mixKeyAndHash(byte[] presharedKey) {
        final byte[] tau = new byte[Blake2s.HASH_LENGTH];
        Blake2s.kdf(chainingKey, presharedKey, chainingKey, tau, key);
        mixHash(tau);
        Messages.wipe(tau);
    }

    /** Seals {@code plaintext} into {@code plaintext.length + 16} bytes at {@code offset}, and mixes those into the hash. */
    void encryptAndHash(Aead aead, byte[] plaintext, byte[] destination, int offset) {
        aead.seal(key, 0, hash, plaintext, 0, plaintext.length, destination, offset);
        mixHash(Messages.slice(destination, offset, plaintext.length + Messages.TAG_LENGTH));
    }

    /**
     * Opens {@code plaintext.length + 16} bytes at {@code offset}, and mixes those into the hash.
     *
     * @return whether they are authentic; when not, the state is unchanged
     */
    boolean decryptAndHash(Aead aead, byte[] message, int offset, byte[] plaintext) {
        final int length = plaintext.length + Messages.TAG_LENGTH;
        if (!aead.open(key, 0, hash, message, offset, length, plaintext, 0)) {
            return false;
        }
        mixHash(Messages.slice(message, offset, length));
        return true;
    }

    /** The two transport keys: the initiator's sending key into {@code first}, the responder's into {@code second}. */
    void split(byte[] first, byte[] second) {
        Blake2s.kdf(chainingKey, NOTHING, first, second);
    }

    /** A copy of the handshake hash. */
    byte[] hash() {
        return hash.clone();
    }

    /** A copy of the chaining key: a secret, except at the start. */
    byte[] chainingKey() {
        return chainingKey.clone();
    }

    /** Between messages: the cipher key has been used, and the next message makes another. */
    void writeTo(StateWriter out) {
        out.bytes(chainingKey).bytes(hash);
    }

    static SymmetricState readFrom(StateReader in) throws StateException {
        final SymmetricState s = new SymmetricState();
        fill(s.chainingKey, in);
        fill(s.hash, in);
        return s;
    }

    private static void fill(byte[] field, StateReader in) throws StateException {
        final byte[] read = in.bytes(field.length);
        System.arraycopy(read, 0, field, 0, field.length);
        Messages.wipe(read);
    }

    void wipe() {
        Messages.wipe(chainingKey);
        Messages.wipe(hash);
        Messages.wipe(key);
    }

    /** A protocol name of more than 32 bytes is hashed. */
    private static byte[] protocolNameHash(String name) {
        final byte[] out = new byte[Blake2s.HASH_LENGTH];
        Blake2s.hash(out, name.getBytes(StandardCharsets.US_ASCII), NOTHING);
        return out;
    }

    private static byte[] prologueHash() {
        final byte[] out = new byte[Blake2s.HASH_LENGTH];
        Blake2s.hash(out, INITIAL_CHAINING_KEY, PROLOGUE.getBytes(StandardCharsets.US_ASCII));
        return out;
    }

    @Override
    public String toString() {
        return "SymmetricState[redacted]";
    }
}
