package org.wgjvm.core.device;

import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;

/** Counts of a device. Written by its thread alone; read on that thread too, or a little stale from elsewhere. */
public final class DeviceCounters {
    private static final int REASONS = DropReason.values().length;

    private final long[] drops = new long[REASONS];
    private long handshakesInitiated;
    private long handshakesResponded;
    private long handshakesCompleted;
    private long handshakesCompletedAsInitiator;
    private long handshakesGivenUp;
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

    /** Sessions confirmed of those that we began. */
    public long handshakesCompletedAsInitiator() {
        return handshakesCompletedAsInitiator;
    }

    /** Handshakes given up after the last retry. */
    public long handshakesGivenUp() {
        return handshakesGivenUp;
    }

    /** Cookie replies sent. */
    public long cookieRepliesSent() {
        return cookieRepliesSent;
    }

    /** Writes all counts, those of drops by name: another version may know other reasons. */
    void writeTo(StateWriter out) {
        out.i64(handshakesInitiated).i64(handshakesResponded).i64(handshakesCompleted).i64(cookieRepliesSent);
        out.u16(REASONS);
        for (DropReason reason : DropReason.values()) {
            out.text(reason.label()).i64(drops[reason.ordinal()]);
        }
        out.i64(handshakesCompletedAsInitiator).i64(handshakesGivenUp);
    }

    /** Takes on what was written. */
    void readFrom(StateReader in) throws StateException {
        handshakesInitiated = in.i64();
        handshakesResponded = in.i64();
        handshakesCompleted = in.i64();
        cookieRepliesSent = in.i64();
        for (int left = in.u16(); left > 0; left--) {
            final String label = in.text();
            final long count = in.i64();
            for (DropReason reason : DropReason.values()) {
                if (reason.label().equals(label)) {
                    drops[reason.ordinal()] = count;
                }
            }
        }
        handshakesCompletedAsInitiator = in.i64();
        handshakesGivenUp = in.i64();
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

    void handshakeCompleted(boolean initiator) {
        handshakesCompleted++;
        handshakesCompletedAsInitiator += initiator ? 1 : 0;
    }

    void handshakeGivenUp() {
        handshakesGivenUp++;
    }

    void cookieReplySent() {
        cookieRepliesSent++;
    }
}
