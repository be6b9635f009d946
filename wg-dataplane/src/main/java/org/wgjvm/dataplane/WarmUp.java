package org.wgjvm.dataplane;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.wgjvm.crypto.TieredAead;
import org.wgjvm.crypto.X25519;
import org.wgjvm.sys.Niceness;

/**
 * Gets the faster ciphers compiled, once in a process, on a thread of its own. They take a good part of a second of the JIT's time, and so
 * does all else when a process begins: therefore in the first quiet moment after half a second, or, when there is none, after a second and
 * a half.
 */
final class WarmUp {
    private static final long FIRST_LOOK_MS = 3000;
    private static final long NEXT_LOOK_MS = 1000;
    private static final int LOOKS = 5;
    private static final int NICENESS = 5;

    private final EventLoop loop;
    private final LongSupplier batches;
    private long seen;
    private int looksLeft = LOOKS;

    private WarmUp(EventLoop loop, LongSupplier batches) {
        this.loop = loop;
        this.batches = batches;
    }

    /**
     * Sees to it, unless somebody else in the process already does. On the loop.
     *
     * @param batches how many batches the device has carried so far
     */
    static void begin(EventLoop loop, LongSupplier batches) {
        ciphers();
        final WarmUp warmUp = new WarmUp(loop, batches);
        loop.schedule(warmUp::look, FIRST_LOOK_MS, TimeUnit.MILLISECONDS);
    }

    static void ciphers() {
        run(TieredAead.warmUpTask(), 0);
    }

    private void look() {
        final long now = batches.getAsLong();
        if (now == seen || --looksLeft == 0) {
            run(X25519.warmUpTask(), NICENESS);
        } else {
            seen = now;
            loop.schedule(this::look, NEXT_LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private static void run(Runnable task, int niceness) {
        if (task == null) {
            return;
        }
        final Thread thread = new Thread(() -> {
            // Packets come first, but it must end: they are slow until then. Where it cannot be had, it is a wish.
            final int ignored = Niceness.ofThisThread(niceness);
            task.run();
        }, "crypto-warm-up");
        thread.setDaemon(true);
        thread.start();
    }
}
