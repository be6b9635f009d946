package org.wgjvm.core.session;

import java.util.concurrent.TimeUnit;

/** The constants of the paper, section 6.1, and the limits that the Linux kernel module puts beside them. */
public final class Limits {
    /** After so many messages under one key, ask for a new one. */
    public static final long REKEY_AFTER_MESSAGES = 1L << 60;

    /** No message with this counter or a higher one, unsigned, is sent or accepted: 2^64 - 1 less the replay window and one. */
    public static final long REJECT_AFTER_MESSAGES = -1L - 8128L - 1L;

    /** The initiator asks for a new session when its current one is this old and it sends. */
    public static final long REKEY_AFTER_TIME_NS = TimeUnit.SECONDS.toNanos(120);

    /** A session this old carries nothing more. */
    public static final long REJECT_AFTER_TIME_NS = TimeUnit.SECONDS.toNanos(180);

    /** An unanswered initiation is sent again after this time and some jitter; and none is sent sooner. */
    public static final long REKEY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    /** Upper bound of the jitter on {@link #REKEY_TIMEOUT_NS}: a third of a second. */
    public static final long REKEY_TIMEOUT_JITTER_NS = TimeUnit.SECONDS.toNanos(1) / 3;

    /** Data received and nothing sent for so long: send a keepalive. */
    public static final long KEEPALIVE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    /** Retries of an initiation before giving up: REKEY_ATTEMPT_TIME (90 s) / REKEY_TIMEOUT. */
    public static final int MAX_TIMER_HANDSHAKES = 18;

    /** Keys are wiped this long after the last session was made. */
    public static final long ZERO_KEYS_AFTER_NS = 3 * REJECT_AFTER_TIME_NS;

    /** Packets of a peer that wait for a session; when there are more, the oldest is dropped. */
    public static final int MAX_STAGED_PACKETS = 128;

    /** Handshake messages that wait; what comes on top is dropped. Under load from one eighth of it. */
    public static final int MAX_QUEUED_HANDSHAKES = 4096;

    /** Peers of a device. */
    public static final int MAX_PEERS = 1 << 20;

    private Limits() {}
}
