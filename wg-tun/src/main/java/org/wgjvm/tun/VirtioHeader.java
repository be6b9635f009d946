package org.wgjvm.tun;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private VirtioHeader() {}

    static int flags(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at);
    }

    /** GSO type without {@link #GSO_ECN}. */
    static int gsoType(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at + 1) & 0x7f;
    }

    /** Bytes of payload of each segment but the last. */
    static int gsoSize(MemorySegment s, long at) {
        return s.get(SHORT, at + 4) & 0xffff;
    }

    static int csumStart(MemorySegment s, long at) {
        return s.get(SHORT, at + 6) & 0xffff;
    }

    static int csumOffset(MemorySegment s, long at) {
        return s.get(SHORT, at + 8) & 0xffff;
    }

    /** Writes the header of a superframe whose checksum is partial. */
    static void put(MemorySegment s, long at, int gsoType, int headerLength, int gsoSize, int csumStart, int csumOffset) {
        s.set(ValueLayout.JAVA_BYTE, at, (byte) NEEDS_CSUM);
        s.set(ValueLayout.JAVA_BYTE, at + 1, (byte) gsoType);
        s.set(SHORT, at + 2, (short) headerLength);
        s.set(SHORT, at + 4, (short) gsoSize);
        s.set(SHORT, at + 6, (short) csumStart);
        s.set(SHORT, at + 8, (short) csumOffset);
    }
}
