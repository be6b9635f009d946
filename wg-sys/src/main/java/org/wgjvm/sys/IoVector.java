package org.wgjvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An array of {@code struct iovec}: slices of memory that one system call reads or fills in turn. It holds addresses, not references: the
 * caller keeps what they point to alive until the call has returned.
 */
public final class IoVector {
    private static final int ELEMENT_LONGS = 2;
    private static final int ELEMENT_BYTES = ELEMENT_LONGS * Long.BYTES;

    /** In the heap until the call: cheaper to fill, above all while nothing is compiled. */
    private final long[] elements;

    private final MemorySegment memory;

    /** Room for {@code capacity} slices; Linux takes at most 1024. */
    public IoVector(int capacity) {
        elements = new long[capacity * ELEMENT_LONGS];
        memory = Arena.ofAuto().allocate((long) capacity * ELEMENT_BYTES, 8);
    }

    /** Sets slice {@code i}. */
    public void set(int i, long address, long length) {
        elements[i * ELEMENT_LONGS] = address;
        elements[i * ELEMENT_LONGS + 1] = length;
    }

    /** The address of slice {@code i}. */
    public long address(int i) {
        return elements[i * ELEMENT_LONGS];
    }

    /** The length of slice {@code i} in bytes. */
    public long length(int i) {
        return elements[i * ELEMENT_LONGS + 1];
    }

    /** How many slices fit. */
    public int capacity() {
        return elements.length / ELEMENT_LONGS;
    }

    /** The address of the array, with its first {@code count} slices as they are now. */
    long addressOf(int count) {
        MemorySegment.copy(elements, 0, memory, ValueLayout.JAVA_LONG, 0, count * ELEMENT_LONGS);
        return memory.address();
    }
}
