package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.device.DeviceCounters;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PublicKey;

/** The flight recorder, written and read back. */
@Timeout(60)
class RecordingTest {
    @TempDir
    Path directory;

    @Test
    void handshakesDropsAndSlowBatchesAreReadBack() throws Exception {
        final Path file = directory.resolve("tunnel.jfr");
        final String right;
        try (Recording recording = new Recording()) {
            recording.enable("wgjvm.Handshake");
            recording.enable("wgjvm.Rekey");
            recording.enable("wgjvm.Drops");
            recording.enable("wgjvm.SlowBatch").withThreshold(Duration.ofNanos(1));
            recording.start();
            try (Tunnel tunnel = new Tunnel()) {
                right = tunnel.right.key.publicKey().toBase64();
                tunnel.left.send(Packets.udp("10.0.0.1", "203.0.113.9", 1, 100));
                tunnel.left.send(Packets.udp("10.0.0.1", "203.0.113.9", 2, 100));
                tunnel.cross(3);
            }
            new RecordedEvents().onRekeyed(PublicKey.fromBase64(right), true);
            recording.stop();
            recording.dump(file);
        }
        final List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        final Set<String> outcomes = named(events, "wgjvm.Handshake").stream()
                .filter(e -> e.getString("peer").equals(right))
                .map(e -> e.getString("outcome"))
                .collect(Collectors.toSet());
        assertTrue(outcomes.containsAll(Set.of("initiated", "completed-as-initiator")), outcomes.toString());
        assertTrue(named(events, "wgjvm.Handshake").stream().anyMatch(e -> e.getString("outcome").equals("completed-as-responder")));
        final List<RecordedEvent> drops = named(events, "wgjvm.Drops").stream()
                .filter(e -> e.getString("reason").equals(DropReason.NO_PEER.label()))
                .toList();
        assertEquals(2, drops.stream().mapToLong(e -> e.getLong("packets")).sum(), drops.toString());
        assertTrue(drops.stream().allMatch(e -> e.getString("stage").equals("outbound")), drops.toString());
        final Set<String> slow = named(events, "wgjvm.SlowBatch").stream().map(e -> e.getString("stage")).collect(Collectors.toSet());
        assertTrue(slow.containsAll(Set.of("outbound", "inbound", "handshakes")), slow.toString());
        assertTrue(named(events, "wgjvm.SlowBatch").stream().allMatch(e -> e.getDuration().toNanos() > 0));
        assertTrue(named(events, "wgjvm.Rekey").getFirst().getBoolean("initiator"));
        events.stream()
                .filter(e -> e.getEventType().getName().startsWith("wgjvm."))
                .forEach(e -> assertEquals(List.of("WireGuard"), e.getEventType().getCategoryNames()));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
    }

    /** Runs until it has gone a thousand times without an allocation, which is when compilation has settled. */
    @Test
    void nothingIsAllocatedWhileNothingIsRecorded() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final LoopObserver observer = new LoopObserver();
        final DeviceCounters counters = new DeviceCounters();
        final RecordedEvents events = new RecordedEvents();
        final PublicKey peer = PublicKey.of(new byte[PublicKey.LENGTH], 0);
        observer.timed(true);
        long allocated = -1;
        for (int attempt = 0; attempt < 100 && allocated != 0; attempt++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long overhead = threads.getCurrentThreadAllocatedBytes() - before;
            final long start = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                final long turnNs = observer.beginTurn(Stage.OUTBOUND, counters);
                final long partNs = observer.begin();
                observer.end(Stage.SEAL, partNs);
                observer.endTurn(Stage.OUTBOUND, turnNs, 45, counters);
                events.onHandshakeInitiated(peer, 0);
                events.onRekeyed(peer, true);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - start - overhead;
        }
        assertEquals(0, allocated);
    }
}
