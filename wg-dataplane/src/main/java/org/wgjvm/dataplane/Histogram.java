package org.wgjvm.dataplane;

import java.util.List;

/**
 * How values were distributed.
 *
 * @param upperBounds the largest value of each finite bucket, rising
 * @param counts how many values fell into each bucket, and last how many were larger than all bounds
 * @param sum of all values
 */
public record Histogram(List<Long> upperBounds, List<Long> counts, long sum) {
    /** Copies the lists. */
    public Histogram {
        upperBounds = List.copyOf(upperBounds);
        counts = List.copyOf(counts);
        if (counts.size() != upperBounds.size() + 1) {
            throw new IllegalArgumentException(upperBounds.size() + " bounds, " + counts.size() + " counts");
        }
    }

    /** How many values there were. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
