package org.wgjvm.tun;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.IoVector;

/**
 * Has the code around superframes compiled before there are any: packets of a flow are joined and taken apart again, in memory alone. Not
 * compiled, it takes milliseconds for each superframe, which counts for a process that takes a busy tunnel over.
 */
public final class TunRehearsal {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int MTU = 1420;
    private static final int PACKETS = 32;
    private static final int FRAME_BYTES = 1 << 17;
    private static final int TCP_HEADER = 0x5010_0400;

    private final MemorySegment frame = Arena.ofAuto().allocate(FRAME_BYTES, 8);
    private final GroCoalescer coalescer = new GroCoalescer(this::take, new PortCounters(), true, true, true);
    private final GsoSplitter splitter = new GsoSplitter();
    private final PacketBatch joined = new PacketBatch(PACKETS, PACKETS * 2048);
    private final PacketBatch split = new PacketBatch(2 * PACKETS, 2 * PACKETS * 2048);
    private int sequence;
    private long packets;

    private TunRehearsal() {}

    /** Joins and splits {@code rounds} times. Returns how many packets came out of superframes. */
    public static long run(int rounds) {
        final TunRehearsal rehearsal = new TunRehearsal();
        for (int round = 0; round < rounds; round++) {
            rehearsal.write();
        }
        return rehearsal.packets;
    }

    private void write() {
        joined.clear();
        joined.mtu(MTU);
        for (int n = 0; n < PACKETS; n++) {
            final int i = joined.addInner(MTU);
            header(joined.slab().asSlice(joined.offset[i], MTU));
        }
        coalescer.write(joined);
    }

    /** IPv4 and TCP, both checksums right, the payload whatever was there. */
    private void header(MemorySegment packet) {
        packet.set(INT, 0, 0x4500_0000 | MTU);
        packet.set(INT, 4, 0x4000);
        packet.set(INT, 8, 0x4006_0000);
        packet.set(INT, 12, 0x0a00_0001);
        packet.set(INT, 16, 0x0a00_0002);
        packet.set(INT, 20, 0x1388_1389);
        packet.set(INT, 24, sequence);
        packet.set(INT, 28, 1);
        packet.set(INT, 32, TCP_HEADER);
        packet.set(INT, 36, 0);
        sequence += MTU - 40;
        put(packet, 10, sum(packet, 0, 20, 0));
        put(packet, 36, sum(packet, 20, MTU, sum(packet, 12, 20, 6 + MTU - 20)));
    }

    private static long sum(MemorySegment packet, int from, int to, long start) {
        long sum = start;
        for (int i = from; i < to; i += 2) {
            sum += (packet.get(ValueLayout.JAVA_BYTE, i) & 0xff) << 8 | packet.get(ValueLayout.JAVA_BYTE, i + 1) & 0xff;
        }
        return sum;
    }

    private static void put(MemorySegment packet, int at, long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        packet.set(ValueLayout.JAVA_BYTE, at, (byte) (~folded >>> 8));
        packet.set(ValueLayout.JAVA_BYTE, at + 1, (byte) ~folded);
    }

    /** What is written is a superframe, perhaps, and is split as if it had been read. */
    private long take(IoVector vector, int count) {
        long length = 0;
        for (int i = 0; i < count; i++) {
            final MemorySegment slice = MemorySegment.ofAddress(vector.address(i)).reinterpret(vector.length(i));
            MemorySegment.copy(slice, 0, frame, length, slice.byteSize());
            length += vector.length(i);
        }
        if (VirtioHeader.gsoType(frame, 0) != VirtioHeader.GSO_NONE) {
            split.clear();
            split.mtu(MTU);
            final boolean begun = splitter.begin(frame, VirtioHeader.BYTES, (int) length - VirtioHeader.BYTES,
                    VirtioHeader.gsoType(frame, 0), VirtioHeader.gsoSize(frame, 0), VirtioHeader.csumStart(frame, 0));
            if (begun && splitter.split(split)) {
                packets += split.size();
            }
            splitter.abandon();
        }
        return length;
    }
}
