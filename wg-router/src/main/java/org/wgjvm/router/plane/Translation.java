package org.wgjvm.router.plane;

import static org.wgjvm.router.plane.PacketBytes.adjusted;
import static org.wgjvm.router.plane.PacketBytes.changed16;
import static org.wgjvm.router.plane.PacketBytes.changed32;
import static org.wgjvm.router.plane.PacketBytes.changed64;
import static org.wgjvm.router.plane.PacketBytes.i32;
import static org.wgjvm.router.plane.PacketBytes.i64;
import static org.wgjvm.router.plane.PacketBytes.put16;
import static org.wgjvm.router.plane.PacketBytes.put32;
import static org.wgjvm.router.plane.PacketBytes.put64;
import static org.wgjvm.router.plane.PacketBytes.put8;
import static org.wgjvm.router.plane.PacketBytes.u16;
import static org.wgjvm.router.plane.PacketBytes.u8;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.IpHeader;

/**
 * Rewrites a packet as its session says: the packet leaves as what an answer to it, were it to come in where the packet leaves, would
 * answer. Checksums change by the difference (RFC 1624), so that a packet that came damaged leaves damaged, and its data are not read.
 *
 * <p>A session's other key ({@code other}, a direction) is that of the answer: its destination is our new source and the other way round.
 */
final class Translation {
    private Translation() {}

    /** One hop less to live; the packet has more than one. */
    static void hop(MemorySegment slab, long at) {
        if (u8(slab, at) >>> 4 == 6) {
            put8(slab, at + 7, u8(slab, at + 7) - 1);
            return;
        }
        // Time to live, protocol and checksum lie in one word.
        final int word = i32(slab, at + 8);
        final int before = word >>> 16;
        put32(slab, at + 8, (before - 0x100) << 16 | adjusted(word & 0xffff, changed16(before, before - 0x100)));
    }

    /** How many hops a packet may still go. */
    static int timeToLive(MemorySegment slab, long at) {
        return u8(slab, at) >>> 4 == 6 ? u8(slab, at + 7) : u8(slab, at + 8);
    }

    /**
     * Gives a packet the addresses and ports of its session.
     *
     * @param transportAt bytes to the transport header
     * @param later whether it is a later fragment, which has no transport header
     */
    static void packet(MemorySegment slab, long at, int transportAt, boolean later, SessionTable sessions, int session, int other) {
        final int change = addresses(slab, at, sessions, session, other);
        if (later) {
            return;
        }
        final long ours = FlowKey.reversed(sessions.tail(session, other), 0);
        final boolean v6 = u8(slab, at) >>> 4 == 6;
        transport(
                slab,
                at + transportAt,
                Integer.MAX_VALUE,
                FlowKey.protocol(ours),
                FlowKey.sourcePort(ours),
                FlowKey.destinationPort(ours),
                change,
                v6);
    }

    /** Replaces the addresses, and keeps an IPv4 header's checksum. Returns what that adds to a sum over a pseudo header. */
    private static int addresses(MemorySegment slab, long at, SessionTable sessions, int session, int other) {
        if (u8(slab, at) >>> 4 == 4) {
            final long before = i64(slab, at + 12);
            final long after = Long.rotateLeft(sessions.key(session, other, 0), 32);
            final int change = changed64(before, after);
            put64(slab, at + 12, after);
            put16(slab, at + 10, adjusted(u16(slab, at + 10), change));
            return change;
        }
        int change = 0;
        for (int k = 0; k < 4; k++) {
            final long before = i64(slab, at + 8 + k * 8L);
            final long after = sessions.key(session, other, k + 2 & 3);
            change += changed64(before, after);
            put64(slab, at + 8 + k * 8L, after);
        }
        return change;
    }

    /**
     * Replaces the ports, and updates the transport's checksum if it is within {@code length} bytes. Returns what that adds to a sum over
     * the transport header.
     *
     * @param pseudoChange what the change of addresses adds to the sum under the checksum
     */
    private static int transport(
            MemorySegment slab, long at, int length, int protocol, int sourcePort, int destinationPort, int pseudoChange, boolean v6) {
        final int checksumAt;
        final int change;
        if (protocol == IpHeader.TCP || protocol == IpHeader.UDP) {
            final int after = sourcePort << 16 | destinationPort;
            change = changed32(i32(slab, at), after);
            put32(slab, at, after);
            checksumAt = protocol == IpHeader.TCP ? 16 : 6;
        } else if (protocol == IpHeader.ICMP || protocol == IpHeader.ICMPV6) {
            // The identifier is the port that is not the request's type; which that is, the type of the message tells.
            final int type = u8(slab, at);
            final boolean request = type == PacketParser.ICMP_ECHO || type == PacketParser.ICMPV6_ECHO;
            final int after = request ? sourcePort : destinationPort;
            change = changed16(u16(slab, at + 4), after);
            put16(slab, at + 4, after);
            checksumAt = 2;
        } else {
            return 0;
        }
        if (checksumAt + 2 > length) {
            return change;
        }
        final int checksum = u16(slab, at + checksumAt);
        if (protocol == IpHeader.UDP && checksum == 0 && !v6) {
            return change; // there is none (RFC 768)
        }
        int updated = adjusted(checksum, change + (protocol == IpHeader.ICMP ? 0 : pseudoChange));
        if (protocol == IpHeader.UDP && updated == 0) {
            updated = 0xffff;
        }
        put16(slab, at + checksumAt, updated);
        return change + changed16(checksum, updated);
    }

    /**
     * Translates an ICMP error: the packet that it quotes, which left here translated, becomes what it was when it came in, and the error
     * goes back to whoever sent that. Its source, when it is the quoted destination itself, becomes what the sender knows that by.
     *
     * @param transportAt bytes to the ICMP header
     * @param total length of the packet
     * @param sent direction of the quoted packet: its key is what it was when it came in
     */
    static void icmpError(MemorySegment slab, long at, int transportAt, int total, SessionTable sessions, int session, int sent) {
        final boolean v6 = u8(slab, at) >>> 4 == 6;
        final long icmp = at + transportAt;
        final long quote = icmp + PacketParser.ICMP_LENGTH;
        final int change = v6
                ? quoteV6(slab, quote, (int) (at + total - quote), sessions, session, sent)
                : quoteV4(slab, quote, (int) (at + total - quote), sessions, session, sent);
        final int outer = v6 ? outerV6(slab, at, sessions, session, sent) : outerV4(slab, at, sessions, session, sent);
        put16(slab, icmp + 2, adjusted(u16(slab, icmp + 2), fold(change) + fold(outer)));
    }

    private static int fold(int change) {
        return (change & 0xffff) + (change >>> 16);
    }

    private static int quoteV4(MemorySegment slab, long quote, int length, SessionTable sessions, int session, int sent) {
        final long before = i64(slab, quote + 12);
        final long after = sessions.key(session, sent, 0);
        final int headerChange = changed64(before, after);
        put64(slab, quote + 12, after);
        final int checksum = u16(slab, quote + 10);
        final int updated = adjusted(checksum, headerChange);
        put16(slab, quote + 10, updated);
        final int header = (u8(slab, quote) & 0xf) << 2;
        final long tail = sessions.tail(session, sent);
        final int transportChange = transport(
                slab,
                quote + header,
                length - header,
                FlowKey.protocol(tail),
                FlowKey.sourcePort(tail),
                FlowKey.destinationPort(tail),
                headerChange,
                false);
        return headerChange + changed16(checksum, updated) + transportChange;
    }

    private static int quoteV6(MemorySegment slab, long quote, int length, SessionTable sessions, int session, int sent) {
        int headerChange = 0;
        for (int k = 0; k < 4; k++) {
            final long before = i64(slab, quote + 8 + k * 8L);
            final long after = sessions.key(session, sent, k);
            headerChange += changed64(before, after);
            put64(slab, quote + 8 + k * 8L, after);
        }
        final long tail = sessions.tail(session, sent);
        final int transportChange = transport(
                slab,
                quote + IpHeader.V6_LENGTH,
                length - IpHeader.V6_LENGTH,
                FlowKey.protocol(tail),
                FlowKey.sourcePort(tail),
                FlowKey.destinationPort(tail),
                headerChange,
                true);
        return headerChange + transportChange;
    }

    /** Addresses of an IPv4 error. Its ICMP checksum is not over them. */
    private static int outerV4(MemorySegment slab, long at, SessionTable sessions, int session, int sent) {
        final long asSent = sessions.key(session, sent, 0);
        final long translated = sessions.key(session, sent ^ 1, 0);
        final long before = i64(slab, at + 12);
        final int source = FlowKey.sourceV4(before);
        final int from = source == FlowKey.sourceV4(translated) ? FlowKey.destinationV4(asSent) : source;
        final long after = FlowKey.v4(from, FlowKey.sourceV4(asSent));
        put64(slab, at + 12, after);
        put16(slab, at + 10, adjusted(u16(slab, at + 10), changed64(before, after)));
        return 0;
    }

    /** Addresses of an IPv6 error, over which its ICMP checksum is. */
    private static int outerV6(MemorySegment slab, long at, SessionTable sessions, int session, int sent) {
        final long sourceHigh = i64(slab, at + 8);
        final long sourceLow = i64(slab, at + 16);
        final boolean same = sourceHigh == sessions.key(session, sent ^ 1, 0) && sourceLow == sessions.key(session, sent ^ 1, 1);
        final long fromHigh = same ? sessions.key(session, sent, 2) : sourceHigh;
        final long fromLow = same ? sessions.key(session, sent, 3) : sourceLow;
        final long toHigh = sessions.key(session, sent, 0);
        final long toLow = sessions.key(session, sent, 1);
        final int change = changed64(sourceHigh, fromHigh)
                + changed64(sourceLow, fromLow)
                + changed64(i64(slab, at + 24), toHigh)
                + changed64(i64(slab, at + 32), toLow);
        put64(slab, at + 8, fromHigh);
        put64(slab, at + 16, fromLow);
        put64(slab, at + 24, toHigh);
        put64(slab, at + 32, toLow);
        return change;
    }
}
