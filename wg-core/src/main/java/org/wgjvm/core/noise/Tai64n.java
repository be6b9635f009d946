package org.wgjvm.core.noise;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 12-byte timestamps of initiations (paper, section 5.1; TAI64N): 8 bytes of seconds from 2^62 and 4 bytes of nanoseconds, big-endian.
 *
 * <p>A generator: what it gives out always grows, also when the wall clock is stepped back or read twice in one tick. The nanoseconds are
 * rounded down to a multiple of 2^24 (16.8 ms, just under the 20 ms that a responder wants between initiations), so that a stamp does not
 * tell the time precisely enough to time our operations with. Where the clock has not moved on, the last stamp plus one nanosecond is
 * given: not plus a tick, or a burst would run ahead of the clock, and after a restart our peers would take us for a replay.
 */
public final class Tai64n {
    /** Length of a timestamp in bytes. */
    public static final int LENGTH = 12;

    /** Seconds of the TAI64 label of 1970-01-01T00:00:00Z: 2^62 and the ten leap seconds that UTC began with. */
    private static final long EPOCH = (1L << 62) + 10;

    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int WHITENING_MASK = -(1 << 24);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private long lastNs = Long.MIN_VALUE;

    /** A generator that has given nothing yet. */
    public Tai64n() {}

    /** The next stamp at wall-clock time {@code epochNs} (nanoseconds since 1970, UTC): 12 new bytes. */
    public byte[] next(long epochNs) {
        final long whitened = whiten(epochNs);
        // A clock at the end of its range would wrap: stay there rather than go back.
        lastNs = whitened > lastNs ? whitened : Math.max(lastNs, lastNs + 1);
        final byte[] out = new byte[LENGTH];
        encode(lastNs, out, 0);
        return out;
    }

    /** The time of the last stamp given, in nanoseconds since 1970; {@link Long#MIN_VALUE} for none. */
    public long lastNs() {
        return lastNs;
    }

    /** Goes on after the stamps that another generator gave, up to that of {@code otherNs}. */
    public void continueAfter(long otherNs) {
        lastNs = Math.max(lastNs, otherNs);
    }

    /** Leaves out the next {@code stamps} that a clock which stands still, or was stepped back, would make: another generator gave them. */
    public void skip(long stamps) {
        lastNs = Math.max(lastNs, lastNs + stamps);
    }

    /** Rounds the nanoseconds of the second down to a multiple of 2^24. */
    static long whiten(long epochNs) {
        final int nanos = (int) Math.floorMod(epochNs, NS_PER_SECOND);
        return epochNs - nanos + (nanos & WHITENING_MASK);
    }

    /** Writes the stamp of {@code epochNs} as it is. */
    static void encode(long epochNs, byte[] out, int offset) {
        LONG.set(out, offset, EPOCH + Math.floorDiv(epochNs, NS_PER_SECOND));
        INT.set(out, offset + 8, (int) Math.floorMod(epochNs, NS_PER_SECOND));
    }

    /** The seconds label of a stamp, to be compared as unsigned. */
    static long seconds(byte[] stamp) {
        return (long) LONG.get(stamp, 0);
    }

    /** The nanoseconds of a stamp, to be compared as unsigned: a peer may send anything. */
    static int nanos(byte[] stamp) {
        return (int) INT.get(stamp, 8);
    }
}
