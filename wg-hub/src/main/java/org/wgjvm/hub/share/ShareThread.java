package org.wgjvm.hub.share;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The two threads of a {@link Share}: one that does its steps, and one that does nothing but watch the {@link Fence}. */
public final class ShareThread implements AutoCloseable {
    /** A host that was asleep has slept longer than its threads know: so often they look at the clock. */
    private static final long LOOK_NS = 200_000_000;

    private final Share share;
    private final KeyValueStore store;
    private final LongSupplier clockNs;
    private final Consumer<String> log;
    private final Runnable onCut;
    private final Thread stepping;
    private final Thread guarding;
    private volatile boolean closed;
    private final AtomicLong steps = new AtomicLong();

    /**
     * Begins.
     *
     * @param onCut told when hubs were cut off
     */
    public ShareThread(Share share, KeyValueStore store, LongSupplier clockNs, Consumer<String> log, Runnable onCut) {
        this.share = share;
        this.store = store;
        this.clockNs = clockNs;
        this.log = log;
        this.onCut = onCut;
        stepping = Thread.ofPlatform().daemon().name("hub-share").start(this::run);
        guarding = Thread.ofPlatform().daemon().name("hub-fence").start(this::guard);
    }

    private void run() {
        try {
            while (!closed) {
                long inNs = 1_000_000_000L;
                try {
                    inNs = share.step() - clockNs.getAsLong();
                } catch (RuntimeException e) {
                    log.accept("the store that is shared: " + e);
                }
                steps.incrementAndGet();
                share.await(Math.max(1, TimeUnit.NANOSECONDS.toMillis(inNs)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void guard() {
        while (!closed) {
            final var cut = share.fence().check(clockNs.getAsLong());
            if (!cut.isEmpty()) {
                log.accept("the lease could not be renewed: cut off, since others may have them now: " + String.join(", ", cut));
                onCut.run();
            }
            LockSupport.parkNanos(share.fence().leftNs(clockNs.getAsLong(), LOOK_NS));
        }
    }

    /** Has both threads look at the clock now: for one that does not run by itself. */
    public void look() {
        share.wake();
        LockSupport.unpark(guarding);
    }

    /** How many steps were done. */
    public long steps() {
        return steps.get();
    }

    /** Ends. The agent's key in the store stays until its lease ends: an agent that is soon there again finds its hubs still its own. */
    @Override
    public void close() {
        closed = true;
        stepping.interrupt();
        LockSupport.unpark(guarding);
        try {
            stepping.join();
            guarding.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
