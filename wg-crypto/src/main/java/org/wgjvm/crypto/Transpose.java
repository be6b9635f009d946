package org.wgjvm.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.wgjvm.crypto.LongButterfly.BIT_1;
import static org.wgjvm.crypto.LongButterfly.BIT_2;
import static org.wgjvm.crypto.LongButterfly.HIGH_1;
import static org.wgjvm.crypto.LongButterfly.HIGH_2;
import static org.wgjvm.crypto.LongButterfly.HIGH_4;
import static org.wgjvm.crypto.LongButterfly.LOW_1;
import static org.wgjvm.crypto.LongButterfly.LOW_2;
import static org.wgjvm.crypto.LongButterfly.LOW_4;
import static org.wgjvm.crypto.LongButterfly.SWAP_1;
import static org.wgjvm.crypto.LongButterfly.SWAP_2;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** Reads squares of 64-bit words, one row from each of several places, and writes their columns. */
final class Transpose {
    private static final VectorSpecies<Long> LONG = VectorWidth.LONG;
    private static final MemorySegment MEMORY = Native.Everything.MEMORY;
    private static final int LANES = VectorWidth.LONG_LANES;
    private static final long ROW = 8L * LANES;

    private Transpose() {}

    /**
     * Transposes {@code n} squares, and moves the cursors.
     *
     * @param cursors address of a row: where each lane reads its next {@code LANES} words
     * @param strides address of a row: by how much to move each cursor after a square
     * @param out address of {@code n} times {@code LANES} rows: word {@code j} of every lane in row {@code j}
     */
    static void squares(long cursors, long strides, long out, int n) {
        for (int i = 0; i < n; i++) {
            final long at = out + i * (LANES * ROW);
            if (LANES == 8) {
                square8(cursors, at);
            } else if (LANES == 4) {
                square4(cursors, at);
            } else {
                square2(cursors, at);
            }
            final LongVector stride = LongVector.fromMemorySegment(LONG, MEMORY, strides, LITTLE_ENDIAN);
            LongVector.fromMemorySegment(LONG, MEMORY, cursors, LITTLE_ENDIAN).add(stride)
                    .intoMemorySegment(MEMORY, cursors, LITTLE_ENDIAN);
        }
    }

    private static void square8(long cursors, long out) {
        final LongVector a0 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors), LITTLE_ENDIAN);
        final LongVector a1 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 8), LITTLE_ENDIAN);
        final LongVector a2 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 16), LITTLE_ENDIAN);
        final LongVector a3 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 24), LITTLE_ENDIAN);
        final LongVector a4 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 32), LITTLE_ENDIAN);
        final LongVector a5 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 40), LITTLE_ENDIAN);
        final LongVector a6 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 48), LITTLE_ENDIAN);
        final LongVector a7 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 56), LITTLE_ENDIAN);
        final LongVector b0 = LOW_4.selectFrom(a0, a4);
        final LongVector b4 = HIGH_4.selectFrom(a0, a4);
        final LongVector b1 = LOW_4.selectFrom(a1, a5);
        final LongVector b5 = HIGH_4.selectFrom(a1, a5);
        final LongVector b2 = LOW_4.selectFrom(a2, a6);
        final LongVector b6 = HIGH_4.selectFrom(a2, a6);
        final LongVector b3 = LOW_4.selectFrom(a3, a7);
        final LongVector b7 = HIGH_4.selectFrom(a3, a7);
        final LongVector c0 = LOW_2.selectFrom(b0, b2);
        final LongVector c2 = HIGH_2.selectFrom(b0, b2);
        final LongVector c1 = LOW_2.selectFrom(b1, b3);
        final LongVector c3 = HIGH_2.selectFrom(b1, b3);
        final LongVector c4 = LOW_2.selectFrom(b4, b6);
        final LongVector c6 = HIGH_2.selectFrom(b4, b6);
        final LongVector c5 = LOW_2.selectFrom(b5, b7);
        final LongVector c7 = HIGH_2.selectFrom(b5, b7);
        final LongVector d0 = LOW_1.selectFrom(c0, c1);
        final LongVector d1 = HIGH_1.selectFrom(c0, c1);
        final LongVector d2 = LOW_1.selectFrom(c2, c3);
        final LongVector d3 = HIGH_1.selectFrom(c2, c3);
        final LongVector d4 = LOW_1.selectFrom(c4, c5);
        final LongVector d5 = HIGH_1.selectFrom(c4, c5);
        final LongVector d6 = LOW_1.selectFrom(c6, c7);
        final LongVector d7 = HIGH_1.selectFrom(c6, c7);
        d0.intoMemorySegment(MEMORY, out, LITTLE_ENDIAN);
        d1.intoMemorySegment(MEMORY, out + 1 * ROW, LITTLE_ENDIAN);
        d2.intoMemorySegment(MEMORY, out + 2 * ROW, LITTLE_ENDIAN);
        d3.intoMemorySegment(MEMORY, out + 3 * ROW, LITTLE_ENDIAN);
        d4.intoMemorySegment(MEMORY, out + 4 * ROW, LITTLE_ENDIAN);
        d5.intoMemorySegment(MEMORY, out + 5 * ROW, LITTLE_ENDIAN);
        d6.intoMemorySegment(MEMORY, out + 6 * ROW, LITTLE_ENDIAN);
        d7.intoMemorySegment(MEMORY, out + 7 * ROW, LITTLE_ENDIAN);
    }

    private static void square4(long cursors, long out) {
        final LongVector a0 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors), LITTLE_ENDIAN);
        final LongVector a1 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 8), LITTLE_ENDIAN);
        final LongVector a2 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 16), LITTLE_ENDIAN);
        final LongVector a3 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 24), LITTLE_ENDIAN);
        final LongVector b0 = a0.blend(a2.rearrange(SWAP_2), BIT_2);
        final LongVector b2 = a0.rearrange(SWAP_2).blend(a2, BIT_2);
        final LongVector b1 = a1.blend(a3.rearrange(SWAP_2), BIT_2);
        final LongVector b3 = a1.rearrange(SWAP_2).blend(a3, BIT_2);
        final LongVector c0 = b0.blend(b1.rearrange(SWAP_1), BIT_1);
        final LongVector c1 = b0.rearrange(SWAP_1).blend(b1, BIT_1);
        final LongVector c2 = b2.blend(b3.rearrange(SWAP_1), BIT_1);
        final LongVector c3 = b2.rearrange(SWAP_1).blend(b3, BIT_1);
        c0.intoMemorySegment(MEMORY, out, LITTLE_ENDIAN);
        c1.intoMemorySegment(MEMORY, out + 1 * ROW, LITTLE_ENDIAN);
        c2.intoMemorySegment(MEMORY, out + 2 * ROW, LITTLE_ENDIAN);
        c3.intoMemorySegment(MEMORY, out + 3 * ROW, LITTLE_ENDIAN);
    }

    private static void square2(long cursors, long out) {
        final LongVector a0 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors), LITTLE_ENDIAN);
        final LongVector a1 = LongVector.fromMemorySegment(LONG, MEMORY, Native.getLong(cursors + 8), LITTLE_ENDIAN);
        final LongVector b0 = a0.blend(a1.rearrange(SWAP_1), BIT_1);
        final LongVector b1 = a0.rearrange(SWAP_1).blend(a1, BIT_1);
        b0.intoMemorySegment(MEMORY, out, LITTLE_ENDIAN);
        b1.intoMemorySegment(MEMORY, out + 1 * ROW, LITTLE_ENDIAN);
    }
}
