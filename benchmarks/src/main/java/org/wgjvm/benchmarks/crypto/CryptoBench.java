package org.wgjvm.benchmarks.crypto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code bin/bench crypto}: our ciphers and {@code openssl speed} in turn, medians and ratios. */
public final class CryptoBench {
    private static final int[] SIZES = {64, 256, 512, 1024, 1420, 8900};
    private static final int[] BATCHES = {1, 4, 16, 44, 128};

    private final int rounds;
    private final long sliceNs;
    private final boolean quick;
    private final List<Row> rows = new ArrayList<>();

    private CryptoBench(boolean quick) {
        this.quick = quick;
        this.rounds = quick ? 3 : 5;
        this.sliceNs = quick ? 60_000_000L : 300_000_000L;
    }

    /** Options: {@code --quick}, {@code --json FILE}, {@code --markdown FILE}, {@code --avx2} (only the batch at 1420 bytes). */
    public static void main(String[] args) throws IOException, InterruptedException {
        boolean quick = false;
        boolean avx2 = false;
        Path json = null;
        Path markdown = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--avx2" -> avx2 = true;
                case "--json" -> json = Path.of(args[++i]);
                case "--markdown" -> markdown = Path.of(args[++i]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        final CryptoBench bench = new CryptoBench(quick);
        final String machine = Machine.describe();
        System.out.println(machine);
        if (avx2) {
            bench.aead("vector", 1420, 44, " (AVX2)");
        } else {
            bench.everything();
        }
        System.out.println(Row.table(bench.rows) + Goal.table(Goal.of(bench.rows)));
        if (json != null) {
            Files.writeString(json, Row.json(bench.rows));
        }
        if (markdown != null) {
            Files.writeString(markdown, Row.markdown(machine, "bin/bench crypto" + (quick ? " --quick" : ""), bench.rows)
                    + Goal.markdown(Goal.of(bench.rows)));
        }
    }

    private void everything() throws IOException, InterruptedException {
        for (int size : quick ? new int[] {64, 1420} : SIZES) {
            for (int batch : quick ? new int[] {1, 44} : BATCHES) {
                aead("vector", size, batch, "");
            }
            if (size == SIZES[0]) {
                aead("vector", size, 1, ", any counter");
            }
            for (String name : new String[] {"scalar", "jca", "bc"}) {
                aead(name, size, 1, "");
            }
        }
        handshake();
    }

    private void aead(String name, int size, int batch, String suffix) throws IOException, InterruptedException {
        final boolean avx2 = suffix.contains("AVX2");
        final AeadLoad load = new AeadLoad(name, size, batch, suffix.contains("any counter"));
        final Sample seal = new Sample(() -> load.seal(), batch);
        final Sample open = new Sample(() -> load.open(), batch);
        seal.warmUp(quick ? 400_000_000L : 2_000_000_000L);
        open.warmUp(quick ? 200_000_000L : 1_000_000_000L);
        final List<Double> theirs = new ArrayList<>();
        for (int r = 0; r < rounds; r++) {
            seal.run(sliceNs);
            open.run(sliceNs);
            theirs.add(OpenSsl.aeadNs(size, avx2));
        }
        final double other = Sample.median(theirs);
        rows.add(new Row("seal" + suffix, size, batch, load.name(), seal.median(), other, seal.bytesPerOperation()));
        rows.add(new Row("open" + suffix, size, batch, load.name(), open.median(), other, open.bytesPerOperation()));
        System.out.println(rows.get(rows.size() - 2));
        System.out.println(rows.get(rows.size() - 1));
    }

    private void handshake() throws IOException, InterruptedException {
        for (HandshakeLoad load : HandshakeLoad.all()) {
            final Sample ours = new Sample(load.work(), 1);
            ours.warmUp(quick ? 1_000_000_000L : 3_000_000_000L);
            final List<Double> theirs = new ArrayList<>();
            for (int r = 0; r < rounds; r++) {
                ours.run(sliceNs);
                theirs.add(load.isX25519() ? OpenSsl.x25519Ns() : Double.NaN);
            }
            final double other = Sample.median(theirs);
            rows.add(new Row(load.name(), load.size(), 1, load.implementation(), ours.median(), other, ours.bytesPerOperation()));
            System.out.println(rows.get(rows.size() - 1));
        }
    }
}
