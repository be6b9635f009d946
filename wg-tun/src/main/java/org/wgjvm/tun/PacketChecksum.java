package org.wgjvm.tun;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.InternetChecksum;
import org.wgjvm.core.packet.PacketMemory;

/** Checksums of packets where they lie in memory. Sums are running sums of {@link InternetChecksum}. */
final class PacketChecksum {
    private PacketChecksum() {}

    static long sum(MemorySegment s, long at, int length) {
        return InternetChecksum.sum(s, at, length, 0);
    }

    /**
     * The sum of the pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1): the addresses of the IP packet at {@code at}, the protocol
     * and the length of the transport header and its payload.
     */
    static long pseudoHeaderSum(MemorySegment s, long at, boolean v4, int protocol, int transportLength) {
        if (v4) {
            return InternetChecksum.pseudoHeaderV4(
                    PacketMemory.getIntBe(s, at + 12), PacketMemory.getIntBe(s, at + 16), protocol, transportLength);
        }
        return InternetChecksum.pseudoHeaderV6(
                PacketMemory.getLongBe(s, at + 8), PacketMemory.getLongBe(s, at + 16),
                PacketMemory.getLongBe(s, at + 24), PacketMemory.getLongBe(s, at + 32), protocol, transportLength);
    }

    /** Stores the checksum for {@code sum}, which was taken with a zero in the field. */
    static void put(MemorySegment s, long at, long sum) {
        PacketMemory.putShortBe(s, at, (short) ~InternetChecksum.fold(sum));
    }

    /** As {@link #put}, but 0 is stored as 0xffff, because 0 says that there is no checksum (RFC 768). */
    static void putNonZero(MemorySegment s, long at, long sum) {
        final int checksum = ~InternetChecksum.fold(sum) & 0xffff;
        PacketMemory.putShortBe(s, at, (short) (checksum == 0 ? 0xffff : checksum));
    }

    /** Stores the sum itself, which is what a partial checksum is. */
    static void putPartial(MemorySegment s, long at, long sum) {
        PacketMemory.putShortBe(s, at, (short) InternetChecksum.fold(sum));
    }

    /** Whether a sum taken over data with its checksum in place says that the data are intact. */
    static boolean verifies(long sum) {
        return InternetChecksum.fold(sum) == 0xffff;
    }
}
