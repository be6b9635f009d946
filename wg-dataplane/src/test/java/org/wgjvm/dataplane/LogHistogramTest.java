package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LogHistogramTest {
    @Test
    void boundsAreInclusiveAsPrometheusWantsThem() {
        final LogHistogram histogram = new LogHistogram(0, 3);
        for (final long value : new long[] {0, 1, 2, 3, 4, 5, 1000}) {
            histogram.add(value);
        }
        assertEquals(new Histogram(List.of(1L, 2L, 4L), List.of(2L, 1L, 2L, 2L), 1015), histogram.snapshot());
    }

    /** Against the meaning, read literally: the first bucket whose bound is not below the value. */
    @Property
    void everyValueIsInItsBucket(
            @ForAll List<@LongRange(min = 0) Long> values,
            @ForAll @IntRange(max = 20) int firstBits,
            @ForAll @IntRange(max = 30) int bounds) {
        final LogHistogram histogram = new LogHistogram(firstBits, bounds);
        final long[] expected = new long[bounds + 1];
        long sum = 0;
        for (final long value : values) {
            histogram.add(value);
            sum += value;
            int bucket = 0;
            while (bucket < bounds && 1L << firstBits + bucket < value) {
                bucket++;
            }
            expected[bucket]++;
        }
        final Histogram snapshot = histogram.snapshot();
        for (int i = 0; i <= bounds; i++) {
            assertEquals(expected[i], snapshot.counts().get(i));
        }
        assertEquals(sum, snapshot.sum());
        assertEquals(values.size(), snapshot.count());
    }
}
