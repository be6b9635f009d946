package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.sim.Flood;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.core.sim.SimNode;

/** Sections 5.3 and 6.6 of the paper: cookies, and how they go with the timers. Load is made as an attacker makes it. */
final class UnderLoadTest extends TwoPeers {
    /** More than the 512 that may wait at once, so that whoever comes next must prove an address. */
    private static final int LOAD = 700;

    private static final int MAC2 = 132;

    /** Keeps the node under load for so many seconds. */
    private void loadFor(SimNode node, int seconds) {
        Flood.of(LOAD, sim, node);
        for (int i = 1; i < seconds * 4; i++) {
            sim.after(i * SECOND / 4, () -> Flood.of(LOAD / 2, sim, node));
        }
        sim.runFor(10 * MILLISECOND);
    }

    private static boolean hasMac2(byte[] initiation) {
        return !Arrays.equals(new byte[16], Arrays.copyOfRange(initiation, MAC2, MAC2 + 16));
    }

    @Test
    void underLoadTheResponderAnswersAnInitiationWithACookieAndTheNextOneProvesItsAddress() {
        loadFor(bob, 8);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(0, sent(bob, RESPONSE).size(), sim.trace());
        assertTrue(sent(bob, COOKIE_REPLY).stream().anyMatch(d -> d.destination().sameRemote(alice.address())));
        assertEquals(1, sent(alice, INITIATION).size(), "a cookie is no reason to send at once (6.6)");
        sim.runFor(REKEY_TIMEOUT);
        final List<byte[]> initiations = sent(alice, INITIATION).stream().map(d -> d.bytes()).toList();
        assertEquals(2, initiations.size());
        assertTrue(!hasMac2(initiations.get(0)) && hasMac2(initiations.get(1)));
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void underLoadTheInitiatorAnswersAResponseWithACookieAndTheNextResponseProvesItsAddress() {
        loadFor(alice, 8);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertTrue(sent(alice, COOKIE_REPLY).stream().anyMatch(d -> d.destination().sameRemote(bob.address())), sim.trace());
        assertEquals(List.of(), ids(bob));
        sim.runFor(REKEY_TIMEOUT);
        assertEquals(2, sent(bob, RESPONSE).size());
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void withBothUnderLoadTheyStillFindEachOther() {
        loadFor(alice, 25);
        loadFor(bob, 25);
        alice.send(aliceToBob(1));
        sim.runFor(20 * SECOND);
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void aFloodStopsNoTunnelThatIsThere() {
        connect();
        loadFor(bob, 10);
        for (int i = 0; i < 50; i++) {
            alice.send(aliceToBob(i));
            bob.send(bobToAlice(i));
            sim.runFor(SECOND / 10);
        }
        assertEquals(50, bob.inbox().size());
        assertEquals(50, alice.inbox().size());
    }

    @Test
    void afterTheFloodNoCookieIsAskedFor() {
        loadFor(bob, 3);
        sim.runFor(6 * SECOND);
        final int before = sent(bob, COOKIE_REPLY).size();
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(before, sent(bob, COOKIE_REPLY).size());
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void aQueueThatIsFullDropsAndStaysBounded() {
        final HandshakeQueue queue = new HandshakeQueue(bob.device().counters());
        final java.lang.foreign.MemorySegment message = java.lang.foreign.MemorySegment.ofArray(Flood.initiation(sim, bob));
        for (int i = 0; i < 5000; i++) {
            queue.offer(message, 0, 148, alice.address());
        }
        assertEquals(5000 - 4096, drops(bob, DropReason.HANDSHAKE_QUEUE_FULL));
        int n = 0;
        while (!queue.isEmpty()) {
            queue.poll();
            n++;
        }
        assertEquals(4096, n);
    }

    /** So that the owner of the device can look at the clock, and at its sockets, after each of them. */
    @Test
    void whatCostsMultiplicationsEndsATurnAndWhatIsRefusedDoesNot() {
        final byte[] stranger = Flood.initiation(sim, bob);
        final byte[] wrong = stranger.clone();
        wrong[116] ^= 1;
        receive(wrong, wrong, stranger, stranger, wrong);
        bob.device().processHandshakes(sim.nowNs(), 16);
        assertEquals(List.of(2L, 1L), List.of(drops(bob, DropReason.BAD_MAC1), drops(bob, DropReason.BAD_HANDSHAKE)));
        bob.device().processHandshakes(sim.nowNs(), 16);
        assertEquals(List.of(2L, 2L), List.of(drops(bob, DropReason.BAD_MAC1), drops(bob, DropReason.BAD_HANDSHAKE)));
        bob.device().processHandshakes(sim.nowNs(), 16);
        assertEquals(List.of(3L, 2L), List.of(drops(bob, DropReason.BAD_MAC1), drops(bob, DropReason.BAD_HANDSHAKE)));
        assertFalse(bob.device().hasHandshakes());
    }

    @Test
    void aTurnIsOfAtMostSoManyMessages() {
        final byte[] wrong = Flood.initiation(sim, bob);
        wrong[116] ^= 1;
        receive(wrong, wrong, wrong, wrong);
        bob.device().processHandshakes(sim.nowNs(), 3);
        assertEquals(3, drops(bob, DropReason.BAD_MAC1));
        assertTrue(bob.device().hasHandshakes());
    }

    @Test
    void ofABatchOnlyWhatIsAuthenticAndNewCountsAsData() {
        connect();
        alice.send(aliceToBob(1));
        alice.send(aliceToBob(2));
        final List<byte[]> seen = sent(alice, TRANSPORT).stream().map(d -> d.bytes()).toList();
        final byte[] first = seen.get(seen.size() - 2);
        final byte[] second = seen.getLast();
        final byte[] forged = second.clone();
        forged[forged.length - 1] ^= 1;
        assertEquals(2, receive(forged, first, first, Flood.initiation(sim, bob), second));
        assertEquals(0, receive(second, forged, Flood.initiation(sim, bob)));
        assertEquals(List.of(1L, 2L), ids(bob));
        alice.send(aliceToBob(3));
        bob.device().down();
        assertEquals(0, receive(lastSent(alice, TRANSPORT).bytes()));
    }

    /** One batch to bob's device, and nothing done about the handshakes in it; returns what the device says of it. */
    private int receive(byte[]... messages) {
        final PacketBatch batch = new PacketBatch(messages.length, messages.length * 256);
        for (final byte[] message : messages) {
            final int offset = batch.used() + 7 & -8;
            MemorySegment.copy(message, 0, batch.slab(), ValueLayout.JAVA_BYTE, offset, message.length);
            batch.endpoint[batch.add(offset, message.length, offset + message.length)] = Packets.endpoint("203.0.113.5", 5);
        }
        return bob.device().inbound(batch, sim.nowNs());
    }

    @Test
    void aCookieReplyIsSmallerThanWhatAskedForIt() {
        loadFor(bob, 1);
        assertTrue(sent(bob, COOKIE_REPLY).size() > 0);
        assertTrue(sent(bob, COOKIE_REPLY).stream().allMatch(d -> d.bytes().length == 64));
    }

    @Test
    void withoutTheFirstMacThereIsNoAnswerEvenUnderLoad() {
        loadFor(bob, 3);
        final int before = sent(bob, COOKIE_REPLY).size();
        final byte[] message = Flood.initiation(sim, bob);
        message[116] ^= 1;
        inject(Packets.endpoint("203.0.113.5", 5), bob, message);
        sim.runFor(100 * MILLISECOND);
        assertEquals(before, sent(bob, COOKIE_REPLY).size());
        assertEquals(1, drops(bob, DropReason.BAD_MAC1));
    }

    @Test
    void everyHandshakeAfterTheHundredthIsNotAnsweredByACookie() {
        // A device that has made hundreds of handshakes in a day is not under load.
        for (int i = 0; i < 300; i++) {
            alice.device().down();
            alice.device().up(sim.nowNs());
            alice.send(aliceToBob(i));
            sim.runFor(6 * SECOND);
        }
        assertEquals(300, sent(bob, RESPONSE).size());
        assertEquals(0, sent(bob, COOKIE_REPLY).size());
        assertEquals(300, bob.inbox().size());
    }
}
