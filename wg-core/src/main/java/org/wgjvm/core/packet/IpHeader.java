package org.wgjvm.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * Reads inner IP headers where they lie (RFC 791, RFC 8200). Nothing is trusted and nothing thrown: what is malformed gives
 * {@link #NONE}.
 *
 * <p>Offsets and lengths are in bytes; the segment must hold the {@code length} bytes captured at {@code offset}. {@link #totalLength} and
 * {@link #version} take any bytes; everything else takes only a packet that {@link #totalLength} has accepted.
 */
public final class IpHeader {
    /** There is no answer: the packet is malformed. */
    public static final int NONE = -1;

    /** {@link #transport}: this is a later fragment, which has no transport header. */
    public static final int LATER_FRAGMENT = -2;

    /** Length of an IPv4 header without options. */
    public static final int V4_LENGTH = 20;

    /** Length of the fixed IPv6 header. */
    public static final int V6_LENGTH = 40;

    /** IP protocol numbers that matter here. */
    public static final int ICMP = 1;

    /** TCP. */
    public static final int TCP = 6;

    /** UDP. */
    public static final int UDP = 17;

    /** ICMPv6. */
    public static final int ICMPV6 = 58;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MOBILITY = 135;
    private static final int HIP = 139;
    private static final int SHIM6 = 140;

    /** Nobody sends more extension headers than there are kinds; a packet made of nothing else is not worth a walk to its end. */
    private static final int MAX_EXTENSION_HEADERS = 8;

    private static final int OFFSET_BITS = 20;

    private IpHeader() {}

    /** 4 or 6, as the first byte says, or {@link #NONE}. */
    public static int version(MemorySegment slab, long offset, int length) {
        final int version = length < 1 ? 0 : u8(slab, offset) >>> 4;
        return version == 4 || version == 6 ? version : NONE;
    }

    /**
     * The length of the packet as its header has it, or {@link #NONE} when the header is not whole, is not IP, or claims more than was
     * captured. Captured bytes beyond it are padding. A jumbogram (RFC 2675) is malformed: no device here has such an MTU.
     *
     * @param length captured, any number
     */
    public static int totalLength(MemorySegment slab, long offset, int length) {
        if (length < V4_LENGTH) {
            return NONE;
        }
        final int first = u8(slab, offset);
        if (first >>> 4 == 4) {
            final int headerLength = (first & 0xf) << 2;
            final int total = u16(slab, offset + 2);
            return headerLength >= V4_LENGTH && total >= headerLength && total <= length ? total : NONE;
        }
        if (first >>> 4 == 6 && length >= V6_LENGTH) {
            final int payload = u16(slab, offset + 4);
            final boolean jumbogram = payload == 0 && u8(slab, offset + 6) == HOP_BY_HOP;
            return !jumbogram && V6_LENGTH + payload <= length ? V6_LENGTH + payload : NONE;
        }
        return NONE;
    }

    /** Source of an IPv4 packet, network order as an int. */
    public static int sourceV4(MemorySegment slab, long offset) {
        return PacketMemory.getIntBe(slab, offset + 12);
    }

    /** Destination of an IPv4 packet, network order as an int. */
    public static int destinationV4(MemorySegment slab, long offset) {
        return PacketMemory.getIntBe(slab, offset + 16);
    }

    /** High 64 bits of the source of an IPv6 packet. */
    public static long sourceHigh(MemorySegment slab, long offset) {
        return PacketMemory.getLongBe(slab, offset + 8);
    }

    /** Low 64 bits of the source of an IPv6 packet. */
    public static long sourceLow(MemorySegment slab, long offset) {
        return PacketMemory.getLongBe(slab, offset + 16);
    }

    /** High 64 bits of the destination of an IPv6 packet. */
    public static long destinationHigh(MemorySegment slab, long offset) {
        return PacketMemory.getLongBe(slab, offset + 24);
    }

    /** Low 64 bits of the destination of an IPv6 packet. */
    public static long destinationLow(MemorySegment slab, long offset) {
        return PacketMemory.getLongBe(slab, offset + 32);
    }

    /**
     * What the packet carries and where it begins, past IPv4 options and IPv6 extension headers: to be taken apart with
     * {@link #protocolOf} and {@link #offsetOf}. {@link #LATER_FRAGMENT} when that is in another packet, {@link #NONE} when the extension
     * headers are malformed or more than anyone sends. Encrypted payload (ESP) is the protocol it claims to be.
     *
     * @param total what {@link #totalLength} said
     */
    public static int transport(MemorySegment slab, long offset, int total) {
        if (u8(slab, offset) >>> 4 == 4) {
            final int headerLength = (u8(slab, offset) & 0xf) << 2;
            return (u16(slab, offset + 6) & 0x1fff) != 0 ? LATER_FRAGMENT : u8(slab, offset + 9) << OFFSET_BITS | headerLength;
        }
        int protocol = u8(slab, offset + 6);
        int at = V6_LENGTH;
        for (int i = 0; isExtension(protocol); i++) {
            if (i == MAX_EXTENSION_HEADERS || total - at < 8) {
                return NONE;
            }
            if (protocol == FRAGMENT && (u16(slab, offset + at + 2) & 0xfff8) != 0) {
                return LATER_FRAGMENT;
            }
            final int units = u8(slab, offset + at + 1);
            final int headerLength = protocol == FRAGMENT ? 8 : protocol == AUTHENTICATION ? units + 2 << 2 : units + 1 << 3;
            if (total - at < headerLength) {
                return NONE;
            }
            protocol = u8(slab, offset + at);
            at += headerLength;
        }
        return protocol << OFFSET_BITS | at;
    }

    /** The protocol number (0 to 255) in a result of {@link #transport} that is not negative. */
    public static int protocolOf(int transport) {
        return transport >>> OFFSET_BITS;
    }

    /** Where the transport header begins, in bytes from the IP header, in a result of {@link #transport} that is not negative. */
    public static int offsetOf(int transport) {
        return transport & (1 << OFFSET_BITS) - 1;
    }

    /** TOS or traffic class, 0 to 255: DSCP in the high six bits, ECN in the low two. */
    public static int tos(MemorySegment slab, long offset) {
        return u8(slab, offset) >>> 4 == 4 ? u8(slab, offset + 1) : u16(slab, offset) >>> 4 & 0xff;
    }

    /** Replaces TOS or traffic class, and keeps an IPv4 header checksum as right or wrong as it was. */
    public static void setTos(MemorySegment slab, long offset, int tos) {
        final int before = u16(slab, offset);
        if (before >>> 12 == 4) {
            final int after = before & 0xff00 | tos & 0xff;
            PacketMemory.putShortBe(slab, offset, (short) after);
            PacketMemory.putShortBe(slab, offset + 10, (short) InternetChecksum.update(u16(slab, offset + 10), before, after));
        } else {
            PacketMemory.putShortBe(slab, offset, (short) (before & 0xf00f | (tos & 0xff) << 4));
        }
    }

    /** Whether a router may not fragment the packet: IPv4 with the DF bit, and all IPv6. */
    public static boolean dontFragment(MemorySegment slab, long offset) {
        return u8(slab, offset) >>> 4 != 4 || (u16(slab, offset + 6) & 0x4000) != 0;
    }

    private static boolean isExtension(int protocol) {
        return switch (protocol) {
            case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS, MOBILITY, HIP, SHIM6 -> true;
            default -> false;
        };
    }

    private static int u8(MemorySegment slab, long offset) {
        return PacketMemory.getByte(slab, offset) & 0xff;
    }

    private static int u16(MemorySegment slab, long offset) {
        return PacketMemory.getShortBe(slab, offset) & 0xffff;
    }
}
