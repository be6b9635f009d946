package org.wgjvm.transport;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.sys.Sockets;

/**
 * Writes the control messages of a datagram to send (cmsg(3)). A header is 16 bytes: its length without the padding that follows, its
 * level and its type; the next one starts at a multiple of 8.
 */
final class ControlMessages {
    static final int HEADER = 16;

    /** Room for all that {@link #write} can write: packet info (at most 20 bytes), traffic class (4) and segment size (2), each padded. */
    static final int SEND_SPACE = space(20) + space(4) + space(2);

    /** Room for all that can be received, and some to spare. */
    static final int RECEIVE_SPACE = 128;

    private ControlMessages() {}

    /** Bytes that a message with {@code data} bytes of data takes: {@code CMSG_SPACE}. */
    static int space(int data) {
        return HEADER + align(data);
    }

    /** Rounds up to the next multiple of 8: {@code CMSG_ALIGN}. */
    static int align(int length) {
        return (length + 7) & -8;
    }

    /**
     * Writes what a datagram needs and returns the bytes taken, a multiple of 8.
     *
     * @param sticky whether to name the endpoint's sticky source
     * @param tos traffic class; 0 is what the socket has anyway
     * @param segmentLength length of each datagram of a run, or 0 for a single datagram
     */
    static int write(MemorySegment memory, long start, Endpoint to, boolean sticky, int tos, int segmentLength) {
        long at = start;
        if (sticky) {
            at += to.isV6() ? packetInfoV6(memory, at, to) : packetInfoV4(memory, at, to);
        }
        if (tos != 0) {
            header(memory, at, 4, to.isV6() ? Sockets.IPPROTO_IPV6 : Sockets.IPPROTO_IP, to.isV6() ? Sockets.IPV6_TCLASS : Sockets.IP_TOS);
            PacketMemory.putInt(memory, at + HEADER, tos);
            at += space(4);
        }
        if (segmentLength != 0) {
            header(memory, at, 2, Sockets.SOL_UDP, Sockets.UDP_SEGMENT);
            PacketMemory.putShort(memory, at + HEADER, (short) segmentLength);
            at += space(2);
        }
        return (int) (at - start);
    }

    /** {@code in_pktinfo}: interface 0 lets routing decide, and the address is the source to use. */
    private static int packetInfoV4(MemorySegment memory, long at, Endpoint to) {
        header(memory, at, 12, Sockets.IPPROTO_IP, Sockets.IP_PKTINFO);
        PacketMemory.putInt(memory, at + HEADER, 0);
        PacketMemory.putIntBe(memory, at + HEADER + 4, (int) to.localLow());
        PacketMemory.putInt(memory, at + HEADER + 8, 0);
        return space(12);
    }

    /** {@code in6_pktinfo}: a link-local source means nothing without its interface, any other lets routing decide. */
    private static int packetInfoV6(MemorySegment memory, long at, Endpoint to) {
        header(memory, at, 20, Sockets.IPPROTO_IPV6, Sockets.IPV6_PKTINFO);
        PacketMemory.putLongBe(memory, at + HEADER, to.localHigh());
        PacketMemory.putLongBe(memory, at + HEADER + 8, to.localLow());
        PacketMemory.putInt(memory, at + HEADER + 16, isLinkLocal(to.localHigh()) ? to.localInterface() : 0);
        return space(20);
    }

    private static void header(MemorySegment memory, long at, int dataLength, int level, int type) {
        PacketMemory.putLong(memory, at, (long) HEADER + dataLength);
        PacketMemory.putInt(memory, at + 8, level);
        PacketMemory.putInt(memory, at + 12, type);
    }

    /** fe80::/10. */
    static boolean isLinkLocal(long high) {
        return high >>> 54 == 0x3fa;
    }
}
