package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.wgjvm.core.sim.SimNode;

/** What a device counts, in a world where one knows what happened. */
final class StatisticsTest extends TwoPeers {
    private static PeerStatistics only(SimNode node) {
        return node.device().statistics().peers().getFirst();
    }

    @Test
    void packetsAreCountedOnBothSides() {
        connect();
        final long before = only(bob).rxPackets();
        for (int i = 0; i < 10; i++) {
            alice.send(aliceToBob(i));
        }
        sim.runFor(SECOND);
        assertEquals(before + 10, only(bob).rxPackets());
        assertEquals(only(alice).txPackets(), only(bob).rxPackets());
        assertEquals(only(alice).txBytes(), only(bob).rxBytes());
        assertEquals(0, only(bob).rxMissing());
        assertEquals(alice.peer(bob).allowedIps(), only(alice).allowedIps());
    }

    @Test
    void whatIsLostOnTheWayIsMissingAtTheOtherEndAndStaysSoAfterARekey() {
        connect();
        final int[] seen = {0};
        sim.network().dropping(d -> d.type() == TRANSPORT && d.from() == alice && ++seen[0] <= 3);
        for (int i = 0; i < 5; i++) {
            alice.send(aliceToBob(i));
        }
        sim.runFor(SECOND);
        assertEquals(2, bob.inbox().size());
        assertEquals(3, only(bob).rxMissing());
        for (int i = 0; i < 300; i++) {
            alice.send(aliceToBob(100 + i));
            sim.runFor(SECOND);
        }
        assertEquals(3, only(bob).rxMissing());
        assertEquals(only(alice).txPackets(), only(bob).rxPackets() + 3);
        assertTrue(bob.device().statistics().handshakes().completedAsResponder() >= 3);
    }

    @Test
    void aSessionThatFollowsAnotherIsARekeyAndTheFirstIsNone() {
        connect();
        assertEquals(0, rekeys(alice) + rekeys(bob));
        for (int i = 0; i < 125; i++) {
            alice.send(aliceToBob(i));
            sim.runFor(SECOND);
        }
        assertEquals(1, rekeys(alice));
        assertEquals(1, rekeys(bob));
        final DeviceStatistics.Handshakes ours = alice.device().statistics().handshakes();
        assertEquals(2, ours.completedAsInitiator());
        assertEquals(0, ours.completedAsResponder());
        assertEquals(2, bob.device().statistics().handshakes().responsesSent());
    }

    @Test
    void aHandshakeThatNobodyAnswersIsGivenUpAndCounted() {
        bob.down();
        alice.send(aliceToBob(1));
        sim.runFor(REKEY_ATTEMPT_TIME + 20 * SECOND);
        final DeviceStatistics statistics = alice.device().statistics();
        assertEquals(1, statistics.handshakes().givenUp());
        assertTrue(statistics.handshakes().initiationsSent() > 10);
        assertEquals(1, statistics.drops().get(DropReason.STAGED_OVERFLOW));
        assertEquals(1, statistics.dropsInAll());
        assertEquals(DropReason.values().length, statistics.drops().size());
    }

    private static long rekeys(SimNode node) {
        return node.happenings().stream().filter(h -> h.startsWith("rekeyed")).count();
    }
}
