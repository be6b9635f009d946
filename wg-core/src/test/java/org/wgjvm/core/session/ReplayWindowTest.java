package org.wgjvm.core.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases and loops that the kernel module checks its replay counter with, restated, and a comparison with a naive twin. */
final class ReplayWindowTest {
    private static final long WINDOW = 8128;
    private static final long L = WINDOW + 1;
    private static final long REJECT = new BigInteger("18446744073709543486").longValue();

    private record Step(long counter, boolean isNew) {}

    private static final List<Step> NUMBERED = List.of(
            new Step(0, true),
            new Step(1, true),
            new Step(1, false),
            new Step(9, true),
            new Step(8, true),
            new Step(7, true),
            new Step(7, false),
            new Step(L, true),
            new Step(L - 1, true),
            new Step(L - 1, false),
            new Step(L - 2, true),
            new Step(2, true),
            new Step(2, false),
            new Step(L + 16, true),
            new Step(3, false),
            new Step(L + 16, false),
            new Step(L * 4, true),
            new Step(L * 4 - (L - 1), true),
            new Step(10, false),
            new Step(L * 4 - L, false),
            new Step(L * 4 - (L + 1), false),
            new Step(L * 4 - (L - 2), true),
            new Step(L * 4 + 1 - L, false),
            new Step(0, false),
            new Step(REJECT, false),
            new Step(REJECT - 1, true),
            new Step(REJECT, false),
            new Step(REJECT - 1, false),
            new Step(REJECT - 2, true),
            new Step(REJECT + 1, false),
            new Step(REJECT + 2, false),
            new Step(REJECT - 2, false),
            new Step(REJECT - 3, true),
            new Step(0, false));

    @TestFactory
    List<DynamicTest> the34NumberedCases() {
        assertEquals(34, NUMBERED.size());
        final ReplayWindow window = new ReplayWindow();
        return java.util.stream.IntStream.range(0, NUMBERED.size())
                .mapToObj(i -> DynamicTest.dynamicTest(
                        "case " + (i + 1), () -> assertEquals(NUMBERED.get(i).isNew, window.accept(NUMBERED.get(i).counter))))
                .toList();
    }

    @Test
    void theNaiveTwinAgreesWithTheNumberedCases() {
        final NaiveReplayWindow twin = new NaiveReplayWindow();
        NUMBERED.forEach(step -> assertEquals(step.isNew, twin.accept(step.counter), () -> step.toString()));
    }

    @Test
    void aWholeWindowUpwardsFromOneLeavesZeroWithinReach() {
        final ReplayWindow window = new ReplayWindow();
        for (long i = 1; i <= WINDOW; i++) {
            assertTrue(window.accept(i));
        }
        assertTrue(window.accept(0));
        assertFalse(window.accept(0));
    }

    @Test
    void aWholeWindowUpwardsFromTwoLeavesOneWithinReachAndZeroBehind() {
        final ReplayWindow window = new ReplayWindow();
        for (long i = 2; i <= WINDOW + 1; i++) {
            assertTrue(window.accept(i));
        }
        assertTrue(window.accept(1));
        assertFalse(window.accept(0));
    }

    @Test
    void aWholeWindowDownwardsToZeroIsAccepted() {
        final ReplayWindow window = new ReplayWindow();
        for (long i = WINDOW; i >= 0; i--) {
            assertTrue(window.accept(i));
        }
    }

    @Test
    void aWholeWindowDownwardsToOneLeavesZeroBehind() {
        final ReplayWindow window = new ReplayWindow();
        for (long i = WINDOW + 1; i >= 1; i--) {
            assertTrue(window.accept(i));
        }
        assertFalse(window.accept(0));
    }

    @Test
    void oneStepPastAWholeWindowDownwardsPutsZeroOutOfReach() {
        final ReplayWindow window = new ReplayWindow();
        for (long i = WINDOW; i >= 1; i--) {
            assertTrue(window.accept(i));
        }
        assertTrue(window.accept(WINDOW + 1));
        assertFalse(window.accept(0));
    }

    @Test
    void zeroThenOneStepPastAWholeWindowAreBothAccepted() {
        final ReplayWindow window = new ReplayWindow();
        for (long i = WINDOW; i >= 1; i--) {
            assertTrue(window.accept(i));
        }
        assertTrue(window.accept(0));
        assertTrue(window.accept(WINDOW + 1));
    }

    @Test
    void nextIsOneMoreThanTheHighestAccepted() {
        final ReplayWindow window = new ReplayWindow();
        assertEquals(0, window.next());
        window.accept(7);
        window.accept(3);
        assertEquals(8, window.next());
        window.accept(REJECT);
        assertEquals(8, window.next());
        window.accept(REJECT - 1);
        assertEquals(REJECT, window.next());
    }

    @Test
    void theLimitIsTheConstantOfTheProtocol() {
        assertEquals(REJECT, ReplayWindow.REJECT_AFTER_MESSAGES);
        assertEquals(WINDOW, ReplayWindow.SIZE);
    }

    /** Jumps of every size a window cares about, forwards and backwards, near zero, near 2^63 and near the limit. */
    @Provide
    Arbitrary<List<Long>> jumps() {
        final Arbitrary<Long> jump = Arbitraries.oneOf(
                Arbitraries.longs().between(-3, 3),
                Arbitraries.longs().between(-70, 70),
                Arbitraries.longs().between(-WINDOW - 66, WINDOW + 66),
                Arbitraries.of(-WINDOW - 1, -WINDOW, -WINDOW + 1, WINDOW, WINDOW + 1, 8191L, 8192L, 8193L, -8191L, -8192L, -8193L),
                Arbitraries.longs().between(-40_000, 40_000));
        return jump.list().ofMinSize(1).ofMaxSize(400);
    }

    @Property
    void decidesAsTheNaiveTwin(@ForAll("jumps") List<Long> jumps, @ForAll("starts") long start) {
        final ReplayWindow window = new ReplayWindow();
        final NaiveReplayWindow twin = new NaiveReplayWindow();
        long counter = start;
        for (final long jump : jumps) {
            counter += jump;
            assertEquals(twin.accept(counter), window.accept(counter), Long.toUnsignedString(counter));
        }
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.of(0L, 1L, 8127L, 8192L, Long.MAX_VALUE - 20_000, Long.MAX_VALUE, REJECT - 20_000, REJECT - 1, -1L);
    }

    @Test
    void aLossyReorderedDuplicatedStreamIsDecidedAsByTheTwin() {
        final Random random = new Random(20_100);
        final ReplayWindow window = new ReplayWindow();
        final NaiveReplayWindow twin = new NaiveReplayWindow();
        for (long i = 0; i < 200_000; i++) {
            final long counter = Math.max(0, i - (long) Math.abs(random.nextGaussian() * 3_000));
            assertEquals(twin.accept(counter), window.accept(counter));
        }
    }
}
