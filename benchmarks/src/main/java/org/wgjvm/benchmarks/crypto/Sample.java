package org.wgjvm.benchmarks.crypto;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Repeated timings of one piece of work, by the CPU time of this thread, as {@code openssl speed} counts its own. */
final class Sample {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long WINDOW_NS = 100_000_000L;
    private static final long PATIENCE_NS = 15_000_000_000L;

    private final Runnable work;
    private final int operations;
    private final List<Double> ns = new ArrayList<>();
    private double bytes = Double.MAX_VALUE;

    /** Each run of {@code work} does {@code operations} of what is reported. */
    Sample(Runnable work, int operations) {
        this.work = work;
        this.operations = operations;
    }

    /** Runs for at least {@code durationNs}, and on until the last eight windows of 100 ms brought nothing: it is compiled by then. */
    void warmUp(long durationNs) {
        final long began = System.nanoTime();
        double best = Double.MAX_VALUE;
        int idle = 0;
        while (System.nanoTime() - began < durationNs || idle < 8 && System.nanoTime() - began < PATIENCE_NS) {
            final long from = System.nanoTime();
            long runs = 0;
            while (System.nanoTime() - from < WINDOW_NS) {
                work.run();
                runs++;
            }
            final double now = (System.nanoTime() - from) / (double) runs;
            idle = now < 0.9 * best ? 0 : idle + 1;
            best = Math.min(best, now);
        }
    }

    /** One timing, of about {@code durationNs}, and of the garbage made meanwhile. */
    void run(long durationNs) {
        final long garbage = THREADS.getCurrentThreadAllocatedBytes();
        final long began = THREADS.getCurrentThreadCpuTime();
        long now = began;
        long runs = 0;
        while (now - began < durationNs) {
            for (int i = 0; i < 64; i++) {
                work.run();
            }
            runs += 64;
            now = THREADS.getCurrentThreadCpuTime();
        }
        ns.add((now - began) / (double) runs / operations);
        bytes = Math.min(bytes, (THREADS.getCurrentThreadAllocatedBytes() - garbage) / (double) runs / operations);
    }

    double median() {
        return median(ns);
    }

    /** Least garbage of all runs: what compiled code makes. */
    double bytesPerOperation() {
        return bytes;
    }

    static double median(List<Double> values) {
        final List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        final int n = sorted.size();
        return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }
}
