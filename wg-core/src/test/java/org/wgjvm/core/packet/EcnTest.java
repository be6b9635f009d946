package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EcnTest {
    private static final int NOT_ECT = 0b00;
    private static final int ECT_0 = 0b10;
    private static final int ECT_1 = 0b01;
    private static final int CE = 0b11;

    /** RFC 6040, figure 4: rows are the arriving inner header, columns the arriving outer header. */
    @Test
    void theTableOfRfc6040() {
        final int[] outer = {NOT_ECT, ECT_0, ECT_1, CE};
        final int[] inner = {NOT_ECT, ECT_0, ECT_1, CE};
        final int[][] delivered = {
            {NOT_ECT, NOT_ECT, NOT_ECT, Ecn.DROP},
            {ECT_0, ECT_0, ECT_1, CE},
            {ECT_1, ECT_1, ECT_1, CE},
            {CE, CE, CE, CE},
        };
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 4; column++) {
                assertEquals(delivered[row][column], Ecn.decapsulate(outer[column], inner[row]), "inner " + inner[row]);
            }
        }
    }

    @Test
    void theOuterHeaderShowsTheInnerEcnAndNotItsDscp() {
        assertEquals(NOT_ECT, Ecn.encapsulate(0xb8));
        assertEquals(ECT_0, Ecn.encapsulate(0xb8 | ECT_0));
        assertEquals(ECT_1, Ecn.encapsulate(0xfc | ECT_1));
        assertEquals(CE, Ecn.encapsulate(CE));
    }

    @Property
    void theInnerDscpIsLeftAloneAndTheOuterOneIgnored(@ForAll @IntRange(max = 255) int outer, @ForAll @IntRange(max = 255) int inner) {
        final int delivered = Ecn.decapsulate(outer, inner);
        assertEquals(Ecn.decapsulate(outer & 3, inner), delivered);
        assertTrue(delivered == Ecn.DROP || (delivered & 0xfc) == (inner & 0xfc));
        assertEquals((outer & 3) == CE && (inner & 3) == NOT_ECT, delivered == Ecn.DROP);
    }

    @Property
    void whatWentInUnmarkedComesOutAsItWas(@ForAll @IntRange(max = 255) int inner) {
        assertEquals(inner, Ecn.decapsulate(Ecn.encapsulate(inner), inner));
    }

    @ParameterizedTest
    @CsvSource({"0xba, 3, 0xbb", "0xba, 1, 0xb9", "0xba, 0, 0xba", "0x01, 0xff, 0x03", "0xfc, 2, 0xfc"})
    void anIpv4PacketIsMarkedWithItsChecksum(String before, int outer, String after) {
        final MemorySegment packet = IpHeaderTest.bytes("ff 45 00 00 14 00 00 40 00 40 11 00 00 c0 a8 00 01 c0 a8 00 c7");
        packet.set(ValueLayout.JAVA_BYTE, 2, (byte) (int) Integer.decode(before));
        final int checksum = InternetChecksum.checksum(packet, 1, 20, 0);
        packet.set(ValueLayout.JAVA_BYTE, 11, (byte) (checksum >>> 8));
        packet.set(ValueLayout.JAVA_BYTE, 12, (byte) checksum);
        assertTrue(Ecn.decapsulate(packet, 1, outer));
        assertEquals(Integer.decode(after), IpHeader.tos(packet, 1));
        assertEquals(0xffff, NaiveChecksum.foldedSum(packet, 1, 20, 0));
    }

    @Test
    void anIpv6PacketIsMarked() {
        final MemorySegment packet = MemorySegment.ofArray(new byte[40]);
        packet.copyFrom(IpHeaderTest.bytes("6b a5 55 55"));
        assertTrue(Ecn.decapsulate(packet, 0, CE));
        assertEquals(0xbb, IpHeader.tos(packet, 0));
        assertEquals(0x6bb55555, Integer.reverseBytes(packet.get(ValueLayout.JAVA_INT_UNALIGNED, 0)));
    }

    @Test
    void congestionMetByATransportThatCannotReactIsADropAndThePacketIsLeftAlone() {
        final MemorySegment packet = IpHeaderTest.bytes("45 b8 00 14 00 00 40 00 40 11 12 34 c0 a8 00 01 c0 a8 00 c7");
        final byte[] before = packet.toArray(ValueLayout.JAVA_BYTE);
        assertFalse(Ecn.decapsulate(packet, 0, CE));
        assertEquals(-1, packet.mismatch(MemorySegment.ofArray(before)));
        assertTrue(Ecn.decapsulate(packet, 0, ECT_0));
        assertEquals(-1, packet.mismatch(MemorySegment.ofArray(before)));
    }
}
