package org.wgjvm.benchmarks.pipeline;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.tun.SegmentationLoad;

/** One batch round and round the whole path on the calling thread, with the time of each stage: nanoseconds a packet, medians of slices. */
final class PipelineRun {
    /** Where the time of a packet goes. */
    enum Stage {
        /** A TCP superframe is cut into packets, headers and checksums made. */
        SPLIT("split and checksum"),
        /** Routing, headers, counters, timers, jobs. */
        OUT("out: route, headers, timers"),
        /** ChaCha20-Poly1305. */
        SEAL("out: seal"),
        /** Stands for the kernel, and is in no sum. */
        WIRE("(copy between the two)"),
        /** ChaCha20-Poly1305. */
        OPEN("in: open"),
        /** Index, replay window, timers, source check. */
        IN("in: index, replay, source, timers"),
        /** Packets of one flow become superframes. */
        COALESCE("coalesce");

        final String label;

        Stage(String label) {
            this.label = label;
        }

        boolean isOut() {
            return this == SPLIT || this == OUT || this == SEAL;
        }

        boolean isIn() {
            return this == OPEN || this == IN || this == COALESCE;
        }
    }

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long WARM_UP_WINDOW_NS = 200_000_000L;
    private static final int IDLE_WINDOWS = 6;
    private static final int MAX_WINDOWS = 100;

    private final DevicePair pair;
    private final SegmentationLoad segmentation;
    private final int packets;
    private final Map<Stage, List<Double>> samples = new EnumMap<>(Stage.class);
    private final long[] elapsedNs = new long[Stage.values().length];
    private double garbage = Double.MAX_VALUE;

    /**
     * The path for packets of {@code length} bytes in batches of {@code packets}.
     *
     * @param superframes whether they come as TCP superframes and leave as such; else they are single datagrams
     */
    PipelineRun(int length, int packets, boolean superframes) {
        this.packets = packets;
        pair = new DevicePair(length, packets);
        segmentation = superframes ? new SegmentationLoad(packets, length, DevicePair.NEAR, DevicePair.FAR) : null;
        for (Stage stage : Stage.values()) {
            samples.put(stage, new ArrayList<>());
        }
    }

    private void round() {
        final long t0 = System.nanoTime();
        if (segmentation != null) {
            segmentation.split(pair.inner());
        } else {
            pair.fill();
        }
        final long t1 = System.nanoTime();
        pair.outbound();
        final long t2 = System.nanoTime();
        pair.inbound();
        final long t3 = System.nanoTime();
        if (segmentation != null) {
            segmentation.coalesce(pair.lastDelivered());
        }
        final long t4 = System.nanoTime();
        final long sealNs = pair.nearAead.takeElapsedNs();
        final long openNs = pair.farAead.takeElapsedNs();
        final long wireNs = pair.takeWireNs();
        add(Stage.SPLIT, segmentation == null ? 0 : t1 - t0);
        add(Stage.SEAL, sealNs);
        add(Stage.WIRE, wireNs);
        add(Stage.OUT, t2 - t1 - sealNs - wireNs);
        add(Stage.OPEN, openNs);
        add(Stage.IN, t3 - t2 - openNs);
        add(Stage.COALESCE, segmentation == null ? 0 : t4 - t3);
    }

    private void add(Stage stage, long ns) {
        elapsedNs[stage.ordinal()] += ns;
    }

    /** Until some windows in a row brought nothing: it is compiled by then. */
    void warmUp() {
        double best = Double.MAX_VALUE;
        for (int idle = 0, n = 0; idle < IDLE_WINDOWS && n < MAX_WINDOWS; n++) {
            final double now = window(WARM_UP_WINDOW_NS);
            idle = now < 0.95 * best ? 0 : idle + 1;
            best = Math.min(best, now);
        }
    }

    /** One slice of {@code durationNs} into the samples. */
    void measure(long durationNs) {
        final long allocated = THREADS.getCurrentThreadAllocatedBytes();
        final long before = pair.delivered();
        window(durationNs);
        final double count = pair.delivered() - before;
        garbage = Math.min(garbage, (THREADS.getCurrentThreadAllocatedBytes() - allocated) / count);
        for (Stage stage : Stage.values()) {
            samples.get(stage).add(elapsedNs[stage.ordinal()] / count);
        }
    }

    /** Nanoseconds a packet. */
    private double window(long durationNs) {
        java.util.Arrays.fill(elapsedNs, 0);
        final long before = pair.delivered();
        final long fromNs = System.nanoTime();
        long nowNs = fromNs;
        long rounds = 0;
        while (nowNs - fromNs < durationNs) {
            for (int i = 0; i < 16; i++) {
                round();
            }
            rounds += 16;
            nowNs = System.nanoTime();
        }
        if (pair.delivered() - before != rounds * packets) {
            throw new IllegalStateException("packets were lost on the way");
        }
        return (nowNs - fromNs) / (double) (rounds * packets);
    }

    double ns(Stage stage) {
        final List<Double> sorted = new ArrayList<>(samples.get(stage));
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    double outNs() {
        return ns(Stage.SPLIT) + ns(Stage.OUT) + ns(Stage.SEAL);
    }

    double inNs() {
        return ns(Stage.COALESCE) + ns(Stage.IN) + ns(Stage.OPEN);
    }

    /** Bytes of garbage a packet, the least of all slices: what compiled code makes. A slice's own bookkeeping is in it. */
    double garbageBytes() {
        return garbage;
    }

    /** Rounds a second for this thread, of everything: for scaling. */
    double packetsPerSecond(long durationNs) {
        return 1e9 / window(durationNs);
    }
}
