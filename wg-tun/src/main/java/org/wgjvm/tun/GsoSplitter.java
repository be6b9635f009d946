package org.wgjvm.tun;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.PacketMemory;

/**
 * Splits a superframe, which the kernel handed over instead of a run of packets, into those packets: what {@code tcp_gso_segment} and
 * {@code __udp_gso_segment} would have sent. Resumable, because a superframe may not fit the batch that is being filled.
 *
 * <p>The frame stays where it is, and must stay unchanged, from {@link #begin} until {@link #split} has returned true.
 */
final class GsoSplitter {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_CSUM = 16;
    private static final int UDP_CSUM = 6;
    private static final int FIN_PSH = 0x09;
    private static final int CWR = 0x80;

    private MemorySegment frame;
    private long start;
    private int length;
    private int headerLength;
    private int transport;
    private int segmentSize;
    private boolean v4;
    private boolean tcp;
    private int position;
    private int index;

    /**
     * Prepares the frame of {@code frameLength} bytes at {@code at}. Returns false, and there is nothing to split, if its headers
     * contradict each other.
     *
     * @param gsoType of the virtio header, without {@link VirtioHeader#GSO_ECN}
     * @param gsoSize payload bytes a segment
     * @param csumStart offset of the transport header, or 0 if the kernel didn't say
     */
    boolean begin(MemorySegment source, long at, int frameLength, int gsoType, int gsoSize, int csumStart) {
        position = 0;
        length = 0;
        if (frameLength < 28 || gsoSize == 0) {
            return false;
        }
        v4 = (PacketMemory.getByte(source, at) >> 4 & 0xf) == 4;
        tcp = gsoType == VirtioHeader.GSO_TCPV4 || gsoType == VirtioHeader.GSO_TCPV6;
        if (!typeMatches(source, at, gsoType)) {
            return false;
        }
        final int ipLength = v4 ? (PacketMemory.getByte(source, at) & 0xf) * 4 : 40;
        final int offset = csumStart == 0 ? ipLength : csumStart;
        if (ipLength < 20 || offset < ipLength || v4 && offset != ipLength || offset + (tcp ? 20 : 8) > frameLength) {
            return false;
        }
        final int transportLength = tcp ? (PacketMemory.getByte(source, at + offset + 12) >> 4 & 0xf) * 4 : 8;
        if (tcp && transportLength < 20 || offset + transportLength >= frameLength) {
            return false;
        }
        if (protocol(source, at, offset) != (tcp ? TCP : UDP)) {
            return false;
        }
        frame = source;
        start = at;
        length = frameLength;
        transport = offset;
        headerLength = offset + transportLength;
        segmentSize = gsoSize;
        position = headerLength;
        index = 0;
        return true;
    }

    private boolean typeMatches(MemorySegment source, long at, int gsoType) {
        return switch (gsoType) {
            case VirtioHeader.GSO_TCPV4 -> v4;
            case VirtioHeader.GSO_TCPV6 -> (PacketMemory.getByte(source, at) >> 4 & 0xf) == 6;
            case VirtioHeader.GSO_UDP_L4 -> v4 || (PacketMemory.getByte(source, at) >> 4 & 0xf) == 6;
            default -> false;
        };
    }

    /** The transport protocol; an IPv6 packet with extension headers is believed, because the kernel said where its transport is. */
    private int protocol(MemorySegment source, long at, int offset) {
        if (v4) {
            return PacketMemory.getByte(source, at + 9);
        }
        return offset == 40 ? PacketMemory.getByte(source, at + 6) : tcp ? TCP : UDP;
    }

    /** Whether a frame has begun and packets of it are still to come. */
    boolean isPending() {
        return position < length;
    }

    /** How many packets are still to come. */
    int remaining() {
        return isPending() ? (length - position + segmentSize - 1) / segmentSize : 0;
    }

    /** Gives up what is left of the frame. */
    void abandon() {
        position = length;
    }

    /** The stride in a batch of the largest packet of the frame. */
    int stride() {
        return PacketBatch.stride(headerLength + Math.min(segmentSize, length - headerLength));
    }

    /** Appends packets until the frame is finished, then true, or the batch is full. */
    boolean split(PacketBatch batch) {
        final MemorySegment slab = batch.slab();
        while (position < length) {
            final int payload = Math.min(segmentSize, length - position);
            if (batch.isFull(PacketBatch.stride(headerLength + payload))) {
                return false;
            }
            final int at = batch.offset[batch.addInner(headerLength + payload)];
            PacketMemory.copy(frame, start, slab, at, headerLength);
            PacketMemory.copy(frame, start + position, slab, at + headerLength, payload);
            position += payload;
            finish(slab, at, payload);
            index++;
        }
        return true;
    }

    /** Makes the headers of one packet right; its payload is in place. */
    private void finish(MemorySegment slab, int at, int payload) {
        if (v4) {
            PacketMemory.putShortBe(slab, at + 2, (short) (headerLength + payload));
            PacketMemory.putShortBe(slab, at + 4, (short) (PacketMemory.getShortBe(slab, at + 4) + index));
            PacketMemory.putShortBe(slab, at + 10, (short) 0);
            PacketChecksum.put(slab, at + 10, PacketChecksum.sum(slab, at, transport));
        } else {
            PacketMemory.putShortBe(slab, at + 4, (short) (headerLength - 40 + payload));
        }
        final int header = at + transport;
        final int transportLength = headerLength - transport + payload;
        if (tcp) {
            PacketMemory.putIntBe(slab, header + 4, PacketMemory.getIntBe(slab, header + 4) + (position - payload - headerLength));
            int flags = PacketMemory.getByte(slab, header + 13);
            if (position < length) {
                flags &= ~FIN_PSH;
            }
            if (index > 0) {
                flags &= ~CWR;
            }
            PacketMemory.putByte(slab, header + 13, (byte) flags);
            PacketMemory.putShortBe(slab, header + TCP_CSUM, (short) 0);
            final long pseudo = PacketChecksum.pseudoHeaderSum(slab, at, v4, TCP, transportLength);
            PacketChecksum.put(slab, header + TCP_CSUM, pseudo + PacketChecksum.sum(slab, header, transportLength));
        } else {
            PacketMemory.putShortBe(slab, header + 4, (short) transportLength);
            PacketMemory.putShortBe(slab, header + UDP_CSUM, (short) 0);
            final long pseudo = PacketChecksum.pseudoHeaderSum(slab, at, v4, UDP, transportLength);
            PacketChecksum.putNonZero(slab, header + UDP_CSUM, pseudo + PacketChecksum.sum(slab, header, transportLength));
        }
    }
}
