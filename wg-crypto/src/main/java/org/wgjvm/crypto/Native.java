package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/** Little-endian access to memory, whatever its alignment. */
final class Native {
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Native() {}

    /** Refuses a region that is not inside its segment: a programming error of the caller, not of the other side. */
    static void check(MemorySegment segment, long offset, int length) {
        Objects.checkFromIndexSize(offset, /* size= */ (long) length, /* length= */ segment.byteSize());
    }

    /** Compares two tags without a branch on their bits: zero when they are the same. */
    static long difference(MemorySegment a, long aOffset, long tagLow, long tagHigh) {
        return (a.get(LONG, aOffset) ^ tagLow) | (a.get(LONG, aOffset + 8) ^ tagHigh);
    }

    /**
     * One constant segment over everything, so that compiled code has neither bounds nor liveness left to check. Kernels use it at
     * addresses that {@link VectorAead} has checked. In a class of its own: it needs native access, which scalar code does without.
     */
    static final class Everything {
        static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

        private Everything() {}
    }
}
