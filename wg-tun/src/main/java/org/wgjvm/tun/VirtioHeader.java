package org.wgjvm.tun;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.PacketMemory;

/**
 * {@code struct virtio_net_hdr} (virtio 1.2, section 5.1.6), which goes before every packet of a TUN with IFF_VNET_HDR: 10 bytes in host
 * byte order.
 */
final class VirtioHeader {
    static final int BYTES = 10;

    /** The checksum at {@code csum_start + csum_offset} holds only the pseudo header's sum. */
    static final int NEEDS_CSUM = 1;

    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    static final int GSO_UDP_L4 = 5;

    /** Flag in the GSO type: the first segment carries CWR. */
    static final int GSO_ECN = 0x80;

    private VirtioHeader() {}

    static int flags(MemorySegment s, long at) {
        return PacketMemory.getByte(s, at);
    }

    /** GSO type without {@link #GSO_ECN}. */
    static int gsoType(MemorySegment s, long at) {
        return PacketMemory.getByte(s, at + 1) & 0x7f;
    }

    /** Bytes of payload of each segment but the last. */
    static int gsoSize(MemorySegment s, long at) {
        return PacketMemory.getShort(s, at + 4) & 0xffff;
    }

    static int csumStart(MemorySegment s, long at) {
        return PacketMemory.getShort(s, at + 6) & 0xffff;
    }

    static int csumOffset(MemorySegment s, long at) {
        return PacketMemory.getShort(s, at + 8) & 0xffff;
    }

    /** Writes the header of a superframe whose checksum is partial. */
    static void put(MemorySegment s, long at, int gsoType, int headerLength, int gsoSize, int csumStart, int csumOffset) {
        PacketMemory.putByte(s, at, (byte) NEEDS_CSUM);
        PacketMemory.putByte(s, at + 1, (byte) gsoType);
        PacketMemory.putShort(s, at + 2, (short) headerLength);
        PacketMemory.putShort(s, at + 4, (short) gsoSize);
        PacketMemory.putShort(s, at + 6, (short) csumStart);
        PacketMemory.putShort(s, at + 8, (short) csumOffset);
    }
}
