package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Against {@link MemorySegment#get}, in memory of both kinds. */
class PacketMemoryTest {
    private static final int BYTES = 64;
    private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private static MemorySegment[] kinds() {
        return new MemorySegment[] {Arena.ofAuto().allocate(BYTES), MemorySegment.ofArray(new byte[BYTES])};
    }

    @Property
    void readsWhatASegmentReads(@ForAll long seed, @ForAll @IntRange(max = BYTES - 8) int at) {
        final byte[] content = new byte[BYTES];
        new Random(seed).nextBytes(content);
        for (final MemorySegment s : kinds()) {
            MemorySegment.copy(content, 0, s, ValueLayout.JAVA_BYTE, 0, BYTES);
            assertEquals(s.get(ValueLayout.JAVA_BYTE, at), PacketMemory.getByte(s, at));
            assertEquals(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, at), PacketMemory.getShort(s, at));
            assertEquals(s.get(ValueLayout.JAVA_INT_UNALIGNED, at), PacketMemory.getInt(s, at));
            assertEquals(s.get(ValueLayout.JAVA_LONG_UNALIGNED, at), PacketMemory.getLong(s, at));
            assertEquals(s.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG), at), PacketMemory.getShortBe(s, at));
            assertEquals(s.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG), at), PacketMemory.getIntBe(s, at));
            assertEquals(s.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG), at), PacketMemory.getLongBe(s, at));
            assertEquals(s.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE), at), PacketMemory.getIntLe(s, at));
            assertEquals(s.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE), at), PacketMemory.getLongLe(s, at));
        }
    }

    @Property
    void writesWhatASegmentWrites(@ForAll long value, @ForAll @IntRange(max = BYTES - 8) int at) {
        for (final MemorySegment s : kinds()) {
            final MemorySegment twin = MemorySegment.ofArray(new byte[BYTES]);
            PacketMemory.putByte(s, at, (byte) value);
            twin.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putShort(s, at, (short) value);
            twin.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putInt(s, at, (int) value);
            twin.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putLong(s, at, value);
            twin.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putShortBe(s, at, (short) value);
            twin.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG), at, (short) value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putIntBe(s, at, (int) value);
            twin.set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG), at, (int) value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putLongBe(s, at, value);
            twin.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG), at, value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putIntLe(s, at, (int) value);
            twin.set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE), at, (int) value);
            assertEquals(-1, s.mismatch(twin));
            PacketMemory.putLongLe(s, at, value);
            twin.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE), at, value);
            assertEquals(-1, s.mismatch(twin));
        }
    }

    /** Regions that overlap, too, and of lengths on both sides of what is copied by a loop. */
    @Property
    void copiesWhatASegmentCopies(
            @ForAll long seed, @ForAll @IntRange(max = 200) int from, @ForAll @IntRange(max = 200) int to,
            @ForAll @IntRange(max = 200) int bytes, @ForAll boolean nativeFrom, @ForAll boolean nativeTo, @ForAll boolean same) {
        final byte[] content = new byte[400];
        new Random(seed).nextBytes(content);
        final MemorySegment a = nativeFrom ? Arena.ofAuto().allocate(400) : MemorySegment.ofArray(new byte[400]);
        final MemorySegment b = same ? a : nativeTo ? Arena.ofAuto().allocate(400) : MemorySegment.ofArray(new byte[400]);
        MemorySegment.copy(content, 0, a, ValueLayout.JAVA_BYTE, 0, 400);
        final MemorySegment twin = MemorySegment.ofArray(same ? content : new byte[400]);
        MemorySegment.copy(MemorySegment.ofArray(content.clone()), from, twin, to, bytes);
        PacketMemory.copy(a, from, b, to, bytes);
        assertEquals(-1, b.mismatch(twin));
        assertThrows(IndexOutOfBoundsException.class, () -> PacketMemory.copy(a, 401 - bytes, b, to, bytes));
        assertThrows(IndexOutOfBoundsException.class, () -> PacketMemory.copy(a, from, b, 401L - bytes, bytes));
        assertThrows(IndexOutOfBoundsException.class, () -> PacketMemory.copy(a, from, b, -1, bytes));
    }

    /** Nothing that a packet says may lead out of its slab. */
    @Test
    void whatIsOutsideIsRefused() {
        for (final MemorySegment s : kinds()) {
            for (final long at : new long[] {-1, BYTES, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, -1L << 32}) {
                assertThrows(IndexOutOfBoundsException.class, () -> PacketMemory.getByte(s, at));
                assertThrows(IndexOutOfBoundsException.class, () -> PacketMemory.putByte(s, at, (byte) 0));
            }
            for (final int bytes : new int[] {2, 4, 8}) {
                final int last = BYTES - bytes + 1;
                assertThrows(IndexOutOfBoundsException.class, () -> read(s, last, bytes));
                assertThrows(IndexOutOfBoundsException.class, () -> write(s, last, bytes));
                assertThrows(IndexOutOfBoundsException.class, () -> read(s, -1, bytes));
                assertThrows(IndexOutOfBoundsException.class, () -> write(s, Long.MAX_VALUE, bytes));
            }
        }
        final MemorySegment empty = Arena.ofAuto().allocate(0);
        assertThrows(IndexOutOfBoundsException.class, () -> PacketMemory.getLong(empty, 0));
    }

    private static void read(MemorySegment s, long at, int bytes) {
        switch (bytes) {
            case 2 -> assertEquals(0, PacketMemory.getShort(s, at));
            case 4 -> assertEquals(0, PacketMemory.getInt(s, at));
            default -> assertEquals(0, PacketMemory.getLong(s, at));
        }
    }

    private static void write(MemorySegment s, long at, int bytes) {
        switch (bytes) {
            case 2 -> PacketMemory.putShort(s, at, (short) 0);
            case 4 -> PacketMemory.putInt(s, at, 0);
            default -> PacketMemory.putLong(s, at, 0);
        }
    }
}
