package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IpHeaderTest {
    private static final String V4 = "45 b8 00 1c 12 34 40 00 40 11 00 00 c0 00 02 01 c6 33 64 02";
    private static final String V6_ADDRESSES = "20010db8000000010000000000000002 fd001122334455660000000000000009";
    private static final String ZEROS = "00000000000000";

    static MemorySegment bytes(String... hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(String.join("", hex).replace(" ", "")));
    }

    /** An IPv6 packet of just these extension headers and payload, the payload length filled in. */
    private static MemorySegment v6(int nextHeader, String payload) {
        final int length = payload.replace(" ", "").length() / 2;
        return bytes("6a b1 23 45", "%04x %02x 40".formatted(length, nextHeader), V6_ADDRESSES, payload);
    }

    private static int total(MemorySegment packet) {
        return IpHeader.totalLength(packet, 0, (int) packet.byteSize());
    }

    private static int transport(MemorySegment packet) {
        return IpHeader.transport(packet, 0, total(packet));
    }

    @Test
    void readsAnIpv4Header() {
        final MemorySegment packet = bytes("ffffff", V4, "0102030405060708", "0000");
        assertEquals(4, IpHeader.version(packet, 3, 30));
        assertEquals(28, IpHeader.totalLength(packet, 3, 30), "two bytes of padding behind it");
        assertEquals(0xc0000201, IpHeader.sourceV4(packet, 3));
        assertEquals(0xc6336402, IpHeader.destinationV4(packet, 3));
        assertEquals(0xb8, IpHeader.tos(packet, 3));
        assertTrue(IpHeader.dontFragment(packet, 3));
        final int transport = IpHeader.transport(packet, 3, 28);
        assertEquals(IpHeader.UDP, IpHeader.protocolOf(transport));
        assertEquals(20, IpHeader.offsetOf(transport));
    }

    @Test
    void readsAnIpv6Header() {
        final MemorySegment packet = v6(6, "0102030405060708");
        assertEquals(6, IpHeader.version(packet, 0, 48));
        assertEquals(48, IpHeader.totalLength(packet, 0, 48));
        assertEquals(0x20010db800000001L, IpHeader.sourceHigh(packet, 0));
        assertEquals(2, IpHeader.sourceLow(packet, 0));
        assertEquals(0xfd00112233445566L, IpHeader.destinationHigh(packet, 0));
        assertEquals(9, IpHeader.destinationLow(packet, 0));
        assertEquals(0xab, IpHeader.tos(packet, 0));
        assertTrue(IpHeader.dontFragment(packet, 0));
        assertEquals(IpHeader.TCP, IpHeader.protocolOf(transport(packet)));
        assertEquals(40, IpHeader.offsetOf(transport(packet)));
    }

    @ParameterizedTest
    @CsvSource({
        "45, 0014, 20, 20", // nothing but a header
        "45, 0013, 20, -1", // shorter than its header
        "45, 0000, 40, -1",
        "45, 0015, 20, -1", // claims more than was captured
        "45, ffff, 40, -1",
        "45, 0028, 60, 40", // the rest is padding
        "44, 0014, 20, -1", // IHL below the least
        "40, 0014, 20, -1",
        "46, 0017, 40, -1", // options longer than the packet
        "46, 0018, 24, 24",
        "4f, 003c, 60, 60",
        "4f, 0028, 40, -1",
        "55, 0014, 20, -1", // neither 4 nor 6
        "05, 0014, 20, -1",
        "45, 0014, 19, -1", // not even a header
        "45, 0014,  0, -1",
        "45, 0014, -5, -1",
    })
    void validatesTheLengthsOfIpv4(String first, String totalLength, int captured, int expected) {
        final MemorySegment packet = MemorySegment.ofArray(new byte[80]);
        packet.copyFrom(bytes(first, "00", totalLength));
        assertEquals(expected, IpHeader.totalLength(packet, 0, captured));
    }

    @ParameterizedTest
    @CsvSource({
        "0000, 59,    40,    40", // no next header
        "0000, 17,    40,    40",
        "0001, 17,    40,    -1",
        "0001, 17,    41,    41",
        "0000,  0,    80,    -1", // a jumbogram keeps its length in a hop-by-hop option
        "0008,  0,    48,    48",
        "ffff, 17, 65574,    -1", // 65535 + 40 needs 17 bits
        "ffff, 17, 65575, 65575",
        "ffd8, 17, 65536, 65536", // 65496 + 40 is 0 in 16 bits
        "ffd8, 17,    40,    -1",
        "ffd9, 17,    41,    -1",
        "0000, 17,    39,    -1", // not even a header
        "0000, 17,    20,    -1",
    })
    void validatesTheLengthsOfIpv6(String payloadLength, int nextHeader, int captured, int expected) {
        final MemorySegment packet = MemorySegment.ofArray(new byte[66_000]);
        packet.copyFrom(bytes("60000000", payloadLength, "%02x".formatted(nextHeader)));
        assertEquals(expected, IpHeader.totalLength(packet, 0, captured));
    }

    @Test
    void skipsIpv4Options() {
        final MemorySegment packet = bytes("46 00 00 20 00 00 00 00 40 06 00 00 0a000001 0a000002", "94040000", "0000000000000000");
        assertEquals(IpHeader.TCP, IpHeader.protocolOf(transport(packet)));
        assertEquals(24, IpHeader.offsetOf(transport(packet)));
        assertFalse(IpHeader.dontFragment(packet, 0));
    }

    @Test
    void aLaterFragmentHasNoTransportHeader() {
        assertEquals(IpHeader.LATER_FRAGMENT, transport(bytes("45 00 00 14 00 00 00 01 40 06 00 00 0a000001 0a000002")));
        assertEquals(IpHeader.LATER_FRAGMENT, transport(bytes("45 00 00 14 00 00 20 b9 40 06 00 00 0a000001 0a000002")));
        assertEquals(IpHeader.TCP, IpHeader.protocolOf(transport(bytes("45 00 00 14 00 00 20 00 40 06 00 00 0a000001 0a000002"))));
        assertEquals(IpHeader.LATER_FRAGMENT, transport(v6(44, "06 00 00 09 00000001 0000000000000000")));
        final int first = transport(v6(44, "06 00 00 01 00000001 0000000000000000"));
        assertEquals(IpHeader.TCP, IpHeader.protocolOf(first));
        assertEquals(48, IpHeader.offsetOf(first));
    }

    @Test
    void skipsIpv6ExtensionHeadersEachWithItsOwnUnitOfLength() {
        // hop-by-hop (8), routing (16), destination options (8), authentication (4 x (4 + 2) = 24), UDP
        final MemorySegment packet = v6(0,
                "2b 00 0000 00000000" + "3c 01 0000 00000000 0000000000000000" + "33 00 0000 00000000"
                        + "11 04 0000 00000000 00000000 00000000 00000000 00000000" + "1122334455667788");
        assertEquals(IpHeader.UDP, IpHeader.protocolOf(transport(packet)));
        assertEquals(40 + 8 + 16 + 8 + 24, IpHeader.offsetOf(transport(packet)));
    }

    @Test
    void stopsAtWhatItCannotSeeThrough() {
        assertEquals(50, IpHeader.protocolOf(transport(v6(50, "00"))), "ESP");
        assertEquals(59, IpHeader.protocolOf(transport(v6(60, "3b 00 0000 00000000"))), "no next header");
        assertEquals(48, IpHeader.offsetOf(transport(v6(60, "3b 00 0000 00000000"))));
    }

    @Test
    void aTruncatedExtensionHeaderIsMalformed() {
        assertEquals(IpHeader.NONE, transport(v6(60, "11 00 0000 000000")));
        assertEquals(IpHeader.NONE, transport(v6(60, "11 01 0000 00000000 00000000000000")));
        assertEquals(IpHeader.NONE, transport(v6(44, "11 00 0000 000000")));
        assertEquals(IpHeader.NONE, transport(v6(60, "11 ff 0000 00000000")));
    }

    @Test
    void aPacketOfNothingButExtensionHeadersIsNotWalkedToItsEnd() {
        assertEquals(IpHeader.NONE, transport(v6(60, ("3c00" + ZEROS.substring(0, 12)).repeat(100))));
        final String seven = ("3c00" + ZEROS.substring(0, 12)).repeat(7);
        assertEquals(IpHeader.UDP, IpHeader.protocolOf(transport(v6(60, seven + "1100" + ZEROS.substring(0, 12)))));
        final String eight = ("3c00" + ZEROS.substring(0, 12)).repeat(8);
        assertEquals(IpHeader.NONE, transport(v6(60, eight + "1100" + ZEROS.substring(0, 12))));
    }

    @Test
    void anOffsetBeyond16BitsFits() {
        final String sevenLong = ("3cff" + "00".repeat(2046)).repeat(7);
        final int transport = transport(v6(60, sevenLong + "11ff" + "00".repeat(2046)));
        assertEquals(40 + 8 * 2048, IpHeader.offsetOf(transport));
        assertEquals(IpHeader.UDP, IpHeader.protocolOf(transport));
    }

    @Test
    void theVersionOfNothingIsNone() {
        final MemorySegment packet = bytes("45");
        assertEquals(IpHeader.NONE, IpHeader.version(packet, 0, 0));
        assertEquals(4, IpHeader.version(packet, 0, 1));
        assertEquals(IpHeader.NONE, IpHeader.version(bytes("05"), 0, 1));
        assertEquals(IpHeader.NONE, IpHeader.version(bytes("75"), 0, 1));
    }

    @Property
    void aNewTosKeepsTheChecksumRightAndEverythingElse(@ForAll @Size(20) byte[] header, @ForAll @IntRange(max = 255) int tos) {
        header[0] = 0x45;
        final MemorySegment packet = MemorySegment.ofArray(header);
        packet.set(ValueLayout.JAVA_BYTE, 10, (byte) 0);
        packet.set(ValueLayout.JAVA_BYTE, 11, (byte) 0);
        final int checksum = InternetChecksum.checksum(packet, 0, 20, 0);
        packet.set(ValueLayout.JAVA_BYTE, 10, (byte) (checksum >>> 8));
        packet.set(ValueLayout.JAVA_BYTE, 11, (byte) checksum);
        final byte[] before = header.clone();
        IpHeader.setTos(packet, 0, tos);
        assertEquals(tos, IpHeader.tos(packet, 0));
        assertEquals(0xffff, NaiveChecksum.foldedSum(packet, 0, 20, 0));
        for (int i = 0; i < 20; i++) {
            assertTrue(i == 1 || i == 10 || i == 11 || before[i] == header[i], "byte " + i);
        }
    }

    @Property
    void aNewTrafficClassKeepsVersionFlowLabelAndEverythingElse(@ForAll @Size(40) byte[] header, @ForAll @IntRange(max = 255) int tos) {
        header[0] = (byte) (0x60 | header[0] & 0xf);
        final byte[] before = header.clone();
        final MemorySegment packet = MemorySegment.ofArray(header);
        IpHeader.setTos(packet, 0, tos);
        assertEquals(tos, IpHeader.tos(packet, 0));
        assertEquals(6, IpHeader.version(packet, 0, 40));
        assertEquals(before[1] & 0xf, header[1] & 0xf);
        for (int i = 2; i < 40; i++) {
            assertEquals(before[i], header[i], "byte " + i);
        }
    }

    /** Whatever the bytes, nothing is thrown, and no answer points outside the packet. */
    @Property(tries = 5000)
    void garbageGivesAnswersWithinThePacketOrNone(
            @ForAll @Size(max = 160) byte[] bytes, @ForAll @IntRange(max = 20) int skip, @ForAll @IntRange(max = 5) int shape) {
        final int offset = Math.min(skip, bytes.length);
        final int length = bytes.length - offset;
        final MemorySegment packet = MemorySegment.ofArray(bytes);
        // Most random bytes are rejected at once; these come further.
        if (shape > 0 && length > 7) {
            bytes[offset] = (byte) (shape % 2 == 0 ? 0x45 + bytes[offset + 1] % 3 : 0x60);
            bytes[offset + 2] = 0;
            bytes[offset + 3] = (byte) length;
            bytes[offset + 4] = 0;
            bytes[offset + 5] = (byte) Math.max(0, length - 40);
            bytes[offset + 6] = shape == 3 ? (byte) 44 : shape == 5 ? (byte) 60 : bytes[offset + 6];
        }
        final int version = IpHeader.version(packet, offset, length);
        final int total = IpHeader.totalLength(packet, offset, length);
        assertTrue(total == IpHeader.NONE || (total >= (version == 4 ? 20 : 40) && total <= length && version != IpHeader.NONE));
        if (total != IpHeader.NONE) {
            final int transport = IpHeader.transport(packet, offset, total);
            assertTrue(transport >= IpHeader.LATER_FRAGMENT);
            if (transport >= 0) {
                assertTrue(IpHeader.offsetOf(transport) <= total && IpHeader.protocolOf(transport) <= 255);
            }
            IpHeader.setTos(packet, offset, IpHeader.tos(packet, offset) ^ 0xff);
            assertEquals(total, IpHeader.totalLength(packet, offset, length));
        }
    }
}
