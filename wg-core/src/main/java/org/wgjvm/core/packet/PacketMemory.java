package org.wgjvm.core.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.wgjvm.crypto.RawMemory;

/**
 * Reads and writes packets, and what the kernel is told of them, where they lie: checked against the bounds of the segment, without
 * regard to alignment. Offsets are in bytes; what is outside throws {@link IndexOutOfBoundsException}.
 *
 * <p>{@link MemorySegment#get} does the same, but through a dozen methods. Compiled they are one instruction; but until then a packet
 * takes tens of times as long, and both compilers go through all of them for each access. In the first second of a process that is most
 * of what there is to do. This is a check and an instruction from the beginning. In return the segment's liveness is not asked for:
 * whoever calls holds on to the segment, and nobody but the event loop frees memory of packets. Heap memory, which tests use, goes the
 * usual way; so does all where {@code java.base} does not export {@code jdk.internal.misc}.
 */
public final class PacketMemory {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final boolean RAW = LITTLE && RawMemory.isAvailable();

    private PacketMemory() {}

    private static boolean isRaw(MemorySegment s) {
        return RAW && s.isNative();
    }

    private static long address(MemorySegment s, long at, int bytes) {
        return s.address() + Objects.checkIndex(at, s.byteSize() - (bytes - 1));
    }

    /** Copies {@code bytes} bytes, not negative; the two regions may overlap. */
    public static void copy(MemorySegment from, long fromAt, MemorySegment to, long toAt, int bytes) {
        if (isRaw(from) && isRaw(to)) {
            final long source = Objects.checkFromIndexSize(fromAt, /* size= */ (long) bytes, /* length= */ from.byteSize());
            final long target = Objects.checkFromIndexSize(toAt, /* size= */ (long) bytes, /* length= */ to.byteSize());
            RawMemory.copy(from.address() + source, to.address() + target, bytes);
        } else {
            MemorySegment.copy(from, fromAt, to, toAt, bytes);
        }
    }

    /** A byte. */
    public static byte getByte(MemorySegment s, long at) {
        return isRaw(s) ? RawMemory.getByte(address(s, at, 1)) : s.get(BYTE, at);
    }

    /** Sets a byte. */
    public static void putByte(MemorySegment s, long at, byte value) {
        if (isRaw(s)) {
            RawMemory.putByte(address(s, at, 1), value);
        } else {
            s.set(BYTE, at, value);
        }
    }

    /** 16 bits in the order of this machine. */
    public static short getShort(MemorySegment s, long at) {
        return isRaw(s) ? RawMemory.getShort(address(s, at, 2)) : s.get(SHORT, at);
    }

    /** Sets 16 bits in the order of this machine. */
    public static void putShort(MemorySegment s, long at, short value) {
        if (isRaw(s)) {
            RawMemory.putShort(address(s, at, 2), value);
        } else {
            s.set(SHORT, at, value);
        }
    }

    /** 32 bits in the order of this machine. */
    public static int getInt(MemorySegment s, long at) {
        return isRaw(s) ? RawMemory.getInt(address(s, at, 4)) : s.get(INT, at);
    }

    /** Sets 32 bits in the order of this machine. */
    public static void putInt(MemorySegment s, long at, int value) {
        if (isRaw(s)) {
            RawMemory.putInt(address(s, at, 4), value);
        } else {
            s.set(INT, at, value);
        }
    }

    /** 64 bits in the order of this machine. */
    public static long getLong(MemorySegment s, long at) {
        return isRaw(s) ? RawMemory.getLong(address(s, at, 8)) : s.get(LONG, at);
    }

    /** Sets 64 bits in the order of this machine. */
    public static void putLong(MemorySegment s, long at, long value) {
        if (isRaw(s)) {
            RawMemory.putLong(address(s, at, 8), value);
        } else {
            s.set(LONG, at, value);
        }
    }

    /** 16 bits in the order of the network: big-endian. */
    public static short getShortBe(MemorySegment s, long at) {
        final short value = getShort(s, at);
        return LITTLE ? Short.reverseBytes(value) : value;
    }

    /** Sets 16 bits in the order of the network. */
    public static void putShortBe(MemorySegment s, long at, short value) {
        putShort(s, at, LITTLE ? Short.reverseBytes(value) : value);
    }

    /** 32 bits in the order of the network. */
    public static int getIntBe(MemorySegment s, long at) {
        final int value = getInt(s, at);
        return LITTLE ? Integer.reverseBytes(value) : value;
    }

    /** Sets 32 bits in the order of the network. */
    public static void putIntBe(MemorySegment s, long at, int value) {
        putInt(s, at, LITTLE ? Integer.reverseBytes(value) : value);
    }

    /** 64 bits in the order of the network. */
    public static long getLongBe(MemorySegment s, long at) {
        final long value = getLong(s, at);
        return LITTLE ? Long.reverseBytes(value) : value;
    }

    /** Sets 64 bits in the order of the network. */
    public static void putLongBe(MemorySegment s, long at, long value) {
        putLong(s, at, LITTLE ? Long.reverseBytes(value) : value);
    }

    /** 32 bits, little-endian, as WireGuard's own headers have them. */
    public static int getIntLe(MemorySegment s, long at) {
        final int value = getInt(s, at);
        return LITTLE ? value : Integer.reverseBytes(value);
    }

    /** Sets 32 bits, little-endian. */
    public static void putIntLe(MemorySegment s, long at, int value) {
        putInt(s, at, LITTLE ? value : Integer.reverseBytes(value));
    }

    /** 64 bits, little-endian. */
    public static long getLongLe(MemorySegment s, long at) {
        final long value = getLong(s, at);
        return LITTLE ? value : Long.reverseBytes(value);
    }

    /** Sets 64 bits, little-endian. */
    public static void putLongLe(MemorySegment s, long at, long value) {
        putLong(s, at, LITTLE ? value : Long.reverseBytes(value));
    }
}
