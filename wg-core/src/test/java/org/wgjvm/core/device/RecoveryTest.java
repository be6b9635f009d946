package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.sim.Packets;

/** What must not get stuck, go astray or be damaged when messages are lost, cross each other, or settings change at a bad moment. */
final class RecoveryTest extends TwoPeers {
    @Test
    void whatAResponderStagedIsSentThoughTheInitiatorIsNeverHeardAgain() {
        // Bob answers Alice, who falls silent before she confirms the session; 5 s have not passed, so he may not initiate yet.
        sim.network().dropping(d -> d.from() == alice && d.type() == TRANSPORT);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        bob.send(bobToAlice(2));
        sim.runFor(SECOND);
        assertEquals(0, sent(bob, INITIATION).size(), "within 5 s of the response");
        sim.network().dropping(d -> false);
        sim.runFor(10 * SECOND);
        assertEquals(List.of(2L), ids(alice), sim.trace());
    }

    @Test
    void whatWaitedForThePeersEndpointIsSentThoughThePeerIsNeverHeardAgain() {
        bob.removePeer(alice);
        bob.addPeer(alice, null, null, 25, "10.0.0.1/32", "fd00::1/128");
        sim.network().dropping(d -> d.type() == RESPONSE || d.type() == INITIATION && sent(alice, INITIATION).size() > 1);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(alice.address(), bob.peer(alice).endpoint());
        sim.runFor(6 * SECOND);
        assertEquals(1, sent(bob, INITIATION).size(), sim.trace());
    }

    @Test
    void initiationsThatCrossEachOtherAreTriedAgainUntilOneGoesThrough() {
        // 250 ms one way, most of the jitter: the response that each sends in between holds its own retry back.
        sim.network().delay(250 * MILLISECOND, 0);
        alice.send(aliceToBob(1));
        bob.send(bobToAlice(2));
        sim.runFor(60 * SECOND);
        assertEquals(List.of(1L), ids(bob), sim.trace());
        assertEquals(List.of(2L), ids(alice), sim.trace());
    }

    @Test
    void initiationsThatCrossEachOtherOverASatelliteAreTriedAgainUntilOneGoesThrough() {
        sim.network().delay(600 * MILLISECOND, 0);
        alice.send(aliceToBob(1));
        bob.send(bobToAlice(2));
        sim.runFor(REKEY_ATTEMPT_TIME);
        assertEquals(List.of(1L), ids(bob), sim.trace());
        assertEquals(List.of(2L), ids(alice), sim.trace());
    }

    @Test
    void whatWaitedForConfirmationIsSentToWhereTheConfirmationCameFrom() {
        // Alice moves between her initiation and her first packet: what Bob has staged must follow her.
        alice.send(aliceToBob(1));
        sim.runFor(MILLISECOND);
        bob.send(bobToAlice(2));
        alice.move(Packets.endpoint("203.0.113.77", 4000));
        // The response goes astray with the old address: hand it on, as the old access point might.
        sim.runFor(MILLISECOND / 2);
        final var elsewhere = alice.address();
        sim.network().transmit(bob, bob.address(), elsewhere, lastSent(bob, RESPONSE).bytes(), 0);
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob), sim.trace());
        assertEquals(List.of(2L), ids(alice), sim.trace());
        assertTrue(sent(bob, TRANSPORT).stream().allMatch(d -> d.destination().sameRemote(elsewhere)), sim.trace());
    }

    @Test
    void aBatchLaidOutForTheOldMtuIsNotDamagedByTheNewOne() {
        connect();
        final PacketBatch batch = new PacketBatch(8, 64 * 1024);
        batch.mtu(1420);
        for (int id = 1; id <= 3; id++) {
            final byte[] packet = Packets.udp("10.0.0.1", "10.0.0.2", id, 1420);
            final int i = batch.addInner(packet.length);
            MemorySegment.copy(packet, 0, batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], packet.length);
        }
        alice.device().mtu(9000, false);
        alice.device().outbound(batch, sim.nowNs());
        sim.runFor(SECOND);
        assertEquals(List.of(1L, 2L, 3L), ids(bob), sim.trace());
    }

    @Test
    void aKeepaliveThatSendingHasMadeNeedlessIsNotSentLater() {
        connect();
        sim.runFor(20 * SECOND);
        // Two packets within ten seconds ask for a keepalive and another one; what Bob sends meanwhile answers both.
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        alice.send(aliceToBob(2));
        sim.runFor(SECOND);
        bob.send(bobToAlice(3));
        sim.runFor(30 * SECOND);
        final int before = sent(bob, TRANSPORT).size();
        alice.send(aliceToBob(4));
        sim.runFor(30 * SECOND);
        assertEquals(before + 1, sent(bob, TRANSPORT).size(), sim.trace());
    }

    @Test
    void replacingAllPeersLeavesNoneThatIsOnlyToBeUpdated() {
        alice.device().applyPeers(
                true, List.of(new PeerChange(bob.publicKey(), false, true, null, null, null, false, List.of())), sim.nowNs());
        assertEquals(0, alice.device().peerCount());
        assertFalse(alice.device().snapshot().peers().stream().anyMatch(p -> p.publicKey().equals(bob.publicKey())));
    }
}
