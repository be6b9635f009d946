package org.wgjvm.core.noise;

import java.nio.ByteBuffer;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Blake2s;
import org.wgjvm.crypto.RandomSource;
import org.wgjvm.crypto.XChaCha20Poly1305;

/**
 * The receiving side of mac1, mac2 and cookies (paper, sections 5.3, 5.4.4 and 5.4.7), one per identity of a device.
 *
 * <p>A cookie is a MAC of the sender's address and port under a secret that lives for 120 s: nothing is kept for a sender.
 */
public final class CookieChecker implements AutoCloseable {
    /** How long a secret is used. */
    static final long SECRET_MAX_AGE_NS = 120_000_000_000L;

    private final MacKeys keys;
    private final RandomSource random;
    private final byte[] secret = new byte[Blake2s.HASH_LENGTH];
    private boolean secretMade;
    private long secretMadeNs;

    /** For messages to {@code identity}; {@code random} makes secrets and nonces. */
    public CookieChecker(StaticIdentity identity, RandomSource random) {
        this.keys = identity.macKeys();
        this.random = random;
    }

    /** Whether mac1 is right: the sender knows our public key. {@code message} is a whole initiation or response. */
    public boolean mac1Valid(byte[] message) {
        final int offset = Messages.mac1Offset(message);
        final byte[] expected = new byte[Messages.MAC_LENGTH];
        Blake2s.mac(expected, 0, keys.mac1Key(), message, 0, offset);
        return equal(expected, message, offset);
    }

    /** Whether mac2 is right: the sender got, in the last 120 s, a cookie of ours at this very address and port. */
    public boolean mac2Valid(byte[] message, Endpoint from, long nowNs) {
        final int offset = Messages.mac2Offset(message);
        final byte[] cookie = cookie(from, nowNs);
        final byte[] expected = new byte[Messages.MAC_LENGTH];
        Blake2s.mac(expected, 0, cookie, message, 0, offset);
        Messages.wipe(cookie);
        return equal(expected, message, offset);
    }

    /**
     * The cookie reply to an initiation or response whose mac1 is right: 64 new bytes, smaller than what asked for it.
     *
     * @param from where the message came from and the reply is to go
     */
    public byte[] createReply(byte[] message, Endpoint from, long nowNs, Aead aead) {
        final byte[] reply = new byte[Messages.COOKIE_REPLY_LENGTH];
        final byte[] nonce = new byte[XChaCha20Poly1305.NONCE_LENGTH];
        random.nextBytes(nonce);
        Messages.putInt(reply, 0, MessageType.COOKIE_REPLY);
        Messages.putInt(reply, Messages.COOKIE_RECEIVER_OFFSET, Messages.sender(message));
        System.arraycopy(nonce, 0, reply, Messages.COOKIE_NONCE, nonce.length);
        final byte[] cookie = cookie(from, nowNs);
        final byte[] mac1 = Messages.slice(message, Messages.mac1Offset(message), Messages.MAC_LENGTH);
        XChaCha20Poly1305.seal(aead, keys.cookieKey(), nonce, mac1, cookie, reply, Messages.COOKIE_SEALED);
        Messages.wipe(cookie);
        return reply;
    }

    private byte[] cookie(Endpoint from, long nowNs) {
        if (!secretMade || nowNs - secretMadeNs >= SECRET_MAX_AGE_NS) {
            random.nextBytes(secret);
            secretMade = true;
            secretMadeNs = nowNs;
        }
        final byte[] source = sourceOf(from);
        final byte[] out = new byte[Messages.MAC_LENGTH];
        Blake2s.mac(out, 0, secret, source, 0, source.length);
        return out;
    }

    /** Address and port as they stand on the wire: 6 or 18 bytes. */
    private static byte[] sourceOf(Endpoint from) {
        if (from.isV6()) {
            return ByteBuffer.allocate(18).putLong(from.high()).putLong(from.low()).putShort((short) from.port()).array();
        }
        return ByteBuffer.allocate(6).putInt((int) from.low()).putShort((short) from.port()).array();
    }

    /** In constant time: a comparison that stops early would tell how much of a guess was right. */
    private static boolean equal(byte[] expected, byte[] message, int offset) {
        int difference = 0;
        for (int i = 0; i < expected.length; i++) {
            difference |= expected[i] ^ message[offset + i];
        }
        return difference == 0;
    }

    /** Writes the secret, so that cookies given out stay good. */
    void writeTo(StateWriter out) {
        out.flag(secretMade);
        if (secretMade) {
            out.bytes(secret).i64(secretMadeNs);
        }
    }

    /** Takes on what was written. */
    void readFrom(StateReader in) throws StateException {
        if (in.flag()) {
            final byte[] read = in.bytes(secret.length);
            System.arraycopy(read, 0, secret, 0, secret.length);
            Messages.wipe(read);
            secretMadeNs = in.i64();
            secretMade = true;
        }
    }

    /** Wipes the secret; the next use makes another. Idempotent. */
    @Override
    public void close() {
        Messages.wipe(secret);
        secretMade = false;
    }
}
