package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.IoVector;

/** Frames with a virtio header of any bytes, split; runs of packets of any bytes, coalesced; beside their naive twins. */
final class SegmentationFuzzTest {
    /** A virtio header in host byte order and a frame. The frame fills its memory segment, so that a read beyond it throws. */
    @FuzzTest
    void split(byte[] data) {
        if (data.length < VirtioHeader.BYTES) {
            return;
        }
        final MemorySegment virtio = MemorySegment.ofArray(data);
        final byte[] frame = Arrays.copyOfRange(data, VirtioHeader.BYTES, data.length);
        final boolean partial = (VirtioHeader.flags(virtio, 0) & VirtioHeader.NEEDS_CSUM) != 0;
        final int gsoType = VirtioHeader.gsoType(virtio, 0);
        final int gsoSize = VirtioHeader.gsoSize(virtio, 0);
        final int csumStart = partial ? VirtioHeader.csumStart(virtio, 0) : 0;
        final GsoSplitter splitter = new GsoSplitter();
        if (!splitter.begin(MemorySegment.ofArray(frame), 0, frame.length, gsoType, gsoSize, csumStart)) {
            assertFalse(splitter.isPending());
            return;
        }
        final int expected = splitter.remaining();
        final List<byte[]> packets = new ArrayList<>();
        final PacketBatch batch = new PacketBatch(1 + frame.length % 7, 4 * PacketBatch.stride(frame.length));
        boolean finished = false;
        while (!finished) {
            batch.clear();
            finished = splitter.split(batch);
            assertTrue(batch.size() > 0);
            for (int i = 0; i < batch.size(); i++) {
                packets.add(TestPackets.get(batch, i));
            }
        }
        assertEquals(expected, packets.size());
        final boolean v4 = (frame[0] & 0xf0) == 0x40;
        final boolean tcp = gsoType != VirtioHeader.GSO_UDP_L4;
        final int transport = csumStart != 0 ? csumStart : v4 ? (frame[0] & 0xf) * 4 : 40;
        final int header = transport + (tcp ? (frame[transport + 12] >> 4 & 0xf) * 4 : 8);
        checkPieces(packets, frame, header, gsoSize, v4);
        if (v4 ? frame[0] == 0x45 : transport == 40) {
            checkAgainstTwin(packets, frame, header, gsoSize, v4, tcp);
        }
    }

    /** Every packet but the last is full, the payload is the frame's, and the IP header states the length. */
    private static void checkPieces(List<byte[]> packets, byte[] frame, int header, int gsoSize, boolean v4) {
        final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int i = 0; i < packets.size(); i++) {
            final byte[] packet = packets.get(i);
            assertTrue(i == packets.size() - 1 ? packet.length <= header + gsoSize : packet.length == header + gsoSize);
            payload.write(packet, header, packet.length - header);
            final int stated = ByteBuffer.wrap(packet).getShort(v4 ? 2 : 4) & 0xffff;
            assertEquals((packet.length - (v4 ? 0 : 40)) & 0xffff, stated);
        }
        assertArrayEquals(Arrays.copyOfRange(frame, header, frame.length), payload.toByteArray());
    }

    /** Field by field what a kernel would have sent (IPv4 without options, IPv6 without extension headers). */
    private static void checkAgainstTwin(List<byte[]> packets, byte[] frame, int header, int gsoSize, boolean v4, boolean tcp) {
        final ByteBuffer b = ByteBuffer.wrap(frame);
        final int ip = v4 ? 20 : 40;
        for (int i = 0, at = 0; i < packets.size(); i++) {
            final byte[] packet = packets.get(i);
            final ByteBuffer p = ByteBuffer.wrap(packet);
            assertTrue(Rfc1071.verifies(packet), "checksums of packet " + i);
            if (v4) {
                assertEquals((short) (b.getShort(4) + i), p.getShort(4), "id");
                assertArrayEquals(Arrays.copyOfRange(frame, 6, 10), Arrays.copyOfRange(packet, 6, 10));
                assertArrayEquals(Arrays.copyOfRange(frame, 12, 20), Arrays.copyOfRange(packet, 12, 20));
            } else {
                assertArrayEquals(Arrays.copyOfRange(frame, 6, 40), Arrays.copyOfRange(packet, 6, 40));
            }
            if (tcp) {
                final boolean last = i == packets.size() - 1;
                final int flags = (last ? ~0 : ~(TestPackets.FIN | TestPackets.PSH)) & (i == 0 ? ~0 : ~TestPackets.CWR);
                assertEquals(b.getInt(ip + 4) + at, p.getInt(ip + 4), "sequence");
                assertEquals((byte) (frame[ip + 13] & flags), packet[ip + 13], "flags");
                assertArrayEquals(Arrays.copyOfRange(frame, ip + 18, header), Arrays.copyOfRange(packet, ip + 18, header));
            } else {
                assertEquals((short) (packet.length - ip), p.getShort(ip + 4), "UDP length");
            }
            at += gsoSize;
        }
    }

    /**
     * Steps that each give one packet: what it is, where to damage it and with what, how long its payload is. The low bits of the first
     * byte choose one of four flows or raw bytes; the next say whether the packet goes on where its flow was.
     */
    @FuzzTest
    void coalesce(byte[] data) {
        final List<byte[]> packets = new ArrayList<>();
        final int[] index = new int[4];
        final int[] sent = new int[4];
        for (int at = 0; at + 4 <= data.length && packets.size() < 100; at += 4) {
            final int what = data[at] & 0xff;
            final int length = data[at + 3] & 0xff;
            final int f = what & 3;
            final byte[] packet;
            if ((what & 0x84) == 0x84) {
                packet = Arrays.copyOfRange(data, at, Math.min(data.length, at + 1 + length));
            } else {
                final int flags = (what & 8) != 0 ? TestPackets.ACK | TestPackets.PSH : TestPackets.ACK;
                packet = TestPackets.packet(FLOWS[f], index[f], sent[f], flags, new byte[length]);
                if ((what & 0x10) == 0) {
                    index[f]++;
                    sent[f] += length;
                }
                if ((what & 0x20) != 0) {
                    packet[(data[at + 1] & 0xff) % packet.length] ^= data[at + 2];
                }
            }
            packets.add(packet);
        }
        final List<byte[]> frames = new ArrayList<>();
        final PortCounters counters = new PortCounters();
        final GroCoalescer coalescer = new GroCoalescer((vector, count) -> take(frames, vector, count), counters, true, true, true);
        final PacketBatch batch = new PacketBatch(128, 1 << 17);
        packets.forEach(packet -> TestPackets.add(batch, packet));
        assertEquals(packets.size(), coalescer.write(batch));

        final List<byte[]> written = frames.stream().flatMap(frame -> expand(frame).stream()).toList();
        assertEquals(packets.size(), written.size());
        final Map<String, List<byte[]>> expected = packets.stream().collect(Collectors.groupingBy(SegmentationFuzzTest::flowOf));
        final Map<String, List<byte[]>> actual = written.stream().collect(Collectors.groupingBy(SegmentationFuzzTest::flowOf));
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((flow, list) -> assertSame(list, actual.get(flow)));
    }

    /** As the twin does, which has but one flow label; the frame's own is put back. */
    private static List<byte[]> expand(byte[] frame) {
        final List<byte[]> packets = TestPackets.expand(frame);
        if (packets.size() > 1 && (frame[VirtioHeader.BYTES] & 0xf0) == 0x60) {
            packets.forEach(packet -> System.arraycopy(frame, VirtioHeader.BYTES, packet, 0, 4));
        }
        return packets;
    }

    private static final TestPackets.Flow[] FLOWS = {
        new TestPackets.Flow(true, true, 0x10001, 0, 64, 3, TestPackets.DF, 0xfffe, -300),
        new TestPackets.Flow(false, true, 0x10002, 2, 64, 0, 0, 0, 1000),
        new TestPackets.Flow(true, false, 0x10003, 0, 64, 0, 0, 9, 0),
        new TestPackets.Flow(false, false, 0x10004, 0, 64, 0, 0, 0, 0),
    };

    private static long take(List<byte[]> frames, IoVector vector, int count) {
        final ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            frame.writeBytes(MemorySegment.ofAddress(vector.address(i)).reinterpret(vector.length(i)).toArray(ValueLayout.JAVA_BYTE));
        }
        assertTrue(frame.size() <= VirtioHeader.BYTES + 65535);
        frames.add(frame.toByteArray());
        return frame.size();
    }

    /** Version, protocol, addresses and ports, as far as they are there: what one flow has in common and keeps. */
    private static String flowOf(byte[] packet) {
        final boolean v4 = (packet[0] & 0xf0) == 0x40;
        final byte[] whole = Arrays.copyOf(packet, Math.max(packet.length, 44));
        return HexFormat.of().toHexDigits(packet[0]) + HexFormat.of().toHexDigits(whole[v4 ? 9 : 6])
                + HexFormat.of().formatHex(whole, v4 ? 12 : 8, v4 ? 24 : 44);
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(withoutId(expected.get(i)), withoutId(actual.get(i)), "packet " + i);
        }
    }

    /** Where fragmenting is forbidden, a repeated id may become a consecutive one (RFC 6864, section 4.1). */
    private static byte[] withoutId(byte[] packet) {
        final byte[] copy = packet.clone();
        if (copy.length >= 20 && copy[0] == 0x45 && copy[6] == 0x40) {
            Arrays.fill(copy, 4, 6, (byte) 0);
            Arrays.fill(copy, 10, 12, (byte) 0);
        }
        return copy;
    }
}
