package org.wgjvm.interop;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting for a condition of another process, with a deadline. */
final class Await {
    private static final long POLL_NS = 20_000_000;
    /** Limits are written for an idle machine. On a busy one everything takes longer, and who passes does not wait for a limit. */
    private static final int BUSY = 4;

    private Await() {}

    /** How long to wait for what takes {@code limit} at most on an idle machine. */
    static Duration onBusyMachine(Duration limit) {
        return limit.multipliedBy(BUSY);
    }

    /** Returns as soon as {@code condition} holds; fails the test when it has not within {@code limit}, and some more on a busy machine. */
    static void until(String what, Duration limit, BooleanSupplier condition) {
        until(what, limit, condition::getAsBoolean, holds -> holds);
    }

    /** Returns the first value that is {@code good}; fails the test, with the last one, when there was none in time. */
    static <T> T until(String what, Duration limit, Supplier<T> value, Predicate<T> good) {
        final long startNs = System.nanoTime();
        final Duration all = onBusyMachine(limit);
        while (true) {
            final T now = value.get();
            if (good.test(now)) {
                return now;
            }
            if (System.nanoTime() - startNs > all.toNanos()) {
                throw new AssertionError("not within " + all.toMillis() + " ms: " + what + "; last seen: " + now);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /**
     * Lets {@code time} pass. Only for what has no condition to wait for: that something does not happen can only be watched for a while,
     * and a timer of the protocol takes the time it takes.
     */
    static void pass(Duration time) {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < time.toNanos()) {
            LockSupport.parkNanos(time.toNanos() - (System.nanoTime() - startNs));
        }
    }
}
