package org.wgjvm.core.handover;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes state as bytes, little-endian, into native memory that grows as needed and is zeroed when it is left. One thread at a time.
 *
 * <p>A record is a length in bytes (32 bits) and as many bytes: a reader that knows less of it than there is can tell.
 */
public final class StateWriter implements AutoCloseable {
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    // Not a shared arena: to close one, all threads are stopped for a moment, and it is closed while a tunnel stands still.
    private MemorySegment memory = Arena.ofAuto().allocate(4096, 8);
    private long used;

    /** Nothing written yet. */
    public StateWriter() {}

    /** What was written: good until {@link #close} or the next write. */
    public MemorySegment written() {
        return memory.asSlice(0, used);
    }

    /** A byte. */
    public StateWriter u8(int value) {
        final long at = reserve(1);
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        return this;
    }

    /** One byte: 1 or 0. */
    public StateWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    /** 16 bits. */
    public StateWriter u16(int value) {
        final long at = reserve(2);
        memory.set(SHORT, at, (short) value);
        return this;
    }

    /** 32 bits. */
    public StateWriter i32(int value) {
        final long at = reserve(4);
        memory.set(INT, at, value);
        return this;
    }

    /** 64 bits. */
    public StateWriter i64(long value) {
        final long at = reserve(8);
        memory.set(LONG, at, value);
        return this;
    }

    /** Bytes whose number the reader knows. */
    public StateWriter bytes(byte[] value) {
        final long at = reserve(value.length);
        MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, at, value.length);
        return this;
    }

    /** Room for {@code length} bytes, to be filled before the next write. */
    public MemorySegment room(int length) {
        final long at = reserve(length);
        return memory.asSlice(at, length);
    }

    /** A short ASCII text: its length in 8 bits, and its characters. */
    public StateWriter text(String value) {
        final byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > 255) {
            throw new IllegalArgumentException("a text of " + bytes.length + " characters");
        }
        return u8(bytes.length).bytes(bytes);
    }

    /** Begins a record; give the result to {@link #endRecord}. */
    public long beginRecord() {
        return reserve(4);
    }

    /** Ends the record that began at {@code mark}. */
    public void endRecord(long mark) {
        memory.set(INT, mark, Math.toIntExact(used - mark - 4));
    }

    private long reserve(int length) {
        if (used + length > memory.byteSize()) {
            final MemorySegment copy = Arena.ofAuto().allocate(Math.max(2 * memory.byteSize(), used + length), 8);
            MemorySegment.copy(memory, 0, copy, 0, used);
            memory.fill((byte) 0);
            memory = copy;
        }
        final long at = used;
        used += length;
        return at;
    }

    /** Zeroes the memory; the writer is empty again. Idempotent. */
    @Override
    public void close() {
        memory.fill((byte) 0);
        used = 0;
    }
}
