package org.wgjvm.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.JcaAead;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.RandomSource;
import org.wgjvm.crypto.RecordingAead;

/**
 * A world of devices on a virtual clock: everything that happens follows from the seed, and days pass in seconds.
 *
 * <p>An event is a datagram that arrives, a timer of a device, or a step of the scenario. {@link #log()} tells what happened, in order.
 */
public final class Simulation {
    /** A second in the unit of the clock. */
    public static final long SECOND_NS = 1_000_000_000L;

    /** A millisecond in the unit of the clock. */
    public static final long MILLISECOND_NS = 1_000_000L;

    private static final long EPOCH_NS = 1_700_000_000L * SECOND_NS;

    private record Event(long atNs, long order, Runnable action) {}

    private final long seed;
    private final RandomGenerator random;
    private final SimNetwork network;
    private final SimWitness witness;
    private final RecordingAead aead = new RecordingAead(new JcaAead());
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>(
            java.util.Comparator.comparingLong(Event::atNs).thenComparingLong(Event::order));
    private long nowNs;
    private long wallOffsetNs = EPOCH_NS;
    private long order;
    private long steps;
    private boolean logging = true;
    private boolean watched;

    /** A world at time zero, with nobody in it. */
    public Simulation(long seed) {
        this.seed = seed;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.network = new SimNetwork(this);
        this.witness = new SimWitness(this);
        // Device clocks begin at an odd place: nothing may depend on a clock that starts at zero.
        this.nowNs = SECOND_NS * random.nextLong(1, 1_000_000);
    }

    /** The seed: print it when something fails. */
    public long seed() {
        return seed;
    }

    /** The one source of chance. */
    public RandomGenerator random() {
        return random;
    }

    /** Random bytes for devices. */
    public RandomSource randomSource() {
        return random::nextBytes;
    }

    /** What connects the nodes. */
    public SimNetwork network() {
        return network;
    }

    /** Who knows what must never happen; {@link #watch()} lets it speak. */
    public SimWitness witness() {
        return witness;
    }

    /** From here on every event is checked by the witness. Only for worlds where nobody but a device speaks in its name. */
    public Simulation watch() {
        watched = true;
        return this;
    }

    boolean isLogging() {
        return logging;
    }

    boolean isWatched() {
        return watched;
    }

    /** The cipher of every device; it sees to it that no nonce is used twice. */
    public RecordingAead aead() {
        return aead;
    }

    /** How many events have happened. */
    public long steps() {
        return steps;
    }

    /** Whether {@link #log()} is written. What happens does not depend on it. */
    public void logging(boolean value) {
        logging = value;
    }

    /** Monotonic time, suspends included. */
    public long nowNs() {
        return nowNs;
    }

    /** Wall-clock time. */
    public long epochNs() {
        return wallOffsetNs + nowNs;
    }

    /** Steps the wall clock, forwards or back. */
    public void stepWallClock(long byNs) {
        wallOffsetNs += byNs;
        note("wall clock stepped by " + byNs / MILLISECOND_NS + " ms");
    }

    /** A new node with a random key at the given address, up. */
    public SimNode node(String name, Endpoint address) {
        final SimNode node = new SimNode(this, name, address, PrivateKey.generate(randomSource()));
        nodes.add(node);
        node.device().up(nowNs);
        return node;
    }

    /** Everybody. */
    public List<SimNode> nodes() {
        return nodes;
    }

    /** Does something after {@code delayNs}. */
    public void after(long delayNs, Runnable action) {
        events.add(new Event(nowNs + delayNs, order++, action));
    }

    /** Lets time pass, and everything happen that happens in it. */
    public void runFor(long durationNs) {
        runUntil(nowNs + durationNs);
    }

    /** Lets everything happen up to and including {@code untilNs}. */
    public void runUntil(long untilNs) {
        while (true) {
            long next = events.isEmpty() ? Long.MAX_VALUE : events.peek().atNs();
            SimNode due = null;
            for (SimNode node : nodes) {
                if (node.nextDeadlineNs() < next) {
                    next = node.nextDeadlineNs();
                    due = node;
                }
            }
            if (next > untilNs) {
                nowNs = untilNs;
                return;
            }
            nowNs = Math.max(nowNs, next);
            if (due != null) {
                due.device().onDeadline(nowNs);
            } else {
                events.poll().action().run();
            }
            steps++;
            for (SimNode node : nodes) {
                node.work();
            }
            if (watched) {
                witness.inspect();
            }
        }
    }

    /** Time passes and nobody notices: every host sleeps, and datagrams under way arrive late. */
    public void suspend(long durationNs) {
        nowNs += durationNs;
        note("everyone slept " + durationNs / MILLISECOND_NS + " ms");
    }

    /** Writes a line of the log. */
    void note(String line) {
        if (logging) {
            log.add(String.format("%12.3f %s", nowNs / 1e9, line));
        }
    }

    /** What happened, a line each, times in seconds. */
    public List<String> log() {
        return log;
    }

    /** The seed and the last lines of the log, for the message of a failed assertion. */
    public String trace() {
        final int from = Math.max(0, log.size() - 60);
        return "seed " + seed + "\n" + String.join("\n", log.subList(from, log.size()));
    }
}
