package org.wgjvm.benchmarks.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadBatch;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.TieredAead;

/**
 * How fast the batch path is, every 100 ms from the start of the JVM on. {@link RampBench} starts one of these for each way to start.
 *
 * <p>Cipher {@code tiered} is the one of a daemon: plain integers until, in the background, the vectors have warmed up.
 */
public final class Ramp {
    private static final int SIZE = 1420;
    private static final int BATCH = 44;
    private static final long STEP_MS = 100;

    private Ramp() {}

    /** Arguments: a cipher or {@code tiered}, and for how many seconds. Prints steps and their nanoseconds a packet, a line each. */
    public static void main(String[] args) {
        final Aead aead = args[0].equals("tiered") ? TieredAead.create() : Aeads.create(args[0]);
        if (args[0].equals("tiered")) {
            final Thread warm = new Thread(TieredAead.warmUpTask());
            warm.setDaemon(true);
            warm.start();
        }
        final AeadKey key = new AeadKey(new byte[AeadKey.LENGTH], 0);
        final long stride = SIZE + Aead.TAG_LENGTH;
        final MemorySegment slab = Arena.global().allocate(BATCH * stride, 64);
        final AeadBatch batch = new AeadBatch(BATCH);
        final long startedMs = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
        final long endMs = startedMs + 1000L * Integer.parseInt(args[1]);
        long step = (System.currentTimeMillis() - startedMs) / STEP_MS + 1;
        for (long nowMs = 0; nowMs < endMs; step++) {
            final long from = System.nanoTime();
            long runs = 0;
            for (nowMs = System.currentTimeMillis(); nowMs < startedMs + step * STEP_MS; nowMs = System.currentTimeMillis()) {
                fill(batch, key, slab, SIZE);
                aead.seal(batch);
                fill(batch, key, slab, SIZE + Aead.TAG_LENGTH);
                aead.open(batch);
                runs++;
            }
            if (runs > 0) {
                System.out.println(step * STEP_MS + " " + (System.nanoTime() - from) / runs / BATCH / 2);
            }
        }
    }

    private static void fill(AeadBatch batch, AeadKey key, MemorySegment slab, int length) {
        final long stride = SIZE + Aead.TAG_LENGTH;
        batch.clear();
        for (int i = 0; i < BATCH; i++) {
            batch.add(key, i, slab, i * stride, length, slab, i * stride);
        }
    }
}
