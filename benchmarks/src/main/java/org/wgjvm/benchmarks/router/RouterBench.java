package org.wgjvm.benchmarks.router;

import com.sun.management.ThreadMXBean;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.wgjvm.benchmarks.router.RouterRig.Choice;
import org.wgjvm.crypto.TieredAead;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.router.config.ConfigException;

/**
 * {@code bin/bench router}: the packet path through tenant, service and NAT beside the plain data plane, in turn, in one process and on one
 * event loop. Only what the device under test does is counted, by the CPU time of the loop: no system call and no copy to or from a port,
 * so that what the router adds stands beside nothing but the protocol.
 */
public final class RouterBench {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BATCH = 64;
    private static final int BATCHES = 8;
    private static final int MILLION = 1_000_000;

    /** Prime: popular sessions are anywhere in the table. */
    private static final long SCATTER = 611_953;

    /**
     * How the packets of a batch are spread over the sessions. On the internet flows are popular by Zipf's law (the n-th most popular has
     * an n-th of the packets of the first), and packets come in trains: that is the first. The others are harder, up to what no traffic
     * is like, and the last is what a read of a TUN gives.
     */
    enum Spread {
        /** Trains of four packets, each of one of the million by Zipf's law. */
        TRAINS("by Zipf's law, in trains of 4"),
        /** Each packet is of one of the million by Zipf's law. */
        ZIPF("by Zipf's law, singly"),
        /** Each packet is of one of 1024 sessions. */
        BUSY("1024 busy ones, singly"),
        /** Each packet is of any of the million: nothing is ever in the cache. */
        ANY("any, evenly, singly"),
        /** A batch is of one session. */
        RUNS("any, in runs of 64");

        private final String label;

        Spread(String label) {
            this.label = label;
        }
    }

    /** One row: nanoseconds a packet of either, both directions, and the garbage of the router. */
    record Row(Spread spread, int length, double plainInNs, double routedInNs, double plainOutNs, double routedOutNs, double bytes) {
        double ratio() {
            return (plainInNs + plainOutNs) / (routedInNs + routedOutNs);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "| %-29s | %5d | %7.0f | %7.0f | %7.0f | %7.0f | %5.2f | %5.2f |",
                    spread.label, length, plainInNs, routedInNs, plainOutNs, routedOutNs, ratio(), bytes);
        }

        String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"spread\": \"%s\", \"length\": %d, \"plain_in_ns\": %.1f, \"routed_in_ns\": %.1f, \"plain_out_ns\": %.1f,"
                            + " \"routed_out_ns\": %.1f, \"ratio\": %.3f, \"bytes_per_packet\": %.2f}",
                    spread, length, plainInNs, routedInNs, plainOutNs, routedOutNs, ratio(), bytes);
        }
    }

    private final boolean quick;
    private final RouterRig plain;
    private final RouterRig routed;

    private RouterBench(boolean quick, RouterRig plain, RouterRig routed) {
        this.quick = quick;
        this.plain = plain;
        this.routed = routed;
    }

    /**
     * Options: {@code --quick}, {@code --json FILE}, {@code --markdown FILE}, {@code --sessions N}; {@code --spread NAME} (such as
     * {@code zipf}) for one way of spreading packets alone.
     */
    public static void main(String[] args) throws IOException, ConfigException {
        boolean quick = false;
        int sessions = MILLION;
        List<Spread> spreads = List.of(Spread.values());
        Path json = null;
        Path markdown = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--sessions" -> sessions = Integer.parseInt(args[++i]);
                case "--spread" -> spreads = List.of(Spread.valueOf(args[++i].toUpperCase(Locale.ROOT)));
                case "--json" -> json = Path.of(args[++i]);
                case "--markdown" -> markdown = Path.of(args[++i]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        final IoEventLoopGroup group = DataPlane.eventLoops(1, "bench");
        final var loop = group.next();
        try (RouterRig plain = new RouterRig(loop, false, sessions);
                RouterRig routed = new RouterRig(loop, true, sessions)) {
            routed.fill(sessions);
            final int filled = routed.sessions();
            if (filled != sessions) {
                throw new IllegalStateException(filled + " sessions instead of " + sessions);
            }
            System.out.printf(Locale.ROOT, "%,d sessions; nanoseconds of CPU a packet, %d packets a batch%n", filled, BATCH);
            System.out.println("| sessions | bytes | plain in | routed in | plain out | routed out | ratio | B/packet |");
            System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
            final RouterBench bench = new RouterBench(quick, plain, routed);
            bench.warmUp(sessions);
            final List<Row> rows = bench.rows(sessions, spreads);
            final List<CommitTime> commits = new ArrayList<>();
            for (final int peers : new int[] {1, 10_000}) {
                commits.add(CommitTime.measure(peers, quick ? 3 : 15));
                System.out.println(commits.getLast());
            }
            write(json, markdown, rows, filled, commits);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    /** The ciphers above all take some seconds until they are compiled; either rig is measured only then. */
    private void warmUp(int sessions) {
        final long beganNs = System.nanoTime();
        final long enoughNs = TimeUnit.SECONDS.toNanos(quick ? 5 : 20);
        while (!TieredAead.isWarm() || System.nanoTime() - beganNs < enoughNs) {
            if (System.nanoTime() - beganNs > TimeUnit.MINUTES.toNanos(2)) {
                throw new IllegalStateException("the ciphers are not compiled after two minutes");
            }
            for (final Spread spread : Spread.values()) {
                for (final RouterRig rig : List.of(plain, routed)) {
                    in(rig, spread, 1420, sessions);
                    out(rig, spread, 1420, sessions);
                }
            }
        }
    }

    private List<Row> rows(int sessions, List<Spread> spreads) {
        final List<Row> rows = new ArrayList<>();
        for (final int length : quick ? new int[] {1420} : new int[] {1420, 512, 128}) {
            for (final Spread spread : spreads) {
                final Row row = row(spread, length, sessions);
                rows.add(row);
                System.out.println(row);
            }
        }
        return rows;
    }

    private Row row(Spread spread, int length, int sessions) {
        final int rounds = quick ? 12 : 40;
        final int warmUps = 4;
        final List<List<Double>> ns = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        double bytes = Double.MAX_VALUE;
        for (int round = -warmUps; round < rounds; round++) {
            final double[] sample = {
                in(plain, spread, length, sessions)[0], 0, out(plain, spread, length, sessions)[0], 0,
            };
            final double[] in = in(routed, spread, length, sessions);
            final double[] out = out(routed, spread, length, sessions);
            sample[1] = in[0];
            sample[3] = out[0];
            for (int i = 0; round >= 0 && i < 4; i++) {
                ns.get(i).add(sample[i]);
            }
            bytes = round < 0 ? bytes : Math.min(bytes, (in[1] + out[1]) / 2);
        }
        return new Row(spread, length, median(ns.get(0)), median(ns.get(1)), median(ns.get(2)), median(ns.get(3)), bytes);
    }

    private static double median(List<Double> values) {
        final double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static Choice choice(RouterRig rig, Spread spread, int sessions) {
        final int any = rig.random().nextInt(sessions);
        return switch (spread) {
            case TRAINS -> new Choice() {
                private int left;
                private int session;

                @Override
                public int next() {
                    if (left-- == 0) {
                        left = 3;
                        session = (int) (popular(rig, sessions) * SCATTER % sessions);
                    }
                    return session;
                }
            };
            case ZIPF -> () -> (int) (popular(rig, sessions) * SCATTER % sessions);
            case ANY -> () -> rig.random().nextInt(sessions);
            case BUSY -> () -> (int) (rig.random().nextInt(1024) * 976L % sessions);
            case RUNS -> () -> any;
        };
    }

    /** A rank from 1 on, by Zipf's law. */
    private static long popular(RouterRig rig, int sessions) {
        return (long) Math.exp(rig.random().nextDouble() * Math.log(sessions));
    }

    /** Nanoseconds and bytes of garbage a packet: from the wire to the LAN. */
    private double[] in(RouterRig rig, Spread spread, int length, int sessions) {
        return rig.onLoop(() -> {
            long ns = 0;
            long garbage = 0;
            long packets = 0;
            for (int round = 0; round < (quick ? 10 : 30); round++) {
                for (int b = 0; b < BATCHES; b++) {
                    rig.fromSpoke(BATCH, length, choice(rig, spread, sessions));
                }
                final long before = rig.delivered();
                final long allocated = THREADS.getCurrentThreadAllocatedBytes();
                final long began = THREADS.getCurrentThreadCpuTime();
                rig.receive();
                ns += THREADS.getCurrentThreadCpuTime() - began;
                garbage += THREADS.getCurrentThreadAllocatedBytes() - allocated;
                packets += rig.delivered() - before;
                expect(rig.delivered() - before);
            }
            return new double[] {(double) ns / packets, (double) garbage / packets};
        });
    }

    /** The other way. */
    private double[] out(RouterRig rig, Spread spread, int length, int sessions) {
        return rig.onLoop(() -> {
            rig.deafSpoke();
            long ns = 0;
            long garbage = 0;
            long packets = 0;
            for (int round = 0; round < (quick ? 10 : 30) * BATCHES; round++) {
                rig.fillLan(BATCH, length, choice(rig, spread, sessions));
                final long before = rig.sent();
                final long allocated = THREADS.getCurrentThreadAllocatedBytes();
                final long began = THREADS.getCurrentThreadCpuTime();
                rig.pumpLan();
                ns += THREADS.getCurrentThreadCpuTime() - began;
                garbage += THREADS.getCurrentThreadAllocatedBytes() - allocated;
                packets += rig.sent() - before;
            }
            expect(packets / (quick ? 10 : 30));
            return new double[] {(double) ns / packets, (double) garbage / packets};
        });
    }

    private static void expect(long packets) {
        if (packets != BATCH * BATCHES) {
            throw new IllegalStateException(packets + " packets came through of " + BATCH * BATCHES);
        }
    }

    private static void write(Path json, Path markdown, List<Row> rows, int sessions, List<CommitTime> commits) throws IOException {
        if (json != null) {
            Files.writeString(
                    json,
                    "{\"sessions\": " + sessions + ", \"rows\": [\n  "
                            + String.join(",\n  ", rows.stream().map(Row::json).toList()) + "\n], \"commits\": ["
                            + String.join(", ", commits.stream().map(CommitTime::json).toList()) + "]}\n");
        }
        if (markdown != null) {
            final StringBuilder text = new StringBuilder();
            text.append("# The router beside the plain data plane\n\n");
            text.append("`bin/bench router` writes this file. Nanoseconds of CPU a packet, medians, with ")
                    .append(String.format(Locale.ROOT, "%,d", sessions))
                    .append(" sessions in the table; ")
                    .append(BATCH)
                    .append(" packets a batch.\nIn: from the wire, opened, to the interface. Out: from the interface, sealed, to the wire.")
                    .append(" Routed, every packet goes through\ntenant, service and NAT of its session. Ports and wire are in memory and")
                    .append(" take no time of their own, which is the worst case for the\nrouter: beside system calls its share is")
                    .append(" smaller. The ratio is that of throughputs, both directions together.\n\n")
                    .append("Which sessions packets are of: flows of the internet are popular by Zipf's law (the n-th has an n-th of the")
                    .append(" packets of the first), and packets come in\ntrains; that is the first row of each length. The others are")
                    .append(" harder, up to \"any, evenly\", in which nothing is ever in the cache.")
                    .append(" Runs are what a\nread of a TUN gives.\n\n");
            text.append(System.getProperty("os.name")).append(' ').append(System.getProperty("os.version")).append(", ");
            text.append(Runtime.getRuntime().availableProcessors()).append(" CPUs, Java ").append(Runtime.version()).append(".\n\n");
            text.append("| sessions | bytes | plain in | routed in | plain out | routed out | ratio | garbage, B/packet |\n");
            text.append("|---|---:|---:|---:|---:|---:|---:|---:|\n");
            rows.forEach(row -> text.append(row).append('\n'));
            text.append('\n');
            commits.forEach(commit -> text.append("- ").append(commit).append('\n'));
            Files.writeString(markdown, text.toString());
        }
    }
}
