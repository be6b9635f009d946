package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Poly1305 of several packets at once, one packet a lane. One per thread.
 *
 * <p>Lanes end together: messages are aligned at their ends, and a shorter one begins later. Until then its lane absorbs zero blocks
 * without the bit above them, which leaves an accumulator of zero at zero. A message is read in squares of as many 64-bit words as there
 * are lanes and transposed. What does not fill a square, at its start and at its end, is first copied to a margin of zeros.
 *
 * <p>Constant time as {@link PolyLanes} is; only lengths steer the loops.
 */
final class PolyPackets {
    static final int LANES = PolyLanes.LANES;

    /** Bytes of a message in one square: as many words as lanes. */
    private static final int SQUARE = 8 * LANES;

    private static final int BLOCKS = SQUARE / 16;

    /** Squares transposed ahead of their absorption. */
    private static final int AHEAD = 8;

    private static final long TOP = 1L << 24;

    private final MemorySegment memory;
    private final long state;
    private final long cursors;
    private final long strides;
    private final long tops;
    private final long margins;
    private final long zeros;
    private final long message;

    private final long[] data = new long[LANES];
    private final int[] blocks = new int[LANES];
    private final int[] sizes = new int[LANES];

    PolyPackets() {
        final long row = PolyLanes.ROW;
        memory =
                Arena.ofAuto().allocate(
                        PolyLanes.STATE + (2 + BLOCKS) * row + 2L * LANES * SQUARE + (long) AHEAD * LANES * row, 64);
        state = memory.address();
        cursors = state + PolyLanes.STATE;
        strides = cursors + row;
        tops = strides + row;
        margins = tops + BLOCKS * row;
        zeros = margins + (long) LANES * SQUARE;
        message = zeros + (long) LANES * SQUARE;
    }

    /** Sets lane {@code i} to the message of {@code size} bytes at {@code address}, with 64 bytes of key stream block 0 at {@code key}. */
    void set(int i, long address, int size, long key) {
        data[i] = address;
        sizes[i] = size;
        blocks[i] = (size + 15) >>> 4;
        Native.putLong(cursors + 8L * i, key);
    }

    /** Computes the tags of the first {@code n} lanes, which have been set; the others idle. */
    void run(int n) {
        for (int i = n; i < LANES; i++) {
            set(i, zeros, 0, zeros);
        }
        loadKeys();
        int squares = 0;
        for (int i = 0; i < n; i++) {
            squares = Math.max(squares, (Math.max(0, blocks[i] - BLOCKS) + BLOCKS - 1) / BLOCKS);
        }
        while (squares > 0) {
            squares -= step(squares);
        }
        end();
        PolyLanes.finish(state);
    }

    long tagLow(int i) {
        return Native.getLong(state + PolyLanes.PAD + 8L * i);
    }

    long tagHigh(int i) {
        return Native.getLong(state + PolyLanes.PAD + PolyLanes.ROW + 8L * i);
    }

    void wipe() {
        memory.asSlice(0, PolyLanes.STATE).fill((byte) 0);
    }

    private void loadKeys() {
        for (int i = 0; i < LANES; i++) {
            Native.putLong(strides + 8L * i, SQUARE);
        }
        final int n = LANES < 4 ? 4 / LANES : 1;
        Transpose.squares(cursors, strides, message, n);
        PolyLanes.init(state, message);
    }

    /** Absorbs one or more squares with {@code left} of them to go, all lanes up to the next one that joins; returns how many. */
    private int step(int left) {
        boolean joining = false;
        int next = 0;
        for (int i = 0; i < LANES; i++) {
            final int body = Math.max(0, blocks[i] - BLOCKS);
            final int full = body / BLOCKS;
            final int head = body % BLOCKS;
            if (left <= full) {
                final long at = data[i] + 16L * (head + (long) (full - left) * BLOCKS);
                lane(i, at, SQUARE, BLOCKS);
            } else if (left == full + 1 && head > 0) {
                joining = true;
                final long margin = margins + (long) i * SQUARE;
                Native.zero(margin, SQUARE);
                Native.copy(data[i], margin + SQUARE - 16L * head, 16 * head);
                lane(i, margin, 0, head);
            } else {
                next = Math.max(next, head > 0 ? full + 1 : full);
                lane(i, zeros, 0, 0);
            }
        }
        final int count = joining ? 1 : left - next;
        absorb(count, joining ? PolyLanes.ROW : 0);
        return count;
    }

    /** Where lane {@code i} reads, and how many blocks of a square, the last ones, are blocks at all. */
    private void lane(int i, long address, int stride, int real) {
        Native.putLong(cursors + 8L * i, address);
        Native.putLong(strides + 8L * i, stride);
        for (int b = 0; b < BLOCKS; b++) {
            Native.putLong(tops + b * PolyLanes.ROW + 8L * i, b >= BLOCKS - real ? TOP : 0);
        }
    }

    private void absorb(int squares, long topStride) {
        for (int done = 0; done < squares; ) {
            final int n = Math.min(AHEAD, squares - done);
            Transpose.squares(cursors, strides, message, n);
            PolyLanes.absorb(state, message, tops, topStride, n * BLOCKS);
            done += n;
        }
    }

    /** The last square of every lane, padded with zeros, and the block of the two lengths. */
    private void end() {
        for (int i = 0; i < LANES; i++) {
            final long margin = margins + (long) i * SQUARE;
            final int real = Math.min(blocks[i], BLOCKS);
            final int bytes = sizes[i] - 16 * (blocks[i] - real);
            Native.zero(margin, SQUARE);
            Native.copy(data[i] + sizes[i] - bytes, margin + SQUARE - 16L * real, bytes);
            lane(i, margin, 0, real);
        }
        absorb(1, PolyLanes.ROW);
        for (int i = 0; i < LANES; i++) {
            Native.putLong(message + 8L * i, 0);
            Native.putLong(message + PolyLanes.ROW + 8L * i, sizes[i]);
            Native.putLong(tops + 8L * i, TOP);
        }
        PolyLanes.absorb(state, message, tops, 0, 1);
    }
}
