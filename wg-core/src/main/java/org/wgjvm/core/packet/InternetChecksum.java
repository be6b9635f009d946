package org.wgjvm.core.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): the one's complement sum of 16-bit words in network order.
 *
 * <p>A running sum is a {@code long} of 16-bit words in network order that have been added up without folding, so that header fields and
 * pseudo headers can simply be added to it: thousands of packets fit before it could overflow. A checksum field holds
 * {@code ~fold(sum)}; a packet whose checksum is right, field included, folds to {@code 0xffff}.
 */
public final class InternetChecksum {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private InternetChecksum() {}

    /**
     * Adds {@code length} bytes to a running sum. An odd length is padded with a zero byte, so only the last piece of a packet may be odd.
     *
     * @param offset of the first byte; needs no alignment
     * @param length in bytes, at most 2^31 - 1
     * @param initial the running sum so far, not negative; 0 to begin with
     * @return the running sum, to be added to or folded
     */
    public static long sum(MemorySegment segment, long offset, int length, long initial) {
        // A one's complement sum does not depend on the byte order or on the width of the words (RFC 1071, section 2), so long as the
        // carries come back in: sum little-endian halves of 64-bit words, and swap the two bytes of the result.
        final int count = length >>> 3;
        long words = 0;
        // As plain as this, C2 turns it into vector code; with an access by address, it does not.
        for (int i = 0; i < count; i++) {
            final long word = segment.get(LONG, offset + i * 8L);
            words += (word & 0xffffffffL) + (word >>> 32);
        }
        for (int i = count << 3, shift = 0; i < length; i++, shift = shift + 8 & 24) {
            words += (PacketMemory.getByte(segment, offset + i) & 0xffL) << shift;
        }
        return initial + (Short.reverseBytes((short) fold(words)) & 0xffffL);
    }

    /** Folds a running sum to 16 bits (0 to 0xffff); only a sum of nothing but zeros folds to 0. */
    public static int fold(long sum) {
        long s = (sum & 0xffffffffL) + (sum >>> 32);
        s = (s & 0xffffffffL) + (s >>> 32);
        s = (s & 0xffff) + (s >>> 16);
        s = (s & 0xffff) + (s >>> 16);
        return (int) s;
    }

    /** The checksum for a field that was zero when it was summed: the complement of the folded sum, 0 to 0xffff. */
    public static int checksum(MemorySegment segment, long offset, int length, long initial) {
        return ~fold(sum(segment, offset, length, initial)) & 0xffff;
    }

    /**
     * The checksum after a 16-bit word under it changed (RFC 1624, equation 3).
     *
     * @param checksum the field as it was, 0 to 0xffff
     * @param before the word as it was, 0 to 0xffff
     * @param after the word as it is now, 0 to 0xffff
     */
    public static int update(int checksum, int before, int after) {
        return ~fold((~checksum & 0xffffL) + (~before & 0xffffL) + after) & 0xffff;
    }

    /** Sum of an IPv4 pseudo header (RFC 768, RFC 9293); addresses in network order, {@code length} of the payload in bytes. */
    public static long pseudoHeaderV4(int source, int destination, int protocol, int length) {
        return (source & 0xffffffffL) + (destination & 0xffffffffL) + protocol + length;
    }

    /** Sum of an IPv6 pseudo header (RFC 8200, section 8.1); {@code length} of the payload in bytes. */
    public static long pseudoHeaderV6(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol, int length) {
        return halves(sourceHigh) + halves(sourceLow) + halves(destinationHigh) + halves(destinationLow) + protocol + length;
    }

    private static long halves(long words) {
        return (words & 0xffffffffL) + (words >>> 32);
    }
}
