package org.wgjvm.core.noise;

import java.util.Arrays;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Blake2s;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.crypto.XChaCha20Poly1305;

/** The sending side of mac1, mac2 and cookies (paper, sections 5.4.4 and 5.4.7), one per peer. */
public final class CookieGenerator implements AutoCloseable {
    /** A cookie is used a little shorter than its secret lives, for the time that messages travel. */
    static final long COOKIE_MAX_AGE_NS = 115_000_000_000L;

    private final PublicKey remote;
    private byte[] lastMac1;
    private byte[] cookie;
    private long cookieReceivedNs;

    /** For messages to the peer of this key. */
    public CookieGenerator(PublicKey remote) {
        this.remote = remote;
    }

    /** Fills in mac1 and mac2 of a whole initiation or response, as the last thing before it is sent. Without a cookie mac2 is zero. */
    public void sign(byte[] message, long nowNs) {
        final int mac1 = Messages.mac1Offset(message);
        final int mac2 = Messages.mac2Offset(message);
        Blake2s.mac(message, mac1, MacKeys.mac1Key(remote.toBytes()), message, 0, mac1);
        lastMac1 = Messages.slice(message, mac1, Messages.MAC_LENGTH);
        if (cookieValid(nowNs)) {
            Blake2s.mac(message, mac2, cookie, message, 0, mac2);
        } else {
            close();
            Arrays.fill(message, mac2, message.length, (byte) 0);
        }
    }

    /** Whether the next message gets a mac2. */
    public boolean cookieValid(long nowNs) {
        return cookie != null && nowNs - cookieReceivedNs < COOKIE_MAX_AGE_NS;
    }

    /**
     * Consumes a cookie reply: it must answer the last message signed, and only one reply does. Nothing else follows from a cookie reply:
     * no roaming, no answer, no earlier retransmission.
     *
     * @param reply 64 bytes, whose receiver index is this peer's
     * @return OK, MALFORMED, WRONG_STATE (nothing of ours is unanswered) or INVALID
     */
    public HandshakeResult consumeReply(byte[] reply, Aead aead, long nowNs) {
        if (!Messages.is(reply, MessageType.COOKIE_REPLY, Messages.COOKIE_REPLY_LENGTH)) {
            return HandshakeResult.MALFORMED;
        }
        if (lastMac1 == null) {
            return HandshakeResult.WRONG_STATE;
        }
        final byte[] nonce = Messages.slice(reply, Messages.COOKIE_NONCE, XChaCha20Poly1305.NONCE_LENGTH);
        final byte[] opened = new byte[Messages.MAC_LENGTH];
        final byte[] key = MacKeys.cookieKey(remote.toBytes());
        final int length = Messages.MAC_LENGTH + Messages.TAG_LENGTH;
        if (!XChaCha20Poly1305.open(aead, key, nonce, lastMac1, reply, Messages.COOKIE_SEALED, length, opened)) {
            return HandshakeResult.INVALID;
        }
        close();
        cookie = opened;
        cookieReceivedNs = nowNs;
        lastMac1 = null;
        return HandshakeResult.OK;
    }

    /** Writes the cookie, and what a cookie reply would answer. */
    public void writeTo(StateWriter out) {
        out.flag(lastMac1 != null);
        if (lastMac1 != null) {
            out.bytes(lastMac1);
        }
        out.flag(cookie != null);
        if (cookie != null) {
            out.bytes(cookie).i64(cookieReceivedNs);
        }
    }

    /** Takes on what was written. */
    public void readFrom(StateReader in) throws StateException {
        lastMac1 = in.flag() ? in.bytes(Messages.MAC_LENGTH) : null;
        if (in.flag()) {
            cookie = in.bytes(Messages.MAC_LENGTH);
            cookieReceivedNs = in.i64();
        }
    }

    /** Wipes the cookie; messages then go without mac2. Idempotent. */
    @Override
    public void close() {
        Messages.wipe(cookie);
        cookie = null;
    }
}
