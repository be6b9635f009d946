package org.wgjvm.crypto;

import static org.wgjvm.crypto.IntOps.add;
import static org.wgjvm.crypto.IntOps.broadcast;
import static org.wgjvm.crypto.IntOps.store;

import java.lang.foreign.MemorySegment;

/**
 * Writes the rows that {@link ChaChaLanes} reads, a vector at a time and therefore beyond the last lane asked for: what follows is written
 * later, or never used.
 *
 * <p>Like all kernels, these take and leave their vectors in memory: a vector that is an argument or a result is an object wherever the
 * JIT does not inline the call.
 */
final class LaneRows {
    private static final int LANES = ChaChaLanes.LANES;
    private static final long ROW = ChaChaLanes.ROW;
    private static final Ints FIRST = Ints.of(l -> l);

    private LaneRows() {}

    /** The key of {@code count} lanes. */
    static void key(long rows, MemorySegment key, int lane, int count) {
        for (int w = 0; w < 8; w++) {
            final Ints word = broadcast(key.get(Native.INT, 4L * w));
            for (int l = lane; l < lane + count; l += LANES) {
                store(word, rows + w * ROW + 4L * l);
            }
        }
    }

    /** Blocks 0, 1, ... of one packet. */
    static void packet(long rows, long counter, int lane, int count) {
        final Ints low = broadcast((int) counter);
        final Ints high = broadcast((int) (counter >>> 32));
        final long at = rows + 4L * lane;
        for (int l = 0; l < count; l += LANES) {
            store(add(FIRST, broadcast(l)), at + 4L * l);
            store(low, at + ROW + 4L * l);
            store(high, at + 2 * ROW + 4L * l);
        }
    }

    /** Blocks 0 and 1 of each of {@code LANES / 2} packets with consecutive counters. */
    static void smallPackets(long rows, long counter) {
        for (int l = 0; l < LANES; l += 2) {
            final long c = counter + (l >> 1);
            final long low = c & 0xffffffffL;
            final long high = c >>> 32;
            RawMemory.putLong(rows + 4L * l, 1L << 32);
            RawMemory.putLong(rows + ROW + 4L * l, low | low << 32);
            RawMemory.putLong(rows + 2 * ROW + 4L * l, high | high << 32);
        }
    }

    /** Wipes the first {@code lanes} lanes of the key. */
    static void wipeKey(long rows, int lanes) {
        for (int w = 0; w < 8; w++) {
            for (int l = 0; l < lanes; l += LANES) {
                store(broadcast(0), rows + w * ROW + 4L * l);
            }
        }
    }

    /** Wipes {@code bytes}, a multiple of a vector's. */
    static void wipe(long address, long bytes) {
        for (long at = address; at < address + bytes; at += 4L * LANES) {
            store(broadcast(0), at);
        }
    }
}
