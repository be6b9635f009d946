package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class InternetChecksumTest {
    private static MemorySegment segment(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void theExampleOfRfc1071() {
        final MemorySegment bytes = segment("00 01 f2 03 f4 f5 f6 f7");
        assertEquals(0xddf2, InternetChecksum.fold(InternetChecksum.sum(bytes, 0, 8, 0)));
        assertEquals(0x220d, InternetChecksum.checksum(bytes, 0, 8, 0));
    }

    @Test
    void anIpv4HeaderWithItsChecksumFoldsToAllOnes() {
        final MemorySegment header = segment("45 00 00 73 00 00 40 00 40 11 b8 61 c0 a8 00 01 c0 a8 00 c7");
        assertEquals(0xffff, InternetChecksum.fold(InternetChecksum.sum(header, 0, 20, 0)));
        header.set(ValueLayout.JAVA_SHORT_UNALIGNED, 10, (short) 0);
        assertEquals(0xb861, InternetChecksum.checksum(header, 0, 20, 0));
    }

    @Test
    void aUdpDatagramUnderItsIpv6PseudoHeaderFoldsToAllOnes() {
        // ::1 port 4660 to ::1 port 22136, payload "abc"; the checksum was worked out by hand.
        final MemorySegment udp = segment("12 34 56 78 00 0b 00 00 61 62 63");
        final long pseudo = InternetChecksum.pseudoHeaderV6(0, 1, 0, 1, 17, 11);
        final int checksum = InternetChecksum.checksum(udp, 0, 11, pseudo);
        assertEquals(~(0x1234 + 0x5678 + 0x000b + 0x6162 + 0x6300 - 0xffff + 1 + 1 + 17 + 11) & 0xffff, checksum);
        udp.set(ValueLayout.JAVA_BYTE, 6, (byte) (checksum >>> 8));
        udp.set(ValueLayout.JAVA_BYTE, 7, (byte) checksum);
        assertEquals(0xffff, InternetChecksum.fold(InternetChecksum.sum(udp, 0, 11, pseudo)));
    }

    @Test
    void theCarriesOfALargeBlockOfOnesComeBackIn() {
        final MemorySegment ones = MemorySegment.ofArray(new byte[1 << 20]).fill((byte) -1);
        assertEquals(0xffff, InternetChecksum.fold(InternetChecksum.sum(ones, 0, 1 << 20, 0)));
        assertEquals(0xff00, InternetChecksum.fold(InternetChecksum.sum(ones, 0, 1, 0)));
        assertEquals(0, InternetChecksum.fold(InternetChecksum.sum(ones, 0, 0, 0)));
    }

    @Property
    void sumsAsTheNaiveTwin(
            @ForAll @Size(max = 300) byte[] bytes, @ForAll @IntRange(max = 17) int skip, @ForAll @IntRange(max = 0xffff) int seed) {
        final int offset = Math.min(skip, bytes.length);
        final int length = bytes.length - offset;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment nativeCopy = arena.allocate(bytes.length + 1).copyFrom(MemorySegment.ofArray(bytes));
            final int expected = NaiveChecksum.foldedSum(nativeCopy, offset, length, seed);
            assertEquals(expected, InternetChecksum.fold(InternetChecksum.sum(nativeCopy, offset, length, seed)));
            assertEquals(expected, InternetChecksum.fold(InternetChecksum.sum(MemorySegment.ofArray(bytes), offset, length, seed)));
        }
    }

    @Property
    void anEvenPieceAndTheRestSumAsTheWhole(@ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(max = 100) int half) {
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        final int cut = Math.min(half * 2, bytes.length);
        final long pieces = InternetChecksum.sum(segment, cut, bytes.length - cut, InternetChecksum.sum(segment, 0, cut, 0));
        assertEquals(InternetChecksum.fold(InternetChecksum.sum(segment, 0, bytes.length, 0)), InternetChecksum.fold(pieces));
    }

    @Property
    void foldKeepsTheValueModuloOnesComplement(@ForAll @LongRange(min = 0) long sum) {
        final int folded = InternetChecksum.fold(sum);
        assertEquals(sum == 0 ? 0 : (int) ((sum - 1) % 0xffff) + 1, folded);
    }

    @Property
    void anUpdateIsTheSameAsSummingAgain(
            @ForAll @Size(20) byte[] header, @ForAll @IntRange(min = 1, max = 8) int word, @ForAll short value) {
        header[0] = 0x45;
        final MemorySegment segment = MemorySegment.ofArray(header);
        final int at = word * 2 < 10 ? word * 2 : word * 2 + 2;
        final ValueLayout.OfShort be = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN);
        segment.set(be, 10, (short) 0);
        final int checksum = InternetChecksum.checksum(segment, 0, 20, 0);
        final int before = segment.get(be, at) & 0xffff;
        segment.set(be, at, value);
        segment.set(be, 10, (short) InternetChecksum.update(checksum, before, value & 0xffff));
        assertEquals(0xffff, InternetChecksum.fold(InternetChecksum.sum(segment, 0, 20, 0)));
    }

    @Property
    void thePseudoHeaderOfIpv4SumsAsItsWords(
            @ForAll int source,
            @ForAll int destination,
            @ForAll @IntRange(max = 255) int protocol,
            @ForAll @IntRange(max = 65535) int length) {
        final MemorySegment words = MemorySegment.ofArray(
                ByteBuffer.allocate(12).putInt(source).putInt(destination).putShort((short) protocol).putShort((short) length).array());
        assertEquals(NaiveChecksum.foldedSum(words, 0, 12, 0),
                InternetChecksum.fold(InternetChecksum.pseudoHeaderV4(source, destination, protocol, length)));
    }

    @Test
    void thePseudoHeaderOfIpv4IsTheSumOfItsWords() {
        // 192.0.2.1 to 255.255.255.254, UDP, 1000 bytes: 0xc000 + 0x0201 + 0xffff + 0xfffe + 17 + 1000, folded.
        final int literal = (0xc000 + 0x0201 + 0xffff + 0xfffe + 17 + 1000);
        assertEquals(InternetChecksum.fold(literal), InternetChecksum.fold(InternetChecksum.pseudoHeaderV4(0xc0000201, -2, 17, 1000)));
    }
}
