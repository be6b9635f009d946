package org.wgjvm.benchmarks.crypto;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * {@code bin/bench ramp}: from the start of a JVM until the batch path is compiled, in steps of 100 ms, by cipher, and with and without the
 * cache of classes that a daemon starts with (JEP 514).
 */
public final class RampBench {
    /** Compiled is what is no slower than this times what the end of the run shows. */
    private static final double SETTLED = 1.25;

    private static final int LAST_STEPS = 10;
    private static final int SECONDS = 6;

    private final Path directory = Files.createTempDirectory("wgjvm-ramp");
    private final String classPath = jars();

    private RampBench() throws IOException {}

    /** One way to start: its medians by step, in nanoseconds a packet. */
    private record Way(String name, NavigableMap<Integer, Double> steps) {
        double end() {
            return Sample.median(steps.values().stream().skip(Math.max(0, steps.size() - LAST_STEPS)).toList());
        }

        /** The first step from which on two are settled in a row. */
        String settled() {
            final List<Integer> times = new ArrayList<>(steps.keySet());
            for (int i = 0; i + 1 < times.size(); i++) {
                if (steps.get(times.get(i)) <= SETTLED * end() && steps.get(times.get(i + 1)) <= SETTLED * end()) {
                    return times.get(i) + " ms";
                }
            }
            return "-";
        }
    }

    /** Options: {@code --quick}, {@code --markdown FILE}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        boolean quick = false;
        Path markdown = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--markdown" -> markdown = Path.of(args[++i]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        final RampBench bench = new RampBench();
        try {
            final int rounds = quick ? 1 : 5;
            final List<Way> ways = new ArrayList<>();
            for (String cipher : new String[] {"vector", "tiered"}) {
                ways.add(bench.measure(cipher, rounds, false));
                ways.add(bench.measure(cipher, rounds, true));
            }
            final String document = document(Machine.describe(), rounds, ways);
            System.out.println(document);
            if (markdown != null) {
                Files.writeString(markdown, document);
            }
        } finally {
            try (Stream<Path> files = Files.list(bench.directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(bench.directory);
        }
    }

    private Way measure(String cipher, int rounds, boolean cached) throws IOException, InterruptedException {
        final String cache = directory.resolve(cipher + ".aot").toString();
        if (cached) {
            run("-XX:AOTCacheOutput=" + cache, cipher);
        }
        final NavigableMap<Integer, List<Double>> values = new TreeMap<>();
        for (int r = 0; r < rounds; r++) {
            run(cached ? "-XX:AOTCache=" + cache : "-Xshare:auto", cipher)
                    .forEach((ms, ns) -> values.computeIfAbsent(ms, k -> new ArrayList<>()).add(ns));
        }
        final NavigableMap<Integer, Double> medians = new TreeMap<>();
        values.forEach((ms, ns) -> medians.put(ms, Sample.median(ns)));
        final Way way = new Way(cipher + (cached ? ", cache" : ""), medians);
        System.out.printf(Locale.ROOT, "%-16s compiled after %s, then %.0f ns a packet%n", way.name, way.settled(), way.end());
        return way;
    }

    private NavigableMap<Integer, Double> run(String flag, String cipher) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(flag, "-cp", classPath, Ramp.class.getName(), cipher, Integer.toString(SECONDS)));
        final Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        final NavigableMap<Integer, Double> steps = new TreeMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final String[] words = line.split(" ");
                if (words.length == 2 && words[0].matches("[0-9]+")) {
                    steps.put(Integer.parseInt(words[0]), Double.parseDouble(words[1]));
                }
            }
        }
        if (process.waitFor() != 0 || steps.isEmpty()) {
            throw new IOException("exit code " + process.exitValue() + " of " + command);
        }
        return steps;
    }

    /** The class path with a jar for each directory: a cache is made of jars only. */
    private String jars() throws IOException {
        final List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            final Path path = Path.of(entry);
            if (!Files.isDirectory(path)) {
                entries.add(entry);
                continue;
            }
            final Path jar = directory.resolve(entries.size() + ".jar");
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                    Stream<Path> files = Files.walk(path)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    out.putNextEntry(new JarEntry(path.relativize(file).toString()));
                    Files.copy(file, out);
                }
            }
            entries.add(jar.toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String document(String machine, int rounds, List<Way> ways) {
        final StringBuilder out = new StringBuilder("# Ramp: until the batch path is compiled\n\n");
        out.append(
                String.format(
                        Locale.ROOT,
                    """
                    Written by `bin/bench ramp%s`. Nanoseconds a packet of 1420 bytes in batches of 44, sealed and opened by
                    one thread, in every 100 ms from the start of the JVM; medians of %d start(s). Compiled: no more than %.2f times
                    the median of the last second, twice in a row. `vector` begins with vectors; `tiered`, as a daemon does, with
                    plain integers, and warms the vectors up beside its packets. The cache is what a rehearsal of the same load
                    left behind.

                    """,
                        rounds == 1 ? " --quick" : "", rounds, SETTLED));
        out.append(machine).append("\n\n| ms |");
        ways.forEach(w -> out.append(' ').append(w.name).append(" |"));
        out.append("\n|---|").append("---|".repeat(ways.size())).append("\n| compiled |");
        ways.forEach(w -> out.append(' ').append(w.settled()).append(" |"));
        out.append('\n');
        for (int ms = 100; ms <= 1000 * SECONDS; ms += ms < 3000 ? 100 : 500) {
            out.append("| ").append(ms).append(" |");
            for (Way way : ways) {
                final Double ns = way.steps.get(ms);
                out.append(' ').append(ns == null ? "-" : String.format(Locale.ROOT, "%.0f", ns)).append(" |");
            }
            out.append('\n');
        }
        return out.toString();
    }
}
