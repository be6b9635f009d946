package org.wgjvm.crypto;

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
import static org.wgjvm.crypto.LongOps.add;
import static org.wgjvm.crypto.LongOps.blend;
import static org.wgjvm.crypto.LongOps.load;
import static org.wgjvm.crypto.LongOps.rearrange;
import static org.wgjvm.crypto.LongOps.select;
import static org.wgjvm.crypto.LongOps.store;

/** Reads squares of 64-bit words, one row from each of several places, and writes their columns. */
final class Transpose {
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
            final Longs stride = load(strides);
            store(add(load(cursors), stride), cursors);
        }
    }

    private static void square8(long cursors, long out) {
        final Longs a0 = load(RawMemory.getLong(cursors));
        final Longs a1 = load(RawMemory.getLong(cursors + 8));
        final Longs a2 = load(RawMemory.getLong(cursors + 16));
        final Longs a3 = load(RawMemory.getLong(cursors + 24));
        final Longs a4 = load(RawMemory.getLong(cursors + 32));
        final Longs a5 = load(RawMemory.getLong(cursors + 40));
        final Longs a6 = load(RawMemory.getLong(cursors + 48));
        final Longs a7 = load(RawMemory.getLong(cursors + 56));
        final Longs b0 = select(LOW_4, a0, a4);
        final Longs b4 = select(HIGH_4, a0, a4);
        final Longs b1 = select(LOW_4, a1, a5);
        final Longs b5 = select(HIGH_4, a1, a5);
        final Longs b2 = select(LOW_4, a2, a6);
        final Longs b6 = select(HIGH_4, a2, a6);
        final Longs b3 = select(LOW_4, a3, a7);
        final Longs b7 = select(HIGH_4, a3, a7);
        final Longs c0 = select(LOW_2, b0, b2);
        final Longs c2 = select(HIGH_2, b0, b2);
        final Longs c1 = select(LOW_2, b1, b3);
        final Longs c3 = select(HIGH_2, b1, b3);
        final Longs c4 = select(LOW_2, b4, b6);
        final Longs c6 = select(HIGH_2, b4, b6);
        final Longs c5 = select(LOW_2, b5, b7);
        final Longs c7 = select(HIGH_2, b5, b7);
        final Longs d0 = select(LOW_1, c0, c1);
        final Longs d1 = select(HIGH_1, c0, c1);
        final Longs d2 = select(LOW_1, c2, c3);
        final Longs d3 = select(HIGH_1, c2, c3);
        final Longs d4 = select(LOW_1, c4, c5);
        final Longs d5 = select(HIGH_1, c4, c5);
        final Longs d6 = select(LOW_1, c6, c7);
        final Longs d7 = select(HIGH_1, c6, c7);
        store(d0, out);
        store(d1, out + 1 * ROW);
        store(d2, out + 2 * ROW);
        store(d3, out + 3 * ROW);
        store(d4, out + 4 * ROW);
        store(d5, out + 5 * ROW);
        store(d6, out + 6 * ROW);
        store(d7, out + 7 * ROW);
    }

    private static void square4(long cursors, long out) {
        final Longs a0 = load(RawMemory.getLong(cursors));
        final Longs a1 = load(RawMemory.getLong(cursors + 8));
        final Longs a2 = load(RawMemory.getLong(cursors + 16));
        final Longs a3 = load(RawMemory.getLong(cursors + 24));
        final Longs b0 = blend(a0, rearrange(a2, SWAP_2), BIT_2);
        final Longs b2 = blend(rearrange(a0, SWAP_2), a2, BIT_2);
        final Longs b1 = blend(a1, rearrange(a3, SWAP_2), BIT_2);
        final Longs b3 = blend(rearrange(a1, SWAP_2), a3, BIT_2);
        final Longs c0 = blend(b0, rearrange(b1, SWAP_1), BIT_1);
        final Longs c1 = blend(rearrange(b0, SWAP_1), b1, BIT_1);
        final Longs c2 = blend(b2, rearrange(b3, SWAP_1), BIT_1);
        final Longs c3 = blend(rearrange(b2, SWAP_1), b3, BIT_1);
        store(c0, out);
        store(c1, out + 1 * ROW);
        store(c2, out + 2 * ROW);
        store(c3, out + 3 * ROW);
    }

    private static void square2(long cursors, long out) {
        final Longs a0 = load(RawMemory.getLong(cursors));
        final Longs a1 = load(RawMemory.getLong(cursors + 8));
        final Longs b0 = blend(a0, rearrange(a1, SWAP_1), BIT_1);
        final Longs b1 = blend(rearrange(a0, SWAP_1), a1, BIT_1);
        store(b0, out);
        store(b1, out + 1 * ROW);
    }
}
