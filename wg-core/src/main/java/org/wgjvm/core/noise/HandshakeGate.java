package org.wgjvm.core.noise;

import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.RandomSource;

/**
 * What an initiation or response must pass before any multiplication is spent on it (paper, section 5.3): mac1 always; under load mac2
 * as well, and then the rate limit of its source. One per identity of a device.
 */
public final class HandshakeGate implements AutoCloseable {
    /** What to do with a message. */
    public enum Admission {
        /** Process it. */
        ACCEPT,
        /** Drop it: its sender does not know our public key. */
        DROP_BAD_MAC1,
        /** Drop it: its source sends too many. */
        DROP_RATE_LIMITED,
        /** Answer it with {@link HandshakeGate#createCookieReply} instead: we are under load, and its sender has not proven its address. */
        ANSWER_WITH_COOKIE
    }

    private final CookieChecker cookies;
    private final LoadDetector load;
    private final HandshakeRateLimiter limiter;

    /** For messages to {@code identity}. The detector and the limiter outlive it: they are the device's. */
    public HandshakeGate(StaticIdentity identity, RandomSource random, LoadDetector load, HandshakeRateLimiter limiter) {
        this.cookies = new CookieChecker(identity, random);
        this.load = load;
        this.limiter = limiter;
    }

    /** Judges a whole initiation or response, of exactly its length, that came from this address and port. */
    public Admission admit(byte[] message, Endpoint from, long nowNs) {
        if (!cookies.mac1Valid(message)) {
            return Admission.DROP_BAD_MAC1;
        }
        if (!load.onHandshakeMessage(nowNs)) {
            limiter.sweep(nowNs);
            return Admission.ACCEPT;
        }
        if (!cookies.mac2Valid(message, from, nowNs)) {
            return Admission.ANSWER_WITH_COOKIE;
        }
        return limiter.allow(from, nowNs) ? Admission.ACCEPT : Admission.DROP_RATE_LIMITED;
    }

    /** The 64 bytes to send back to {@code from} for a message that is to be answered with a cookie. */
    public byte[] createCookieReply(byte[] message, Endpoint from, long nowNs, Aead aead) {
        return cookies.createReply(message, from, nowNs, aead);
    }

    /** Writes the cookie secret; load and rate limits are learnt anew. */
    public void writeTo(StateWriter out) {
        cookies.writeTo(out);
    }

    /** Takes on what was written. */
    public void readFrom(StateReader in) throws StateException {
        cookies.readFrom(in);
    }

    /** Wipes the cookie secret. Idempotent. */
    @Override
    public void close() {
        cookies.close();
    }
}
