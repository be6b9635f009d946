package org.wgjvm.core.noise;

/** What became of a handshake message: a value to count, never an exception. Unless it is {@link #OK}, nothing has changed. */
public enum HandshakeResult {
    /** Done. */
    OK,
    /** Not a message of the expected type and length. */
    MALFORMED,
    /** mac1 is wrong: the sender does not know our public key. For the callers of {@link HandshakeGate}. */
    BAD_MAC1,
    /** No peer has the initiator's static key, or no handshake has the receiver index. For the callers of this package. */
    UNKNOWN_PEER,
    /** Something in it does not decrypt: forged, damaged, for another key, or made with another preshared key. */
    INVALID,
    /** An ephemeral key of zero, or one of low order: the shared secret would be zero (RFC 7748, section 6.1). */
    LOW_ORDER_EPHEMERAL,
    /** The peer's static key has low order: no handshake with it is possible, ever. */
    LOW_ORDER_STATIC,
    /** The peer's static key is our own: no handshake with it is made. */
    OWN_KEY,
    /** Authentic, but its timestamp is not greater than the greatest seen: a replay (paper, section 5.1). */
    REPLAYED_TIMESTAMP,
    /** Authentic, but within 20 ms of the last one consumed. */
    FLOODED,
    /** The handshake is not at the point where this message or call belongs. */
    WRONG_STATE,
    /** The receiver index is not the one this handshake has sent. */
    WRONG_INDEX;

    /** Whether this is {@link #OK}. */
    public boolean ok() {
        return this == OK;
    }
}
