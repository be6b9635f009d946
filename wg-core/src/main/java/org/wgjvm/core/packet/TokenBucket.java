package org.wgjvm.core.packet;

/** A rate limit with a burst: deterministic in the times it is told. One thread owns it. */
public final class TokenBucket {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final long costNs;
    private final long fullNs;
    private long creditNs;
    private long lastNs;

    /**
     * Starts full.
     *
     * @param perSecond tokens that come back each second, 1 to 10^9
     * @param burst tokens that it holds, at least 1
     * @param nowNs monotonic
     */
    public TokenBucket(int perSecond, int burst, long nowNs) {
        if (perSecond < 1 || perSecond > NS_PER_SECOND || burst < 1) {
            throw new IllegalArgumentException("a rate of " + perSecond + "/s and a burst of " + burst);
        }
        costNs = NS_PER_SECOND / perSecond;
        fullNs = costNs * burst;
        creditNs = fullNs;
        lastNs = nowNs;
    }

    /** Takes a token if there is one. A time before the last one gives nothing back and takes nothing away. */
    public boolean tryTake(long nowNs) {
        final long elapsedNs = nowNs - lastNs;
        if (elapsedNs > 0) {
            lastNs = nowNs;
            creditNs = elapsedNs >= fullNs - creditNs ? fullNs : creditNs + elapsedNs;
        }
        if (creditNs < costNs) {
            return false;
        }
        creditNs -= costNs;
        return true;
    }
}
