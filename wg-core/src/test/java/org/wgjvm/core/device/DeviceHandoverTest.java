package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.core.sim.SimNetwork.Datagram;

/** A device becomes bytes and then a device again, in another process: nobody outside may notice, and no counter may be used twice. */
final class DeviceHandoverTest extends TwoPeers {
    private static final DeviceOutput NOWHERE = new DeviceOutput() {
        @Override
        public void send(PacketBatch datagrams) {}

        @Override
        public int deliver(PacketBatch inner) {
            return 0;
        }
    };

    private void upgradeAlice() {
        alice.succeed(alice.freeze(0));
    }

    private Device fresh() {
        return new Device(sim.aead(), sim.randomSource(), sim::epochNs, DeviceEvents.NONE, NOWHERE);
    }

    private byte[] stateOfAlice() {
        try (StateWriter out = new StateWriter()) {
            alice.device().writeTo(out, sim.nowNs());
            return out.written().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private String refusal(byte[] state, long nowNs) {
        final Device device = fresh();
        final StateException e =
                assertThrows(StateException.class, () -> device.readFrom(new StateReader(MemorySegment.ofArray(state)), nowNs));
        assertEquals(0, device.peerCount());
        assertNull(device.publicKey());
        assertNull(DeviceProbe.remains(device));
        return e.getMessage();
    }

    @Test
    void aSessionGoesOnWithoutAHandshakeAndCountersAreLeftOut() {
        connect();
        alice.send(aliceToBob(1));
        final long before = currentOf(alice, bob).sendCounter();
        final int handshakes = sent(alice, INITIATION).size() + sent(bob, INITIATION).size();
        upgradeAlice();
        assertEquals(before + Device.HANDOVER_MARGIN, currentOf(alice, bob).sendCounter());
        alice.send(aliceToBob(2));
        bob.send(bobToAlice(3));
        sim.runFor(SECOND);
        assertEquals(List.of(1L, 2L), ids(bob));
        assertEquals(List.of(3L), ids(alice));
        assertEquals(handshakes, sent(alice, INITIATION).size() + sent(bob, INITIATION).size());
        assertEquals(0, drops(bob, DropReason.REPLAYED));
    }

    @Test
    void whatIsShownStaysAsItWas() {
        connect();
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        final DeviceSnapshot before = alice.device().snapshot();
        final long completed = alice.device().counters().handshakesCompleted();
        upgradeAlice();
        final DeviceSnapshot after = alice.device().snapshot();
        assertEquals(before.privateKey().toHex(), after.privateKey().toHex());
        assertEquals(before.listenPort(), after.listenPort());
        assertEquals(before.peers(), after.peers());
        assertEquals(completed, alice.device().counters().handshakesCompleted());
        assertTrue(after.peers().getFirst().lastHandshakeEpochNs() > 0);
    }

    @Test
    void whatTheOldProcessReceivedTheNewOneDoesNotReceiveAgain() {
        connect();
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        final Datagram data = lastSent(bob, TRANSPORT);
        upgradeAlice();
        alice.inbox().clear();
        inject(bob.address(), alice, data.bytes());
        sim.runFor(SECOND);
        assertEquals(1, drops(alice, DropReason.REPLAYED));
        assertEquals(List.of(), ids(alice));
    }

    @Test
    void anInitiationThatTheOldProcessAnsweredIsAReplay() {
        connect();
        final byte[] initiation = lastSent(alice, INITIATION).bytes();
        bob.succeed(bob.freeze(0));
        final int responses = sent(bob, RESPONSE).size();
        inject(alice.address(), bob, initiation);
        sim.runFor(SECOND);
        assertEquals(responses, sent(bob, RESPONSE).size());
        assertEquals(1, drops(bob, DropReason.BAD_HANDSHAKE));
    }

    @Test
    void theResponseToAnInitiationOfTheOldProcessCompletesTheHandshakeAndWhatWaitedGoes() {
        alice.send(aliceToBob(1), aliceToBob(2));
        upgradeAlice();
        sim.runFor(SECOND);
        assertEquals(List.of(1L, 2L), ids(bob));
        assertEquals(1, sent(alice, INITIATION).size());
    }

    @Test
    void timersGoOn() {
        connect();
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        final int before = sent(alice, TRANSPORT).size();
        upgradeAlice();
        sim.runFor(8 * SECOND);
        assertEquals(before, sent(alice, TRANSPORT).size());
        sim.runFor(2 * SECOND);
        assertEquals(before + 1, sent(alice, TRANSPORT).size());
        assertEquals(KEEPALIVE_LENGTH, lastSent(alice, TRANSPORT).bytes().length);
    }

    @Test
    void whoTakesBackLeavesOutWhatTheOtherCouldHaveSent() {
        connect();
        final long before = currentOf(alice, bob).sendCounter();
        alice.takeBack(alice.freeze(0));
        assertEquals(before + 2 * Device.HANDOVER_MARGIN, currentOf(alice, bob).sendCounter());
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob));
        assertEquals(1, sent(alice, INITIATION).size());
    }

    @Test
    void aSessionAtItsLastCounterStaysThere() {
        connect();
        currentOf(alice, bob).advanceCounter(REJECT_AFTER_MESSAGES - 1);
        for (int n = 0; n < 20; n++) {
            alice.takeBack(alice.freeze(0));
        }
        final Keypair current = currentOf(alice, bob);
        assertTrue(Long.compareUnsigned(current.sendCounter(), REJECT_AFTER_MESSAGES) >= 0);
        assertFalse(current.canSend(sim.nowNs()));
    }

    @Test
    void whoHasHandedOverCanSendNothingMoreAndGoesOnWithNewSessionsIfItMust() {
        connect();
        final Keypair old = currentOf(alice, bob);
        alice.device().forgetSessions();
        assertFalse(old.canSend(sim.nowNs()));
        assertNull(DeviceProbe.remains(alice.device()));
        alice.device().beginAnew(sim.epochNs(), sim.nowNs());
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob));
        assertEquals(2, sent(alice, INITIATION).size());
    }

    @Test
    void aStateThatIsCutShortAnywhereIsRefused() {
        connect();
        alice.send(aliceToBob(1));
        final byte[] state = stateOfAlice();
        for (int length = 0; length < state.length; length++) {
            refusal(java.util.Arrays.copyOf(state, length), sim.nowNs());
        }
        assertEquals("1 bytes too many", refusal(java.util.Arrays.copyOf(state, state.length + 1), sim.nowNs()));
    }

    @Test
    void anotherFormatOrAnotherClockIsRefusedWithTheReason() {
        connect();
        final byte[] state = stateOfAlice();
        assertTrue(refusal(state, sim.nowNs() - 1).contains("its clock is not ours"));
        assertTrue(refusal(state, sim.nowNs() + 61 * SECOND).contains("its clock is not ours"));
        state[8] = 2;
        assertEquals("state of format 2, and this version reads format 1", refusal(state, sim.nowNs()));
        state[0] = 0;
        assertEquals("not the state of a device", refusal(state, sim.nowNs()));
    }
}
