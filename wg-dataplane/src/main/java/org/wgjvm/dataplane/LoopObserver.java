package org.wgjvm.dataplane;

import java.util.EnumMap;
import java.util.Map;
import jdk.jfr.FlightRecorder;
import org.wgjvm.core.device.DeviceCounters;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.dataplane.recording.DropsEvent;
import org.wgjvm.dataplane.recording.SlowBatchEvent;

/**
 * What can be seen of an event loop: sizes of batches always, durations while somebody asks for them, and events of the flight recorder
 * while it records. It belongs to the loop's thread, costs a few additions a batch, and allocates nothing but its answers.
 */
final class LoopObserver {
    private static final DropReason[] REASONS = DropReason.values();
    private static final Stage[] STAGES = Stage.values();

    /** Durations: 2^10 ns (about a microsecond) to 2^30 ns (about a second). */
    private static final int FIRST_DURATION_BITS = 10;

    private static final int DURATIONS = 21;

    /** Packets in a batch: 1 to 512. */
    private static final int SIZES = 10;

    private final LogHistogram outboundPackets = new LogHistogram(0, SIZES);
    private final LogHistogram inboundPackets = new LogHistogram(0, SIZES);
    private final LogHistogram[] durations = new LogHistogram[STAGES.length];

    // Made when there is a recorder: that these classes exist would start a good part of one, which takes longer than a device does.
    private SlowBatchEvent[] slow;
    private DropsEvent drops;

    private final long[] reportedDrops = new long[REASONS.length];
    private boolean followsDrops;
    private boolean timed;

    LoopObserver() {
        for (int i = 0; i < durations.length; i++) {
            durations[i] = new LogHistogram(FIRST_DURATION_BITS, DURATIONS);
        }
    }

    /** Whether durations are measured; that costs two readings of a clock for each stage of a batch. */
    void timed(boolean on) {
        timed = on;
    }

    /** A turn of the loop begins; returns what its end is to be told. */
    long beginTurn(Stage turn, DeviceCounters counters) {
        if (slow == null) {
            if (!FlightRecorder.isInitialized()) {
                return begin();
            }
            makeEvents();
        }
        final SlowBatchEvent event = slow[turn.ordinal()];
        if (event.isEnabled()) {
            event.begin();
        }
        if (drops.isEnabled()) {
            if (!followsDrops) {
                followsDrops = true;
                for (int i = 0; i < REASONS.length; i++) {
                    reportedDrops[i] = counters.drops(REASONS[i]);
                }
            }
        } else {
            followsDrops = false;
        }
        return begin();
    }

    /** A turn ends; {@code packets} is the size of its batch, or 0. */
    void endTurn(Stage turn, long begunNs, int packets, DeviceCounters counters) {
        end(turn, begunNs);
        if (turn == Stage.OUTBOUND) {
            outboundPackets.add(packets);
        } else if (turn == Stage.INBOUND) {
            inboundPackets.add(packets);
        }
        if (slow == null) {
            return;
        }
        final SlowBatchEvent event = slow[turn.ordinal()];
        if (event.isEnabled()) {
            event.end();
            if (event.shouldCommit()) {
                event.stage = turn.label();
                event.packets = packets;
                event.commit();
            }
        }
        if (followsDrops) {
            reportDrops(turn, counters);
        }
    }

    private void makeEvents() {
        drops = new DropsEvent();
        slow = new SlowBatchEvent[Stage.TURNS];
        for (int i = 0; i < slow.length; i++) {
            slow[i] = new SlowBatchEvent();
        }
    }

    private void reportDrops(Stage turn, DeviceCounters counters) {
        for (int i = 0; i < REASONS.length; i++) {
            final long count = counters.drops(REASONS[i]);
            if (count != reportedDrops[i]) {
                drops.stage = turn.label();
                drops.reason = REASONS[i].label();
                drops.packets = count - reportedDrops[i];
                drops.commit();
                reportedDrops[i] = count;
            }
        }
    }

    /** A part of a turn begins; returns what its end is to be told. */
    long begin() {
        return timed ? System.nanoTime() : 0;
    }

    /** A part of a turn ends. */
    void end(Stage stage, long begunNs) {
        if (timed && begunNs != 0) {
            durations[stage.ordinal()].add(Math.max(0, System.nanoTime() - begunNs));
        }
    }

    void writeTo(StateWriter out) {
        outboundPackets.writeTo(out);
        inboundPackets.writeTo(out);
        out.u8(STAGES.length);
        for (final Stage stage : STAGES) {
            durations[stage.ordinal()].writeTo(out.text(stage.label()));
        }
    }

    /** Adds what another one has seen. */
    void readFrom(StateReader in) throws StateException {
        outboundPackets.readFrom(in);
        inboundPackets.readFrom(in);
        final int stages = in.u8();
        for (int i = 0; i < stages; i++) {
            final String label = in.text();
            LogHistogram into = new LogHistogram(FIRST_DURATION_BITS, DURATIONS);
            for (final Stage stage : STAGES) {
                into = stage.label().equals(label) ? durations[stage.ordinal()] : into;
            }
            into.readFrom(in);
        }
    }

    LoopStatistics snapshot() {
        final Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
        for (final Stage stage : STAGES) {
            stages.put(stage, durations[stage.ordinal()].snapshot());
        }
        return new LoopStatistics(timed, outboundPackets.snapshot(), inboundPackets.snapshot(), stages);
    }
}
