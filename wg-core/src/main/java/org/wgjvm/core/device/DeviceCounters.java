package org.wgjvm.core.device;

/** Counts of a device. Written by its thread alone; read on that thread too, or a little stale from elsewhere. */
public final class DeviceCounters {
    private static final int REASONS = DropReason.values().length;

    private final long[] drops = new long[REASONS];
    private long handshakesInitiated;
    private long handshakesResponded;
    private long handshakesCompleted;
    private long cookieRepliesSent;

    /** How many packets were dropped for this reason. */
    public long drops(DropReason reason) {
        return drops[reason.ordinal()];
    }

    /** Initiations sent. */
    public long handshakesInitiated() {
        return handshakesInitiated;
    }

    /** Responses sent. */
    public long handshakesResponded() {
        return handshakesResponded;
    }

    /** Sessions confirmed, in either role. */
    public long handshakesCompleted() {
        return handshakesCompleted;
    }

    /** Cookie replies sent. */
    public long cookieRepliesSent() {
        return cookieRepliesSent;
    }

    void drop(DropReason reason) {
        drops[reason.ordinal()]++;
    }

    void drop(DropReason reason, int count) {
        drops[reason.ordinal()] += count;
    }

    void handshakeInitiated() {
        handshakesInitiated++;
    }

    void handshakeResponded() {
        handshakesResponded++;
    }

    void handshakeCompleted() {
        handshakesCompleted++;
    }

    void cookieReplySent() {
        cookieRepliesSent++;
    }
}
