package org.wgjvm.benchmarks.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;
import org.wgjvm.benchmarks.crypto.Machine;

/** {@code bin/bench pipeline}: the device and what surrounds it, in memory, on one core: nanoseconds a packet by stage. */
public final class PipelineBench {
    private static final int[] SIZES = {64, 512, 1420};
    private static final int[] BATCHES = {1, 8, 44, 128};
    private static final int SUPERFRAME = 44;

    private final boolean quick;
    private final int slices;
    private final long sliceNs;
    private final List<PipelineRow> rows = new ArrayList<>();
    private final StringBuilder notes = new StringBuilder();

    private PipelineBench(boolean quick) {
        this.quick = quick;
        slices = quick ? 3 : 9;
        sliceNs = quick ? 100_000_000L : 300_000_000L;
    }

    /** Options: {@code --quick}, {@code --json FILE}, {@code --out DIRECTORY} for pipeline.md and pipeline.svg. */
    public static void main(String[] args) throws IOException, InterruptedException {
        boolean quick = false;
        Path json = null;
        Path out = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--json" -> json = Path.of(args[++i]);
                case "--out" -> out = Path.of(args[++i]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        final PipelineBench bench = new PipelineBench(quick);
        final String machine = Machine.describe();
        System.out.println(machine);
        bench.stages();
        bench.scaling();
        bench.latency();
        if (json != null) {
            Files.writeString(json, PipelineRow.json(bench.rows));
        }
        if (out != null) {
            Files.createDirectories(out);
            Files.writeString(out.resolve("pipeline.md"), bench.document(machine));
            Files.writeString(out.resolve("pipeline.svg"), PipelineRow.svg(bench.rows));
        }
    }

    private void stages() {
        for (int size : quick ? new int[] {64, 1420} : SIZES) {
            for (int batch : quick ? new int[] {1, 44} : BATCHES) {
                stage("datagrams", size, batch, false);
            }
        }
        stage("TCP", 1420, SUPERFRAME, true);
    }

    private void stage(String traffic, int size, int batch, boolean superframes) {
        final PipelineRun run = new PipelineRun(size, batch, superframes);
        run.warmUp();
        for (int i = 0; i < slices; i++) {
            run.measure(sliceNs);
        }
        rows.add(PipelineRow.of(traffic, size, batch, run));
        System.out.println(rows.getLast());
    }

    /** A device belongs to one thread, so what scales is the number of devices: one pair a thread, all at once. */
    private void scaling() throws InterruptedException {
        double alone = 0;
        for (int threads = 1; threads <= Runtime.getRuntime().availableProcessors(); threads *= 2) {
            final double total = together(threads);
            alone = threads == 1 ? total : alone;
            note(String.format(
                    Locale.ROOT,
                    "%d device pair(s), a thread each: %.2f million TCP packets of 1420 bytes a second out and in again, %.2f times one.",
                    threads, total / 1e6, total / alone));
        }
    }

    private double together(int threads) throws InterruptedException {
        final CountDownLatch warm = new CountDownLatch(threads);
        final double[] rates = new double[threads];
        final Thread[] all = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            final int mine = t;
            all[t] = Thread.ofPlatform().start(() -> {
                final PipelineRun run = new PipelineRun(1420, SUPERFRAME, true);
                run.warmUp();
                warm.countDown();
                try {
                    warm.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                rates[mine] = run.packetsPerSecond(slices * sliceNs);
            });
        }
        double sum = 0;
        for (int t = 0; t < threads; t++) {
            all[t].join();
            sum += rates[t];
        }
        return sum;
    }

    private void latency() throws IOException {
        try (PlanePair planes = new PlanePair()) {
            for (int size : new int[] {84, 1420}) {
                planes.latency(size, 10 * sliceNs);
                final Histogram times = planes.latency(size, slices * sliceNs);
                note(String.format(
                        Locale.ROOT,
                        "A packet of %d bytes alone, from a router's ring through two data planes on one event loop to another ring:"
                                + " p50 %.1f, p99 %.1f, p99.9 %.1f us (%d packets).",
                        size, times.getValueAtPercentile(50) / 1e3, times.getValueAtPercentile(99) / 1e3,
                        times.getValueAtPercentile(99.9) / 1e3, times.getTotalCount()));
            }
        }
    }

    private void note(String text) {
        System.out.println(text);
        notes.append("- ").append(text).append('\n');
    }

    private String document(String machine) {
        return "# The pipeline in memory, measured\n\nWritten by `bin/bench pipeline`. Nanoseconds a packet on one core, medians of "
                + slices + " slices: what is ours of the way of\na packet, without the kernel's part (a copy in memory stands for it)."
                + " \"TCP\" are superframes of " + SUPERFRAME + " packets, split and\nmade whole again; \"datagrams\" come and go singly."
                + " B/op is garbage.\n\n" + machine + "\n\n![Nanoseconds a packet](pipeline.svg)\n\n" + PipelineRow.markdown(rows) + "\n"
                + notes;
    }
}
