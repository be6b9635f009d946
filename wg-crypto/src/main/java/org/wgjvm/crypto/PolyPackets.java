package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Poly1305 of several packets at once, one packet a lane. One per thread.
 *
 * <p>Lanes end together: messages are aligned at their ends, and a shorter one begins later. Until then its lane absorbs zero blocks
 * without the bit above them, which leaves an accumulator of zero at zero. From where all lanes run, a message is read in squares of as
 * many 64-bit words as there are lanes and transposed; the few blocks before and after are dealt to the lanes one by one.
 *
 * <p>The 16 bytes after a message are read (and masked away): a tag is there, or room for one.
 *
 * <p>Constant time as {@link PolyLanes} is; only lengths steer the loops.
 */
final class PolyPackets {
    static final int LANES = PolyLanes.LANES;

    /** Bytes of a message in one square: as many words as lanes. */
    private static final int SQUARE = 8 * LANES;

    private static final int BLOCKS = SQUARE / 16;

    /** Squares transposed ahead of their absorption. */
    private static final int AHEAD = 12;

    /** Blocks absorbed at once. */
    private static final int MOST = AHEAD * BLOCKS;

    private static final long TOP = 1L << 24;

    private final MemorySegment memory;
    private final long state;
    private final long cursors;
    private final long strides;
    private final long allTops;
    private final long tops;
    private final long zeros;
    private final long message;

    private final long[] data = new long[LANES];
    private final int[] blocks = new int[LANES];
    private final int[] sizes = new int[LANES];

    PolyPackets() {
        final long row = PolyLanes.ROW;
        memory = Arena.ofAuto().allocate(PolyLanes.STATE + (5 + MOST) * row + (long) MOST * 2 * row, 64);
        state = memory.address();
        cursors = state + PolyLanes.STATE;
        strides = cursors + row;
        allTops = strides + row;
        tops = allTops + row;
        zeros = tops + MOST * row;
        message = zeros + 2 * row;
        for (int i = 0; i < LANES; i++) {
            RawMemory.putLong(strides + 8L * i, SQUARE);
            RawMemory.putLong(allTops + 8L * i, TOP);
        }
    }

    /** Sets lane {@code i} to the message of {@code size} bytes at {@code address}, with 64 bytes of key stream block 0 at {@code key}. */
    void set(int i, long address, int size, long key) {
        data[i] = address;
        sizes[i] = size;
        blocks[i] = (size + 15) >>> 4;
        RawMemory.putLong(cursors + 8L * i, key);
    }

    /** Computes the tags of the first {@code n} lanes, which have been set; the others idle. */
    void run(int n) {
        for (int i = n; i < LANES; i++) {
            // A copy of the last lane: no work of its own.
            set(i, data[n - 1], sizes[n - 1], zeros);
        }
        Transpose.squares(cursors, strides, message, LANES < 4 ? 4 / LANES : 1);
        PolyLanes.init(state, message);
        int most = blocks[0];
        int least = blocks[0];
        for (int i = 1; i < n; i++) {
            most = Math.max(most, blocks[i]);
            least = Math.min(least, blocks[i]);
        }
        final int squares = Math.max(0, least - 1) / BLOCKS;
        if (squares > 0) {
            PolyLanes.square(state, zeros);
        }
        for (int left = most; left > least; ) {
            final int count = Math.min(MOST, left - least);
            for (int b = 0; b < count; b++) {
                deal(b, left - b);
            }
            PolyLanes.absorb(state, message, tops, PolyLanes.ROW, count);
            left -= count;
        }
        absorbSquares(least, squares);
        end(least - squares * BLOCKS);
        PolyLanes.finish(state);
    }

    long tagLow(int i) {
        return RawMemory.getLong(state + PolyLanes.PAD + 8L * i);
    }

    long tagHigh(int i) {
        return RawMemory.getLong(state + PolyLanes.PAD + PolyLanes.ROW + 8L * i);
    }

    void wipe() {
        PolyLanes.zero(state, PolyLanes.STATE);
    }

    /** Deals each lane the block that is the {@code left}-th from the end of its message, if it has so many, as block {@code b}. */
    private void deal(int b, int left) {
        final long row = message + b * (2 * PolyLanes.ROW);
        final long top = tops + b * PolyLanes.ROW;
        for (int i = 0; i < LANES; i++) {
            long low = 0;
            long high = 0;
            if (left <= blocks[i]) {
                final long at = data[i] + 16L * (blocks[i] - left);
                low = RawMemory.getLong(at);
                high = RawMemory.getLong(at + 8);
                final int partial = sizes[i] & 15;
                if (left == 1 && partial != 0) {
                    low &= lowBytes(partial);
                    high &= lowBytes(partial - 8);
                }
            }
            RawMemory.putLong(row + 8L * i, low);
            RawMemory.putLong(row + PolyLanes.ROW + 8L * i, high);
            RawMemory.putLong(top + 8L * i, left <= blocks[i] ? TOP : 0);
        }
    }

    /** A mask of the lowest {@code n} bytes of a long: none for {@code n <= 0}, all for {@code n >= 8}. */
    private static long lowBytes(int n) {
        return n <= 0 ? 0 : n >= 8 ? -1 : (1L << 8 * n) - 1;
    }

    /** Absorbs squares of all lanes, from the {@code left}-th block before the end on. */
    private void absorbSquares(int left, int squares) {
        for (int i = 0; i < LANES; i++) {
            RawMemory.putLong(cursors + 8L * i, data[i] + 16L * (blocks[i] - left));
        }
        for (int done = 0; done < squares; ) {
            final int n = Math.min(AHEAD, squares - done);
            Transpose.squares(cursors, strides, message, n);
            final int pairs = n * BLOCKS / 2;
            PolyLanes.absorbPairs(state, message, pairs);
            if (n * BLOCKS > 2 * pairs) {
                PolyLanes.absorb(state, message + pairs * (4 * PolyLanes.ROW), allTops, 0, 1);
            }
            done += n;
        }
    }

    /** The last {@code left} blocks of every lane, and the block of the two lengths. */
    private void end(int left) {
        for (int b = 0; b < left; b++) {
            deal(b, left - b);
        }
        final long row = message + left * (2 * PolyLanes.ROW);
        for (int i = 0; i < LANES; i++) {
            RawMemory.putLong(row + 8L * i, 0);
            RawMemory.putLong(row + PolyLanes.ROW + 8L * i, sizes[i]);
        }
        PolyLanes.absorb(state, message, allTops, 0, left + 1);
    }
}
