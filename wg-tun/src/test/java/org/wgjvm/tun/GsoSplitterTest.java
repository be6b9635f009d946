package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.wgjvm.core.packet.PacketBatch;

final class GsoSplitterTest {
    private final GsoSplitter splitter = new GsoSplitter();
    private final MemorySegment frame = Arena.ofAuto().allocate(70_000);

    private static int gsoType(TestPackets.Flow flow) {
        return flow.tcp() ? flow.v4() ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6 : VirtioHeader.GSO_UDP_L4;
    }

    /** The superframe as the kernel gives it: lengths of the whole, and only the pseudo header's sum in the checksum field. */
    private int superframe(TestPackets.Flow flow, int flags, byte[] payload) {
        final byte[] whole = TestPackets.packet(flow, 0, 0, flags, payload);
        final int ipLength = flow.v4() ? 20 : 40;
        final int partial = Rfc1071.pseudoHeader(whole, flow.tcp() ? 6 : 17, whole.length - ipLength);
        ByteBuffer.wrap(whole).putShort(ipLength + (flow.tcp() ? 16 : 6), (short) partial);
        MemorySegment.copy(whole, 0, frame, ValueLayout.JAVA_BYTE, 0, whole.length);
        return whole.length;
    }

    @Property(tries = 500)
    void givesThePacketsOfTheNaiveTwin(@ForAll long seed, @ForAll boolean v4, @ForAll boolean tcp,
            @ForAll @IntRange(min = 1, max = 1460) int segmentSize, @ForAll @IntRange(min = 1, max = 30_000) int length,
            @ForAll @IntRange(min = 1, max = 64) int capacity) {
        final Random random = new Random(seed);
        final TestPackets.Flow flow = TestPackets.flow(random, v4, tcp);
        final int flags = random.nextInt(256);
        final byte[] payload = TestPackets.payload(random, Math.min(length, 100 * segmentSize));
        final int frameLength = superframe(flow, flags, payload);
        assertTrue(splitter.begin(frame, 0, frameLength, gsoType(flow), segmentSize, random.nextBoolean() ? 0 : v4 ? 20 : 40));

        final List<byte[]> expected = TestPackets.segments(flow, flags, segmentSize, payload);
        assertEquals(expected.size(), splitter.remaining());
        final List<byte[]> split = new ArrayList<>();
        final PacketBatch batch = new PacketBatch(capacity, 100_000);
        boolean finished = false;
        while (!finished) {
            batch.clear();
            finished = splitter.split(batch);
            for (int i = 0; i < batch.size(); i++) {
                split.add(TestPackets.get(batch, i));
                assertTrue(batch.offset[i] >= PacketBatch.HEADROOM);
                if (i > 0) {
                    assertEquals(batch.offset[i - 1] + PacketBatch.stride(batch.length[i - 1]), batch.offset[i]);
                }
            }
            assertTrue(batch.size() > 0);
        }
        assertFalse(splitter.isPending());
        assertEquals(expected.size(), split.size());
        for (int i = 0; i < split.size(); i++) {
            assertTrue(Rfc1071.verifies(split.get(i)));
            assertArrayEquals(expected.get(i), split.get(i));
        }
    }

    @Property
    void survivesGarbage(@ForAll byte[] garbage, @ForAll @IntRange(max = 7) int gsoType, @ForAll @IntRange(max = 0xffff) int gsoSize,
            @ForAll @IntRange(max = 200) int csumStart, @ForAll boolean likeIp) {
        MemorySegment.copy(garbage, 0, frame, ValueLayout.JAVA_BYTE, 0, garbage.length);
        if (likeIp && garbage.length > 60) {
            frame.set(ValueLayout.JAVA_BYTE, 0, (byte) (gsoType == VirtioHeader.GSO_TCPV6 ? 0x60 : 0x45));
            frame.set(ValueLayout.JAVA_BYTE, 9, (byte) 6);
            frame.set(ValueLayout.JAVA_BYTE, 6, (byte) 6);
        }
        if (splitter.begin(frame, 0, garbage.length, gsoType, gsoSize, csumStart)) {
            final PacketBatch batch = new PacketBatch(16, 100_000);
            int packets = 0;
            boolean finished = false;
            while (!finished) {
                batch.clear();
                finished = splitter.split(batch);
                packets += batch.size();
            }
            assertTrue(packets > 0 && packets <= garbage.length);
        } else {
            assertFalse(splitter.isPending());
        }
    }

    @Example
    void refusesContradictions() {
        final TestPackets.Flow v4 = new TestPackets.Flow(true, true, 1, 0, 64, 3, 0, 0, 0);
        final int length = superframe(v4, 0x10, new byte[3000]);
        assertFalse(splitter.begin(frame, 0, length, VirtioHeader.GSO_TCPV4, 0, 20), "segments of nothing");
        assertFalse(splitter.begin(frame, 0, length, VirtioHeader.GSO_TCPV6, 1000, 40), "the other family");
        assertFalse(splitter.begin(frame, 0, length, VirtioHeader.GSO_UDP_L4, 1000, 20), "the other protocol");
        assertFalse(splitter.begin(frame, 0, length, VirtioHeader.GSO_TCPV4, 1000, 24), "transport elsewhere");
        assertFalse(splitter.begin(frame, 0, 52, VirtioHeader.GSO_TCPV4, 1000, 20), "no payload");
        assertFalse(splitter.begin(frame, 0, length, 2, 1000, 20), "an unknown type");
    }

    @Example
    void keepsExtensionHeadersWhenTheKernelSaysWhereTransportIs() {
        final TestPackets.Flow v6 = new TestPackets.Flow(false, true, 1, 0, 64, 0, 0, 0, 77);
        final byte[] plain = TestPackets.packet(v6, 0, 0, 0x18, new byte[100]);
        final byte[] extended = new byte[plain.length + 8];
        System.arraycopy(plain, 0, extended, 0, 40);
        System.arraycopy(plain, 40, extended, 48, plain.length - 40);
        extended[6] = 60; // destination options, PadN
        extended[40] = 6;
        extended[42] = 1;
        extended[43] = 4;
        ByteBuffer.wrap(extended).putShort(4, (short) (extended.length - 40));
        MemorySegment.copy(extended, 0, frame, ValueLayout.JAVA_BYTE, 0, extended.length);
        assertTrue(splitter.begin(frame, 0, extended.length, VirtioHeader.GSO_TCPV6, 60, 48));
        final PacketBatch batch = new PacketBatch(4, 4096);
        assertTrue(splitter.split(batch));
        assertEquals(2, batch.size());
        assertEquals(48 + 20 + 60, batch.length[0]);
        assertEquals(48 + 20 + 40, batch.length[1]);
        assertEquals(77 + 60, ByteBuffer.wrap(TestPackets.get(batch, 1)).getInt(52));
        assertEquals(0x10, TestPackets.get(batch, 0)[61]);
        assertEquals(0x18, TestPackets.get(batch, 1)[61]);
    }
}
