package org.wgjvm.core.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.Aeads;

/** Which session gives way to which (paper, section 6.3), and what one session allows, at its edges. */
final class KeypairsTest {
    private static final long REJECT_AFTER_TIME_NS = TimeUnit.SECONDS.toNanos(180);
    private static final long REJECT_AFTER_MESSAGES = -1L - 8128 - 1;

    private final List<Keypair> retired = new ArrayList<>();
    private final Keypairs keypairs = new Keypairs(retired::add);
    private int made;

    private static AeadKey key(int fill) {
        final byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return new AeadKey(bytes, 0);
    }

    private Keypair keypair(boolean initiator) {
        made++;
        return new Keypair(this, key(1), key(2), made, 100 + made, initiator, 0);
    }

    private Keypair add(boolean initiator) {
        final Keypair fresh = keypair(initiator);
        keypairs.add(fresh);
        return fresh;
    }

    private void expect(Keypair previous, Keypair current, Keypair next, Keypair... gone) {
        assertSame(previous, keypairs.previous());
        assertSame(current, keypairs.current());
        assertSame(next, keypairs.next());
        assertEquals(List.of(gone), retired);
    }

    @Test
    void anInitiatorsSessionIsTheCurrentOneAtOnceAndTheThirdPushesOutTheFirst() {
        final Keypair a = add(true);
        expect(null, a, null);
        final Keypair b = add(true);
        expect(a, b, null);
        final Keypair c = add(true);
        expect(b, c, null, a);
    }

    @Test
    void aRespondersSessionWaitsAndThePreviousOneGoesAtOnce() {
        final Keypair a = add(true);
        final Keypair b = add(true);
        final Keypair waiting = add(false);
        expect(null, b, waiting, a);
        final Keypair second = add(false);
        expect(null, b, second, a, waiting);
    }

    @Test
    void theFirstPacketOfTheWaitingSessionMakesItCurrentAndNoOtherDoes() {
        final Keypair a = add(true);
        final Keypair waiting = add(false);
        assertFalse(keypairs.received(a));
        expect(null, a, waiting);
        assertTrue(keypairs.received(waiting));
        expect(a, waiting, null);
        assertFalse(keypairs.received(waiting));
        expect(a, waiting, null);
    }

    @Test
    void aWaitingSessionOutlivesTheCurrentOneWhenAnInitiatorsComesBetween() {
        final Keypair a = add(true);
        final Keypair waiting = add(false);
        final Keypair c = add(true);
        expect(waiting, c, null, a);
    }

    @Test
    void clearRetiresAllThree() {
        final Keypair a = add(true);
        final Keypair b = add(true);
        keypairs.clear();
        expect(null, null, null, a, b);
        retired.clear();
        final Keypair c = add(true);
        final Keypair d = add(false);
        keypairs.clear();
        expect(null, null, null, c, d);
        keypairs.clear();
        expect(null, null, null, c, d);
    }

    @Test
    void whenOurKeyChangesNeitherTheCurrentNorTheWaitingSessionSends() {
        keypairs.stopSending();
        final Keypair a = add(true);
        final Keypair waiting = add(false);
        assertTrue(a.canSend(0) && waiting.canSend(0));
        keypairs.stopSending();
        assertFalse(a.canSend(0) || waiting.canSend(0));
        assertTrue(a.canReceive(0) && waiting.canReceive(0), "what is under way is still opened");
    }

    @Test
    void aSessionSendsAndReceivesUntilItsLastNanosecond() {
        final Keypair k = keypair(true);
        assertTrue(k.canSend(REJECT_AFTER_TIME_NS - 1) && k.canReceive(REJECT_AFTER_TIME_NS - 1));
        assertFalse(k.canSend(REJECT_AFTER_TIME_NS) || k.canReceive(REJECT_AFTER_TIME_NS));
        assertTrue(k.isOlderThan(5, 5));
        assertFalse(k.isOlderThan(6, 5));
    }

    @Test
    void countersGoUpToTheLimitAndNeverBack() {
        final Keypair k = keypair(true);
        assertEquals(0, k.nextCounter());
        assertEquals(1, k.sendCounter());
        k.advanceCounter(0);
        assertEquals(1, k.sendCounter());
        k.advanceCounter(1L << 60);
        assertFalse(k.isWornOut());
        k.nextCounter();
        assertTrue(k.isWornOut());
        k.advanceCounter(REJECT_AFTER_MESSAGES - 1);
        assertTrue(k.canSend(0));
        assertEquals(REJECT_AFTER_MESSAGES - 1, k.nextCounter());
        assertFalse(k.canSend(0));
        k.advanceCounter(3);
        assertEquals(REJECT_AFTER_MESSAGES, k.sendCounter());
    }

    @Test
    void aClosedSessionDoesNothingAndItsKeysAreZero() {
        final Keypair k = keypair(false);
        assertFalse(k.isInitiator());
        assertSame(this, k.owner());
        final byte[] underZero = seal(key(0));
        assertFalse(Arrays.equals(underZero, seal(k.sendKey())));
        k.close();
        assertFalse(k.canSend(0) || k.canReceive(0));
        assertEquals(0, Arrays.compare(underZero, seal(k.sendKey())));
        assertEquals(0, Arrays.compare(underZero, seal(k.receiveKey())));
        k.close();
    }

    @Test
    void aSessionIsNamedByItsIndicesAndNotByItsKeys() {
        assertEquals("Keypair[local=4294967295, remote=7]", new Keypair(this, key(1), key(2), -1, 7, true, 0).toString());
        assertNull(keypairs.current());
    }

    private static byte[] seal(AeadKey key) {
        final Aead aead = Aeads.create();
        final byte[] out = new byte[48];
        aead.seal(key, 0, MemorySegment.ofArray(new byte[32]), 0, 32, MemorySegment.ofArray(out), 0);
        return out;
    }
}
