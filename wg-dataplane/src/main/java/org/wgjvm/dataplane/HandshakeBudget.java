package org.wgjvm.dataplane;

/**
 * How much of the loop's time handshakes are sure of. They have all of it while there is no data; beside data they get short slices, and
 * after each of them the data has the loop for three times as long, if it needs it. So a flood of handshakes that would fill a processor
 * leaves a tunnel three quarters of it, and handshakes go on all the same.
 *
 * <p>Owned by the event loop; times are of its clock, in nanoseconds.
 */
final class HandshakeBudget {
    /** A slice on a quiet loop. */
    static final long QUIET_SLICE_NS = 500_000;

    /** A slice beside data: about as long as a batch of it takes. */
    static final long BUSY_SLICE_NS = 150_000;

    /** For each nanosecond of handshakes beside data, so many without. */
    static final long DATA_SHARE = 3;

    /** After so long without data the loop is quiet. */
    static final long QUIET_AFTER_NS = 5_000_000;

    private boolean dataBefore;
    private long lastDataNs;
    private boolean sliceBefore;
    private long notBeforeNs;

    /** Data came in or went out. */
    void onData(long nowNs) {
        dataBefore = true;
        lastDataNs = nowNs;
    }

    /** Whether a slice may begin. */
    boolean allows(long nowNs) {
        return isQuiet(nowNs) || !sliceBefore || nowNs - notBeforeNs >= 0;
    }

    /** How long a slice that begins now may take. */
    long sliceNs(long nowNs) {
        return isQuiet(nowNs) ? QUIET_SLICE_NS : BUSY_SLICE_NS;
    }

    /** A slice was used. */
    void used(long begunNs, long endNs) {
        sliceBefore = true;
        notBeforeNs = endNs + DATA_SHARE * (endNs - begunNs);
    }

    private boolean isQuiet(long nowNs) {
        return !dataBefore || nowNs - lastDataNs >= QUIET_AFTER_NS;
    }
}
