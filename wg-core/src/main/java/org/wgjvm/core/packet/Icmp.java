package org.wgjvm.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * The ICMP and ICMPv6 errors that an inner packet can be answered with when it can't be carried (RFC 792, RFC 1812, RFC 1191, RFC 4443),
 * as whole IP packets. The answer comes from the address that could not be reached, which needs no address of our own.
 *
 * <p>An offending packet is one that {@link IpHeader#totalLength} has accepted; it is only read. Each method writes at most
 * {@link #MAX_LENGTH} bytes and returns how many, or 0, with nothing written, when the packet must not be answered: an ICMP error or
 * redirect, a later fragment, one to a group or everybody, or one from an address that is not a single host's (RFC 1812, section 4.3.2.7;
 * RFC 4443, section 2.4). How often to answer is the caller's decision, see {@link TokenBucket}.
 */
public final class Icmp {
    /** No answer is longer: the least MTU of IPv6. */
    public static final int MAX_LENGTH = 1280;

    private static final int MAX_LENGTH_V4 = 576;
    private static final int HEADER_LENGTH = 8;
    private static final int HOP_LIMIT = 64;

    /** Precedence 6, internetwork control (RFC 1812, section 4.3.2.5). */
    private static final int V4_TOS = 0xc0;

    private static final int V4_UNREACHABLE = 3;
    private static final int V4_HOST = 1;
    private static final int V4_FRAGMENTATION_NEEDED = 4;
    private static final int V4_TIME_EXCEEDED = 11;
    private static final int V6_UNREACHABLE = 1;
    private static final int V6_ADDRESS = 3;
    private static final int V6_TOO_BIG = 2;
    private static final int V6_TIME_EXCEEDED = 3;
    private static final int V6_REDIRECT = 137;
    private static final int V6_FIRST_INFORMATIONAL = 128;

    private Icmp() {}

    /**
     * Nobody is there, or nobody knows where: host unreachable (ICMP type 3, code 1) or address unreachable (ICMPv6 type 1, code 3).
     *
     * @param offset of the offending packet in {@code slab}, {@code total} bytes long
     * @param outOffset where to write in {@code out}
     * @return bytes written, or 0
     */
    public static int unreachable(MemorySegment slab, long offset, int total, MemorySegment out, long outOffset) {
        if (!isAnswered(slab, offset, total)) {
            return 0;
        }
        return IpHeader.version(slab, offset, total) == 4
                ? writeV4(slab, offset, total, V4_HOST, 0, out, outOffset)
                : writeV6(slab, offset, total, V6_UNREACHABLE, V6_ADDRESS, 0, out, outOffset);
    }

    /**
     * The packet is longer than the tunnel takes: fragmentation needed (ICMP type 3, code 4) or packet too big (ICMPv6 type 2).
     *
     * @param offset of the offending packet in {@code slab}, {@code total} bytes long
     * @param mtu the longest inner packet that would pass
     * @param outOffset where to write in {@code out}
     * @return bytes written, or 0
     */
    public static int tooBig(MemorySegment slab, long offset, int total, int mtu, MemorySegment out, long outOffset) {
        if (!isAnswered(slab, offset, total)) {
            return 0;
        }
        return IpHeader.version(slab, offset, total) == 4
                ? writeV4(slab, offset, total, V4_FRAGMENTATION_NEEDED, Math.clamp(mtu, 0, 0xffff), out, outOffset)
                : writeV6(slab, offset, total, V6_TOO_BIG, 0, mtu, out, outOffset);
    }

    /**
     * The packet has gone as many hops as it may: time exceeded (ICMP type 11, code 0). Unlike the others it tells which router says so.
     *
     * @param offset of the offending IPv4 packet in {@code slab}, {@code total} bytes long
     * @param from our address, network order as an int
     * @param outOffset where to write in {@code out}
     * @return bytes written, or 0
     */
    public static int timeExceededV4(MemorySegment slab, long offset, int total, int from, MemorySegment out, long outOffset) {
        return isAnswered(slab, offset, total) ? writeV4(slab, offset, total, V4_TIME_EXCEEDED, 0, 0, from, out, outOffset) : 0;
    }

    /**
     * As {@link #timeExceededV4}: ICMPv6 type 3, code 0.
     *
     * @param fromHigh high 64 bits of our address
     * @param fromLow low 64 bits of our address
     */
    public static int timeExceededV6(
            MemorySegment slab, long offset, int total, long fromHigh, long fromLow, MemorySegment out, long outOffset) {
        return isAnswered(slab, offset, total)
                ? writeV6(slab, offset, total, V6_TIME_EXCEEDED, 0, 0, fromHigh, fromLow, out, outOffset)
                : 0;
    }

    private static boolean isAnswered(MemorySegment slab, long offset, int total) {
        final boolean v4 = IpHeader.version(slab, offset, total) == 4;
        final int transport = IpHeader.transport(slab, offset, total);
        if (transport < 0 || !(v4 ? areHostsV4(slab, offset) : areHostsV6(slab, offset))) {
            return false;
        }
        if (IpHeader.protocolOf(transport) != (v4 ? IpHeader.ICMP : IpHeader.ICMPV6)) {
            return true;
        }
        // One that is cut off before its type may be an error.
        final int at = IpHeader.offsetOf(transport);
        return at < total && !isErrorOrRedirect(v4, PacketMemory.getByte(slab, offset + at) & 0xff);
    }

    private static boolean isErrorOrRedirect(boolean v4, int type) {
        if (!v4) {
            return type < V6_FIRST_INFORMATIONAL || type == V6_REDIRECT;
        }
        return switch (type) {
            case 3, 4, 5, 11, 12 -> true;
            default -> false;
        };
    }

    /** Source neither of this network (0/8), loopback, group, reserved nor broadcast; destination neither group, reserved nor broadcast. */
    private static boolean areHostsV4(MemorySegment slab, long offset) {
        final int source = IpHeader.sourceV4(slab, offset) >>> 24;
        final int destination = IpHeader.destinationV4(slab, offset) >>> 24;
        return source != 0 && source != 127 && source < 224 && destination != 0 && destination < 224;
    }

    private static boolean areHostsV6(MemorySegment slab, long offset) {
        final long source = IpHeader.sourceHigh(slab, offset);
        // ::/127 is the unspecified and the loopback address.
        final boolean single = source >>> 56 != 0xff && (source != 0 || IpHeader.sourceLow(slab, offset) >>> 1 != 0);
        return single && IpHeader.destinationHigh(slab, offset) >>> 56 != 0xff;
    }

    private static int writeV4(MemorySegment slab, long offset, int total, int code, int rest, MemorySegment out, long at) {
        return writeV4(slab, offset, total, V4_UNREACHABLE, code, rest, IpHeader.destinationV4(slab, offset), out, at);
    }

    private static int writeV4(
            MemorySegment slab, long offset, int total, int type, int code, int rest, int from, MemorySegment out, long at) {
        final int quoted = Math.min(total, MAX_LENGTH_V4 - IpHeader.V4_LENGTH - HEADER_LENGTH);
        final int length = IpHeader.V4_LENGTH + HEADER_LENGTH + quoted;
        PacketMemory.putIntBe(out, at, 0x4500_0000 | V4_TOS << 16 | length);
        PacketMemory.putIntBe(out, at + 4, 0x4000);
        PacketMemory.putIntBe(out, at + 8, HOP_LIMIT << 24 | IpHeader.ICMP << 16);
        PacketMemory.putIntBe(out, at + 12, from);
        PacketMemory.putIntBe(out, at + 16, IpHeader.sourceV4(slab, offset));
        PacketMemory.putShortBe(out, at + 10, (short) InternetChecksum.checksum(out, at, IpHeader.V4_LENGTH, 0));
        final long icmp = at + IpHeader.V4_LENGTH;
        PacketMemory.putIntBe(out, icmp, type << 24 | code << 16);
        PacketMemory.putIntBe(out, icmp + 4, rest);
        MemorySegment.copy(slab, offset, out, icmp + HEADER_LENGTH, quoted);
        PacketMemory.putShortBe(out, icmp + 2, (short) InternetChecksum.checksum(out, icmp, HEADER_LENGTH + quoted, 0));
        return length;
    }

    private static int writeV6(MemorySegment slab, long offset, int total, int type, int code, int rest, MemorySegment out, long at) {
        final long fromHigh = IpHeader.destinationHigh(slab, offset);
        final long fromLow = IpHeader.destinationLow(slab, offset);
        return writeV6(slab, offset, total, type, code, rest, fromHigh, fromLow, out, at);
    }

    private static int writeV6(
            MemorySegment slab,
            long offset,
            int total,
            int type,
            int code,
            int rest,
            long sourceHigh,
            long sourceLow,
            MemorySegment out,
            long at) {
        final int quoted = Math.min(total, MAX_LENGTH - IpHeader.V6_LENGTH - HEADER_LENGTH);
        final int payload = HEADER_LENGTH + quoted;
        final long destinationHigh = IpHeader.sourceHigh(slab, offset);
        final long destinationLow = IpHeader.sourceLow(slab, offset);
        PacketMemory.putIntBe(out, at, 0x6000_0000);
        PacketMemory.putIntBe(out, at + 4, payload << 16 | IpHeader.ICMPV6 << 8 | HOP_LIMIT);
        PacketMemory.putLongBe(out, at + 8, sourceHigh);
        PacketMemory.putLongBe(out, at + 16, sourceLow);
        PacketMemory.putLongBe(out, at + 24, destinationHigh);
        PacketMemory.putLongBe(out, at + 32, destinationLow);
        final long icmp = at + IpHeader.V6_LENGTH;
        PacketMemory.putIntBe(out, icmp, type << 24 | code << 16);
        PacketMemory.putIntBe(out, icmp + 4, rest);
        MemorySegment.copy(slab, offset, out, icmp + HEADER_LENGTH, quoted);
        final long pseudo =
                InternetChecksum.pseudoHeaderV6(sourceHigh, sourceLow, destinationHigh, destinationLow, IpHeader.ICMPV6, payload);
        PacketMemory.putShortBe(out, icmp + 2, (short) InternetChecksum.checksum(out, icmp, payload, pseudo));
        return IpHeader.V6_LENGTH + payload;
    }
}
