package org.wgjvm.router.plane;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The different inactivity timeouts that configurations have named, each with a small number that sessions hold. Number 0 is the default.
 * Any thread may add; the loop reads.
 */
final class TimeoutTable {
    /** Milliseconds without a packet after which a session ends when nothing else is configured. */
    static final long DEFAULT_MS = 180_000;

    /** A tick of the sessions' clock is 2^27 ns, about 134 ms. */
    static final int TICK_SHIFT = 27;

    private volatile long[] timeoutsMs = {DEFAULT_MS};

    /** The number of a timeout; that of the default when there are too many different ones. */
    synchronized int number(long timeoutMs) {
        final long[] present = timeoutsMs;
        for (int i = 0; i < present.length; i++) {
            if (present[i] == timeoutMs) {
                return i;
            }
        }
        if (present.length > SessionKind.MAX_TIMEOUT) {
            return 0;
        }
        final long[] more = Arrays.copyOf(present, present.length + 1);
        more[present.length] = timeoutMs;
        timeoutsMs = more;
        return present.length;
    }

    long timeoutMs(int number) {
        return timeoutsMs[number];
    }

    /** At least the timeout, and less than two ticks more. */
    int ticks(int number) {
        return ticksOf(timeoutsMs[number]);
    }

    static int ticksOf(long timeoutMs) {
        final long ns = TimeUnit.MILLISECONDS.toNanos(Math.min(timeoutMs, Integer.MAX_VALUE));
        return (int) ((ns >>> TICK_SHIFT) + 1);
    }

    static int tickOf(long nowNs) {
        return (int) (nowNs >>> TICK_SHIFT);
    }
}
