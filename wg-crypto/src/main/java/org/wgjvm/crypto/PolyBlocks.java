package org.wgjvm.crypto;

import static org.wgjvm.crypto.LongOps.blend;
import static org.wgjvm.crypto.LongOps.load;
import static org.wgjvm.crypto.LongOps.rearrange;
import static org.wgjvm.crypto.LongOps.select;
import static org.wgjvm.crypto.LongOps.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Poly1305 of one packet, its blocks dealt out over the lanes. One per thread.
 *
 * <p>With n lanes, each absorbs every n-th block with multiplier r^n, except that the last block of a lane is multiplied by the power that
 * its place before the end asks for: the sum of the lanes is then the accumulator. That is for whole steps of n blocks; what is left of the
 * message is for {@link Poly1305}, which goes on from there.
 *
 * <p>Constant time as {@link PolyLanes} is; only lengths steer the loops.
 */
final class PolyBlocks {
    private static final int LANES = PolyLanes.LANES;
    private static final long ROW = PolyLanes.ROW;

    /** Bytes absorbed by one step: a block a lane. */
    static final int STEP = 16 * LANES;

    /** Steps laid out ahead of their absorption; even, so that pairs do not straddle. */
    private static final int AHEAD = 16;

    private static final long TOP = 1L << 24;
    private static final long LIMB = 0x3ffffff;

    private final MemorySegment memory;
    private final long state;
    private final long last;
    private final long sums;
    private final long masks;
    private final long allTops;
    private final long message;

    PolyBlocks() {
        memory = Arena.ofAuto().allocate(PolyLanes.STATE + (5 + 1 + PolyLanes.STAGES + 1) * ROW + 64 + (long) AHEAD * STEP, 64);
        state = memory.address();
        last = state + PolyLanes.STATE;
        sums = last + 5 * ROW;
        masks = sums + 64;
        allTops = masks + PolyLanes.STAGES * ROW;
        message = allTops + ROW;
        for (int i = 0; i < LANES; i++) {
            RawMemory.putLong(allTops + 8L * i, TOP);
            for (int p = 0; p < PolyLanes.STAGES; p++) {
                RawMemory.putLong(masks + p * ROW + 8L * i, -(exponentOf(i) - 1 >> p & 1));
            }
        }
    }

    /**
     * Absorbs the whole steps of {@code size} bytes at {@code address}, at least one, with the multiplier of {@code mac}, and leaves the
     * accumulator to it.
     *
     * @return how many bytes were absorbed
     */
    int absorb(long address, int size, Poly1305 mac) {
        final int steps = size / STEP;
        final long rLow = mac.multiplierLow();
        final long rHigh = mac.multiplierHigh();
        PolyLanes.powers(
                state, last, masks, rLow & LIMB, rLow >>> 26 & LIMB, (rLow >>> 52 | rHigh << 12) & LIMB, rHigh >>> 14 & LIMB, rHigh >>> 40);
        PolyLanes.zero(state + PolyLanes.H, 5 * ROW);
        for (int done = 0; done < steps; done += AHEAD) {
            final int n = Math.min(AHEAD, steps - done);
            final boolean ends = done + n == steps;
            final int pairs = ends ? n - 1 >> 1 : n >> 1;
            deal(address + (long) done * STEP, message, n);
            PolyLanes.absorbPairs(state, message, pairs);
            if (ends) {
                PolyLanes.absorb(state, message + pairs * 2L * STEP, allTops, 0, n - 1 - 2 * pairs);
                PolyLanes.copyRows(last, state + PolyLanes.R);
                PolyLanes.absorb(state, message + (n - 1L) * STEP, allTops, 0, 1);
            }
        }
        PolyLanes.sum(state, sums);
        resume(mac);
        return steps * STEP;
    }

    /** Carries from limb to limb, the last to the first, and makes words of the limbs. */
    private void resume(Poly1305 mac) {
        long h0 = RawMemory.getLong(sums);
        long h1 = RawMemory.getLong(sums + 8) + (h0 >>> 26);
        long h2 = RawMemory.getLong(sums + 16) + (h1 >>> 26);
        long h3 = RawMemory.getLong(sums + 24) + (h2 >>> 26);
        long h4 = RawMemory.getLong(sums + 32) + (h3 >>> 26);
        h0 = (h0 & LIMB) + 5 * (h4 >>> 26);
        h1 = (h1 & LIMB) + (h0 >>> 26);
        h2 = (h2 & LIMB) + (h1 >>> 26);
        h3 = (h3 & LIMB) + (h2 >>> 26);
        h4 = (h4 & LIMB) + (h3 >>> 26);
        h0 &= LIMB;
        h1 &= LIMB;
        h2 &= LIMB;
        h3 &= LIMB;
        mac.resume(h0 | h1 << 26 | h2 << 52, h2 >>> 12 | h3 << 14 | h4 << 40, h4 >>> 24);
    }

    void wipe() {
        PolyLanes.zero(state, PolyLanes.STATE + 5 * ROW + 64);
    }

    /** Deals {@code n} steps of a message out to the lanes: rows of low halves and of high halves. */
    private static void deal(long address, long out, int n) {
        for (int i = 0; i < n; i++) {
            final Longs a = load(address + (long) i * STEP);
            final Longs b = load(address + (long) i * STEP + ROW);
            final Longs low;
            final Longs high;
            if (VectorWidth.TWO_SOURCES) {
                low = select(LongButterfly.LOW_1, a, b);
                high = select(LongButterfly.HIGH_1, a, b);
            } else {
                low = blend(a, rearrange(b, LongButterfly.SWAP_1), LongButterfly.BIT_1);
                high = blend(rearrange(a, LongButterfly.SWAP_1), b, LongButterfly.BIT_1);
            }
            store(low, out + i * (2 * ROW));
            store(high, out + i * (2 * ROW) + ROW);
        }
    }

    /** How many blocks there are from a lane's last one to the end, that one counted. */
    private static int exponentOf(int lane) {
        return LANES - blockOf(lane);
    }

    /** Which block of a step {@link #deal} puts into a lane. */
    private static int blockOf(int lane) {
        return (lane & 1) * (LANES / 2) + (lane >> 1);
    }
}
