package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Inner packets of any bytes: every field is read beside a literal reading of RFC 791 and RFC 8200, and what is made of the packet (another
 * TOS, an ICMP error) is right itself. The packet fills its memory segment, so that a read beyond it throws.
 */
final class IpHeaderFuzzTest {
    /** The first byte is an outer TOS, the rest a packet. */
    @FuzzTest
    void anyBytes(byte[] data) {
        if (data.length == 0) {
            return;
        }
        final byte[] packet = Arrays.copyOfRange(data, 1, data.length);
        final MemorySegment slab = MemorySegment.ofArray(packet);
        final int total = IpHeader.totalLength(slab, 0, packet.length);
        assertEquals(naiveTotal(packet), total);
        final int version = IpHeader.version(slab, 0, packet.length);
        assertTrue(total == IpHeader.NONE || version == packet[0] >> 4);
        if (total == IpHeader.NONE) {
            return;
        }
        final int transport = IpHeader.transport(slab, 0, total);
        assertTrue(transport >= IpHeader.LATER_FRAGMENT);
        if (transport >= 0) {
            final int at = IpHeader.offsetOf(transport);
            assertTrue(at >= (version == 4 ? IpHeader.V4_LENGTH : IpHeader.V6_LENGTH) && at <= total);
            assertTrue(IpHeader.protocolOf(transport) <= 255);
        }
        answered(slab, total);
        marked(packet, version, data[0] & 0xff);
    }

    /** The length as the RFCs have it, in {@code int} arithmetic that can't wrap. */
    private static int naiveTotal(byte[] packet) {
        final ByteBuffer b = ByteBuffer.wrap(packet);
        if (packet.length >= 20 && (packet[0] & 0xf0) == 0x40) {
            final int header = (packet[0] & 0xf) * 4;
            final int total = b.getShort(2) & 0xffff;
            return header < 20 || total < header || total > packet.length ? IpHeader.NONE : total;
        }
        if (packet.length >= 40 && (packet[0] & 0xf0) == 0x60) {
            final int payload = b.getShort(4) & 0xffff;
            final boolean jumbo = payload == 0 && packet[6] == 0;
            return jumbo || payload + 40 > packet.length ? IpHeader.NONE : payload + 40;
        }
        return IpHeader.NONE;
    }

    /** An ICMP error, if there is one, is a whole packet, not too long, from the destination to the source, with right checksums. */
    private static void answered(MemorySegment slab, int total) {
        final byte[] out = new byte[Icmp.MAX_LENGTH];
        final MemorySegment answer = MemorySegment.ofArray(out);
        final int tooBig = Icmp.tooBig(slab, 0, total, 1280, answer, 0);
        final int unreachable = Icmp.unreachable(slab, 0, total, answer, 0);
        assertEquals(tooBig, unreachable);
        if (unreachable == 0) {
            return;
        }
        assertEquals(unreachable, IpHeader.totalLength(answer, 0, unreachable));
        final boolean v4 = IpHeader.version(slab, 0, total) == 4;
        if (v4) {
            assertEquals(IpHeader.sourceV4(slab, 0), IpHeader.destinationV4(answer, 0));
            assertEquals(IpHeader.destinationV4(slab, 0), IpHeader.sourceV4(answer, 0));
            assertEquals(0xffff, NaiveChecksum.foldedSum(answer, 0, 20, 0));
            assertEquals(0xffff, NaiveChecksum.foldedSum(answer, 20, unreachable - 20, 0));
        } else {
            assertEquals(IpHeader.sourceLow(slab, 0), IpHeader.destinationLow(answer, 0));
            assertEquals(IpHeader.destinationLow(slab, 0), IpHeader.sourceLow(answer, 0));
        }
        final MemorySegment unused = MemorySegment.ofArray(new byte[Icmp.MAX_LENGTH]);
        assertEquals(0, Icmp.unreachable(answer, 0, unreachable, unused, 0), "an error is not answered");
    }

    /** Decapsulation changes the ECN field, and an IPv4 checksum with it, and nothing else. */
    private static void marked(byte[] packet, int version, int outerTos) {
        final byte[] copy = packet.clone();
        final MemorySegment slab = MemorySegment.ofArray(copy);
        final int before = IpHeader.tos(slab, 0);
        final boolean kept = Ecn.decapsulate(slab, 0, outerTos);
        assertEquals(kept, Ecn.decapsulate(outerTos, before) != Ecn.DROP);
        if (kept) {
            assertEquals(Ecn.decapsulate(outerTos, before), IpHeader.tos(slab, 0));
        }
        for (int i = 0; i < packet.length; i++) {
            final boolean mayChange = version == 4 ? i == 1 || i == 10 || i == 11 : i == 1;
            assertTrue(mayChange || packet[i] == copy[i], "byte " + i);
        }
        final int header = version == 4 ? (packet[0] & 0xf) * 4 : 0;
        if (header > 0 && IpHeader.tos(slab, 0) != before && sumsUp(MemorySegment.ofArray(packet), header)) {
            assertTrue(sumsUp(slab, header));
        }
    }

    private static boolean sumsUp(MemorySegment packet, int header) {
        return NaiveChecksum.foldedSum(packet, 0, header, 0) == 0xffff;
    }
}
