package org.wgjvm.benchmarks.crypto;

import java.util.Locale;

/** {@code bin/bench ramp}: how fast the batch path is, every 100 ms from its first packet on. */
public final class Ramp {
    private static final int SIZE = 1420;
    private static final int BATCH = 44;
    private static final long STEP_NS = 100_000_000L;

    private Ramp() {}

    /** Argument: for how many seconds, 5 unless told. */
    public static void main(String[] args) {
        final int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        final long began = System.nanoTime();
        final AeadLoad load = new AeadLoad("vector", SIZE, BATCH);
        System.out.println("ms since start of measurement | ns a packet, seal and open");
        for (int step = 1; step <= seconds * 10; step++) {
            final long from = System.nanoTime();
            long runs = 0;
            while (System.nanoTime() < began + step * STEP_NS) {
                load.seal();
                load.open();
                runs++;
            }
            if (runs > 0) {
                System.out.printf(
                        Locale.ROOT, "%6d %10.1f%n", step * 100, (System.nanoTime() - from) / (double) runs / BATCH / 2);
            }
        }
    }
}
