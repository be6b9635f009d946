package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import org.junit.jupiter.params.provider.ValueSource;

final class IcmpTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private final MemorySegment out = MemorySegment.ofArray(new byte[1 + Icmp.MAX_LENGTH]);

    private static MemorySegment v4(String source, String destination, int protocol, int payloadLength, String payload) {
        final MemorySegment packet = MemorySegment.ofArray(new byte[20 + payloadLength]);
        packet.copyFrom(IpHeaderTest.bytes(
                "45 00 %04x 00 01 00 00 40 %02x 00 00".formatted(20 + payloadLength, protocol), source, destination, payload));
        return packet;
    }

    private static MemorySegment v6(String source, String destination, int protocol, int payloadLength, String payload) {
        final MemorySegment packet = MemorySegment.ofArray(new byte[40 + payloadLength]);
        packet.copyFrom(IpHeaderTest.bytes("60 00 00 00 %04x %02x 40".formatted(payloadLength, protocol), source, destination, payload));
        return packet;
    }

    private int unreachable(MemorySegment packet) {
        return Icmp.unreachable(packet, 0, (int) packet.byteSize(), out, 1);
    }

    private int tooBig(MemorySegment packet, int mtu) {
        return Icmp.tooBig(packet, 0, (int) packet.byteSize(), mtu, out, 1);
    }

    private String written(int from, int to) {
        return HexFormat.of().formatHex(out.asSlice(1 + from, to - from).toArray(ValueLayout.JAVA_BYTE));
    }

    private void assertQuotes(MemorySegment packet, int from, int length) {
        assertEquals(-1, out.asSlice(1 + from, length).mismatch(packet.asSlice(0, length)));
    }

    private void assertV6Checksum(int length) {
        final MemorySegment pseudo = MemorySegment.ofArray(new byte[40]);
        MemorySegment.copy(out, 9, pseudo, 0, 32);
        pseudo.set(ValueLayout.JAVA_BYTE, 34, (byte) (length - 40 >>> 8));
        pseudo.set(ValueLayout.JAVA_BYTE, 35, (byte) (length - 40));
        pseudo.set(ValueLayout.JAVA_BYTE, 39, (byte) 58);
        assertEquals(0xffff, NaiveChecksum.foldedSum(out, 41, length - 40, NaiveChecksum.foldedSum(pseudo, 0, 40, 0)));
    }

    @Test
    void hostUnreachableComesFromTheAddressThatWasNotReached() {
        final MemorySegment packet = v4("0a000001", "c0000207", 17, 30, "1234");
        assertEquals(20 + 8 + 50, unreachable(packet));
        assertEquals("45c0004e" + "00004000" + "4001", written(0, 10));
        assertEquals("c0000207" + "0a000001", written(12, 20));
        assertEquals("0301", written(20, 22));
        assertEquals("00000000", written(24, 28));
        assertQuotes(packet, 28, 50);
        assertEquals(0xffff, NaiveChecksum.foldedSum(out, 1, 20, 0));
        assertEquals(0xffff, NaiveChecksum.foldedSum(out, 21, 58, 0));
    }

    @Test
    void fragmentationNeededTellsTheMtuAndQuotesUpTo576Bytes() {
        final MemorySegment packet = v4("0a000001", "c0000207", 6, 1480, "1234");
        assertEquals(576, tooBig(packet, 1420));
        assertEquals("45c00240", written(0, 4));
        assertEquals("0304", written(20, 22));
        assertEquals("0000058c", written(24, 28));
        assertQuotes(packet, 28, 548);
        assertEquals(0xffff, NaiveChecksum.foldedSum(out, 1, 20, 0));
        assertEquals(0xffff, NaiveChecksum.foldedSum(out, 21, 556, 0));
    }

    @Test
    void addressUnreachableComesFromTheAddressThatWasNotReached() {
        final MemorySegment packet = v6("fd000000000000000000000000000001", "20010db8000000000000000000000002", 17, 33, "99");
        assertEquals(40 + 8 + 73, unreachable(packet));
        assertEquals("60000000" + "00513a40", written(0, 8));
        assertEquals("20010db8000000000000000000000002" + "fd000000000000000000000000000001", written(8, 40));
        assertEquals("0103", written(40, 42));
        assertEquals("00000000", written(44, 48));
        assertQuotes(packet, 48, 73);
        assertV6Checksum(121);
    }

    @Test
    void packetTooBigTellsTheMtuAndQuotesUpTo1280Bytes() {
        final MemorySegment packet = v6("fd000000000000000000000000000001", "20010db8000000000000000000000002", 6, 8000, "99");
        assertEquals(1280, tooBig(packet, 1420));
        assertEquals("0200", written(40, 42));
        assertEquals("0000058c", written(44, 48));
        assertQuotes(packet, 48, 1232);
        assertV6Checksum(1280);
    }

    @Test
    void timeExceededComesFromTheRouterThatSaysIt() {
        final MemorySegment packet = v4("0a000001", "c0000207", 17, 30, "1234");
        assertEquals(20 + 8 + 50, Icmp.timeExceededV4(packet, 0, 50, 0x0a0000fe, out, 1));
        assertEquals("0a0000fe" + "0a000001", written(12, 20));
        assertEquals("0b00", written(20, 22));
        assertQuotes(packet, 28, 50);
        assertEquals(0xffff, NaiveChecksum.foldedSum(out, 21, 58, 0));
        assertEquals(0, Icmp.timeExceededV4(v4("0a000001", "c0000207", 1, 36, "0b"), 0, 56, 0x0a0000fe, out, 1));
    }

    @Test
    void timeExceededOfIpv6ComesFromTheRouterThatSaysIt() {
        final String host = "fd000000000000000000000000000001";
        final MemorySegment packet = v6(host, "20010db8000000000000000000000002", 17, 33, "99");
        assertEquals(40 + 8 + 73, Icmp.timeExceededV6(packet, 0, 73, 0xfd00_0000_0000_0000L, 0xfe, out, 1));
        assertEquals("fd0000000000000000000000000000fe" + host, written(8, 40));
        assertEquals("0300", written(40, 42));
        assertQuotes(packet, 48, 73);
        assertV6Checksum(121);
        final MemorySegment error = v6(host, "20010db8000000000000000000000002", 58, 8, "03");
        assertEquals(0, Icmp.timeExceededV6(error, 0, 48, 0xfd00_0000_0000_0000L, 0xfe, out, 1));
    }

    @Test
    void anMtuBeyond16BitsIsCutToWhatTheFieldHolds() {
        assertEquals(576, tooBig(v4("0a000001", "c0000207", 6, 1480, ""), 70_000));
        assertEquals("0000ffff", written(24, 28));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 11, 12})
    void anIcmpErrorOrRedirectIsNotAnswered(int type) {
        final MemorySegment packet = v4("0a000001", "c0000207", 1, 36, "%02x".formatted(type));
        assertEquals(0, unreachable(packet));
        assertEquals(0, tooBig(packet, 1280));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 13, 14, 30})
    void anIcmpQueryIsAnswered(int type) {
        assertEquals(84, unreachable(v4("0a000001", "c0000207", 1, 36, "%02x".formatted(type))));
    }

    @ParameterizedTest
    @CsvSource({
        "0, false", "1, false", "2, false", "3, false", "4, false", "127, false", "137, false", "128, true", "129, true", "135, true"
    })
    void anIcmpv6ErrorOrRedirectIsNotAnswered(int type, boolean answered) {
        final String hex = "%02x".formatted(type);
        final String a = "fd000000000000000000000000000001";
        assertEquals(answered, unreachable(v6(a, "20010db8000000000000000000000002", 58, 8, hex)) > 0);
        // Also behind an extension header, where a glance at the next header field would miss it.
        final String behind = "3a00000000000000" + hex;
        assertEquals(answered, unreachable(v6(a, "20010db8000000000000000000000002", 60, 16, behind)) > 0);
        assertEquals(answered, tooBig(v6(a, "20010db8000000000000000000000002", 60, 16, behind), 1280) > 0);
    }

    @Test
    void icmpCutOffBeforeItsTypeIsNotAnswered() {
        assertEquals(0, unreachable(v4("0a000001", "c0000207", 1, 0, "")));
        assertEquals(0, unreachable(v6("fd000000000000000000000000000001", "20010db8000000000000000000000002", 58, 0, "")));
    }

    @ParameterizedTest
    @CsvSource({
        "00000000, c0000207, false", // unspecified source
        "00000005, c0000207, false",
        "7f000001, c0000207, false", // loopback
        "e0000001, c0000207, false", // multicast
        "f0000001, c0000207, false", // reserved
        "ffffffff, c0000207, false", // broadcast
        "0a000001, e0000005, false",
        "0a000001, efffffff, false",
        "0a000001, ffffffff, false",
        "0a000001, 00000000, false", // would be the source of the answer
        "0a000001, dfffffff, true",
        "dfffffff, c0000207, true",
        "01000000, 80000000, true",
    })
    void onlyHostsAreAnsweredAndOnlyAboutHosts(String source, String destination, boolean answered) {
        assertEquals(answered, unreachable(v4(source, destination, 17, 8, "")) > 0);
        assertEquals(answered, tooBig(v4(source, destination, 17, 8, ""), 1280) > 0);
    }

    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000000000, false", // unspecified
        "00000000000000000000000000000001, false", // loopback
        "00000000000000000000000000000002, true",
        "ff020000000000000000000000000001, false", // multicast
        "fe800000000000000000000000000001, true",
    })
    void onlyIpv6HostsAreAnsweredAndOnlyAboutHosts(String source, boolean answered) {
        final String host = "20010db8000000000000000000000002";
        assertEquals(answered, unreachable(v6(source, host, 17, 8, "")) > 0);
        assertEquals(0, unreachable(v6(host, "ff020000000000000000000000000001", 17, 8, "")));
        assertEquals(0, tooBig(v6(host, "ff0e0000000000000000000000000001", 17, 8, ""), 1280));
    }

    @Test
    void aLaterFragmentIsNotAnsweredButTheFirstIs() {
        final MemorySegment fragment = v4("0a000001", "c0000207", 17, 8, "");
        fragment.set(ValueLayout.JAVA_BYTE, 6, (byte) 0x20);
        assertEquals(56, unreachable(fragment));
        fragment.set(ValueLayout.JAVA_BYTE, 7, (byte) 1);
        assertEquals(0, unreachable(fragment));
        final String a = "fd000000000000000000000000000001";
        final String b = "20010db8000000000000000000000002";
        assertEquals(104, unreachable(v6(a, b, 44, 16, "1100000100000001")));
        assertEquals(0, unreachable(v6(a, b, 44, 16, "1100000900000001")));
        assertEquals(0, unreachable(v6(a, b, 60, 7, "11000000000000")), "malformed extension headers");
    }

    /** Answers are never answered themselves, always well formed, and garbage throws nothing. */
    @Property
    void everyAnswerIsAWellFormedErrorThatIsNotAnswered(
            @ForAll @Size(max = 1500) byte[] bytes,
            @ForAll boolean v4,
            @ForAll boolean big,
            @ForAll @IntRange(min = 68, max = 9000) int mtu) {
        if (bytes.length >= 40) {
            bytes[0] = (byte) (v4 ? 0x45 : 0x60);
            bytes[2] = (byte) (bytes.length >>> 8);
            bytes[3] = (byte) bytes.length;
            bytes[4] = (byte) (bytes.length - 40 >>> 8);
            bytes[5] = (byte) (bytes.length - 40);
        }
        final MemorySegment packet = MemorySegment.ofArray(bytes);
        final int total = IpHeader.totalLength(packet, 0, bytes.length);
        if (total == IpHeader.NONE) {
            return;
        }
        final int length = big ? Icmp.tooBig(packet, 0, total, mtu, out, 1) : Icmp.unreachable(packet, 0, total, out, 1);
        assertTrue(length == 0 || (length >= 48 && length <= (v4 ? 576 : 1280)));
        if (length > 0) {
            assertEquals(length, IpHeader.totalLength(out, 1, length));
            assertEquals(0, Icmp.unreachable(out, 1, length, MemorySegment.ofArray(new byte[1280]), 0));
            if (v4) {
                assertEquals(0xffff, NaiveChecksum.foldedSum(out, 1, 20, 0));
                assertEquals(0xffff, NaiveChecksum.foldedSum(out, 21, length - 20, 0));
            } else {
                assertV6Checksum(length);
            }
        }
    }

    @Test
    void aTokenBucketGivesItsBurstThenItsRate() {
        final TokenBucket bucket = new TokenBucket(10, 3, 5 * SECOND_NS);
        for (int i = 0; i < 3; i++) {
            assertTrue(bucket.tryTake(5 * SECOND_NS));
        }
        assertFalse(bucket.tryTake(5 * SECOND_NS));
        assertFalse(bucket.tryTake(5 * SECOND_NS + SECOND_NS / 10 - 1));
        assertTrue(bucket.tryTake(5 * SECOND_NS + SECOND_NS / 10));
        assertFalse(bucket.tryTake(5 * SECOND_NS + SECOND_NS / 10));
    }

    @Test
    void aTokenBucketHoldsNoMoreThanItsBurstAndBearsAClockThatStepsBack() {
        final TokenBucket bucket = new TokenBucket(1, 2, 0);
        assertTrue(bucket.tryTake(Long.MAX_VALUE));
        assertTrue(bucket.tryTake(0));
        assertFalse(bucket.tryTake(0));
        assertFalse(bucket.tryTake(Long.MAX_VALUE));
        final TokenBucket wrapping = new TokenBucket(1, 1, Long.MAX_VALUE);
        assertTrue(wrapping.tryTake(Long.MAX_VALUE));
        assertFalse(wrapping.tryTake(Long.MAX_VALUE + SECOND_NS - 1));
        assertTrue(wrapping.tryTake(Long.MAX_VALUE + SECOND_NS));
    }

    @Test
    void aTokenBucketThatIsPartlyUsedIsNotFilledBeyondItsBurst() {
        final TokenBucket bucket = new TokenBucket(1, 10, 0);
        for (int i = 0; i < 5; i++) {
            assertTrue(bucket.tryTake(0));
        }
        for (int i = 0; i < 10; i++) {
            assertTrue(bucket.tryTake(12 * SECOND_NS));
        }
        assertFalse(bucket.tryTake(12 * SECOND_NS));
    }

    @Test
    void aTokenBucketHasARateAndABurst() {
        assertThrows(IllegalArgumentException.class, () -> new TokenBucket(0, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new TokenBucket(1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new TokenBucket(1_000_000_001, 1, 0));
        final TokenBucket fast = new TokenBucket(1_000_000_000, 1, 0);
        assertTrue(fast.tryTake(0));
        assertFalse(fast.tryTake(0));
        assertTrue(fast.tryTake(1));
    }
}
