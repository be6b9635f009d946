package org.wgjvm.dataplane;

import io.netty.channel.EventLoop;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.wgjvm.core.packet.InternetChecksum;
import org.wgjvm.crypto.TieredAead;
import org.wgjvm.crypto.X25519;
import org.wgjvm.sys.Niceness;

/**
 * Gets the faster ciphers compiled, once in a process, each on a thread of its own. That of packets at once, for it takes a third of a
 * second of the JIT's time and without it all traffic is slow; that of handshakes, which are few, in the first quiet second after three,
 * or, when there is none, after a minute.
 */
final class WarmUp {
    private static final long FIRST_LOOK_MS = 3000;
    private static final long NEXT_LOOK_MS = 1000;
    private static final int LOOKS = 58;

    /** In a second: pings and keepalives are not disturbed by it, a transfer is. */
    private static final long QUIET_BATCHES = 100;

    private static final int NICENESS = 5;

    /** Bytes: a packet, an IPv4 header, addresses of both versions, and one that is odd. */
    private static final int[] CHECKSUM_LENGTHS = {1400, 20, 8, 32, 1371};

    private static final int CHECKSUMS = 500;

    private static final AtomicReference<CompletionStage<Void>> CIPHERS = new AtomicReference<>(CompletableFuture.completedStage(null));

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
        final CompletionStage<Void> ignored = ciphers();
        final WarmUp warmUp = new WarmUp(loop, batches);
        loop.schedule(warmUp::look, FIRST_LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /** Begins with the one of packets, unless somebody has. */
    static CompletionStage<Void> ciphers() {
        final Runnable task = TieredAead.warmUpTask();
        if (task != null) {
            CIPHERS.set(run(() -> {
                task.run();
                checksums();
            }, 0));
        }
        return CIPHERS.get();
    }

    /** The one loop over a packet's bytes beside the cipher: not compiled, it takes as long as all else. */
    private static void checksums() {
        final MemorySegment packet = Arena.ofAuto().allocate(CHECKSUM_LENGTHS[0]);
        long sum = 0;
        for (int n = 0; n < CHECKSUMS; n++) {
            sum = InternetChecksum.fold(InternetChecksum.sum(packet, 0, CHECKSUM_LENGTHS[n % CHECKSUM_LENGTHS.length], sum));
        }
    }

    private void look() {
        final long now = batches.getAsLong();
        if (now - seen < QUIET_BATCHES || --looksLeft == 0) {
            final Runnable task = X25519.warmUpTask();
            if (task != null) {
                final CompletionStage<Void> ignored = run(task, NICENESS);
            }
        } else {
            seen = now;
            loop.schedule(this::look, NEXT_LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private static CompletionStage<Void> run(Runnable task, int niceness) {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            // Where it cannot be had, it is a wish.
            final int ignored = Niceness.ofThisThread(niceness);
            try {
                task.run();
            } finally {
                done.complete(null);
            }
        }, "crypto-warm-up");
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
