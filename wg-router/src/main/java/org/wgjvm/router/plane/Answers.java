package org.wgjvm.router.plane;

import static org.wgjvm.router.plane.PacketBytes.adjusted;
import static org.wgjvm.router.plane.PacketBytes.changed16;
import static org.wgjvm.router.plane.PacketBytes.i64;
import static org.wgjvm.router.plane.PacketBytes.put16;
import static org.wgjvm.router.plane.PacketBytes.put64;
import static org.wgjvm.router.plane.PacketBytes.put8;
import static org.wgjvm.router.plane.PacketBytes.u16;
import static org.wgjvm.router.plane.PacketBytes.u8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wgjvm.core.packet.Icmp;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.TokenBucket;
import org.wgjvm.router.config.IpAddress;

/**
 * What the router itself says: echo replies from its addresses, and that a packet has gone as many hops as it may. All of it goes back by
 * the interface that the packet came from. Bounded; what does not fit is not said.
 */
final class Answers {
    private static final int HOPS = 64;
    private static final int ERRORS_PER_SECOND = 100;

    private final PacketBatch batch = new PacketBatch(64, 128 * 1024);
    private TokenBucket errors;

    /** Answers an echo request of {@code length} bytes to one of our addresses. */
    void echo(MemorySegment slab, long at, int transportAt, int length) {
        if (batch.isFull(PacketBatch.stride(length))) {
            return;
        }
        final MemorySegment out = batch.slab();
        final long to = batch.offset[batch.addInner(length)];
        MemorySegment.copy(slab, ValueLayout.JAVA_BYTE, at, out, ValueLayout.JAVA_BYTE, to, length);
        if (u8(out, to) >>> 4 == 4) {
            final long addresses = i64(out, to + 12);
            put64(out, to + 12, Long.rotateLeft(addresses, 32));
            final int before = u16(out, to + 8);
            final int after = HOPS << 8 | before & 0xff;
            put16(out, to + 8, after);
            put16(out, to + 10, adjusted(u16(out, to + 10), changed16(before, after)));
        } else {
            for (int k = 0; k < 2; k++) {
                final long source = i64(out, to + 8 + k * 8L);
                put64(out, to + 8 + k * 8L, i64(out, to + 24 + k * 8L));
                put64(out, to + 24 + k * 8L, source);
            }
            put8(out, to + 7, HOPS);
        }
        final long icmp = to + transportAt;
        final int before = u16(out, icmp);
        final int type = before >>> 8 == PacketParser.ICMP_ECHO ? PacketParser.ICMP_ECHO_REPLY : PacketParser.ICMPV6_ECHO_REPLY;
        final int after = type << 8 | before & 0xff;
        put16(out, icmp, after);
        put16(out, icmp + 2, adjusted(u16(out, icmp + 2), changed16(before, after)));
    }

    /** Tells the sender of a packet of {@code length} bytes that it has gone as many hops as it may; from an address of ours there. */
    void timeExceeded(MemorySegment slab, long at, int length, InterfacePolicy ingress, long nowNs) {
        final boolean v6 = u8(slab, at) >>> 4 == 6;
        final IpAddress from = own(ingress, v6);
        if (errors == null) {
            errors = new TokenBucket(ERRORS_PER_SECOND, ERRORS_PER_SECOND, nowNs);
        }
        if (from == null || batch.isFull(PacketBatch.stride(Icmp.MAX_LENGTH)) || !errors.tryTake(nowNs)) {
            return;
        }
        final int to = batch.used() + PacketBatch.HEADROOM;
        final int written = v6
                ? Icmp.timeExceededV6(slab, at, length, from.high(), from.low(), batch.slab(), to)
                : Icmp.timeExceededV4(slab, at, length, (int) from.low(), batch.slab(), to);
        if (written > 0) {
            batch.addInner(written);
        }
    }

    private static IpAddress own(InterfacePolicy ingress, boolean v6) {
        for (final IpAddress address : ingress.own) {
            if (address.v6() == v6) {
                return address;
            }
        }
        return null;
    }

    /** Sends what there is back by {@code ingress}. */
    void flush(PlanePort ingress) {
        if (batch.size() == 0) {
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            ingress.outPackets++;
            ingress.outBytes += batch.length[i];
        }
        ingress.send(batch);
        batch.clear();
    }
}
