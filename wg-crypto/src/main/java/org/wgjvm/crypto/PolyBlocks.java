package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Poly1305 of one packet, its blocks dealt out over the lanes. One per thread.
 *
 * <p>With n lanes, each absorbs every n-th block with multiplier r^n, except that the last block of a lane is multiplied by the power that
 * its place before the end asks for: the sum of the lanes is then the accumulator. The message is aligned at its end; in front, lanes
 * absorb zero blocks without the bit above them, which leaves an accumulator of zero at zero.
 *
 * <p>Constant time as {@link PolyLanes} is; only lengths steer the loops.
 */
final class PolyBlocks {
    private static final int LANES = PolyLanes.LANES;
    private static final long ROW = PolyLanes.ROW;

    /** Bytes absorbed by one step: a block a lane. */
    private static final int STEP = 16 * LANES;

    /** Steps laid out ahead of their absorption. */
    private static final int AHEAD = 16;

    private static final long TOP = 1L << 24;

    /** From so many whole steps on, the square of the multiplier earns what it costs. */
    private static final int WORTH_SQUARING = 5;

    private final MemorySegment memory;
    private final long state;
    private final long last;
    private final long masks;
    private final long tops;
    private final long allTops;
    private final long margin;
    private final long zeros;
    private final long message;

    PolyBlocks() {
        memory = Arena.ofAuto().allocate(PolyLanes.STATE + 5 * ROW + 5 * ROW + 2L * STEP + (long) AHEAD * STEP, 64);
        state = memory.address();
        last = state + PolyLanes.STATE;
        masks = last + 5 * ROW;
        tops = masks + 3 * ROW;
        allTops = tops + ROW;
        margin = allTops + ROW;
        zeros = margin + STEP;
        message = zeros + STEP;
        for (int i = 0; i < LANES; i++) {
            Native.putLong(allTops + 8L * i, TOP);
            for (int p = 0; 1 << p < LANES; p++) {
                Native.putLong(masks + p * ROW + 8L * i, -(exponentOf(i) - 1 >> p & 1));
            }
        }
    }

    /** Computes the tag of {@code size} bytes at {@code address}, under the 32 bytes of key stream block 0 at {@code key}. */
    void run(long address, int size, long key) {
        init(key);
        final int blocks = (size + 15 >>> 4) + 1;
        final int steps = (blocks + LANES - 1) / LANES;
        // Blocks of the first step that are none; bytes of the message before the last step.
        final int idle = steps * LANES - blocks;
        final int before = STEP * (steps - 1) - 16 * idle;
        if (steps > 1) {
            power();
            final int head = idle > 0 ? STEP - 16 * idle : 0;
            final int whole = (before - head) / STEP;
            if (whole >= WORTH_SQUARING) {
                PolyLanes.square(state, zeros);
            }
            if (idle > 0) {
                Native.zero(margin, STEP);
                Native.copy(address, margin + 16L * idle, head);
                absorbMargin(idle);
            }
            absorbSteps(address + head, whole);
            lastPowers();
            end(address + before, size - before, size, 0);
        } else {
            power();
            lastPowers();
            end(address, size, size, idle);
        }
        sum();
        PolyLanes.finish(state);
    }

    long tagLow() {
        return Native.getLong(state + PolyLanes.PAD);
    }

    long tagHigh() {
        return Native.getLong(state + PolyLanes.PAD + ROW);
    }

    void wipe() {
        PolyLanes.zero(state, PolyLanes.STATE + 5 * ROW);
    }

    private void init(long key) {
        for (int i = 0; i < 4; i++) {
            VectorWidth.store(LongVector.broadcast(VectorWidth.LONG, Native.getLong(key + 8L * i)), message + i * ROW);
        }
        PolyLanes.init(state, message);
    }

    /**
     * Makes r^n for n lanes the multiplier, and the powers of each lane's last block on the way: multiplied by r, those whose exponent
     * minus one has bit 0 become r^2; by r^2, those with bit 1 become r^3 and r^4; and so on. The next power is always in one of the lanes.
     */
    private void power() {
        copyRows(state + PolyLanes.R, last);
        for (int p = 0; 1 << p < LANES; p++) {
            copyRows(last, state + PolyLanes.H);
            PolyLanes.absorb(state, zeros, zeros, 0, 1);
            final int lane = laneOf(2 << p);
            for (int i = 0; i < 5; i++) {
                final LongVector mask = VectorWidth.loadLongs(masks + p * ROW);
                final LongVector product = VectorWidth.loadLongs(state + PolyLanes.H + i * ROW).and(mask);
                VectorWidth.store(VectorWidth.loadLongs(last + i * ROW).and(mask.not()).or(product), last + i * ROW);
                final long power = Native.getLong(last + i * ROW + 8L * lane);
                VectorWidth.store(LongVector.broadcast(VectorWidth.LONG, power), state + PolyLanes.R + i * ROW);
            }
        }
        PolyLanes.zero(state + PolyLanes.H, 5 * ROW);
    }

    /** The multiplier of each lane's last block: r to the number of blocks from it to the end. */
    private void lastPowers() {
        copyRows(last, state + PolyLanes.R);
    }

    private void absorbSteps(long address, int steps) {
        final boolean paired = steps >= WORTH_SQUARING;
        for (int done = 0; done < steps; ) {
            final int n = Math.min(AHEAD, steps - done);
            final int pairs = paired ? n / 2 : 0;
            deal(address + (long) done * STEP, message, n);
            PolyLanes.absorbPairs(state, message, pairs);
            PolyLanes.absorb(state, message + pairs * 2L * STEP, allTops, 0, n - 2 * pairs);
            done += n;
        }
    }

    /** The last step: what is left of the message, padded with zeros, and the block of the two lengths. */
    private void end(long address, int left, int size, int idle) {
        Native.zero(margin, STEP);
        Native.copy(address, margin + 16L * idle, left);
        Native.putLong(margin + STEP - 8, size);
        absorbMargin(idle);
    }

    private void absorbMargin(int idle) {
        deal(margin, message, 1);
        for (int i = 0; i < LANES; i++) {
            Native.putLong(tops + 8L * i, blockOf(i) >= idle ? TOP : 0);
        }
        PolyLanes.absorb(state, message, tops, 0, 1);
    }

    private void sum() {
        for (int i = 0; i < 5; i++) {
            final long limb = VectorWidth.loadLongs(state + PolyLanes.H + i * ROW).reduceLanes(VectorOperators.ADD);
            VectorWidth.store(LongVector.broadcast(VectorWidth.LONG, limb), state + PolyLanes.H + i * ROW);
        }
    }

    /** Deals {@code n} steps of a message out to the lanes: rows of low halves and of high halves. */
    private static void deal(long address, long out, int n) {
        for (int i = 0; i < n; i++) {
            final LongVector a = VectorWidth.loadLongs(address + (long) i * STEP);
            final LongVector b = VectorWidth.loadLongs(address + (long) i * STEP + ROW);
            VectorWidth.store(LongButterfly.low1(a, b), out + i * (2 * ROW));
            VectorWidth.store(LongButterfly.high1(a, b), out + i * (2 * ROW) + ROW);
        }
    }

    /** How many blocks there are from a lane's last one to the end, that one counted. */
    private static int exponentOf(int lane) {
        return LANES - blockOf(lane);
    }

    private static int laneOf(int exponent) {
        int lane = 0;
        while (exponentOf(lane) != exponent) {
            lane++;
        }
        return lane;
    }

    /** Which block of a step {@link #deal} puts into a lane. */
    private static int blockOf(int lane) {
        return (lane & 1) * (LANES / 2) + (lane >> 1);
    }

    private static void copyRows(long source, long destination) {
        for (int i = 0; i < 5; i++) {
            VectorWidth.store(VectorWidth.loadLongs(source + i * ROW), destination + i * ROW);
        }
    }
}
