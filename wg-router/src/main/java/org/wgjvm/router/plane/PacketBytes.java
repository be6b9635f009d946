package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Fields of packets, in network order, and the checksums that follow their changes (RFC 1624). */
final class PacketBytes {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /**
     * One constant segment over everything: what is read and written by it has neither bounds nor liveness to check, which is most of what
     * a field costs that the cache has. Only for addresses within a packet that {@link PacketParser} has accepted and whose slab somebody
     * holds.
     */
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /**
     * Changes no address that there is, but tells the JIT that it is no negative number and far from the end of all: what is read and
     * written a little behind it is then known to lie within {@link #MEMORY}, and nothing is compared.
     */
    private static final long ADDRESSES = Long.MAX_VALUE >>> 1;

    private PacketBytes() {}

    /** An address as one that {@link #MEMORY} has, as far as the JIT can tell. */
    static long address(long at) {
        return at & ADDRESSES;
    }

    /** The address of a packet of a slab, for {@link #MEMORY}. */
    static long address(long slab, int offset) {
        return (slab & ADDRESSES) + (offset & Integer.MAX_VALUE);
    }

    static int u8(MemorySegment slab, long at) {
        return slab.get(BYTE, at) & 0xff;
    }

    static int u16(MemorySegment slab, long at) {
        return slab.get(SHORT, at) & 0xffff;
    }

    static int i32(MemorySegment slab, long at) {
        return slab.get(INT, at);
    }

    static long i64(MemorySegment slab, long at) {
        return slab.get(LONG, at);
    }

    static void put8(MemorySegment slab, long at, int value) {
        slab.set(BYTE, at, (byte) value);
    }

    static void put16(MemorySegment slab, long at, int value) {
        slab.set(SHORT, at, (short) value);
    }

    static void put32(MemorySegment slab, long at, int value) {
        slab.set(INT, at, value);
    }

    static void put64(MemorySegment slab, long at, long value) {
        slab.set(LONG, at, value);
    }

    // What a change adds to the sum under a checksum; changes add up.

    static int changed16(int before, int after) {
        return (~before & 0xffff) + after;
    }

    static int changed32(int before, int after) {
        return (~before >>> 16) + (~before & 0xffff) + (after >>> 16) + (after & 0xffff);
    }

    static int changed64(long before, long after) {
        return changed32((int) (before >>> 32), (int) (after >>> 32)) + changed32((int) before, (int) after);
    }

    /** The checksum after a change of what is under it; 0 to 0xffff. */
    static int adjusted(int checksum, int change) {
        int sum = (~checksum & 0xffff) + change;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~sum & 0xffff;
    }
}
