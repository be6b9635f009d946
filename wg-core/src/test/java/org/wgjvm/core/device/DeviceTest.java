package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.core.sim.SimNetwork.Datagram;
import org.wgjvm.core.sim.SimNode;
import org.wgjvm.core.sim.Simulation;
import org.wgjvm.crypto.PresharedKey;

/** Two devices on a virtual clock. The constants are those of the paper, restated: not those of the code. */
class DeviceTest {
    private static final long SECOND = Simulation.SECOND_NS;
    private static final int INITIATION = 1;
    private static final int RESPONSE = 2;
    private static final int TRANSPORT = 4;

    private final Simulation sim = new Simulation(42);
    private SimNode alice;
    private SimNode bob;

    @BeforeEach
    void twoPeers() {
        alice = sim.node("alice", Packets.endpoint("192.0.2.1", 51820));
        bob = sim.node("bob", Packets.endpoint("198.51.100.2", 51821));
        alice.addPeer(bob, "10.0.0.2/32", "fd00::2/128");
        bob.addPeer(alice, "10.0.0.1/32", "fd00::1/128");
    }

    private static byte[] aliceToBob(long id) {
        return Packets.udp("10.0.0.1", "10.0.0.2", id, 100);
    }

    private static byte[] bobToAlice(long id) {
        return Packets.udp("10.0.0.2", "10.0.0.1", id, 100);
    }

    private static long[] ids(SimNode node) {
        return node.inbox().stream().mapToLong(Packets::id).toArray();
    }

    private List<Datagram> sent(SimNode from, int type) {
        return sim.network().sent(from, type);
    }

    @Test
    void theFirstPacketMakesTheHandshakeAndArrives() {
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        org.junit.jupiter.api.Assertions.assertArrayEquals(new long[] {1}, ids(bob), sim.trace());
        assertEquals(1, sent(alice, INITIATION).size());
        assertEquals(1, sent(bob, RESPONSE).size());
        assertEquals(1, sent(alice, TRANSPORT).size());
        assertEquals(List.of("handshake completed as responder"), bob.happenings());
    }

    @Test
    void packetsStagedBeforeTheSessionArriveInOrder() {
        for (int i = 0; i < 130; i++) {
            alice.send(aliceToBob(i));
        }
        sim.runFor(SECOND);
        final long[] expected = java.util.stream.LongStream.range(2, 130).toArray();
        org.junit.jupiter.api.Assertions.assertArrayEquals(expected, ids(bob), "128 wait, and the oldest make room");
    }

    @Test
    void aResponderDoesNotSendUnderASessionThatIsNotConfirmed() {
        sim.network().dropping(d -> d.type() == TRANSPORT && d.from() == alice);
        alice.send(aliceToBob(1));
        bob.send(bobToAlice(7));
        sim.runFor(4 * SECOND);
        assertEquals(0, alice.inbox().size(), sim.trace());
        assertTrue(sent(bob, TRANSPORT).stream().allMatch(d -> d.sentNs() > 0 && bob.peer(alice).lastHandshakeEpochNs() > 0), sim.trace());
    }

    @Test
    void aHandshakeThatIsNotAnsweredIsRetriedEveryFiveSecondsAndSomeJitterForNinetySeconds() {
        sim.network().partition(bob, true);
        alice.send(aliceToBob(1));
        sim.runFor(300 * SECOND);
        final List<Datagram> initiations = sent(alice, INITIATION);
        assertTrue(initiations.size() >= 18 && initiations.size() <= 20, "attempts: " + initiations.size());
        for (int i = 1; i < initiations.size(); i++) {
            final long gap = initiations.get(i).sentNs() - initiations.get(i - 1).sentNs();
            assertTrue(gap >= 5 * SECOND && gap <= 5 * SECOND + SECOND / 3, "gap " + gap);
        }
        assertTrue(alice.happenings().contains("handshake given up"));
        final Set<Integer> senders = new HashSet<>();
        initiations.forEach(d -> senders.add(java.nio.ByteBuffer.wrap(d.bytes()).getInt(4)));
        assertEquals(initiations.size(), senders.size(), "every initiation has an index of its own");
    }

    @Test
    void aPassiveReceiverAnswersAfterTenSecondsWithAKeepaliveAndAKeepaliveIsNotAnswered() {
        alice.send(aliceToBob(1));
        sim.runFor(60 * SECOND);
        final List<Datagram> fromBob = sent(bob, TRANSPORT);
        assertEquals(1, fromBob.size(), sim.trace());
        assertEquals(32, fromBob.getFirst().bytes().length);
        final long gap = fromBob.getFirst().sentNs() - sent(alice, TRANSPORT).getFirst().sentNs();
        assertEquals(10.0, gap / 1e9, 0.1);
        assertEquals(1, sent(alice, TRANSPORT).size());
        assertEquals(1, sent(alice, INITIATION).size());
    }

    @Test
    void dataWithNoAnswerForFifteenSecondsBeginsANewHandshake() {
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        sim.network().partition(bob, true);
        alice.send(aliceToBob(2));
        final long from = sim.nowNs();
        sim.runFor(16 * SECOND);
        final List<Datagram> initiations = sent(alice, INITIATION);
        assertEquals(2, initiations.size(), sim.trace());
        final long after = initiations.get(1).sentNs() - from;
        assertTrue(after >= 14 * SECOND && after <= 15 * SECOND + SECOND / 3, "after " + after);
    }

    @Test
    void theInitiatorRekeysAfterTwoMinutesWhenItSendsAndNothingIsLost() {
        int n = 0;
        alice.send(aliceToBob(n++));
        sim.runFor(SECOND);
        for (int second = 0; second < 1000; second++) {
            alice.send(aliceToBob(n++));
            bob.send(bobToAlice(second));
            sim.runFor(SECOND);
        }
        assertEquals(n, bob.inbox().size(), sim.trace());
        assertEquals(1000, alice.inbox().size(), sim.trace());
        final List<Datagram> initiations = sent(alice, INITIATION);
        assertEquals(9, initiations.size(), "one every 120 s of 1000 s");
        assertEquals(0, sent(bob, INITIATION).size(), "the responder leaves it to the initiator");
    }

    @Test
    void anInitiatorThatOnlyListensRekeysBeforeTheSessionEnds() {
        alice.send(aliceToBob(0));
        sim.runFor(SECOND);
        for (int second = 0; second < 95; second++) {
            bob.send(bobToAlice(second));
            sim.runFor(SECOND);
        }
        // Her last keepalive goes before the session is 120 s old, so sending does not renew it.
        sim.runFor(71 * SECOND);
        assertEquals(1, sent(alice, INITIATION).size(), sim.trace());
        bob.send(bobToAlice(95));
        sim.runFor(SECOND);
        assertEquals(2, sent(alice, INITIATION).size(), sim.trace());
        assertEquals(0, sent(bob, INITIATION).size());
        assertEquals(96, alice.inbox().size());
    }

    @Test
    void nothingIsSentOrAcceptedUnderASessionOfThreeMinutes() {
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        final byte[] kept = sent(alice, TRANSPORT).getFirst().bytes();
        sim.network().partition(bob, true);
        sim.runFor(181 * SECOND);
        final int before = sent(alice, TRANSPORT).size();
        alice.send(aliceToBob(2));
        sim.runFor(SECOND);
        assertEquals(before, sent(alice, TRANSPORT).size());
        sim.network().partition(bob, false);
        sim.network().transmit(alice, alice.address(), bob.address(), kept, 0);
        sim.runFor(SECOND);
        assertTrue(bob.device().counters().drops(DropReason.EXPIRED_SESSION) >= 1);
    }

    @Test
    void keysAreWipedNineMinutesAfterTheLastSession() {
        alice.send(aliceToBob(1));
        sim.runFor(539 * SECOND);
        assertFalse(alice.happenings().contains("keys wiped"));
        sim.runFor(3 * SECOND);
        assertTrue(alice.happenings().contains("keys wiped"), sim.trace());
        assertTrue(bob.happenings().contains("keys wiped"));
        assertEquals(Long.MAX_VALUE, alice.device().nextDeadlineNs(), "silence costs nothing");
    }

    @Test
    void replayedAndForgedPacketsAreDroppedAndCounted() {
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        final byte[] message = sent(alice, TRANSPORT).getFirst().bytes();
        sim.network().transmit(alice, alice.address(), bob.address(), message, 0);
        final byte[] forged = message.clone();
        forged[40] ^= 1;
        sim.network().transmit(alice, alice.address(), bob.address(), forged, 0);
        sim.runFor(SECOND);
        assertEquals(1, bob.inbox().size());
        assertEquals(1, bob.device().counters().drops(DropReason.REPLAYED));
        assertEquals(1, bob.device().counters().drops(DropReason.FORGED));
    }

    @Test
    void aForgedCounterDoesNotMoveTheReplayWindow() {
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        final byte[] ahead = sent(alice, TRANSPORT).getFirst().bytes().clone();
        ahead[13] = 1;
        sim.network().transmit(alice, alice.address(), bob.address(), ahead, 0);
        alice.send(aliceToBob(2));
        sim.runFor(SECOND);
        assertEquals(2, bob.inbox().size());
    }

    @Test
    void aPeerThatMovesIsFollowedOnAuthenticPacketsOnly() {
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        final var elsewhere = Packets.endpoint("203.0.113.9", 1234);
        final byte[] forged = sent(alice, TRANSPORT).getFirst().bytes().clone();
        forged[20] ^= 1;
        sim.network().transmit(alice, elsewhere, bob.address(), forged, 0);
        sim.runFor(SECOND);
        assertEquals(alice.address(), bob.peer(alice).endpoint());
        alice.move(elsewhere);
        alice.send(aliceToBob(2));
        sim.runFor(SECOND);
        assertEquals(elsewhere, bob.peer(alice).endpoint());
        bob.send(bobToAlice(3));
        sim.runFor(SECOND);
        assertEquals(1, alice.inbox().size());
    }

    @Test
    void aSourceOutsideTheAllowedIpsIsDropped() {
        alice.send(Packets.udp("10.0.0.9", "10.0.0.2", 1, 100));
        sim.runFor(SECOND);
        assertEquals(0, bob.inbox().size());
        assertEquals(1, bob.device().counters().drops(DropReason.SOURCE_NOT_ALLOWED));
    }

    @Test
    void aDestinationOfNobodyIsAnsweredWithHostUnreachable() {
        alice.send(Packets.udp("10.0.0.1", "10.9.9.9", 1, 100), Packets.udp("fd00::1", "fd00::99", 1, 100));
        assertEquals(2, alice.inbox().size());
        final byte[] v4 = alice.inbox().get(0);
        assertEquals(1, v4[9], "ICMP");
        assertEquals(3, v4[20], "destination unreachable");
        assertEquals(1, v4[21], "host");
        final byte[] v6 = alice.inbox().get(1);
        assertEquals(58, v6[6], "ICMPv6");
        assertEquals(1, v6[40], "destination unreachable");
        assertEquals(3, v6[41], "address");
        assertEquals(2, alice.device().counters().drops(DropReason.NO_PEER));
    }

    @Test
    void bytesAreCountedAsTheOtherSideCountsThem() {
        alice.send(aliceToBob(0));
        sim.runFor(SECOND);
        for (int i = 0; i < 50; i++) {
            alice.send(aliceToBob(i), Packets.udp("fd00::1", "fd00::2", i, 1420));
            bob.send(bobToAlice(i));
            sim.runFor(3 * SECOND);
        }
        sim.runFor(30 * SECOND);
        assertEquals(alice.peer(bob).txBytes(), bob.peer(alice).rxBytes());
        assertEquals(bob.peer(alice).txBytes(), alice.peer(bob).rxBytes());
        final long outside = sim.network().sent().stream().filter(d -> d.from() == alice).mapToLong(d -> d.bytes().length).sum();
        assertEquals(outside, alice.peer(bob).txBytes());
    }

    @Test
    void aFullPacketIsNotPaddedBeyondTheMtu() {
        alice.send(Packets.udp("10.0.0.1", "10.0.0.2", 1, 1420), Packets.udp("10.0.0.1", "10.0.0.2", 2, 1001));
        sim.runFor(SECOND);
        final List<Datagram> data = sent(alice, TRANSPORT);
        assertEquals(1420 + 32, data.get(0).bytes().length);
        assertEquals(1008 + 32, data.get(1).bytes().length);
        assertEquals(1001, bob.inbox().get(1).length);
    }

    @Test
    void handshakesCarryTheirDscpAndDataItsCongestionMark() {
        alice.send(Packets.withTos(aliceToBob(1), 0b10111010));
        sim.runFor(SECOND);
        assertEquals(0x88, sent(alice, INITIATION).getFirst().tos());
        assertEquals(0x88, sent(bob, RESPONSE).getFirst().tos());
        assertEquals(0b10, sent(alice, TRANSPORT).getFirst().tos(), "ECN is copied out, DSCP is not");
        final byte[] next = sent(alice, TRANSPORT).getFirst().bytes();
        assertNotEquals(0, next.length);
    }

    @Test
    void aPresharedKeyThatDiffersKeepsTheSessionFromBeingMade() {
        final PresharedKey psk = PresharedKey.generate(sim.randomSource());
        alice.addPeer(bob, bob.address(), psk, 0, "10.0.0.2/32");
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(0, bob.inbox().size());
        bob.addPeer(alice, alice.address(), psk, 0, "10.0.0.1/32");
        sim.runFor(10 * SECOND);
        assertEquals(1, bob.inbox().size(), sim.trace());
    }

    @Test
    void persistentKeepaliveSpeaksAtOnceAndThenAtItsInterval() {
        alice.addPeer(bob, bob.address(), null, 25, "10.0.0.2/32");
        sim.runFor(100 * SECOND);
        assertEquals(1, sent(alice, INITIATION).size());
        assertEquals(4, sent(alice, TRANSPORT).size(), sim.trace());
        assertEquals(0, sent(bob, TRANSPORT).size());
    }

    @Test
    void downIsSilenceAndUpStartsWhatPersistentKeepaliveAsksFor() {
        alice.addPeer(bob, bob.address(), null, 25, "10.0.0.2/32");
        sim.runFor(SECOND);
        alice.device().down();
        final int before = sim.network().sent().size();
        sim.runFor(600 * SECOND);
        assertEquals(before, sim.network().sent().stream().filter(d -> d.from() == alice).count() + sent(bob, RESPONSE).size());
        alice.device().up(sim.nowNs());
        sim.runFor(SECOND);
        assertEquals(2, sent(alice, INITIATION).size(), sim.trace());
    }

    @Test
    void aPrivateKeyThatComesLateStartsWhatWaits() {
        final SimNode carol = sim.node("carol", Packets.endpoint("203.0.113.3", 3));
        carol.device().privateKey(null, sim.nowNs());
        bob.addPeer(carol, "10.0.0.3/32");
        carol.addPeer(bob, bob.address(), null, 25, "10.0.0.2/32");
        sim.runFor(SECOND);
        assertEquals(0, sent(carol, INITIATION).size());
        carol.device().privateKey(carol.privateKey(), sim.nowNs());
        sim.runFor(SECOND);
        assertEquals(1, sent(carol, INITIATION).size());
        assertTrue(carol.happenings().contains("handshake completed as initiator"));
    }

    @Test
    void bothSidesInitiatingAtOnceStillEndsInASession() {
        alice.send(aliceToBob(1));
        bob.send(bobToAlice(2));
        sim.runFor(20 * SECOND);
        assertEquals(1, alice.inbox().size(), sim.trace());
        assertEquals(1, bob.inbox().size(), sim.trace());
    }

    @Test
    void aRemovedPeerLeavesNothingBehind() {
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        alice.removePeer(bob);
        assertEquals(Long.MAX_VALUE, alice.device().nextDeadlineNs());
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        assertEquals(0, alice.inbox().size());
        assertEquals(1, alice.device().counters().drops(DropReason.UNKNOWN_INDEX));
    }

    @Test
    void ourOwnOuterPacketLedBackIntoTheTunnelIsCut() {
        alice.configure();
        alice.addPeer(bob, bob.address(), null, 0, "0.0.0.0/0");
        final byte[] looped = Packets.udp("192.0.2.1", "198.51.100.2", 1, 100);
        final java.nio.ByteBuffer b = java.nio.ByteBuffer.wrap(looped);
        b.putShort(20, (short) 51820).putShort(22, (short) 51821);
        alice.send(looped);
        sim.runFor(SECOND);
        assertEquals(1, alice.device().counters().drops(DropReason.ENCAPSULATION_LOOP));
        assertEquals(0, sim.network().sent().size());
    }
}
