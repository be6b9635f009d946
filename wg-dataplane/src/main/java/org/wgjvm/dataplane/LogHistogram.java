package org.wgjvm.dataplane;

import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;

/**
 * Counts values in buckets that double: the first holds what is at most 2^{@code firstBits}, the last what is larger than all. Recording is
 * two additions. Of one thread.
 */
final class LogHistogram {
    private final int firstBits;
    private final long[] counts;
    private long sum;

    /** A histogram with {@code bounds} finite buckets and one for the rest. */
    LogHistogram(int firstBits, int bounds) {
        this.firstBits = firstBits;
        counts = new long[bounds + 1];
    }

    /** Counts a value, which is not negative. */
    void add(long value) {
        final int bits = value <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(value - 1);
        counts[Math.clamp(bits - firstBits, 0, counts.length - 1)]++;
        sum += value;
    }

    void writeTo(StateWriter out) {
        CountsState.longs(out, counts);
        out.i64(sum);
    }

    /** Adds what another one had; left out when that has other buckets. */
    void readFrom(StateReader in) throws StateException {
        final long[] more = CountsState.longs(in);
        final long moreSum = in.i64();
        if (more.length == counts.length) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += more[i];
            }
            sum += moreSum;
        }
    }

    Histogram snapshot() {
        final List<Long> bounds = new ArrayList<>(counts.length - 1);
        final List<Long> copy = new ArrayList<>(counts.length);
        for (int i = 0; i < counts.length; i++) {
            if (i < counts.length - 1) {
                bounds.add(1L << firstBits + i);
            }
            copy.add(counts[i]);
        }
        return new Histogram(bounds, copy, sum);
    }
}
