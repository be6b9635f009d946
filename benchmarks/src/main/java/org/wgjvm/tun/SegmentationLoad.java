package org.wgjvm.tun;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.wgjvm.core.packet.PacketBatch;

/**
 * What a TUN device with offloads does in user space, without the device: a TCP superframe is split into a batch, and a batch that came
 * through a tunnel is made into superframes for a sink that takes them at no cost. In this package because the two are nobody else's.
 */
public final class SegmentationLoad {
    private static final int HEADERS = 20 + 20;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment frame;
    private final int frameLength;
    private final int segmentSize;
    private final GsoSplitter splitter = new GsoSplitter();
    private final PortCounters counters = new PortCounters();
    private final GroCoalescer coalescer = new GroCoalescer((vector, count) -> count, counters, true, true, true);

    /**
     * A superframe of {@code packets} full packets.
     *
     * @param packetLength bytes of each, IPv4 and TCP headers of 40 bytes included
     * @param source its IPv4 source
     * @param destination its IPv4 destination
     */
    public SegmentationLoad(int packets, int packetLength, int source, int destination) {
        segmentSize = packetLength - HEADERS;
        frameLength = HEADERS + packets * segmentSize;
        frame = Arena.ofAuto().allocate(frameLength, 64);
        for (int i = HEADERS; i < frameLength; i++) {
            frame.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31));
        }
        frame.set(INT, 0, 0x4500_0000);
        frame.set(INT, 4, 0x1234_4000);
        frame.set(INT, 8, 0x4006_0000);
        frame.set(INT, 12, source);
        frame.set(INT, 16, destination);
        frame.set(INT, 20, 40_000 << 16 | 5201);
        frame.set(INT, 24, 1);
        frame.set(INT, 28, 1);
        frame.set(INT, 32, 0x5010_2000);
    }

    /** Appends the packets of the superframe. */
    public void split(PacketBatch batch) {
        if (!splitter.begin(frame, 0, frameLength, VirtioHeader.GSO_TCPV4, segmentSize, 20) || !splitter.split(batch)) {
            throw new IllegalStateException("the superframe was not split");
        }
    }

    /** Writes the packets of the batch; returns how many there were. */
    public int coalesce(PacketBatch batch) {
        return coalescer.write(batch);
    }

    /** How many superframes {@link #coalesce} has made so far. */
    public long superframes() {
        return counters.get(PortCounter.WRITTEN_SUPERFRAMES);
    }
}
