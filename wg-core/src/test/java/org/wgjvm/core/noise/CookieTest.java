package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wgjvm.core.noise.HandshakeResult.INVALID;
import static org.wgjvm.core.noise.HandshakeResult.OK;
import static org.wgjvm.core.noise.HandshakeResult.WRONG_STATE;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;

/** mac1, mac2 and cookies (paper, sections 5.4.4 and 5.4.7). */
final class CookieTest {
    private static final long SECOND = 1_000_000_000L;

    private final Party[] pair = Party.pair(3);
    private final Party sender = pair[0];
    private final Party receiver = pair[1];
    private final CookieGenerator generator = sender.generator;
    private final CookieChecker checker = receiver.checker;

    private byte[] signed(int length, long nowNs) {
        final byte[] message = new SeededRandom(length).bytes(length);
        generator.sign(message, nowNs);
        return message;
    }

    /** The sender asks from {@code from} and has the cookie afterwards. */
    private void fetchCookie(Endpoint from, long nowNs) {
        final byte[] reply = checker.createReply(signed(148, nowNs), from, nowNs, receiver.aead);
        assertEquals(OK, generator.consumeReply(reply, sender.aead, nowNs));
    }

    @Test
    void mac1IsThatOfThePaper() {
        final byte[] m = signed(148, 0);
        final byte[] key = PaperHandshake.hash(PaperHandshake.LABEL_MAC1, receiver.identity.publicKey().toBytes());
        assertArrayEquals(PaperHandshake.mac(key, Arrays.copyOf(m, 116)), Arrays.copyOfRange(m, 116, 132));
        assertArrayEquals(new byte[16], Arrays.copyOfRange(m, 132, 148));
    }

    @Test
    void mac1SaysThatTheSenderKnowsUs() {
        for (int length : new int[] {33, 92, 148, 200}) {
            final byte[] m = signed(length, 0);
            assertTrue(checker.mac1Valid(m));
            assertFalse(new Party(50).checker.mac1Valid(m));
            m[5] ^= 0x20;
            assertFalse(checker.mac1Valid(m));
        }
    }

    @Test
    void withoutACookieMac2IsNotValid() {
        assertFalse(checker.mac2Valid(signed(148, 0), TestEndpoints.A, 0));
    }

    @Test
    void withACookieEveryMessageHasAValidMac2() {
        fetchCookie(TestEndpoints.A, 0);
        for (int length : new int[] {33, 92, 148, 200}) {
            final byte[] m = signed(length, SECOND);
            assertTrue(checker.mac1Valid(m));
            assertTrue(checker.mac2Valid(m, TestEndpoints.A, SECOND));
            for (int i = 0; i < length; i++) {
                final byte[] bad = m.clone();
                bad[i] ^= (byte) (1 << (i % 8));
                assertFalse(checker.mac2Valid(bad, TestEndpoints.A, SECOND), "byte " + i);
            }
        }
    }

    @Test
    void mac2IsThatOfThePaper() {
        // A secret of ours, so that the cookie can be computed here: MAC(secret, address and port), and MAC(cookie, message and mac1).
        final byte[] secret = new SeededRandom(99).bytes(32);
        final CookieChecker known =
                new CookieChecker(receiver.identity, out -> System.arraycopy(secret, 0, out, 0, Math.min(out.length, secret.length)));
        final byte[] reply = known.createReply(signed(148, 0), TestEndpoints.A, 0, receiver.aead);
        assertEquals(OK, generator.consumeReply(reply, sender.aead, 0));
        final byte[] m = signed(148, 0);
        final byte[] cookie = PaperHandshake.mac(secret, new byte[] {(byte) 192, 0, 2, 1, (byte) 0xca, 0x6c});
        assertArrayEquals(PaperHandshake.mac(cookie, Arrays.copyOf(m, 132)), Arrays.copyOfRange(m, 132, 148));
    }

    @Test
    void aCookieIsBoundToAddressAndPort() {
        fetchCookie(TestEndpoints.A, 0);
        final byte[] m = signed(148, 0);
        assertTrue(checker.mac2Valid(m, TestEndpoints.A, 0));
        assertFalse(checker.mac2Valid(m, TestEndpoints.A_OTHER_PORT, 0));
        assertFalse(checker.mac2Valid(m, TestEndpoints.B, 0));
        assertFalse(checker.mac2Valid(m, TestEndpoints.SIX, 0));
        fetchCookie(TestEndpoints.SIX, 0);
        final byte[] six = signed(148, 0);
        assertTrue(checker.mac2Valid(six, TestEndpoints.SIX, 0));
        assertFalse(checker.mac2Valid(six, TestEndpoints.SIX_OTHER_PORT, 0));
        assertFalse(checker.mac2Valid(six, TestEndpoints.SIX_SAME_NET, 0));
        assertFalse(checker.mac2Valid(six, TestEndpoints.SIX_OTHER_NET, 0));
        assertFalse(checker.mac2Valid(six, TestEndpoints.A, 0));
    }

    @Test
    void theStickySourceDoesNotMatter() {
        fetchCookie(TestEndpoints.A, 0);
        assertTrue(checker.mac2Valid(signed(148, 0), TestEndpoints.A.withLocal(0, 0x7f000001, 3), 0));
    }

    @Test
    void aCookieIsUsedFor115Seconds() {
        fetchCookie(TestEndpoints.A, 0);
        assertTrue(generator.cookieValid(115 * SECOND - 1));
        assertTrue(checker.mac2Valid(signed(148, 115 * SECOND - 1), TestEndpoints.A, 115 * SECOND - 1));
        assertFalse(generator.cookieValid(115 * SECOND));
        final byte[] m = signed(148, 115 * SECOND);
        assertArrayEquals(new byte[16], Arrays.copyOfRange(m, 132, 148));
        // It is gone for good.
        assertFalse(generator.cookieValid(0));
    }

    @Test
    void theSecretChangesAfter120Seconds() {
        fetchCookie(TestEndpoints.A, 0);
        final byte[] m = signed(148, 0);
        assertTrue(checker.mac2Valid(m, TestEndpoints.A, 120 * SECOND - 1));
        assertFalse(checker.mac2Valid(m, TestEndpoints.A, 120 * SECOND));
        // And the new one lives for as long.
        fetchCookie(TestEndpoints.A, 121 * SECOND);
        final byte[] again = signed(148, 121 * SECOND);
        assertTrue(checker.mac2Valid(again, TestEndpoints.A, 240 * SECOND - 1));
        assertFalse(checker.mac2Valid(again, TestEndpoints.A, 240 * SECOND));
    }

    @Test
    void theReplyAnswersTheSendersIndex() {
        final byte[] initiation = sender.initiation();
        final byte[] reply = checker.createReply(initiation, TestEndpoints.A, 0, receiver.aead);
        assertEquals(Messages.COOKIE_REPLY_LENGTH, reply.length);
        assertEquals(MessageType.COOKIE_REPLY, Messages.type(reply));
        assertEquals(sender.handshake.localIndex(), Messages.receiver(reply));
    }

    @Test
    void everyReplyHasANonceOfItsOwn() {
        final byte[] m = signed(148, 0);
        final byte[] one = checker.createReply(m, TestEndpoints.A, 0, receiver.aead);
        final byte[] two = checker.createReply(m, TestEndpoints.A, 0, receiver.aead);
        assertFalse(Arrays.equals(one, 8, 32, two, 8, 32));
        assertFalse(Arrays.equals(one, 32, 64, two, 32, 64));
    }

    @Test
    void aReplyCountsOnce() {
        final byte[] reply = checker.createReply(signed(148, 0), TestEndpoints.A, 0, receiver.aead);
        assertEquals(OK, generator.consumeReply(reply, sender.aead, 0));
        assertEquals(WRONG_STATE, generator.consumeReply(reply, sender.aead, SECOND));
        assertFalse(generator.cookieValid(115 * SECOND), "a replay must not prolong the cookie");
    }

    @Test
    void aReplyToNothingIsRefused() {
        final byte[] reply = checker.createReply(signed(148, 0), TestEndpoints.A, 0, receiver.aead);
        final CookieGenerator silent = new CookieGenerator(receiver.identity.publicKey());
        assertEquals(WRONG_STATE, silent.consumeReply(reply, sender.aead, 0));
    }

    @Test
    void aReplyToAnEarlierMessageIsRefused() {
        final byte[] reply = checker.createReply(signed(148, 0), TestEndpoints.A, 0, receiver.aead);
        signed(92, 0);
        assertEquals(INVALID, generator.consumeReply(reply, sender.aead, 0));
        assertFalse(generator.cookieValid(0));
    }

    @Test
    void aReplyFromSomebodyElseIsRefusedAndTheRightOneStillCounts() {
        final byte[] m = signed(148, 0);
        final byte[] forged = new Party(50).checker.createReply(m, TestEndpoints.A, 0, receiver.aead);
        assertEquals(INVALID, generator.consumeReply(forged, sender.aead, 0));
        assertEquals(OK, generator.consumeReply(checker.createReply(m, TestEndpoints.A, 0, receiver.aead), sender.aead, 0));
    }

    @Test
    void aForgedReplyLeavesTheCookieAlone() {
        fetchCookie(TestEndpoints.A, 0);
        final byte[] m = signed(148, 0);
        final byte[] forged = checker.createReply(m, TestEndpoints.B, 0, receiver.aead);
        forged[40] ^= 1;
        assertEquals(INVALID, generator.consumeReply(forged, sender.aead, 0));
        assertTrue(checker.mac2Valid(signed(148, 0), TestEndpoints.A, 0));
    }

    @Test
    void closingForgets() {
        fetchCookie(TestEndpoints.A, 0);
        final byte[] m = signed(148, 0);
        checker.close();
        assertFalse(checker.mac2Valid(m, TestEndpoints.A, 0));
        // The wiped secret, which everybody knows, must not be taken for one.
        fetchCookie(TestEndpoints.A, 0);
        final byte[] afterwards = signed(148, 0);
        assertTrue(checker.mac2Valid(afterwards, TestEndpoints.A, 0));
        checker.close();
        assertFalse(checker.mac2Valid(afterwards, TestEndpoints.A, 0));
        generator.close();
        assertFalse(generator.cookieValid(0));
        assertArrayEquals(new byte[16], Arrays.copyOfRange(signed(148, 0), 132, 148));
    }
}
