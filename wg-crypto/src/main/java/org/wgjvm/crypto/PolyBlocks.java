package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
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

    /** How many blocks there are from a lane's last one to the end, that one counted. */
    private static final LongVector EXPONENTS = exponents();

    private final MemorySegment memory;
    private final long state;
    private final long powers;
    private final long tops;
    private final long allTops;
    private final long margin;
    private final long zeros;
    private final long message;

    PolyBlocks() {
        memory = Arena.ofAuto().allocate(PolyLanes.STATE + 5 * ROW * 5 + 2 * ROW + 2L * STEP + (long) AHEAD * STEP, 64);
        state = memory.address();
        powers = state + PolyLanes.STATE;
        tops = powers + 5 * ROW * 5;
        allTops = tops + ROW;
        margin = allTops + ROW;
        zeros = margin + STEP;
        message = zeros + STEP;
        for (int i = 0; i < LANES; i++) {
            Native.putLong(allTops + 8L * i, TOP);
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
            int at = 0;
            if (idle > 0) {
                final int head = STEP - 16 * idle;
                Native.zero(margin, STEP);
                Native.copy(address, margin + 16L * idle, head);
                absorbMargin(idle);
                at = head;
            }
            while (at < before) {
                final int n = Math.min(AHEAD, (before - at) / STEP);
                deal(address + at, message, n);
                PolyLanes.absorb(state, message, allTops, 0, n);
                at += n * STEP;
            }
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
        memory.asSlice(0, PolyLanes.STATE + 5 * ROW * 5).fill((byte) 0);
    }

    private void init(long key) {
        for (int i = 0; i < 4; i++) {
            VectorWidth.store(LongVector.broadcast(VectorWidth.LONG, Native.getLong(key + 8L * i)), message + i * ROW);
        }
        PolyLanes.init(state, message);
    }

    /** Rows of r, r^2, r^4 and so on up to the number of lanes; the last one becomes the multiplier. */
    private void power() {
        copyRows(state + PolyLanes.R, powers);
        copyRows(state + PolyLanes.R, state + PolyLanes.H);
        for (int p = 1, exponent = 2; exponent <= LANES; p++, exponent *= 2) {
            PolyLanes.absorb(state, zeros, zeros, 0, 1);
            copyRows(state + PolyLanes.H, powers + 5 * ROW * p);
            copyRows(state + PolyLanes.H, state + PolyLanes.R);
        }
        for (int i = 0; i < 5; i++) {
            VectorWidth.store(LongVector.zero(VectorWidth.LONG), state + PolyLanes.H + i * ROW);
        }
    }

    /** The multiplier of each lane's last block: r to the number of blocks from it to the end. */
    private void lastPowers() {
        // The accumulator is set aside while its rows serve to multiply.
        final long saved = powers + 5 * ROW * 4;
        copyRows(state + PolyLanes.H, saved);
        blend(powers, state + PolyLanes.H, 1);
        for (int p = 1, bit = 2; bit < LANES; p++, bit *= 2) {
            final long power = powers + 5 * ROW * p;
            blend(power, state + PolyLanes.R, bit);
            PolyLanes.absorb(state, zeros, zeros, 0, 1);
        }
        final int p = Integer.numberOfTrailingZeros(LANES);
        final VectorMask<Long> whole = exponentHas(LANES);
        for (int i = 0; i < 5; i++) {
            final LongVector h = VectorWidth.loadLongs(state + PolyLanes.H + i * ROW);
            final LongVector last = VectorWidth.loadLongs(powers + 5 * ROW * p + i * ROW);
            VectorWidth.store(h.blend(last, whole), state + PolyLanes.R + i * ROW);
        }
        copyRows(saved, state + PolyLanes.H);
    }

    /** {@code destination = power} in lanes whose exponent has {@code bit}, else one. */
    private static void blend(long power, long destination, int bit) {
        final VectorMask<Long> mask = exponentHas(bit);
        for (int i = 0; i < 5; i++) {
            final LongVector one = LongVector.broadcast(VectorWidth.LONG, i == 0 ? 1 : 0);
            VectorWidth.store(one.blend(VectorWidth.loadLongs(power + i * ROW), mask), destination + i * ROW);
        }
    }

    private static VectorMask<Long> exponentHas(int bit) {
        return EXPONENTS.and(bit).compare(VectorOperators.NE, 0);
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

    private static LongVector exponents() {
        final long[] e = new long[LANES];
        for (int i = 0; i < LANES; i++) {
            e[i] = (long) LANES - blockOf(i);
        }
        return LongVector.fromArray(VectorWidth.LONG, e, 0);
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
