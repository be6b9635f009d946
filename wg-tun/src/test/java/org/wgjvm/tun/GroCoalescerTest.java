package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.IoVector;

final class GroCoalescerTest {
    private static final TestPackets.Flow TCP4 = new TestPackets.Flow(true, true, 0x12345678, 0, 64, 3, TestPackets.DF, 0, 1000);
    private static final TestPackets.Flow TCP6 = new TestPackets.Flow(false, true, 0x12345678, 0, 64, 3, 0, 0, 1000);
    private static final TestPackets.Flow UDP4 = new TestPackets.Flow(true, false, 0x12345678, 0, 64, 0, TestPackets.DF, 0, 0);

    private final PortCounters counters = new PortCounters();
    private final List<byte[]> frames = new ArrayList<>();
    private int superframeResult;
    private int singleResult;
    private final GroCoalescer coalescer = new GroCoalescer(this::writev, counters, true, true, true);

    private long writev(IoVector vector, int count) {
        final ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            frame.writeBytes(MemorySegment.ofAddress(vector.address(i)).reinterpret(vector.length(i)).toArray(ValueLayout.JAVA_BYTE));
        }
        final int result = frame.toByteArray()[1] == 0 ? singleResult : superframeResult;
        if (result < 0) {
            return result;
        }
        frames.add(frame.toByteArray());
        return frame.size();
    }

    private int write(List<byte[]> packets) {
        final PacketBatch batch = new PacketBatch(Math.max(1, packets.size()), 1 << 20);
        packets.forEach(packet -> TestPackets.add(batch, packet));
        frames.clear();
        final int accepted = coalescer.write(batch);
        for (int i = 0; i < packets.size(); i++) {
            assertArrayEquals(packets.get(i), TestPackets.get(batch, i), "the batch has been changed");
        }
        return accepted;
    }

    private List<byte[]> expanded() {
        return frames.stream().flatMap(frame -> TestPackets.expand(frame).stream()).toList();
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "packet " + i);
        }
    }

    /** Several flows, each cut into runs with gaps, repeats and damage, interleaved: what comes out is what went in, flow by flow. */
    @Property(tries = 500)
    void changesNoPacketAndKeepsTheOrderOfEachFlow(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int flowCount) {
        final Random random = new Random(seed);
        final List<List<byte[]>> flows = new ArrayList<>();
        for (int f = 0; f < flowCount; f++) {
            // Distinct ports, so that a flow is told by them.
            final TestPackets.Flow drawn = TestPackets.flow(random, random.nextBoolean(), random.nextInt(4) > 0);
            final TestPackets.Flow flow = new TestPackets.Flow(drawn.v4(), drawn.tcp(), f << 16 | 5, drawn.tos(), drawn.ttl(),
                    drawn.optionWords(), drawn.fragment(), drawn.id(), drawn.sequence());
            final List<byte[]> packets = TestPackets.segments(flow, random.nextInt(3) == 0 ? random.nextInt(256) : TestPackets.ACK,
                    1 + random.nextInt(300), TestPackets.payload(random, 1 + random.nextInt(2000)));
            disturb(random, packets);
            flows.add(new ArrayList<>(packets.subList(0, Math.min(40, packets.size()))));
        }
        final Map<Integer, List<byte[]>> expected = new HashMap<>();
        final List<byte[]> interleaved = new ArrayList<>();
        for (int f = 0; f < flowCount; f++) {
            expected.put(f, new ArrayList<>(flows.get(f)));
        }
        while (!flows.stream().allMatch(List::isEmpty)) {
            final List<byte[]> flow = flows.get(random.nextInt(flowCount));
            for (int n = random.nextInt(5); n >= 0 && !flow.isEmpty(); n--) {
                interleaved.add(flow.removeFirst());
            }
        }
        assertEquals(interleaved.size(), write(interleaved));

        final Map<Integer, List<byte[]>> actual = new HashMap<>();
        for (byte[] packet : expanded()) {
            final int port = (packet[0] >> 4 & 0xf) == 4 ? 20 : 40;
            actual.computeIfAbsent((packet[port] & 0xff) << 8 | packet[port + 1] & 0xff, k -> new ArrayList<>()).add(packet);
        }
        for (int f = 0; f < flowCount; f++) {
            assertSame(withoutIds(expected.get(f)), withoutIds(actual.getOrDefault(f, List.of())));
        }
    }

    /** Sets the id, and the checksum over it, to zero where fragmenting is forbidden: there a repeated id may become a consecutive one. */
    private static List<byte[]> withoutIds(List<byte[]> packets) {
        return packets.stream().map(byte[]::clone).peek(packet -> {
            if (packet[0] == 0x45 && packet[6] == 0x40) {
                Arrays.fill(packet, 4, 6, (byte) 0);
                Arrays.fill(packet, 10, 12, (byte) 0);
            }
        }).toList();
    }

    private static void disturb(Random random, List<byte[]> packets) {
        if (random.nextInt(3) == 0) {
            packets.remove(random.nextInt(packets.size()));
        }
        if (!packets.isEmpty() && random.nextInt(3) == 0) {
            packets.add(random.nextInt(packets.size()), packets.get(random.nextInt(packets.size())));
        }
        if (!packets.isEmpty() && random.nextInt(3) == 0) {
            final int i = random.nextInt(packets.size());
            final byte[] damaged = packets.get(i).clone();
            final int ports = (damaged[0] >> 4 & 0xf) == 4 ? 20 : 40;
            damaged[ports + 4 + random.nextInt(damaged.length - ports - 4)] ^= (byte) (1 << random.nextInt(8));
            packets.set(i, damaged);
        }
    }

    @Property(tries = 300)
    void aRunBecomesOneSuperframe(@ForAll long seed, @ForAll boolean v4, @ForAll boolean tcp,
            @ForAll @IntRange(min = 2, max = 40) int count, @ForAll @IntRange(min = 1, max = 1400) int segmentSize) {
        final Random random = new Random(seed);
        final TestPackets.Flow flow = TestPackets.flow(random, v4, tcp);
        final int length = (count - 1) * segmentSize + 1 + random.nextInt(segmentSize);
        final int flags = random.nextBoolean() ? TestPackets.ACK : TestPackets.ACK | TestPackets.PSH;
        final List<byte[]> packets = TestPackets.segments(flow, flags, segmentSize, TestPackets.payload(random, length));
        final long before = counters.get(PortCounter.WRITTEN_SUPERFRAMES);
        assertEquals(count, write(packets));
        assertEquals(1, frames.size());
        assertSame(packets, expanded());
        assertEquals(1, counters.get(PortCounter.WRITTEN_SUPERFRAMES) - before);
    }

    @Property
    void survivesGarbage(@ForAll List<byte[]> garbage, @ForAll boolean likeIp) {
        final List<byte[]> packets = garbage.stream().filter(g -> g.length > 0).map(byte[]::clone).toList();
        if (likeIp) {
            packets.forEach(p -> p[0] = (byte) (p.length % 2 == 0 ? 0x45 : 0x60));
            packets.stream().filter(p -> p.length > 9).forEach(p -> {
                p[6] = 0;
                p[9] = 6;
                p[2] = 0;
                p[3] = (byte) p.length;
            });
        }
        assertEquals(packets.size(), write(packets));
        final List<byte[]> written = expanded();
        assertEquals(packets.size(), written.size());
        packets.forEach(p -> assertTrue(written.stream().anyMatch(w -> Arrays.equals(p, w))));
    }

    @Example
    void twoInterleavedFlowsBecomeTwoSuperframes() {
        final List<byte[]> a = TestPackets.segments(TCP4, TestPackets.ACK, 100, new byte[500]);
        final List<byte[]> b = TestPackets.segments(TCP6, TestPackets.ACK, 100, new byte[500]);
        final List<byte[]> mixed = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            mixed.add(a.get(i));
            mixed.add(b.get(i));
        }
        assertEquals(10, write(mixed));
        assertEquals(2, frames.size());
    }

    @Example
    void neverMoreThan64SegmentsOr64KiB() {
        final List<byte[]> small = TestPackets.segments(UDP4, 0, 10, new byte[1300]);
        assertEquals(130, write(small));
        assertEquals(3, frames.size());
        assertSame(small, expanded());
        final List<byte[]> large = TestPackets.segments(TCP6, TestPackets.ACK, 1400, new byte[1400 * 60]);
        assertEquals(60, write(large));
        assertEquals(2, frames.size());
        assertSame(large, expanded());
    }

    @Example
    void fixedIdsAreNoObstacleWhereFragmentingIsForbidden() {
        final List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            packets.add(TestPackets.packet(TCP4, 0, i * 100, TestPackets.ACK, new byte[100]));
        }
        write(packets);
        assertEquals(1, frames.size());
        final TestPackets.Flow fragmentable = new TestPackets.Flow(true, true, 1, 0, 64, 0, 0, 7, 0);
        packets.clear();
        for (int i = 0; i < 4; i++) {
            packets.add(TestPackets.packet(fragmentable, 0, i * 100, TestPackets.ACK, new byte[100]));
        }
        write(packets);
        assertEquals(4, frames.size());
        assertSame(packets, expanded());
    }

    @Example
    void controlSegmentsGoAloneAndInTheirPlace() {
        final List<byte[]> packets = new ArrayList<>(TestPackets.segments(TCP4, TestPackets.ACK, 100, new byte[300]));
        packets.add(TestPackets.packet(TCP4, 3, 300, TestPackets.ACK, new byte[0]));
        packets.add(TestPackets.packet(TCP4, 4, 300, TestPackets.ACK | TestPackets.FIN, new byte[100]));
        write(packets);
        assertEquals(3, frames.size());
        assertSame(packets, expanded());
    }

    @Example
    void aUdpPacketWithoutAChecksumGoesAlone() {
        final List<byte[]> packets = TestPackets.segments(UDP4, 0, 100, new byte[300]);
        packets.forEach(p -> Arrays.fill(p, 26, 28, (byte) 0));
        write(packets);
        assertEquals(3, frames.size());
        assertSame(packets, expanded());
    }

    @Example
    void aRefusedSuperframeIsWrittenSinglyAndTheOffloadStaysOff() {
        final List<byte[]> packets = TestPackets.segments(TCP4, TestPackets.ACK, 100, new byte[500]);
        for (int errno : new int[] {Errno.EIO, Errno.EINVAL}) {
            final GroCoalescerTest fresh = new GroCoalescerTest();
            fresh.superframeResult = -errno;
            assertEquals(5, fresh.write(packets));
            assertSame(packets, fresh.expanded());
            assertEquals(1, fresh.counters.get(PortCounter.OFFLOAD_RETREATS));
            fresh.superframeResult = 0;
            assertEquals(5, fresh.write(packets));
            assertEquals(5, fresh.frames.size());
            assertEquals(1, fresh.counters.get(PortCounter.OFFLOAD_RETREATS));
            fresh.write(TestPackets.segments(TCP6, TestPackets.ACK, 100, new byte[500]));
            assertEquals(1, fresh.frames.size(), "the other offloads stay on");
        }
    }

    @Example
    void anInterfaceThatIsDownIsNoReasonToRetreat() {
        final List<byte[]> packets = TestPackets.segments(TCP4, TestPackets.ACK, 100, new byte[500]);
        superframeResult = -Errno.EIO;
        singleResult = -Errno.EIO;
        assertEquals(0, write(packets));
        assertEquals(5, counters.get(PortCounter.WRITE_REFUSED));
        superframeResult = 0;
        singleResult = 0;
        assertEquals(5, write(packets));
        assertEquals(1, frames.size());
        assertEquals(0, counters.get(PortCounter.OFFLOAD_RETREATS));
    }

    @Example
    void aFullDeviceDropsAndCounts() {
        superframeResult = -Errno.EAGAIN;
        assertEquals(0, write(TestPackets.segments(TCP4, TestPackets.ACK, 100, new byte[500])));
        assertEquals(5, counters.get(PortCounter.WRITE_OVERFLOW));
        assertEquals(0, counters.get(PortCounter.OFFLOAD_RETREATS));
    }
}
