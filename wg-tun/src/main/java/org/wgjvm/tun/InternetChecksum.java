package org.wgjvm.tun;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071), with the sum taken in host byte order and several bytes at a time, which section 2(B) and (C) of that
 * RFC allow: the folded result is stored in host order too.
 *
 * <p>A sum here is a 64-bit accumulator of 32-bit words; it can't overflow below 8 GiB of data. Add sums freely, then {@link #fold} once.
 */
final class InternetChecksum {
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long LOW = 0xffffffffL;

    private InternetChecksum() {}

    /** The sum of {@code length} bytes at {@code at}; an odd last byte counts as if a zero followed. */
    static long sum(MemorySegment s, long at, int length) {
        long even = 0;
        long odd = 0;
        int i = 0;
        for (; i <= length - 32; i += 32) {
            final long a = s.get(JAVA_LONG_UNALIGNED, at + i);
            final long b = s.get(JAVA_LONG_UNALIGNED, at + i + 8);
            final long c = s.get(JAVA_LONG_UNALIGNED, at + i + 16);
            final long d = s.get(JAVA_LONG_UNALIGNED, at + i + 24);
            even += (a & LOW) + (b & LOW) + (c & LOW) + (d & LOW);
            odd += (a >>> 32) + (b >>> 32) + (c >>> 32) + (d >>> 32);
        }
        for (; i <= length - 4; i += 4) {
            even += s.get(JAVA_INT_UNALIGNED, at + i) & LOW;
        }
        if (i <= length - 2) {
            even += s.get(JAVA_SHORT_UNALIGNED, at + i) & 0xffff;
            i += 2;
        }
        if (i < length) {
            final int last = s.get(JAVA_BYTE, at + i) & 0xff;
            even += LITTLE_ENDIAN ? last : last << 8;
        }
        return even + odd;
    }

    /**
     * The sum of the pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1): the addresses of the IP packet at {@code at}, the protocol
     * and the length of the transport header and its payload.
     */
    static long pseudoHeaderSum(MemorySegment s, long at, boolean v4, int protocol, int transportLength) {
        final long addresses = v4 ? sum(s, at + 12, 8) : sum(s, at + 8, 32);
        return addresses + hostOrder(protocol) + hostOrder(transportLength & 0xffff) + hostOrder(transportLength >>> 16);
    }

    /** Folds a sum to 16 bits, in host order and not complemented. */
    static int fold(long sum) {
        long x = (sum >>> 32) + (sum & LOW);
        x = (x >>> 32) + (x & LOW);
        x = (x >>> 16) + (x & 0xffff);
        x = (x >>> 16) + (x & 0xffff);
        return (int) ((x >>> 16) + (x & 0xffff));
    }

    /** Stores the checksum for {@code sum}, which was taken with a zero in the field. */
    static void put(MemorySegment s, long at, long sum) {
        s.set(JAVA_SHORT_UNALIGNED, at, (short) ~fold(sum));
    }

    /** As {@link #put}, but 0 is stored as 0xffff, because 0 says that there is no checksum (RFC 768). */
    static void putNonZero(MemorySegment s, long at, long sum) {
        final int checksum = ~fold(sum) & 0xffff;
        s.set(JAVA_SHORT_UNALIGNED, at, (short) (checksum == 0 ? 0xffff : checksum));
    }

    /** Stores the sum itself, which is what a partial checksum is. */
    static void putPartial(MemorySegment s, long at, long sum) {
        s.set(JAVA_SHORT_UNALIGNED, at, (short) fold(sum));
    }

    /** Whether a sum taken over data with its checksum in place says that the data are intact. */
    static boolean verifies(long sum) {
        return fold(sum) == 0xffff;
    }

    private static int hostOrder(int value) {
        return LITTLE_ENDIAN ? Short.reverseBytes((short) value) & 0xffff : value;
    }
}
