package org.wgjvm.core.handover;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Reads what a {@link StateWriter} wrote, and believes nothing: every length is checked against what is there. */
public final class StateReader {
    private final MemorySegment memory;
    private long at;

    /** Reads {@code memory} from its beginning. */
    public StateReader(MemorySegment memory) {
        this.memory = memory;
    }

    /** How many bytes are left. */
    public long remaining() {
        return memory.byteSize() - at;
    }

    /** A byte, 0 to 255. */
    public int u8() throws StateException {
        return memory.get(ValueLayout.JAVA_BYTE, take(1)) & 0xff;
    }

    /** A byte that is 0 or 1. */
    public boolean flag() throws StateException {
        final int value = u8();
        if (value > 1) {
            throw new StateException("a flag of " + value);
        }
        return value == 1;
    }

    /** 16 bits, 0 to 65535. */
    public int u16() throws StateException {
        return memory.get(StateWriter.SHORT, take(2)) & 0xffff;
    }

    /** 32 bits. */
    public int i32() throws StateException {
        return memory.get(StateWriter.INT, take(4));
    }

    /** 64 bits. */
    public long i64() throws StateException {
        return memory.get(StateWriter.LONG, take(8));
    }

    /** A number of things that take at least {@code bytesEach} each: no more of them than there is room for. */
    public int count(int bytesEach) throws StateException {
        final int value = i32();
        if (value < 0 || (long) value * bytesEach > remaining()) {
            throw new StateException("a count of " + Integer.toUnsignedString(value) + " with " + remaining() + " bytes left");
        }
        return value;
    }

    /** The next {@code length} bytes: new on the heap, for the caller to wipe if they are secret. */
    public byte[] bytes(int length) throws StateException {
        final byte[] out = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, take(length), out, 0, length);
        return out;
    }

    /** The next {@code length} bytes where they are. */
    public MemorySegment view(int length) throws StateException {
        return memory.asSlice(take(length), length);
    }

    /** A short ASCII text. */
    public String text() throws StateException {
        return new String(bytes(u8()), StandardCharsets.US_ASCII);
    }

    /** The next record, to be read by itself. */
    public StateReader part() throws StateException {
        final int length = i32();
        if (length < 0 || length > remaining()) {
            throw new StateException("a record of " + Integer.toUnsignedString(length) + " bytes with " + remaining() + " left");
        }
        return new StateReader(memory.asSlice(take(length), length));
    }

    /** Nothing may be left. */
    public void end() throws StateException {
        if (remaining() != 0) {
            throw new StateException(remaining() + " bytes too many");
        }
    }

    private long take(int length) throws StateException {
        if (length > remaining()) {
            throw new StateException("cut short: " + length + " bytes wanted, " + remaining() + " left");
        }
        final long from = at;
        at += length;
        return from;
    }
}
