package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A loop in virtual time. */
final class HandshakeBudgetTest {
    private static final long MS = 1_000_000;
    private final HandshakeBudget budget = new HandshakeBudget();

    @Test
    void aLoopWithoutDataIsForHandshakes() {
        long nowNs = -50 * MS;
        for (int i = 0; i < 100; i++) {
            assertTrue(budget.allows(nowNs));
            assertEquals(HandshakeBudget.QUIET_SLICE_NS, budget.sliceNs(nowNs));
            budget.used(nowNs, nowNs + HandshakeBudget.QUIET_SLICE_NS);
            nowNs += HandshakeBudget.QUIET_SLICE_NS;
        }
    }

    @Test
    void besideDataHandshakesHaveAQuarterOfTheTimeAndNotLess() {
        long nowNs = Long.MAX_VALUE - 100 * MS;
        long handshakesNs = 0;
        final long begunNs = nowNs;
        // A flood, and data that takes whatever it can get, in batches of 50 us: the clock wraps on the way.
        while (nowNs - begunNs < 1000 * MS) {
            nowNs += 50_000;
            budget.onData(nowNs);
            if (budget.allows(nowNs)) {
                final long sliceNs = budget.sliceNs(nowNs);
                budget.used(nowNs, nowNs + sliceNs);
                nowNs += sliceNs;
                handshakesNs += sliceNs;
            }
        }
        final double share = handshakesNs / (double) (nowNs - begunNs);
        // The last slice may be one that data has not paid for yet.
        assertTrue(share > 0.2 && share < 0.26, "share " + share);
    }

    @Test
    void aHandshakeThatTookLongIsPaidForLonger() {
        budget.onData(0);
        budget.used(0, 2 * MS);
        budget.onData(7 * MS);
        assertFalse(budget.allows(8 * MS - 1));
        assertTrue(budget.allows(8 * MS));
        assertEquals(HandshakeBudget.BUSY_SLICE_NS, budget.sliceNs(8 * MS));
    }

    @Test
    void whenDataStopsHandshakesNeedNotWait() {
        budget.onData(0);
        budget.used(0, 100 * MS);
        assertFalse(budget.allows(HandshakeBudget.QUIET_AFTER_NS - 1));
        assertTrue(budget.allows(HandshakeBudget.QUIET_AFTER_NS));
        assertEquals(HandshakeBudget.QUIET_SLICE_NS, budget.sliceNs(HandshakeBudget.QUIET_AFTER_NS));
    }
}
