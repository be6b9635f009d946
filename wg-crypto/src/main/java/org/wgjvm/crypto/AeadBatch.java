package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;

/**
 * A list of packets to seal or open in one call: a structure of arrays, made once and reused, owned by one thread at a time.
 *
 * <p>Source and destination may be the same region (in place) or disjoint; other overlaps are not allowed. For seal, {@code length}
 * counts the plaintext and {@code length + 16} bytes are written; for open, it counts ciphertext and tag, and {@code length - 16} are
 * written. There is no associated data: WireGuard's transport messages have none. The nonce is 32 zero bits and the counter, little-endian.
 */
public final class AeadBatch {
    final AeadKey[] keys;
    final long[] counters;

    /**
     * Segments. The elements of an array of an interface are checked when they are stored, and C2 takes the array for what it is not: each
     * method that stores one is compiled three times over before it gives that up.
     */
    private final Object[] sources;
    final long[] sourceOffsets;
    final int[] lengths;
    private final Object[] destinations;
    final long[] destinationOffsets;
    final boolean[] verified;
    int size;

    /** Makes an empty batch that holds up to {@code capacity} packets. */
    public AeadBatch(int capacity) {
        keys = new AeadKey[capacity];
        counters = new long[capacity];
        sources = new Object[capacity];
        sourceOffsets = new long[capacity];
        lengths = new int[capacity];
        destinations = new Object[capacity];
        destinationOffsets = new long[capacity];
        verified = new boolean[capacity];
    }

    /** How many packets fit. */
    public int capacity() {
        return keys.length;
    }

    /** How many packets there are. */
    public int size() {
        return size;
    }

    /** Empties the batch and lets go of keys and buffers. */
    public void clear() {
        for (int i = 0; i < size; i++) {
            keys[i] = null;
            sources[i] = null;
            destinations[i] = null;
        }
        size = 0;
    }

    /** Appends a packet. The caller checks {@link #size()} against {@link #capacity()} and the offsets against the segments. */
    public void add(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        final int i = size++;
        keys[i] = key;
        counters[i] = counter;
        sources[i] = source;
        sourceOffsets[i] = sourceOffset;
        lengths[i] = length;
        destinations[i] = destination;
        destinationOffsets[i] = destinationOffset;
        verified[i] = false;
    }

    /** Where packet {@code i} is. */
    MemorySegment source(int i) {
        return (MemorySegment) sources[i];
    }

    /** Where what becomes of packet {@code i} goes. */
    MemorySegment destination(int i) {
        return (MemorySegment) destinations[i];
    }

    /** After {@link Aead#open(AeadBatch)}: whether packet {@code i} is authentic. Nothing of a packet that is not may be used. */
    public boolean verified(int i) {
        return verified[i];
    }
}
