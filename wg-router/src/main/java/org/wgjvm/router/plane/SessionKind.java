package org.wgjvm.router.plane;

/**
 * What a session is, in one int: the number of its tenant and service ({@link PairTable}), and that of its timeout
 * ({@link TimeoutTable}).
 */
final class SessionKind {
    private static final int TIMEOUT_BITS = 12;

    /** The highest number of a pair. */
    static final int MAX_PAIR = (1 << Integer.SIZE - 1 - TIMEOUT_BITS) - 1;

    /** The highest number of a timeout. */
    static final int MAX_TIMEOUT = (1 << TIMEOUT_BITS) - 1;

    private SessionKind() {}

    static int of(int pair, int timeout) {
        return pair << TIMEOUT_BITS | timeout;
    }

    static int pair(int kind) {
        return kind >>> TIMEOUT_BITS;
    }

    static int timeout(int kind) {
        return kind & MAX_TIMEOUT;
    }
}
