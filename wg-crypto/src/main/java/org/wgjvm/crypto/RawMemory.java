package org.wgjvm.crypto;

import java.nio.ByteOrder;
import jdk.internal.misc.Unsafe;

/**
 * Native memory by address, little-endian, for the kernels: at addresses that {@link VectorAead} has checked, and nothing is checked here.
 * One instruction in compiled code as a {@link java.lang.foreign.MemorySegment} is, too; but that takes both compilers through a dozen
 * methods for each access, at the very time when they have the most to do.
 *
 * <p>It needs {@code --add-exports java.base/jdk.internal.misc=ALL-UNNAMED}; without it the kernels cannot be used ({@link Aeads}).
 */
final class RawMemory {
    private static final Unsafe MEMORY = Unsafe.getUnsafe();

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("a big-endian processor");
        }
    }

    private RawMemory() {}

    static long getLong(long address) {
        return MEMORY.getLongUnaligned(null, address);
    }

    static void putLong(long address, long value) {
        MEMORY.putLongUnaligned(null, address, value);
    }

    static byte getByte(long address) {
        return MEMORY.getByte(address);
    }

    static void putByte(long address, byte value) {
        MEMORY.putByte(address, value);
    }
}
