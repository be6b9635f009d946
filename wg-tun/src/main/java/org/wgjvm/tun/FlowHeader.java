package org.wgjvm.tun;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What {@link GroCoalescer} must know of one packet: whether it can be part of a superframe at all, of which flow, and where its payload
 * is. Mutable and reused.
 */
final class FlowHeader {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int TCP_PSH = 0x08;

    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int TCP_ACK = 0x10;
    private static final int TCP_ECE = 0x40;
    private static final int IPV4_DF = 0x4000;

    boolean v4;
    /** {@link #TCP} or {@link #UDP}. */
    int protocol;
    int ipLength;
    /** Of the IP and the transport header. */
    int headerLength;
    int payloadLength;
    /** TCP sequence number. */
    int sequence;
    int tcpFlags;
    /** Of addresses and ports. */
    int hash;

    /**
     * Reads the headers of the packet at {@code at}. Returns false if it is not TCP or UDP, is a fragment, has IP options or extension
     * headers, or its lengths contradict each other: then the fields mean nothing.
     */
    boolean parse(MemorySegment s, long at, int length) {
        if (length < 28) {
            return false;
        }
        final int version = s.get(JAVA_BYTE, at) >> 4 & 0xf;
        long mix;
        if (version == 4) {
            final int fragment = s.get(BE16, at + 6) & 0xffff;
            if (s.get(JAVA_BYTE, at) != 0x45 || (s.get(BE16, at + 2) & 0xffff) != length || (fragment & ~IPV4_DF) != 0) {
                return false;
            }
            v4 = true;
            ipLength = 20;
            protocol = s.get(JAVA_BYTE, at + 9);
            mix = s.get(JAVA_LONG_UNALIGNED, at + 12);
        } else if (version == 6 && length >= 48) {
            if ((s.get(BE16, at + 4) & 0xffff) != length - 40) {
                return false;
            }
            v4 = false;
            ipLength = 40;
            protocol = s.get(JAVA_BYTE, at + 6);
            mix = s.get(JAVA_LONG_UNALIGNED, at + 8) * 31 + s.get(JAVA_LONG_UNALIGNED, at + 16);
            mix = (mix * 31 + s.get(JAVA_LONG_UNALIGNED, at + 24)) * 31 + s.get(JAVA_LONG_UNALIGNED, at + 32);
        } else {
            return false;
        }
        mix = mix * 31 + s.get(JAVA_INT_UNALIGNED, at + ipLength) + protocol;
        hash = (int) (mix ^ mix >>> 32);
        return protocol == TCP ? parseTcp(s, at, length) : protocol == UDP && parseUdp(s, at, length);
    }

    void copy(FlowHeader other) {
        v4 = other.v4;
        protocol = other.protocol;
        ipLength = other.ipLength;
        headerLength = other.headerLength;
        payloadLength = other.payloadLength;
        sequence = other.sequence;
        tcpFlags = other.tcpFlags;
        hash = other.hash;
    }

    private boolean parseTcp(MemorySegment s, long at, int length) {
        if (length < ipLength + 20) {
            return false;
        }
        final int tcpLength = (s.get(JAVA_BYTE, at + ipLength + 12) >> 4 & 0xf) * 4;
        headerLength = ipLength + tcpLength;
        if (tcpLength < 20 || headerLength > length) {
            return false;
        }
        payloadLength = length - headerLength;
        sequence = s.get(BE32, at + ipLength + 4);
        tcpFlags = s.get(JAVA_BYTE, at + ipLength + 13) & 0xff;
        return true;
    }

    private boolean parseUdp(MemorySegment s, long at, int length) {
        headerLength = ipLength + 8;
        payloadLength = length - headerLength;
        sequence = 0;
        tcpFlags = 0;
        return (s.get(BE16, at + ipLength + 4) & 0xffff) == length - ipLength;
    }

    /** Whether it carries data and nothing else that a receiver must see packet by packet. A UDP packet needs a checksum. */
    boolean isCoalescible(MemorySegment s, long at) {
        if (payloadLength == 0) {
            return false;
        }
        if (protocol == TCP) {
            return (tcpFlags & ~(TCP_PSH | TCP_ECE)) == TCP_ACK && (s.get(JAVA_BYTE, at + ipLength + 12) & 0xf) == 0;
        }
        return s.get(JAVA_SHORT_UNALIGNED, at + ipLength + 6) != 0;
    }

    /** Whether the packets at {@code a} and {@code b}, both parsed to the same version and protocol, have the same addresses and ports. */
    boolean sameFlow(MemorySegment s, long a, long b) {
        if (s.get(JAVA_INT_UNALIGNED, a + ipLength) != s.get(JAVA_INT_UNALIGNED, b + ipLength)) {
            return false;
        }
        if (v4) {
            return s.get(JAVA_LONG_UNALIGNED, a + 12) == s.get(JAVA_LONG_UNALIGNED, b + 12);
        }
        for (int i = 8; i < 40; i += 8) {
            if (s.get(JAVA_LONG_UNALIGNED, a + i) != s.get(JAVA_LONG_UNALIGNED, b + i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether this packet, at {@code b}, differs from the first of its flow, at {@code a}, only where splitting a superframe makes packets
     * differ: length, IPv4 id and header checksum, sequence number, PSH, checksum. Both headers have one length.
     *
     * @param count how many packets lie between the two
     */
    boolean sameHeader(MemorySegment s, long a, long b, int count) {
        if (v4) {
            if (s.get(JAVA_SHORT_UNALIGNED, a) != s.get(JAVA_SHORT_UNALIGNED, b)
                    || s.get(JAVA_INT_UNALIGNED, a + 6) != s.get(JAVA_INT_UNALIGNED, b + 6)) { // flags, offset, TTL, protocol
                return false;
            }
            // The id of a packet that may not be fragmented means nothing (RFC 6864 section 4.1), and some systems leave it constant.
            final short id = s.get(BE16, b + 4);
            final short firstId = s.get(BE16, a + 4);
            if (id != (short) (firstId + count) && (s.get(BE16, b + 6) == 0 || id != firstId)) {
                return false;
            }
        } else if (s.get(JAVA_INT_UNALIGNED, a) != s.get(JAVA_INT_UNALIGNED, b)
                || s.get(JAVA_BYTE, a + 7) != s.get(JAVA_BYTE, b + 7)) {
            return false;
        }
        if (protocol == UDP) {
            return true;
        }
        final long x = a + ipLength;
        final long y = b + ipLength;
        if (s.get(JAVA_INT_UNALIGNED, x + 8) != s.get(JAVA_INT_UNALIGNED, y + 8) // acknowledgement
                || (s.get(BE32, x + 12) & ~(TCP_PSH << 16)) != (s.get(BE32, y + 12) & ~(TCP_PSH << 16)) // offset, flags, window
                || s.get(JAVA_SHORT_UNALIGNED, x + 18) != s.get(JAVA_SHORT_UNALIGNED, y + 18)) { // urgent pointer
            return false;
        }
        for (int i = 20; i < headerLength - ipLength; i += 4) {
            if (s.get(JAVA_INT_UNALIGNED, x + i) != s.get(JAVA_INT_UNALIGNED, y + i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the checksums of the packet at {@code at} are right, so that coalescing does not hide that it was damaged. */
    boolean verifies(MemorySegment s, long at) {
        final int transportLength = headerLength - ipLength + payloadLength;
        if (v4 && !PacketChecksum.verifies(PacketChecksum.sum(s, at, ipLength))) {
            return false;
        }
        return PacketChecksum.verifies(PacketChecksum.pseudoHeaderSum(s, at, v4, protocol, transportLength)
                + PacketChecksum.sum(s, at + ipLength, transportLength));
    }
}
