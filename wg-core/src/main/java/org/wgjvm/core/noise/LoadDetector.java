package org.wgjvm.core.noise;

/**
 * Decides when handshakes come faster than we can answer them, so that senders must prove their address first (paper, section 5.3).
 *
 * <p>The kernel says "under load" from the moment its handshake queue of 4096 is 1/8 full, and for 1 s after. An event loop that answers
 * handshakes as they arrive has no such queue: what waits, waits unseen in the socket's buffer. So this keeps the queue that there would
 * be: every arrival adds one message to it, and it drains by {@code ratePerSecond}, the number of handshakes that the loop can afford
 * beside its data. Under load is when more than {@code threshold} (512, the kernel's 4096/8) are in it.
 *
 * <p>It drains with time and by itself: a steady stream below the rate never puts anybody into cookie mode, however long it lasts, and a
 * reconnect of some hundred peers at once does not either. Only messages with a good mac1 are to be counted: others cost a hash, not
 * multiplications, and someone who does not even know our public key must not be able to put our peers into cookie mode.
 * The queue is full at twice the threshold, so that the end of a flood of any size is noticed after {@code threshold / ratePerSecond}
 * and 1 s.
 */
public final class LoadDetector {
    /**
     * Handshakes a second: as responder, one costs four multiplications on Curve25519 and a score of hashes, some 0.4 ms of pure Java on
     * one core; that is 40% of the loop.
     */
    public static final int DEFAULT_RATE_PER_SECOND = 1000;

    /** Messages waiting. */
    public static final int DEFAULT_THRESHOLD = 4096 / 8;

    static final long STICKY_NS = 1_000_000_000L;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final int threshold;

    /** The queue is kept as the time it takes to drain. */
    private final long messageNs;

    private final long thresholdNs;
    private long queuedNs;
    private long lastArrivalNs;
    private boolean overloadedBefore;
    private long lastOverloadNs;

    /** With the default rate and threshold. */
    public LoadDetector() {
        this(DEFAULT_RATE_PER_SECOND, DEFAULT_THRESHOLD);
    }

    /** With another budget: {@code ratePerSecond} 1 to a million, {@code threshold} 1 to a million. */
    public LoadDetector(int ratePerSecond, int threshold) {
        if (ratePerSecond < 1 || ratePerSecond > 1_000_000 || threshold < 1 || threshold > 1_000_000) {
            throw new IllegalArgumentException("rate " + ratePerSecond + ", threshold " + threshold);
        }
        this.threshold = threshold;
        messageNs = NS_PER_SECOND / ratePerSecond;
        thresholdNs = threshold * messageNs;
    }

    /** Counts an initiation or response with a good mac1, and says whether we are under load. */
    public boolean onHandshakeMessage(long nowNs) {
        queuedNs = Math.max(0, queuedNs - Math.max(0, nowNs - lastArrivalNs));
        lastArrivalNs = nowNs;
        queuedNs = Math.min(2 * thresholdNs, queuedNs + messageNs);
        if (queuedNs > thresholdNs) {
            overloadedBefore = true;
            lastOverloadNs = nowNs;
        }
        return underLoad(nowNs);
    }

    /**
     * Tells how many messages really wait: on a machine that answers fewer than the rate, arrivals, counted when it is their turn,
     * never exceed it, and only this shows the load.
     */
    public void onQueueLength(int messages, long nowNs) {
        if (messages > threshold) {
            overloadedBefore = true;
            lastOverloadNs = nowNs;
        }
    }

    /** Whether we are under load: the queue was over the threshold within the last second. */
    public boolean underLoad(long nowNs) {
        return overloadedBefore && nowNs - lastOverloadNs < STICKY_NS;
    }
}
