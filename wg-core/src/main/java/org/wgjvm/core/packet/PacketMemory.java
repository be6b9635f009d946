package org.wgjvm.core.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
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

    /**
     * Where in memory {@code bytes} bytes at {@code at} are, or 0 when that is not for us. To the first compiler it is a call, for it is
     * too long to be inlined: with the bounds in each access, a parser of headers became ninety kilobytes of code.
     */
    private static long raw(MemorySegment s, long at, int bytes) {
        if (!RAW || !s.isNative()) {
            return 0;
        }
        if (at < 0 || at > s.byteSize() - bytes) {
            throw new IndexOutOfBoundsException(bytes + " bytes at " + at + " of " + s.byteSize());
        }
        return s.address() + at;
    }

    private static long usual(MemorySegment s, long at, int bytes) {
        return switch (bytes) {
            case 1 -> s.get(BYTE, at);
            case 2 -> s.get(SHORT, at);
            case 4 -> s.get(INT, at);
            default -> s.get(LONG, at);
        };
    }

    private static void usual(MemorySegment s, long at, int bytes, long value) {
        switch (bytes) {
            case 1 -> s.set(BYTE, at, (byte) value);
            case 2 -> s.set(SHORT, at, (short) value);
            case 4 -> s.set(INT, at, (int) value);
            default -> s.set(LONG, at, value);
        }
    }

    /** Copies {@code bytes} bytes, not negative; the two regions may overlap. */
    public static void copy(MemorySegment from, long fromAt, MemorySegment to, long toAt, int bytes) {
        final long source = raw(from, fromAt, bytes);
        final long target = raw(to, toAt, bytes);
        if (source == 0 || target == 0 || bytes < 0) {
            usual(from, fromAt, to, toAt, bytes);
        } else {
            RawMemory.copy(source, target, bytes);
        }
    }

    /** Too long for the first compiler to inline, as the others. */
    private static void usual(MemorySegment from, long fromAt, MemorySegment to, long toAt, int bytes) {
        if (bytes < 0) {
            throw new IndexOutOfBoundsException(bytes + " bytes from " + fromAt + " of " + from.byteSize() + " to " + toAt);
        }
        MemorySegment.copy(from, fromAt, to, toAt, bytes);
    }

    /** A byte. */
    public static byte getByte(MemorySegment s, long at) {
        final long raw = raw(s, at, 1);
        return raw == 0 ? (byte) usual(s, at, 1) : RawMemory.getByte(raw);
    }

    /** Sets a byte. */
    public static void putByte(MemorySegment s, long at, byte value) {
        final long raw = raw(s, at, 1);
        if (raw == 0) {
            usual(s, at, 1, value);
        } else {
            RawMemory.putByte(raw, value);
        }
    }

    /** 16 bits in the order of this machine. */
    public static short getShort(MemorySegment s, long at) {
        final long raw = raw(s, at, 2);
        return raw == 0 ? (short) usual(s, at, 2) : RawMemory.getShort(raw);
    }

    /** Sets 16 bits in the order of this machine. */
    public static void putShort(MemorySegment s, long at, short value) {
        final long raw = raw(s, at, 2);
        if (raw == 0) {
            usual(s, at, 2, value);
        } else {
            RawMemory.putShort(raw, value);
        }
    }

    /** 32 bits in the order of this machine. */
    public static int getInt(MemorySegment s, long at) {
        final long raw = raw(s, at, 4);
        return raw == 0 ? (int) usual(s, at, 4) : RawMemory.getInt(raw);
    }

    /** Sets 32 bits in the order of this machine. */
    public static void putInt(MemorySegment s, long at, int value) {
        final long raw = raw(s, at, 4);
        if (raw == 0) {
            usual(s, at, 4, value);
        } else {
            RawMemory.putInt(raw, value);
        }
    }

    /** 64 bits in the order of this machine. */
    public static long getLong(MemorySegment s, long at) {
        final long raw = raw(s, at, 8);
        return raw == 0 ? usual(s, at, 8) : RawMemory.getLong(raw);
    }

    /** Sets 64 bits in the order of this machine. */
    public static void putLong(MemorySegment s, long at, long value) {
        final long raw = raw(s, at, 8);
        if (raw == 0) {
            usual(s, at, 8, value);
        } else {
            RawMemory.putLong(raw, value);
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
