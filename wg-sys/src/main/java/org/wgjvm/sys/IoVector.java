package org.wgjvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An array of {@code struct iovec}: slices of memory that one system call reads or fills in turn. It holds addresses, not references: the
 * caller keeps what they point to alive until the call has returned.
 */
public final class IoVector {
    private static final int ELEMENT_BYTES = 16;

    private final MemorySegment elements;

    /** Room for {@code capacity} slices; Linux takes at most 1024. */
    public IoVector(int capacity) {
        elements = Arena.ofAuto().allocate((long) capacity * ELEMENT_BYTES, 8);
    }

    /** Sets slice {@code i}. */
    public void set(int i, long address, long length) {
        elements.set(ValueLayout.JAVA_LONG, (long) i * ELEMENT_BYTES, address);
        elements.set(ValueLayout.JAVA_LONG, (long) i * ELEMENT_BYTES + 8, length);
    }

    /** The address of slice {@code i}. */
    public long address(int i) {
        return elements.get(ValueLayout.JAVA_LONG, (long) i * ELEMENT_BYTES);
    }

    /** The length of slice {@code i} in bytes. */
    public long length(int i) {
        return elements.get(ValueLayout.JAVA_LONG, (long) i * ELEMENT_BYTES + 8);
    }

    /** How many slices fit. */
    public int capacity() {
        return (int) (elements.byteSize() / ELEMENT_BYTES);
    }

    /** The address of the array. */
    long address() {
        return elements.address();
    }
}
