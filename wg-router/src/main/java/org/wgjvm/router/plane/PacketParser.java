package org.wgjvm.router.plane;

import static org.wgjvm.router.plane.PacketBytes.MEMORY;
import static org.wgjvm.router.plane.PacketBytes.i32;
import static org.wgjvm.router.plane.PacketBytes.i64;
import static org.wgjvm.router.plane.PacketBytes.u16;
import static org.wgjvm.router.plane.PacketBytes.u8;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketBatch;

/**
 * Reads packets as flows. Nothing is trusted: whatever the bytes say, nothing outside of the packet is read and nothing is thrown. Offsets
 * of what is behind the transport header, which later code writes to, are checked here.
 */
final class PacketParser {
    static final int ICMP_ECHO_REPLY = 0;
    static final int ICMP_ECHO = 8;
    static final int ICMPV6_ECHO = 128;
    static final int ICMPV6_ECHO_REPLY = 129;
    static final int TCP_LENGTH = 20;
    static final int UDP_LENGTH = 8;
    static final int ICMP_LENGTH = 8;
    static final int TCP_CHECKSUM_AT = 16;
    static final int UDP_CHECKSUM_AT = 6;

    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int NEXT_HEADER_FRAGMENT = 44;

    private PacketParser() {}

    /**
     * Appends the flow of packet {@code i}, which is longer than 0, to that of its family, and cuts off what follows the IP packet.
     *
     * @return null, or why the packet is to be dropped
     */
    static RouterDropReason parse(PacketBatch batch, int i, int interfaceNumber, FlowBatch v4, FlowBatch v6) {
        final int at = batch.offset[i];
        final int length = batch.length[i];
        Objects.checkFromIndexSize(at, length, batch.slabLength());
        if (length >= IpHeader.V4_LENGTH) {
            final long address = PacketBytes.address(batch.slab().address(), at);
            final long first = i64(MEMORY, address);
            final int headerLength = (int) (first >>> 54) & 0x3c;
            final int total = (int) (first >>> 32) & 0xffff;
            if (first >>> 60 == 4 && (first & 0x3fff) == 0 && headerLength >= IpHeader.V4_LENGTH && total <= length) {
                final int rest = total - headerLength;
                // Hops, protocol, checksum, source.
                final long second = i64(MEMORY, address + 8);
                final int protocol = (int) (second >>> 48) & 0xff;
                if (protocol == IpHeader.UDP && rest >= UDP_LENGTH) {
                    batch.length[i] = total;
                    wholeV4(address, second, headerLength, 0, UDP_CHECKSUM_AT, i, interfaceNumber, v4);
                    return null;
                }
                if (protocol == IpHeader.TCP && rest >= TCP_LENGTH) {
                    batch.length[i] = total;
                    final int marks = u8(MEMORY, address + headerLength + 13) & (FlowBatch.FIN | FlowBatch.RST);
                    wholeV4(address, second, headerLength, marks, TCP_CHECKSUM_AT, i, interfaceNumber, v4);
                    return null;
                }
            }
        }
        return parseOther(batch, i, interfaceNumber, v4, v6);
    }

    private static RouterDropReason parseOther(PacketBatch batch, int i, int interfaceNumber, FlowBatch v4, FlowBatch v6) {
        final MemorySegment slab = batch.slab();
        final int at = batch.offset[i];
        final int length = batch.length[i];
        if (length < IpHeader.V4_LENGTH) {
            return RouterDropReason.MALFORMED;
        }
        final long address = slab.address() + at;
        final long first = i64(MEMORY, address);
        if (first >>> 60 == 4) {
            final int headerLength = (int) (first >>> 54) & 0x3c;
            final int total = (int) (first >>> 32) & 0xffff;
            if (headerLength < IpHeader.V4_LENGTH || total < headerLength || total > length) {
                return RouterDropReason.MALFORMED;
            }
            batch.length[i] = total;
            return parseV4(slab, at, address, (int) first, headerLength, total, i, interfaceNumber, v4);
        }
        final int total = IpHeader.totalLength(slab, at, length);
        if (total == IpHeader.NONE) {
            return RouterDropReason.MALFORMED;
        }
        batch.length[i] = total;
        return parseV6(slab, at, total, i, interfaceNumber, v6);
    }

    /** A packet of TCP or UDP that is no fragment, and whose transport header is there. */
    private static void wholeV4(
            long address, long second, int headerLength, int marks, int checksumAt, int i, int interfaceNumber, FlowBatch flows) {
        final int header = (int) (second >>> 32);
        final long ports = i32(MEMORY, address + headerLength) & 0xffffffffL;
        flows.addV4(
                i,
                headerLength,
                marks,
                marks == 0 && header >>> 24 > 1 ? headerLength + checksumAt : 0,
                header,
                second << 32 | i32(MEMORY, address + 16) & 0xffffffffL,
                ports << 32 | header & 0xff0000 | interfaceNumber);
    }

    /** Any other packet of IPv4; {@code idAndFragment} are bytes 4 to 7. */
    private static RouterDropReason parseV4(
            MemorySegment slab,
            long at,
            long address,
            int idAndFragment,
            int headerLength,
            int total,
            int i,
            int interfaceNumber,
            FlowBatch flows) {
        // Hops, protocol, checksum, source.
        final long second = i64(MEMORY, address + 8);
        final long addresses = second << 32 | i32(MEMORY, address + 16) & 0xffffffffL;
        final int header = (int) (second >>> 32);
        final int protocol = header >>> 16 & 0xff;
        if ((idAndFragment & 0x1fff) != 0) {
            final int flow = flows.add(i, FlowBatch.LATER_FRAGMENT, headerLength, 0, header);
            final int key = flows.keyAt(flow);
            flows.keys[key] = addresses;
            flows.keys[key + 1] = FlowKey.tail(idAndFragment >>> 16, 0, protocol, interfaceNumber);
            return null;
        }
        final long transport = at + headerLength;
        final int rest = total - headerLength;
        if (protocol == IpHeader.ICMP && rest >= ICMP_LENGTH && isErrorV4(u8(slab, transport))) {
            return quoteV4(slab, transport + ICMP_LENGTH, rest - ICMP_LENGTH, i, headerLength, header, interfaceNumber, flows);
        }
        final long ports = ports(MEMORY, address + headerLength, rest, protocol);
        if (ports < 0) {
            return ports == CUT_OFF ? RouterDropReason.MALFORMED : RouterDropReason.ICMP_UNRELATED;
        }
        final int marks = ((idAndFragment & MORE_FRAGMENTS) != 0 ? FlowBatch.FIRST_FRAGMENT : 0)
                | (protocol == IpHeader.TCP ? u8(MEMORY, address + headerLength + 13) & (FlowBatch.FIN | FlowBatch.RST) : 0);
        final int flow = flows.add(i, FlowBatch.PACKET, headerLength, marks, header);
        final int key = flows.keyAt(flow);
        flows.keys[key] = addresses;
        flows.keys[key + 1] = ports << 32 | (long) protocol << 16 | interfaceNumber;
        return null;
    }

    private static boolean isErrorV4(int type) {
        return type == 3 || type == 4 || type == 11 || type == 12;
    }

    private static RouterDropReason quoteV4(
            MemorySegment slab, long quote, int length, int i, int headerLength, int header, int interfaceNumber, FlowBatch flows) {
        if (length < IpHeader.V4_LENGTH || u8(slab, quote) >>> 4 != 4) {
            return RouterDropReason.MALFORMED;
        }
        final int quotedHeader = (u8(slab, quote) & 0xf) << 2;
        if (quotedHeader < IpHeader.V4_LENGTH || length < quotedHeader + ICMP_LENGTH || (u16(slab, quote + 6) & 0x1fff) != 0) {
            return RouterDropReason.ICMP_UNRELATED;
        }
        final int protocol = u8(slab, quote + 9);
        final long ports = quotedPorts(slab, quote + quotedHeader, protocol);
        if (ports < 0) {
            return RouterDropReason.ICMP_UNRELATED;
        }
        final int flow = flows.add(i, FlowBatch.ICMP_ERROR, headerLength, 0, header);
        final int key = flows.keyAt(flow);
        flows.keys[key] = Long.rotateLeft(i64(slab, quote + 12), 32);
        flows.keys[key + 1] = FlowKey.reversed(ports << 32 | (long) protocol << 16, interfaceNumber);
        return null;
    }

    private static RouterDropReason parseV6(MemorySegment slab, long at, int total, int i, int interfaceNumber, FlowBatch flows) {
        final int transport = IpHeader.transport(slab, at, total);
        final int header = i32(slab, at + 4);
        if (transport == IpHeader.LATER_FRAGMENT) {
            if (u8(slab, at + 6) != NEXT_HEADER_FRAGMENT) {
                return RouterDropReason.FRAGMENT;
            }
            final int flow = flows.add(i, FlowBatch.LATER_FRAGMENT, IpHeader.V6_LENGTH, 0, header);
            final int id = i32(slab, at + IpHeader.V6_LENGTH + 4);
            addressesV6(slab, at, flows, flow);
            flows.keys[flows.keyAt(flow) + 4] = FlowKey.tail(id >>> 16, id & 0xffff, NEXT_HEADER_FRAGMENT, interfaceNumber);
            return null;
        }
        if (transport < 0) {
            return RouterDropReason.MALFORMED;
        }
        final int protocol = IpHeader.protocolOf(transport);
        final int offset = IpHeader.offsetOf(transport);
        final int rest = total - offset;
        if (protocol == IpHeader.ICMPV6 && rest >= ICMP_LENGTH && isErrorV6(u8(slab, at + offset))) {
            return quoteV6(slab, at + offset + ICMP_LENGTH, rest - ICMP_LENGTH, i, offset, header, interfaceNumber, flows);
        }
        final long ports = ports(slab, at + offset, rest, protocol);
        if (ports < 0) {
            return ports == CUT_OFF ? RouterDropReason.MALFORMED : RouterDropReason.ICMP_UNRELATED;
        }
        final int marks = (isFirstFragmentV6(slab, at) ? FlowBatch.FIRST_FRAGMENT : 0)
                | (protocol == IpHeader.TCP ? u8(slab, at + offset + 13) & (FlowBatch.FIN | FlowBatch.RST) : 0);
        final int flow = flows.add(i, FlowBatch.PACKET, offset, marks, header);
        addressesV6(slab, at, flows, flow);
        flows.keys[flows.keyAt(flow) + 4] = ports << 32 | (long) protocol << 16 | interfaceNumber;
        return null;
    }

    /** Only of a packet that is none of the later fragments. */
    private static boolean isFirstFragmentV6(MemorySegment slab, long at) {
        return u8(slab, at + 6) == NEXT_HEADER_FRAGMENT && (u8(slab, at + IpHeader.V6_LENGTH + 3) & 1) != 0;
    }

    private static boolean isErrorV6(int type) {
        return type >= 1 && type <= 4;
    }

    private static RouterDropReason quoteV6(
            MemorySegment slab, long quote, int length, int i, int offset, int header, int interfaceNumber, FlowBatch flows) {
        if (length < IpHeader.V6_LENGTH + ICMP_LENGTH || u8(slab, quote) >>> 4 != 6) {
            return RouterDropReason.MALFORMED;
        }
        // A quoted packet with extension headers is nobody's here.
        final int protocol = u8(slab, quote + 6);
        final long ports = quotedPorts(slab, quote + IpHeader.V6_LENGTH, protocol);
        if (ports < 0) {
            return RouterDropReason.ICMP_UNRELATED;
        }
        final int flow = flows.add(i, FlowBatch.ICMP_ERROR, offset, 0, header);
        final int key = flows.keyAt(flow);
        flows.keys[key] = i64(slab, quote + 24);
        flows.keys[key + 1] = i64(slab, quote + 32);
        flows.keys[key + 2] = i64(slab, quote + 8);
        flows.keys[key + 3] = i64(slab, quote + 16);
        flows.keys[key + 4] = FlowKey.reversed(ports << 32 | (long) protocol << 16, interfaceNumber);
        return null;
    }

    private static void addressesV6(MemorySegment slab, long at, FlowBatch flows, int flow) {
        final int key = flows.keyAt(flow);
        for (int k = 0; k < 4; k++) {
            flows.keys[key + k] = i64(slab, at + 8 + k * 8L);
        }
    }

    private static final long CUT_OFF = -1;
    private static final long NO_FLOW = -2;

    /** Source and destination port, 16 bits each, or the like of an echo; {@link #CUT_OFF} or {@link #NO_FLOW}. */
    private static long ports(MemorySegment slab, long transport, int rest, int protocol) {
        return switch (protocol) {
            case IpHeader.TCP -> rest < TCP_LENGTH ? CUT_OFF : i32(slab, transport) & 0xffffffffL;
            case IpHeader.UDP -> rest < UDP_LENGTH ? CUT_OFF : i32(slab, transport) & 0xffffffffL;
            case IpHeader.ICMP, IpHeader.ICMPV6 -> rest < ICMP_LENGTH ? CUT_OFF : echoPorts(slab, transport);
            default -> 0;
        };
    }

    private static long quotedPorts(MemorySegment slab, long transport, int protocol) {
        return switch (protocol) {
            case IpHeader.TCP, IpHeader.UDP -> i32(slab, transport) & 0xffffffffL;
            case IpHeader.ICMP, IpHeader.ICMPV6 -> echoPorts(slab, transport);
            default -> 0;
        };
    }

    private static long echoPorts(MemorySegment slab, long icmp) {
        final long id = u16(slab, icmp + 4);
        return switch (u8(slab, icmp)) {
            case ICMP_ECHO -> id << 16 | ICMP_ECHO;
            case ICMP_ECHO_REPLY -> (long) ICMP_ECHO << 16 | id;
            case ICMPV6_ECHO -> id << 16 | ICMPV6_ECHO;
            case ICMPV6_ECHO_REPLY -> (long) ICMPV6_ECHO << 16 | id;
            default -> NO_FLOW;
        };
    }
}
