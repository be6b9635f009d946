package org.wgjvm.core.noise;

import java.util.Arrays;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.RandomSource;
import org.wgjvm.crypto.X25519;

/**
 * The handshake with one peer, in either role (paper, sections 5.4.2, 5.4.3 and 5.4.5).
 *
 * <pre>
 * initiator: createInitiation -> consumeResponse -> deriveSession
 * responder: InitiationConsumer.read and accept -> createResponse -> deriveSession
 * </pre>
 *
 * <p>A method that does not return {@link HandshakeResult#OK} has changed nothing, except that what it was to write into is unspecified.
 * A new initiation, ours or the peer's, replaces a handshake under way. Messages leave here with mac1 and mac2 zero:
 * {@link CookieGenerator#sign} fills them in; and they come here after {@link HandshakeGate} has checked theirs.
 *
 * <p>Between handshakes it holds the preshared key (if any), the greatest timestamp and the flood gate: an idle peer is cheap.
 */
public final class Handshake implements AutoCloseable {
    /** Where the handshake is. */
    public enum State {
        /** No handshake. */
        NONE,
        /** We are the initiator and wait for a response. */
        INITIATION_CREATED,
        /** We are the responder, with a response to create. */
        INITIATION_CONSUMED,
        /** We are the responder, with a session to derive. */
        RESPONSE_CREATED,
        /** We are the initiator, with a session to derive. */
        RESPONSE_CONSUMED
    }

    /** 50 initiations a second. */
    static final long INITIATION_INTERVAL_NS = 1_000_000_000L / 50;

    private static final byte[] NOTHING = new byte[0];

    private final RemoteStatic remote;
    private PresharedKey presharedKey;
    private KeyLog keyLog;

    private boolean consumedBefore;
    private long greatestSeconds;
    private int greatestNanos;
    private long lastConsumedNs;

    private State state = State.NONE;
    private StaticIdentity identity;
    private SymmetricState symmetric;
    private byte[] localEphemeral;
    private byte[] remoteEphemeral;
    private int localIndex;
    private int remoteIndex;

    /** No handshake yet. */
    public Handshake(RemoteStatic remote) {
        this.remote = remote;
    }

    /** Who is told this side's secrets; null, as it is at first, for nobody. */
    public void keyLog(KeyLog log) {
        keyLog = log;
    }

    /** The peer's static key. */
    public RemoteStatic remote() {
        return remote;
    }

    /** Where the handshake is. */
    public State state() {
        return state;
    }

    /**
     * The index that our last created message carried, in every state but {@link State#NONE}; in {@link State#INITIATION_CONSUMED} that is
     * the one of our own initiation that the peer's has replaced, or 0.
     */
    public int localIndex() {
        return localIndex;
    }

    /** The index that the peer's last message carried; meaningful once one was consumed. */
    public int remoteIndex() {
        return remoteIndex;
    }

    /**
     * Copies the preshared key; null or the zero key means none. It counts from the next message on that mixes it (every response does),
     * so that an initiator's handshake under way already uses the new one, as its responder may.
     */
    public void setPresharedKey(PresharedKey key) {
        final PresharedKey old = presharedKey;
        if (key == null || key.isZero()) {
            presharedKey = null;
        } else {
            final byte[] bytes = new byte[PresharedKey.LENGTH];
            key.copyTo(bytes, 0);
            presharedKey = PresharedKey.of(bytes, 0);
            Messages.wipe(bytes);
        }
        if (old != null) {
            old.close();
        }
    }

    /** Whether there is a preshared key. */
    public boolean hasPresharedKey() {
        return presharedKey != null;
    }

    /**
     * Copies the preshared key to {@code destination}, zero if there is none; the caller wipes the copy. For the configuration protocol,
     * which shows it.
     */
    public void copyPresharedKeyTo(byte[] destination, int offset) {
        if (presharedKey == null) {
            Arrays.fill(destination, offset, offset + PresharedKey.LENGTH, (byte) 0);
        } else {
            presharedKey.copyTo(destination, offset);
        }
    }

    /**
     * Starts a handshake as initiator.
     *
     * @param out receives 148 bytes from index 0, the MACs zero
     * @param self our identity
     * @param timestamp 12 bytes of {@link Tai64n}
     * @param senderIndex where the response shall find us: random, and unique in the device
     * @return OK, OWN_KEY, LOW_ORDER_STATIC, or WRONG_STATE for a closed identity
     */
    public HandshakeResult createInitiation(
            byte[] out, StaticIdentity self, byte[] timestamp, int senderIndex, RandomSource random, Aead aead) {
        final HandshakeResult possible = remote.check(self);
        if (!possible.ok()) {
            return possible;
        }
        final byte[] remoteStatic = remote.publicKey().toBytes();
        final SymmetricState s = SymmetricState.forResponder(remoteStatic);
        final byte[] ephemeral = generate(random);
        final byte[] ephemeralPublic = publicOf(ephemeral);
        s.mixEphemeral(ephemeralPublic);
        if (!mixDh(s, ephemeral, remoteStatic)) {
            // The static-static check above has refused every point of low order already.
            s.wipe();
            Messages.wipe(ephemeral);
            return HandshakeResult.LOW_ORDER_STATIC;
        }
        Messages.putInt(out, 0, MessageType.INITIATION);
        Messages.putInt(out, Messages.SENDER_OFFSET, senderIndex);
        System.arraycopy(ephemeralPublic, 0, out, Messages.INITIATION_EPHEMERAL, ephemeralPublic.length);
        s.encryptAndHash(aead, self.publicBytes(), out, Messages.INITIATION_STATIC);
        remote.mixStaticStatic(s);
        s.encryptAndHash(aead, timestamp, out, Messages.INITIATION_TIMESTAMP);
        clearMacs(out, Messages.INITIATION_LENGTH);
        if (keyLog != null) {
            logKeys(self, ephemeral);
        }

        clear();
        identity = self;
        symmetric = s;
        localEphemeral = ephemeral;
        localIndex = senderIndex;
        state = State.INITIATION_CREATED;
        return HandshakeResult.OK;
    }

    /**
     * The end of {@link InitiationConsumer#accept}: an authentic initiation, which this may still refuse for its age or its haste. Takes
     * over {@code s} when OK.
     */
    HandshakeResult commitInitiation(
            StaticIdentity self, SymmetricState s, byte[] ephemeralPublic, int senderIndex, byte[] timestamp, long nowNs) {
        final long seconds = Tai64n.seconds(timestamp);
        final int nanos = Tai64n.nanos(timestamp);
        if (consumedBefore) {
            final int order = Long.compareUnsigned(seconds, greatestSeconds);
            if (order < 0 || order == 0 && Integer.compareUnsigned(nanos, greatestNanos) <= 0) {
                return HandshakeResult.REPLAYED_TIMESTAMP;
            }
            if (nowNs - lastConsumedNs < INITIATION_INTERVAL_NS) {
                return HandshakeResult.FLOODED;
            }
        }
        // Our own index stays: it is still in the device's table, and createResponse replaces it there.
        final int index = localIndex;
        clear();
        localIndex = index;
        consumedBefore = true;
        greatestSeconds = seconds;
        greatestNanos = nanos;
        lastConsumedNs = nowNs;
        identity = self;
        symmetric = s;
        remoteEphemeral = ephemeralPublic;
        remoteIndex = senderIndex;
        state = State.INITIATION_CONSUMED;
        return HandshakeResult.OK;
    }

    /**
     * Answers the initiation just consumed.
     *
     * @param out receives 92 bytes from index 0, the MACs zero
     * @param senderIndex where transport messages shall find us: random, and unique in the device
     * @return OK, or WRONG_STATE
     */
    public HandshakeResult createResponse(byte[] out, int senderIndex, RandomSource random, Aead aead) {
        if (state != State.INITIATION_CONSUMED || identity.isClosed()) {
            return HandshakeResult.WRONG_STATE;
        }
        final SymmetricState s = symmetric.copy();
        final byte[] ephemeral = generate(random);
        final byte[] ephemeralPublic = publicOf(ephemeral);
        s.mixEphemeral(ephemeralPublic);
        final boolean mixed = mixDh(s, ephemeral, remoteEphemeral) && mixDh(s, ephemeral, remote.publicKey().toBytes());
        if (mixed && keyLog != null) {
            logKeys(identity, ephemeral);
        }
        Messages.wipe(ephemeral);
        if (!mixed) {
            // Neither can be: the initiation multiplied both points already.
            s.wipe();
            return HandshakeResult.LOW_ORDER_EPHEMERAL;
        }
        mixPresharedKey(s);
        Messages.putInt(out, 0, MessageType.RESPONSE);
        Messages.putInt(out, Messages.SENDER_OFFSET, senderIndex);
        Messages.putInt(out, Messages.RESPONSE_RECEIVER_OFFSET, remoteIndex);
        System.arraycopy(ephemeralPublic, 0, out, Messages.RESPONSE_EPHEMERAL, ephemeralPublic.length);
        s.encryptAndHash(aead, NOTHING, out, Messages.RESPONSE_EMPTY);
        clearMacs(out, Messages.RESPONSE_LENGTH);

        symmetric.wipe();
        symmetric = s;
        localIndex = senderIndex;
        state = State.RESPONSE_CREATED;
        return HandshakeResult.OK;
    }

    /**
     * Consumes the response to our initiation.
     *
     * @param message 92 bytes, whose MACs are checked
     * @return OK, MALFORMED, WRONG_STATE (no initiation of ours is open), WRONG_INDEX, LOW_ORDER_EPHEMERAL or INVALID
     */
    public HandshakeResult consumeResponse(byte[] message, Aead aead) {
        if (!Messages.is(message, MessageType.RESPONSE, Messages.RESPONSE_LENGTH)) {
            return HandshakeResult.MALFORMED;
        }
        if (state != State.INITIATION_CREATED || identity.isClosed()) {
            return HandshakeResult.WRONG_STATE;
        }
        if (Messages.receiver(message) != localIndex) {
            return HandshakeResult.WRONG_INDEX;
        }
        final byte[] ephemeralPublic = Messages.slice(message, Messages.RESPONSE_EPHEMERAL, Messages.KEY_LENGTH);
        final SymmetricState s = symmetric.copy();
        final HandshakeResult result = readResponse(s, ephemeralPublic, message, aead);
        if (!result.ok()) {
            s.wipe();
            return result;
        }
        symmetric.wipe();
        symmetric = s;
        Messages.wipe(localEphemeral);
        localEphemeral = null;
        remoteIndex = Messages.sender(message);
        state = State.RESPONSE_CONSUMED;
        return HandshakeResult.OK;
    }

    private HandshakeResult readResponse(SymmetricState s, byte[] ephemeralPublic, byte[] message, Aead aead) {
        s.mixEphemeral(ephemeralPublic);
        if (!mixDh(s, localEphemeral, ephemeralPublic)) {
            return HandshakeResult.LOW_ORDER_EPHEMERAL;
        }
        final byte[] shared = new byte[Messages.KEY_LENGTH];
        final boolean ok = identity.sharedSecret(shared, ephemeralPublic);
        if (ok) {
            s.mixKey(shared);
        }
        Messages.wipe(shared);
        if (!ok) {
            return HandshakeResult.LOW_ORDER_EPHEMERAL;
        }
        mixPresharedKey(s);
        return s.decryptAndHash(aead, message, Messages.RESPONSE_EMPTY, new byte[0]) ? HandshakeResult.OK : HandshakeResult.INVALID;
    }

    /**
     * Derives the transport keys (paper, section 5.4.5), and is back at {@link State#NONE}.
     *
     * @return null when there is nothing to derive from: only after {@link #createResponse} or {@link #consumeResponse} said OK
     */
    public SessionKeys deriveSession() {
        if (state != State.RESPONSE_CREATED && state != State.RESPONSE_CONSUMED) {
            return null;
        }
        final boolean initiator = state == State.RESPONSE_CONSUMED;
        final byte[] first = new byte[AeadKey.LENGTH];
        final byte[] second = new byte[AeadKey.LENGTH];
        symmetric.split(first, second);
        final AeadKey fromInitiator = new AeadKey(first, 0);
        final AeadKey fromResponder = new AeadKey(second, 0);
        Messages.wipe(first);
        Messages.wipe(second);
        final SessionKeys keys =
                new SessionKeys(
                        initiator ? fromInitiator : fromResponder,
                        initiator ? fromResponder : fromInitiator,
                        localIndex, remoteIndex, initiator);
        clear();
        return keys;
    }

    /** Gives up the handshake under way and wipes it. The timestamp and flood gate stay, and so does the preshared key. */
    public void clear() {
        if (symmetric != null) {
            symmetric.wipe();
            symmetric = null;
        }
        Messages.wipe(localEphemeral);
        localEphemeral = null;
        remoteEphemeral = null;
        identity = null;
        localIndex = 0;
        remoteIndex = 0;
        state = State.NONE;
    }

    /** Wipes everything, the preshared key and the static-static secret too: the peer goes. Idempotent. */
    @Override
    public void close() {
        clear();
        setPresharedKey(null);
        remote.close();
    }

    /**
     * Writes the preshared key, the greatest timestamp, the flood gate, and an initiation of ours that waits for its response. Whatever
     * else is under way is between two calls of one message's processing, and is not there between messages.
     */
    public void writeTo(StateWriter out) {
        out.flag(presharedKey != null);
        if (presharedKey != null) {
            final byte[] bytes = new byte[PresharedKey.LENGTH];
            presharedKey.copyTo(bytes, 0);
            out.bytes(bytes);
            Messages.wipe(bytes);
        }
        out.flag(consumedBefore).i64(greatestSeconds).i32(greatestNanos).i64(lastConsumedNs);
        final boolean waits = state == State.INITIATION_CREATED && !identity.isClosed();
        out.flag(waits);
        if (waits) {
            out.i32(localIndex).bytes(localEphemeral);
            symmetric.writeTo(out);
        }
    }

    /** Takes on what was written; {@code self} is the identity, or null. Nothing is under way yet. */
    public void readFrom(StateReader in, StaticIdentity self) throws StateException {
        if (in.flag()) {
            final byte[] bytes = in.bytes(PresharedKey.LENGTH);
            final PresharedKey key = PresharedKey.of(bytes, 0);
            Messages.wipe(bytes);
            setPresharedKey(key);
            key.close();
        }
        consumedBefore = in.flag();
        greatestSeconds = in.i64();
        greatestNanos = in.i32();
        lastConsumedNs = in.i64();
        if (in.flag()) {
            if (self == null) {
                throw new StateException("a handshake under way without a private key");
            }
            localIndex = in.i32();
            localEphemeral = in.bytes(Messages.KEY_LENGTH);
            symmetric = SymmetricState.readFrom(in);
            identity = self;
            state = State.INITIATION_CREATED;
        }
    }

    private void logKeys(StaticIdentity self, byte[] ephemeral) {
        final byte[] localStatic = self.privateBytes();
        final byte[] psk = new byte[PresharedKey.LENGTH];
        copyPresharedKeyTo(psk, 0);
        keyLog.onEphemeral(localStatic, remote.publicKey(), ephemeral, psk);
        Messages.wipe(localStatic);
        Messages.wipe(psk);
    }

    private void mixPresharedKey(SymmetricState s) {
        final byte[] bytes = new byte[PresharedKey.LENGTH];
        copyPresharedKeyTo(bytes, 0);
        s.mixKeyAndHash(bytes);
        Messages.wipe(bytes);
    }

    private static byte[] generate(RandomSource random) {
        final byte[] scalar = new byte[Messages.KEY_LENGTH];
        random.nextBytes(scalar);
        X25519.clamp(scalar);
        return scalar;
    }

    private static byte[] publicOf(byte[] scalar) {
        final byte[] out = new byte[Messages.KEY_LENGTH];
        X25519.scalarMultBase(out, scalar);
        return out;
    }

    /** False when the shared secret is zero; the state is then unchanged. */
    private static boolean mixDh(SymmetricState s, byte[] scalar, byte[] point) {
        final byte[] shared = new byte[Messages.KEY_LENGTH];
        final boolean ok = X25519.scalarMult(shared, scalar, point);
        if (ok) {
            s.mixKey(shared);
        }
        Messages.wipe(shared);
        return ok;
    }

    private static void clearMacs(byte[] out, int length) {
        Arrays.fill(out, length - 2 * Messages.MAC_LENGTH, length, (byte) 0);
    }

    @Override
    public String toString() {
        return "Handshake[" + remote + ", " + state + "]";
    }
}
