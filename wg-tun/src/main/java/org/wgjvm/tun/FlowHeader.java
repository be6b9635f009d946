package org.wgjvm.tun;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.PacketMemory;

/**
 * What {@link GroCoalescer} must know of one packet: whether it can be part of a superframe at all, of which flow, and where its payload
 * is. Mutable and reused.
 */
final class FlowHeader {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int TCP_PSH = 0x08;

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
        final int version = PacketMemory.getByte(s, at) >> 4 & 0xf;
        long mix;
        if (version == 4) {
            final int fragment = PacketMemory.getShortBe(s, at + 6) & 0xffff;
            if (PacketMemory.getByte(s, at) != 0x45 || (PacketMemory.getShortBe(s, at + 2) & 0xffff) != length
                    || (fragment & ~IPV4_DF) != 0) {
                return false;
            }
            v4 = true;
            ipLength = 20;
            protocol = PacketMemory.getByte(s, at + 9);
            mix = PacketMemory.getLong(s, at + 12);
        } else if (version == 6 && length >= 48) {
            if ((PacketMemory.getShortBe(s, at + 4) & 0xffff) != length - 40) {
                return false;
            }
            v4 = false;
            ipLength = 40;
            protocol = PacketMemory.getByte(s, at + 6);
            mix = PacketMemory.getLong(s, at + 8) * 31 + PacketMemory.getLong(s, at + 16);
            mix = (mix * 31 + PacketMemory.getLong(s, at + 24)) * 31 + PacketMemory.getLong(s, at + 32);
        } else {
            return false;
        }
        mix = mix * 31 + PacketMemory.getInt(s, at + ipLength) + protocol;
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
        final int tcpLength = (PacketMemory.getByte(s, at + ipLength + 12) >> 4 & 0xf) * 4;
        headerLength = ipLength + tcpLength;
        if (tcpLength < 20 || headerLength > length) {
            return false;
        }
        payloadLength = length - headerLength;
        sequence = PacketMemory.getIntBe(s, at + ipLength + 4);
        tcpFlags = PacketMemory.getByte(s, at + ipLength + 13) & 0xff;
        return true;
    }

    private boolean parseUdp(MemorySegment s, long at, int length) {
        headerLength = ipLength + 8;
        payloadLength = length - headerLength;
        sequence = 0;
        tcpFlags = 0;
        return (PacketMemory.getShortBe(s, at + ipLength + 4) & 0xffff) == length - ipLength;
    }

    /** Whether it carries data and nothing else that a receiver must see packet by packet. A UDP packet needs a checksum. */
    boolean isCoalescible(MemorySegment s, long at) {
        if (payloadLength == 0) {
            return false;
        }
        if (protocol == TCP) {
            return (tcpFlags & ~(TCP_PSH | TCP_ECE)) == TCP_ACK && (PacketMemory.getByte(s, at + ipLength + 12) & 0xf) == 0;
        }
        return PacketMemory.getShort(s, at + ipLength + 6) != 0;
    }

    /** Whether the packets at {@code a} and {@code b}, both parsed to the same version and protocol, have the same addresses and ports. */
    boolean sameFlow(MemorySegment s, long a, long b) {
        if (PacketMemory.getInt(s, a + ipLength) != PacketMemory.getInt(s, b + ipLength)) {
            return false;
        }
        if (v4) {
            return PacketMemory.getLong(s, a + 12) == PacketMemory.getLong(s, b + 12);
        }
        for (int i = 8; i < 40; i += 8) {
            if (PacketMemory.getLong(s, a + i) != PacketMemory.getLong(s, b + i)) {
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
            if (PacketMemory.getShort(s, a) != PacketMemory.getShort(s, b)
                    || PacketMemory.getInt(s, a + 6) != PacketMemory.getInt(s, b + 6)) { // flags, offset, TTL, protocol
                return false;
            }
            // The id of a packet that may not be fragmented means nothing (RFC 6864 section 4.1), and some systems leave it constant.
            final short id = PacketMemory.getShortBe(s, b + 4);
            final short firstId = PacketMemory.getShortBe(s, a + 4);
            if (id != (short) (firstId + count) && (PacketMemory.getShortBe(s, b + 6) == 0 || id != firstId)) {
                return false;
            }
        } else if (PacketMemory.getInt(s, a) != PacketMemory.getInt(s, b)
                || PacketMemory.getByte(s, a + 7) != PacketMemory.getByte(s, b + 7)) {
            return false;
        }
        if (protocol == UDP) {
            return true;
        }
        final long x = a + ipLength;
        final long y = b + ipLength;
        if (PacketMemory.getInt(s, x + 8) != PacketMemory.getInt(s, y + 8) // acknowledgement
                || ((PacketMemory.getIntBe(s, x + 12) ^ PacketMemory.getIntBe(s, y + 12)) & ~(TCP_PSH << 16)) != 0 // offset, flags, window
                || PacketMemory.getShort(s, x + 18) != PacketMemory.getShort(s, y + 18)) { // urgent pointer
            return false;
        }
        for (int i = 20; i < headerLength - ipLength; i += 4) {
            if (PacketMemory.getInt(s, x + i) != PacketMemory.getInt(s, y + i)) {
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
