package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A 256-bit ChaCha20-Poly1305 key in native memory, zeroed by {@link #close()}.
 *
 * <p>Any thread may read it while it is open; the owner closes it once, after the last user is done. Native memory, because the
 * collector copies heap arrays around and never wipes what it leaves behind.
 */
public final class AeadKey implements AutoCloseable {
    /** Length of a key in bytes. */
    public static final int LENGTH = 32;

    private final MemorySegment segment = Arena.ofAuto().allocate(LENGTH, 64);
    private boolean closed;

    /** Copies {@code LENGTH} bytes from {@code key} at {@code offset}; the caller wipes its own copy. */
    public AeadKey(byte[] key, int offset) {
        MemorySegment.copy(key, offset, segment, ValueLayout.JAVA_BYTE, 0, LENGTH);
    }

    /** Copies {@code LENGTH} bytes at the beginning of {@code key}, which stays the caller's to wipe. */
    public AeadKey(MemorySegment key) {
        MemorySegment.copy(key, 0, segment, 0, LENGTH);
    }

    /**
     * Copies the key to the beginning of {@code destination}: for handing a session over to the process that takes this one's place, and
     * for nothing else. The caller wipes the copy.
     */
    public void copyTo(MemorySegment destination) {
        MemorySegment.copy(segment, 0, destination, 0, LENGTH);
    }

    /** The key itself, for implementations of {@link Aead} only: never copy it out of this module. */
    MemorySegment segment() {
        return segment;
    }

    /** Whether the key has been wiped: nothing made of it earlier is to be used any more. */
    boolean isClosed() {
        return closed;
    }

    /** Wipes the key. What is sealed or opened under it afterwards fails closed at the other side. Idempotent. */
    @Override
    public void close() {
        closed = true;
        segment.fill((byte) 0);
    }

    @Override
    public String toString() {
        return "AeadKey[redacted]";
    }
}
