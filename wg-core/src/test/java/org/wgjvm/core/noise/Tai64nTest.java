package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class Tai64nTest {
    static final long SECOND = 1_000_000_000L;

    private static byte[] encoded(long epochNs) {
        final byte[] out = new byte[Tai64n.LENGTH];
        Tai64n.encode(epochNs, out, 0);
        return out;
    }

    @Test
    void theEpochIsTenSecondsAfterTheLabelsMiddle() {
        assertEquals("400000000000000a00000000", HexFormat.of().formatHex(encoded(0)));
        assertEquals("4000000000000009" + "3b9ac9ff", HexFormat.of().formatHex(encoded(-1)));
        assertEquals("400000000000000b" + "00000001", HexFormat.of().formatHex(encoded(SECOND + 1)));
    }

    /** 16.8 ms: the largest power of two in nanoseconds within the 20 ms between two initiations. */
    @Test
    void nanosecondsAreWhitened() {
        final long tick = 1 << 24;
        final long base = 1_700_000_000L * SECOND;
        assertArrayEquals(encoded(base), new Tai64n().next(base + tick - 1));
        assertArrayEquals(encoded(base + tick), new Tai64n().next(base + tick));
        assertArrayEquals(encoded(base + 59 * tick), new Tai64n().next(base + SECOND - 1));
        assertArrayEquals(encoded(base + SECOND), new Tai64n().next(base + SECOND));
    }

    @Test
    void twoInOneTickDiffer() {
        final Tai64n stamps = new Tai64n();
        final long now = 1_700_000_000L * SECOND;
        assertArrayEquals(encoded(now), stamps.next(now));
        assertArrayEquals(encoded(now + 1), stamps.next(now + 5));
        assertArrayEquals(encoded(now + 2), stamps.next(now));
    }

    @Test
    void aClockSteppedBackDoesNotTakeTheStampsWithIt() {
        final Tai64n stamps = new Tai64n();
        final byte[] before = stamps.next(1_700_000_000L * SECOND);
        final byte[] after = stamps.next(1_600_000_000L * SECOND);
        assertTrue(Arrays.compareUnsigned(before, after) < 0);
        assertArrayEquals(encoded(1_800_000_000L * SECOND), stamps.next(1_800_000_000L * SECOND));
    }

    /** A burst must not run ahead of the clock, or a restarted process would start behind its former self. */
    @Test
    void aBurstStaysWithinTheTick() {
        final Tai64n stamps = new Tai64n();
        final long now = 1_700_000_000L * SECOND;
        byte[] last = stamps.next(now);
        for (int i = 0; i < 100_000; i++) {
            last = stamps.next(now);
        }
        assertTrue(Arrays.compareUnsigned(last, new Tai64n().next(now + (1 << 24))) < 0);
    }

    @Property
    void stampsAlwaysGrow(@ForAll @Size(min = 2, max = 50) List<@LongRange(min = -SECOND, max = 3_000_000_000L * SECOND) Long> times) {
        final Tai64n stamps = new Tai64n();
        byte[] last = new byte[Tai64n.LENGTH];
        for (long t : times) {
            final byte[] next = stamps.next(t);
            assertTrue(Arrays.compareUnsigned(last, next) < 0);
            last = next;
        }
    }
}
