package org.wgjvm.core.device;

/** Why a packet was dropped. Each has a counter in {@link DeviceCounters}; on the data path a drop is a count, never an exception. */
public enum DropReason {
    /** Outer: the owner's filter does not let the source speak to us; nothing else was looked at. */
    SOURCE_REFUSED("source-refused"),
    /** Outer: not a WireGuard message, or of a length that its type does not have. */
    MALFORMED_MESSAGE("malformed-message"),
    /** Outer: the first MAC does not verify: meant for another key, or damaged. */
    BAD_MAC1("bad-mac1"),
    /** Outer: more handshake messages than the queue holds. */
    HANDSHAKE_QUEUE_FULL("handshake-queue-full"),
    /** Outer: under load, and the source has used up its share. */
    RATE_LIMITED("rate-limited"),
    /** Outer: under load, answered with a cookie. */
    COOKIE_DEMANDED("cookie-demanded"),
    /** Outer: a handshake message that does not authenticate, is replayed, or comes from no peer of ours. */
    BAD_HANDSHAKE("bad-handshake"),
    /** Outer: a cookie reply that answers nothing of ours or does not authenticate. */
    BAD_COOKIE_REPLY("bad-cookie-reply"),
    /** Outer: a receiver index that is not (any more) in use. */
    UNKNOWN_INDEX("unknown-index"),
    /** Outer: a session past its time or its messages. */
    EXPIRED_SESSION("expired-session"),
    /** Outer: the tag does not verify. */
    FORGED("forged"),
    /** Outer: the counter was seen, or is too old to tell. */
    REPLAYED("replayed"),
    /** Inner, received: not an IP packet of a plausible length. */
    MALFORMED_INNER("malformed-inner"),
    /** Inner, received: the source is not in the allowed IPs of the peer that sent it. */
    SOURCE_NOT_ALLOWED("source-not-allowed"),
    /** Inner, received: congestion was marked on a packet that cannot carry the mark (RFC 6040). */
    ECN_VIOLATION("ecn-violation"),
    /** Inner, to send: not an IP packet. */
    NOT_IP("not-ip"),
    /** Inner, to send: no peer has this destination in its allowed IPs. */
    NO_PEER("no-peer"),
    /** Inner, to send: the peer's endpoint is not known. */
    NO_ENDPOINT("no-endpoint"),
    /** Inner, to send: our own outer packet came back; it would be wrapped for ever. */
    ENCAPSULATION_LOOP("encapsulation-loop"),
    /** Inner, to send: larger than the MTU. */
    TOO_BIG("too-big"),
    /** Inner, to send: the oldest of more packets than may wait for a session, or still waiting when the handshake was given up. */
    STAGED_OVERFLOW("staged-overflow"),
    /** Outer, to send: the socket refused it. */
    SEND_FAILED("send-failed"),
    /** Inner, received: the inside refused it. */
    DELIVERY_FAILED("delivery-failed"),
    /** The device is down. */
    DEVICE_DOWN("device-down");

    private final String label;

    DropReason(String label) {
        this.label = label;
    }

    /** Label for metrics and logs. */
    public String label() {
        return label;
    }
}
