package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wgjvm.core.noise.HandshakeGate.Admission.ACCEPT;
import static org.wgjvm.core.noise.HandshakeGate.Admission.ANSWER_WITH_COOKIE;
import static org.wgjvm.core.noise.HandshakeGate.Admission.DROP_BAD_MAC1;
import static org.wgjvm.core.noise.HandshakeGate.Admission.DROP_RATE_LIMITED;

import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;

/** The load detector, and the gate that joins it with cookies and the rate limit. */
final class HandshakeGateTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MS = 1_000_000L;

    private final Party[] pair = Party.pair(3);
    private final Party sender = pair[0];
    private final Party receiver = pair[1];
    private final LoadDetector load = new LoadDetector();
    private final HandshakeRateLimiter limiter = new HandshakeRateLimiter(receiver.random);
    private final HandshakeGate gate = new HandshakeGate(receiver.identity, receiver.random, load, limiter);
    private final byte[] initiation = sender.initiation();
    private long now = 5 * SECOND;

    /** 2000 messages at once, from as many forged addresses. */
    private void flood() {
        for (int i = 0; i < 2000; i++) {
            gate.admit(initiation, Endpoint.v4(0xc6336400 + i, 1), now);
        }
        assertTrue(load.underLoad(now));
    }

    @Test
    void aSteadyStreamBelowTheRateIsNoLoadHoweverLongItLasts() {
        final LoadDetector detector = new LoadDetector();
        for (long i = 0; i < 600_000; i++) {
            assertFalse(detector.onHandshakeMessage(i * MS));
        }
    }

    @Test
    void theHandshakesOfAQuietDayNeverAddUp() {
        final LoadDetector detector = new LoadDetector();
        for (long i = 0; i < 20_000; i++) {
            assertFalse(detector.onHandshakeMessage(i * 5 * SECOND));
        }
    }

    @Test
    void aMachineThatAnswersFewerThanTheRateIsUnderLoadWhenTheyPileUp() {
        final LoadDetector detector = new LoadDetector();
        // It answers 100 a second, so that arrivals, counted when it is their turn, never exceed the rate; the queue grows all the same.
        for (int waiting = 0; waiting <= LoadDetector.DEFAULT_THRESHOLD; waiting++) {
            detector.onQueueLength(waiting, now);
            assertFalse(detector.onHandshakeMessage(now));
            now += 10 * MS;
        }
        detector.onQueueLength(LoadDetector.DEFAULT_THRESHOLD + 1, now);
        assertTrue(detector.onHandshakeMessage(now));
        assertFalse(detector.underLoad(now + SECOND), "and for one second after");
    }

    @Test
    void someHundredPeersAtOnceAreNoLoad() {
        final LoadDetector detector = new LoadDetector();
        for (int i = 0; i < LoadDetector.DEFAULT_THRESHOLD; i++) {
            assertFalse(detector.onHandshakeMessage(now));
        }
        assertTrue(detector.onHandshakeMessage(now));
    }

    @Test
    void loadSticksForASecond() {
        final LoadDetector detector = new LoadDetector(1000, 1);
        assertFalse(detector.underLoad(now));
        detector.onHandshakeMessage(now);
        assertTrue(detector.onHandshakeMessage(now));
        assertTrue(detector.underLoad(now + SECOND - 1));
        assertFalse(detector.underLoad(now + SECOND));
    }

    @Test
    void theEndOfAFloodOfAnySizeIsNoticed() {
        final LoadDetector detector = new LoadDetector();
        for (int i = 0; i < 1_000_000; i++) {
            detector.onHandshakeMessage(now);
        }
        now += 512 * MS;
        // The first peer after that still meets a cookie, but does not prolong the state by more than its own second.
        assertTrue(detector.onHandshakeMessage(now));
        now += SECOND;
        assertFalse(detector.onHandshakeMessage(now));
    }

    @Test
    void theSmallestBudgetIsOneAndTheLargestAMillion() {
        final LoadDetector least = new LoadDetector(1, 1);
        assertFalse(least.onHandshakeMessage(0));
        assertTrue(least.onHandshakeMessage(0));
        assertFalse(new LoadDetector(1_000_000, 1_000_000).onHandshakeMessage(0));
    }

    @Test
    void aBudgetOfNothingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new LoadDetector(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new LoadDetector(1, 0));
    }

    @Test
    void withoutLoadMac1IsEnough() {
        assertEquals(ACCEPT, gate.admit(initiation, TestEndpoints.A, now));
    }

    /** The rate limit of a source is no matter of a quiet day: forged addresses could use up somebody's tokens. */
    @Test
    void withoutLoadNobodyIsLimited() {
        for (int i = 0; i < 500; i++) {
            assertEquals(ACCEPT, gate.admit(initiation, TestEndpoints.A, now));
        }
        assertEquals(0, limiter.size());
    }

    @Test
    void strangersToOurKeyCannotPutUsUnderLoad() {
        final byte[] bad = initiation.clone();
        bad[120] ^= 1;
        for (int i = 0; i < 100_000; i++) {
            assertEquals(DROP_BAD_MAC1, gate.admit(bad, TestEndpoints.A, now));
        }
        assertEquals(ACCEPT, gate.admit(initiation, TestEndpoints.A, now));
    }

    @Test
    void underLoadASenderProvesItsAddressAndIsAdmitted() {
        flood();
        assertEquals(ANSWER_WITH_COOKIE, gate.admit(initiation, TestEndpoints.A, now));
        final byte[] reply = gate.createCookieReply(initiation, TestEndpoints.A, now, receiver.aead);
        assertEquals(HandshakeResult.OK, sender.generator.consumeReply(reply, sender.aead, now));
        final byte[] again = sender.initiation();
        assertEquals(ACCEPT, gate.admit(again, TestEndpoints.A, now));
        assertEquals(ANSWER_WITH_COOKIE, gate.admit(again, TestEndpoints.A_OTHER_PORT, now));
    }

    @Test
    void underLoadAProvenSourceIsLimitedAndOthersAreNot() {
        flood();
        final byte[] fromA = proven(TestEndpoints.A);
        for (int i = 0; i < 5; i++) {
            assertEquals(ACCEPT, gate.admit(fromA, TestEndpoints.A, now));
        }
        assertEquals(DROP_RATE_LIMITED, gate.admit(fromA, TestEndpoints.A, now));
        final byte[] fromB = proven(TestEndpoints.B);
        assertEquals(ACCEPT, gate.admit(fromB, TestEndpoints.B, now));
        now += SECOND / 20;
        flood();
        assertEquals(ACCEPT, gate.admit(fromA, TestEndpoints.A, now));
        assertEquals(DROP_RATE_LIMITED, gate.admit(fromA, TestEndpoints.A, now));
    }

    @Test
    void theLimiterForgetsAfterTheLoad() {
        flood();
        assertEquals(ACCEPT, gate.admit(proven(TestEndpoints.A), TestEndpoints.A, now));
        assertEquals(1, limiter.size());
        now += 10 * SECOND;
        assertEquals(ACCEPT, gate.admit(initiation, TestEndpoints.B, now));
        assertEquals(0, limiter.size());
    }

    @Test
    void theLoadEnds() {
        flood();
        now += 2 * SECOND;
        assertEquals(ACCEPT, gate.admit(initiation, TestEndpoints.A, now));
    }

    private byte[] proven(Endpoint from) {
        sender.generator.sign(initiation, now);
        final byte[] reply = gate.createCookieReply(initiation, from, now, receiver.aead);
        assertEquals(HandshakeResult.OK, sender.generator.consumeReply(reply, sender.aead, now));
        final byte[] message = initiation.clone();
        sender.generator.sign(message, now);
        return message;
    }
}
