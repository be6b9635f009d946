package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.core.sim.SimNetwork.Datagram;

/** Section 6 of the paper (timers and the stateless user interface), sentence by sentence, as two devices live it. */
final class PaperTimersTest extends TwoPeers {
    // 6.1, preliminaries, and the introduction: silence is a virtue.

    @Test
    void withNothingToSendNothingIsSentAndNoTimerRuns() {
        sim.runFor(86_400 * SECOND);
        assertEquals(0, sim.network().sent().size());
        assertEquals(Long.MAX_VALUE, alice.device().nextDeadlineNs());
    }

    @Test
    void afterTheConversationThereIsSilenceAgain() {
        connect();
        bob.send(bobToAlice(1));
        sim.runFor(60 * SECOND);
        final int before = sim.network().sent().size();
        sim.runFor(86_400 * SECOND);
        assertEquals(before, sim.network().sent().size(), sim.trace());
    }

    // 6.2, transport message limits.

    @Test
    void afterRekeyAfterMessagesTheInitiatorAsksForANewSessionAndMeanwhileUsesTheOldOne() {
        connect();
        currentOf(alice, bob).advanceCounter(REKEY_AFTER_MESSAGES - 1);
        alice.send(aliceToBob(1));
        sim.runFor(6 * SECOND);
        assertEquals(1, sent(alice, INITIATION).size(), "2^60 messages exactly");
        alice.send(aliceToBob(2));
        sim.runFor(SECOND);
        assertEquals(2, sent(alice, INITIATION).size());
        assertEquals(List.of(1L, 2L), ids(bob), sim.trace());
        assertTrue(Long.compareUnsigned(currentOf(alice, bob).sendCounter(), 10) < 0, "the new session counts from zero");
    }

    @Test
    void afterRekeyAfterMessagesTheResponderAsksForANewSessionToo() {
        connect();
        sim.runFor(6 * SECOND);
        currentOf(bob, alice).advanceCounter(REKEY_AFTER_MESSAGES + 1);
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        assertEquals(1, sent(bob, INITIATION).size());
        assertEquals(List.of(1L), ids(alice), sim.trace());
    }

    @Test
    void atRejectAfterMessagesNothingMoreIsSentUnderTheSessionAndWhatWasToBeSentWaitsForTheNext() {
        connect();
        sim.runFor(6 * SECOND);
        final Keypair old = currentOf(alice, bob);
        old.advanceCounter(REJECT_AFTER_MESSAGES - 2);
        alice.send(aliceToBob(1), aliceToBob(2), aliceToBob(3), aliceToBob(4));
        assertEquals(REJECT_AFTER_MESSAGES, old.sendCounter());
        sim.runFor(SECOND);
        assertEquals(List.of(1L, 2L, 3L, 4L), ids(bob), sim.trace());
        assertNotEquals(old, currentOf(alice, bob));
    }

    @Test
    void theResponderLeavesRekeyingByAgeToTheInitiator() {
        connect();
        sim.runFor(REKEY_AFTER_TIME);
        for (int i = 0; i < 50; i++) {
            bob.send(bobToAlice(i));
            sim.runFor(SECOND / 2);
        }
        assertEquals(0, sent(bob, INITIATION).size());
    }

    @Test
    void theInitiatorWaitsForDataBeforeItRekeys() {
        connect();
        sim.runFor(REKEY_AFTER_TIME + 20 * SECOND);
        assertEquals(1, sent(alice, INITIATION).size(), "age alone is no reason");
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(2, sent(alice, INITIATION).size());
        assertEquals(List.of(1L), ids(bob));
    }

    @Test
    void theInitiatorAsksInTheLastSecondsOnReceivingButNotBefore() {
        connect();
        final long madeNs = sent(alice, INITIATION).getFirst().sentNs();
        sim.runUntil(madeNs + REJECT_AFTER_TIME - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT - SECOND);
        bob.send(bobToAlice(1));
        sim.runFor(SECOND / 2);
        assertEquals(1, sent(alice, INITIATION).size(), sim.trace());
        sim.runUntil(madeNs + REJECT_AFTER_TIME - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT + SECOND);
        bob.send(bobToAlice(2));
        sim.runFor(SECOND / 2);
        assertEquals(2, sent(alice, INITIATION).size(), sim.trace());
    }

    @Test
    void noMoreThanOneInitiationIsSentInRekeyTimeoutHoweverMuchThereIsToSend() {
        sim.network().partition(bob, true);
        for (int i = 0; i < 600; i++) {
            alice.send(aliceToBob(i));
            sim.runFor(SECOND / 10);
        }
        final List<Datagram> initiations = sent(alice, INITIATION);
        for (int i = 1; i < initiations.size(); i++) {
            assertTrue(initiations.get(i).sentNs() - initiations.get(i - 1).sentNs() >= REKEY_TIMEOUT, sim.trace());
        }
        assertTrue(initiations.size() >= 11, "and not far less: " + initiations.size());
    }

    // 6.3, key rotation.

    @Test
    void packetsOfTheOldSessionAreStillAcceptedAfterTheNewOneBegan() {
        connect();
        sim.runFor(REKEY_AFTER_TIME);
        bob.send(bobToAlice(1));
        final byte[] late = lastSent(bob, TRANSPORT).bytes();
        sim.runFor(SECOND);
        alice.inbox().clear();
        sim.network().dropping(d -> d.from() == bob && d.type() == TRANSPORT);
        bob.send(bobToAlice(2));
        final byte[] underOld = lastSent(bob, TRANSPORT).bytes();
        sim.network().dropping(d -> false);
        alice.send(aliceToBob(3));
        sim.runFor(SECOND);
        assertEquals(2, sent(alice, INITIATION).size());
        inject(bob.address(), alice, underOld);
        inject(bob.address(), alice, late);
        sim.runFor(SECOND);
        assertEquals(List.of(2L), ids(alice), "the late one once, the replayed one not again");
    }

    @Test
    void theResponderSendsUnderTheOldSessionUntilTheNewOneIsConfirmed() {
        connect();
        final int old = index(lastSent(alice, TRANSPORT));
        sim.runFor(REKEY_AFTER_TIME);
        final Keypair before = currentOf(bob, alice);
        sim.network().dropping(d -> d.from() == alice && d.type() == TRANSPORT);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        bob.send(bobToAlice(2));
        assertEquals(before, currentOf(bob, alice));
        sim.runFor(SECOND);
        assertEquals(List.of(2L), ids(alice), sim.trace());
        sim.network().dropping(d -> false);
        alice.send(aliceToBob(3));
        sim.runFor(SECOND);
        assertNotEquals(before, currentOf(bob, alice), "confirmed");
        assertNotEquals(old, index(lastSent(alice, TRANSPORT)));
    }

    @Test
    void keysGoNineMinutesAfterTheLastSessionWhenHandshakesFail() {
        connect();
        sim.runFor(REKEY_AFTER_TIME);
        sim.network().partition(bob, true);
        final long cutNs = sim.nowNs();
        while (sim.nowNs() - cutNs < 430 * SECOND) {
            alice.send(aliceToBob(1));
            sim.runFor(SECOND);
        }
        assertTrue(alice.happenings().contains("keys wiped"), sim.trace());
        assertEquals(null, currentOf(alice, bob));
    }

    @Test
    void theKeysOfAHandshakeThatWasGivenUpGoToo() {
        sim.network().partition(bob, true);
        alice.send(aliceToBob(1));
        sim.runFor(REKEY_ATTEMPT_TIME + 30 * SECOND);
        assertTrue(alice.happenings().contains("handshake given up"));
        sim.runFor(3 * REJECT_AFTER_TIME);
        assertEquals(null, DeviceProbe.remains(alice.device()), sim.trace());
    }

    // 6.4, handshake initiation retransmission.

    @Test
    void dataThatIsSentMeanwhileBeginsTheAttemptsAnew() {
        sim.network().partition(bob, true);
        for (int i = 0; i < 20; i++) {
            alice.send(aliceToBob(i));
            sim.runFor(10 * SECOND);
        }
        assertTrue(sent(alice, INITIATION).size() > 30, "over 200 s: " + sent(alice, INITIATION).size());
        assertTrue(!alice.happenings().contains("handshake given up"));
    }

    @Test
    void afterGivingUpWhatWaitedIsGoneAndNewDataTriesAgain() {
        sim.network().partition(bob, true);
        alice.send(aliceToBob(1));
        sim.runFor(REKEY_ATTEMPT_TIME + 30 * SECOND);
        assertEquals(1, drops(alice, DropReason.STAGED_OVERFLOW));
        sim.network().partition(bob, false);
        sim.runFor(60 * SECOND);
        assertEquals(List.of(), ids(bob));
        alice.send(aliceToBob(2));
        sim.runFor(SECOND);
        assertEquals(List.of(2L), ids(bob), sim.trace());
    }

    @Test
    void everyRetransmissionIsANewInitiationWithAnEphemeralIndexAndTimestampOfItsOwn() {
        sim.network().partition(bob, true);
        alice.send(aliceToBob(1));
        sim.runFor(REKEY_ATTEMPT_TIME);
        final List<byte[]> initiations = sent(alice, INITIATION).stream().map(Datagram::bytes).toList();
        assertTrue(initiations.size() > 10);
        for (final int[] part : new int[][] {{4, 8}, {8, 40}, {40, 88}, {88, 116}}) {
            final Set<String> seen = new HashSet<>();
            for (byte[] message : initiations) {
                seen.add(HexFormat.of().formatHex(message, part[0], part[1]));
            }
            assertEquals(initiations.size(), seen.size(), "bytes " + part[0] + " to " + part[1]);
        }
        // Each is later than the one before: its responder takes them in the order in which they were made, and in no other.
        sim.network().partition(bob, false);
        sim.network().partition(alice, true);
        inject(alice.address(), bob, initiations.get(5));
        sim.runFor(SECOND);
        inject(alice.address(), bob, initiations.get(4));
        inject(alice.address(), bob, initiations.get(5));
        inject(alice.address(), bob, initiations.get(6));
        sim.runFor(SECOND);
        assertEquals(2, sent(bob, RESPONSE).stream().filter(d -> receiverOf(d) == senderOf(initiations.get(5))
                || receiverOf(d) == senderOf(initiations.get(6))).count());
        assertEquals(0, sent(bob, RESPONSE).stream().filter(d -> receiverOf(d) == senderOf(initiations.get(4))).count());
    }

    private static int senderOf(byte[] initiation) {
        return ByteBuffer.wrap(initiation).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    }

    private static int receiverOf(Datagram response) {
        return ByteBuffer.wrap(response.bytes()).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
    }

    @Test
    void theJitterOfRetransmissionsIsRandom() {
        sim.network().partition(bob, true);
        alice.send(aliceToBob(1));
        sim.runFor(REKEY_ATTEMPT_TIME);
        final List<Datagram> initiations = sent(alice, INITIATION);
        final Set<Long> gaps = new HashSet<>();
        for (int i = 1; i < initiations.size(); i++) {
            gaps.add((initiations.get(i).sentNs() - initiations.get(i - 1).sentNs()) / MILLISECOND);
        }
        assertTrue(gaps.size() > 10, "gaps in ms: " + gaps);
    }

    @Test
    void aLostResponseIsMadeGoodByTheNextInitiation() {
        sim.network().dropping(d -> d.type() == RESPONSE && sent(bob, RESPONSE).size() == 1);
        alice.send(aliceToBob(1));
        sim.runFor(REKEY_TIMEOUT + SECOND);
        assertEquals(2, sent(alice, INITIATION).size());
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    // 6.5, passive keepalive.

    @Test
    void whoAnswersInTimeSendsNoKeepalive() {
        connect();
        sim.runFor(20 * SECOND);
        final int before = sent(bob, TRANSPORT).size();
        alice.send(aliceToBob(1));
        sim.runFor(9 * SECOND);
        bob.send(bobToAlice(2));
        sim.runFor(5 * SECOND);
        assertEquals(before + 1, sent(bob, TRANSPORT).size(), sim.trace());
        assertNotEquals(KEEPALIVE_LENGTH, lastSent(bob, TRANSPORT).bytes().length);
    }

    @Test
    void aSteadyOneWayStreamIsAcknowledgedEveryTenSecondsAndNeverRehandshaken() {
        connect();
        for (int i = 0; i < 100; i++) {
            alice.send(aliceToBob(i));
            sim.runFor(SECOND);
        }
        final long keepalives = sent(bob, TRANSPORT).size();
        assertTrue(keepalives >= 9 && keepalives <= 11, "in 100 s: " + keepalives);
        assertEquals(1, sent(alice, INITIATION).size(), sim.trace());
    }

    @Test
    void aKeepaliveIsEnoughToKnowThatThePeerIsThere() {
        connect();
        alice.send(aliceToBob(1));
        sim.runFor(30 * SECOND);
        assertEquals(1, sent(alice, INITIATION).size());
    }

    @Test
    void aPeerThatIsSilentTooLongIsAskedForANewSession() {
        connect();
        sim.runFor(20 * SECOND);
        sim.network().dropping(d -> d.from() == bob && d.type() == TRANSPORT);
        alice.send(aliceToBob(1));
        final long sentNs = sim.nowNs();
        sim.runFor(20 * SECOND);
        final long after = lastSent(alice, INITIATION).sentNs() - sentNs;
        assertTrue(after >= KEEPALIVE_TIMEOUT + REKEY_TIMEOUT && after <= KEEPALIVE_TIMEOUT + REKEY_TIMEOUT + JITTER, "after " + after);
    }

    @Test
    void persistentKeepaliveGoesOnForEverThoughThePeerIsAway() {
        alice.configure(change(bob, null, 3, false));
        sim.network().partition(bob, true);
        sim.runFor(3600 * SECOND);
        final int before = sent(alice, INITIATION).size();
        assertTrue(before > 3600 / 7, "initiations in an hour: " + before);
        sim.network().partition(bob, false);
        sim.runFor(10 * SECOND);
        assertTrue(alice.happenings().contains("handshake completed as initiator"), sim.trace());
    }

    @Test
    void aFullPacketAndAKeepaliveHaveTheirLengths() {
        connect();
        alice.send(Packets.udp("fd00::1", "fd00::2", 1, 1420));
        sim.runFor(12 * SECOND);
        assertEquals(1420 + 32, lastSent(alice, TRANSPORT).bytes().length);
        assertEquals(KEEPALIVE_LENGTH, lastSent(bob, TRANSPORT).bytes().length);
    }

    private static int index(Datagram transport) {
        return java.nio.ByteBuffer.wrap(transport.bytes()).getInt(4);
    }
}
