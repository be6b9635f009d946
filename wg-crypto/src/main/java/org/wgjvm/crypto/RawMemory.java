package org.wgjvm.crypto;

import jdk.internal.misc.Unsafe;

/**
 * Native memory by address, in the order of this machine: at addresses that the caller has checked, and nothing is checked here. One
 * instruction in compiled code as a {@link java.lang.foreign.MemorySegment} is, too; but that takes both compilers through a dozen methods
 * for each access, at the very time when they have the most to do.
 *
 * <p>It needs {@code --add-exports java.base/jdk.internal.misc=ALL-UNNAMED}; ask {@link #isAvailable} before anything else. Without it the
 * kernels of the vector cipher cannot be used ({@link Aeads}), and they take this machine for a little-endian one.
 */
public final class RawMemory {
    /** Fewer bytes, such as headers, are not worth the call. */
    private static final int FEW = 80;

    private RawMemory() {}

    /** Whether this JVM lets us, on a machine that takes any alignment. */
    public static boolean isAvailable() {
        return Object.class.getModule().isExported("jdk.internal.misc", RawMemory.class.getModule()) && Access.MEMORY.unalignedAccess();
    }

    /** Loaded by the first access. */
    private static final class Access {
        static final Unsafe MEMORY = Unsafe.getUnsafe();

        private Access() {}
    }

    /** Copies {@code bytes} bytes; the two regions may overlap. */
    public static void copy(long from, long to, long bytes) {
        if (bytes < FEW && Math.abs(from - to) >= bytes) {
            copyFew(from, to, (int) bytes);
        } else {
            Access.MEMORY.copyMemory(from, to, bytes);
        }
    }

    private static void copyFew(long from, long to, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            putLong(to + i, getLong(from + i));
        }
        if ((bytes & 4) != 0) {
            putInt(to + i, getInt(from + i));
            i += 4;
        }
        for (; i < bytes; i++) {
            putByte(to + i, getByte(from + i));
        }
    }

    /** The byte at {@code address}. */
    public static byte getByte(long address) {
        return Access.MEMORY.getByte(address);
    }

    /** Sets a byte. */
    public static void putByte(long address, byte value) {
        Access.MEMORY.putByte(address, value);
    }

    /** Two bytes, of any alignment. */
    public static short getShort(long address) {
        return Access.MEMORY.getShort(address);
    }

    /** Sets two bytes. */
    public static void putShort(long address, short value) {
        Access.MEMORY.putShort(address, value);
    }

    /** Four bytes, of any alignment. */
    public static int getInt(long address) {
        return Access.MEMORY.getInt(address);
    }

    /** Sets four bytes. */
    public static void putInt(long address, int value) {
        Access.MEMORY.putInt(address, value);
    }

    /** Eight bytes, of any alignment. */
    public static long getLong(long address) {
        return Access.MEMORY.getLong(address);
    }

    /** Sets eight bytes. */
    public static void putLong(long address, long value) {
        Access.MEMORY.putLong(address, value);
    }
}
