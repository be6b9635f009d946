package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.core.sim.SimNode;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;

/** Settings that change while there is traffic: what the UAPI may ask for at any moment. */
final class ReconfigurationTest extends TwoPeers {
    private PeerChange presharedKey(SimNode peer, PresharedKey key) {
        return new PeerChange(peer.publicKey(), false, true, key, null, null, false, List.of());
    }

    @Test
    void aPeerRemovedWithPacketsStagedTakesThemWithIt() {
        sim.network().partition(bob, true);
        for (int i = 0; i < 10; i++) {
            alice.send(aliceToBob(i));
        }
        alice.removePeer(bob);
        assertNull(DeviceProbe.remains(alice.device()));
        alice.addPeer(bob, "10.0.0.2/32");
        sim.network().partition(bob, false);
        sim.runFor(20 * SECOND);
        assertEquals(List.of(), ids(bob));
        assertEquals(10, drops(alice, DropReason.DEVICE_DOWN));
    }

    @Test
    void aPeerRemovedInTheMiddleOfAHandshakeDoesNotComeBackWithTheResponse() {
        alice.send(aliceToBob(1));
        alice.removePeer(bob);
        sim.runFor(10 * SECOND);
        assertEquals(0, alice.device().peerCount());
        assertEquals(1, sent(alice, INITIATION).size());
        assertEquals(List.of(), alice.happenings());
        assertNull(DeviceProbe.remains(alice.device()));
    }

    @Test
    void aPeerRemovedAndAddedInOneChangeHasNoSessionLeft() {
        connect();
        final PeerChange remove = new PeerChange(bob.publicKey(), true, false, null, null, null, false, List.of());
        alice.configure(remove, change(bob, bob.address(), null, true, "10.0.0.2/32"));
        assertNull(currentOf(alice, bob));
        alice.send(aliceToBob(1));
        sim.runFor(10 * SECOND);
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void replaceAllowedIpsDoesNotClearThenRebuild() {
        connect();
        for (int i = 0; i < 20; i++) {
            alice.send(aliceToBob(2L * i));
            alice.configure(change(bob, null, null, true, "10.0.0.2/32", "10.1.0." + i + "/32"));
            alice.send(aliceToBob(2L * i + 1));
            bob.configure(change(alice, null, null, true, "10.0.0.1/32"));
        }
        sim.runFor(SECOND);
        assertEquals(40, bob.inbox().size());
        assertEquals(0, drops(alice, DropReason.NO_PEER));
        assertEquals(0, drops(bob, DropReason.SOURCE_NOT_ALLOWED));
        assertEquals(2, alice.peer(bob).allowedIps().size(), "the lists replaced each other");
    }

    @Test
    void anAllowedIpThatMovesToAnotherPeerIsObeyedBothWaysAtOnce() {
        connect();
        final SimNode carol = sim.node("carol", Packets.endpoint("203.0.113.3", 3));
        carol.addPeer(alice, "10.0.0.1/32");
        alice.addPeer(carol, "10.0.0.2/32");
        alice.send(aliceToBob(1));
        bob.send(bobToAlice(2));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(carol), sim.trace());
        assertEquals(List.of(), ids(bob));
        assertEquals(List.of(), ids(alice), "Bob may no longer say that he is 10.0.0.2");
        assertEquals(1, drops(alice, DropReason.SOURCE_NOT_ALLOWED));
    }

    @Test
    void theSourceCheckFailsForASubsetOwnedByAnotherPeer() {
        alice.addPeer(bob, "10.0.0.0/24");
        final SimNode carol = sim.node("carol", Packets.endpoint("203.0.113.3", 3));
        alice.addPeer(carol, "10.0.0.200/32");
        connect();
        bob.send(Packets.udp("10.0.0.200", "10.0.0.1", 1, 100), Packets.udp("10.0.0.201", "10.0.0.1", 2, 100));
        sim.runFor(SECOND);
        assertEquals(List.of(2L), ids(alice));
        assertEquals(1, drops(alice, DropReason.SOURCE_NOT_ALLOWED));
    }

    @Test
    void modifyingAPeerKeepsItsSessionAndItsCounts() {
        connect();
        final Keypair session = currentOf(alice, bob);
        final long bytes = alice.peer(bob).txBytes();
        alice.configure(change(bob, Packets.endpoint("198.51.100.2", 51821), 0, true, "10.0.0.2/32", "10.2.0.0/16"));
        assertSame(session, currentOf(alice, bob));
        assertEquals(bytes, alice.peer(bob).txBytes());
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob));
        assertEquals(1, sent(alice, INITIATION).size());
    }

    @Test
    void replacingAllPeersKeepsTheSessionsOfThoseThatStay() {
        connect();
        final SimNode carol = sim.node("carol", Packets.endpoint("203.0.113.3", 3));
        alice.addPeer(carol, "10.0.0.3/32");
        final Keypair session = currentOf(alice, bob);
        alice.device().applyPeers(true, List.of(change(bob, null, null, true, "10.0.0.2/32")), sim.nowNs());
        assertEquals(1, alice.device().peerCount());
        assertSame(session, currentOf(alice, bob));
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob));
    }

    /** As the kernel does, which makes such a peer anew: what is not said is not there. */
    @Test
    void replacingAllPeersTakesTheSettingsFromThoseThatStay() {
        final PresharedKey shared = PresharedKey.generate(sim.randomSource());
        alice.configure(new PeerChange(bob.publicKey(), false, false, shared, null, 7, false, List.of()));
        assertEquals(7, alice.peer(bob).persistentKeepaliveSeconds());
        assertNotNull(alice.peer(bob).presharedKey());
        alice.device().applyPeers(true, List.of(change(bob, null, null, false, "10.0.0.2/32")), sim.nowNs());
        assertEquals(0, alice.peer(bob).persistentKeepaliveSeconds());
        assertNull(alice.peer(bob).presharedKey());
        assertEquals(List.of(Packets.prefix("10.0.0.2/32")), alice.peer(bob).allowedIps());
    }

    @Test
    void aChangedKeyStopsTheOldSessionFromSendingAndANewOneIsMadeUnderTheNewKey() {
        connect();
        final PrivateKey fresh = PrivateKey.generate(sim.randomSource());
        alice.device().privateKey(fresh, sim.nowNs());
        assertEquals(fresh.publicKey(), alice.device().publicKey());
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(List.of(), ids(bob), "Bob does not know this key");
        final List<PeerChange.AllowedIp> allowed = List.of(new PeerChange.AllowedIp(Packets.prefix("10.0.0.1/32"), false));
        bob.configure(new PeerChange(fresh.publicKey(), false, false, null, null, null, true, allowed));
        sim.runFor(2 * REKEY_TIMEOUT);
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void aKeyChangedInTheMiddleOfAHandshakeEndsIt() {
        alice.send(aliceToBob(1));
        alice.device().privateKey(PrivateKey.generate(sim.randomSource()), sim.nowNs());
        sim.runFor(SECOND);
        assertEquals(List.of(), alice.happenings());
        assertEquals(1, drops(alice, DropReason.BAD_MAC1), "the response was meant for the old key");
    }

    @Test
    void theSameKeySetAgainDisturbsNothing() {
        connect();
        final Keypair session = currentOf(alice, bob);
        alice.device().privateKey(alice.privateKey(), sim.nowNs());
        assertSame(session, currentOf(alice, bob));
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob));
    }

    @Test
    void aChangedPresharedKeyCountsInTheNextHandshakeAndNotBefore() {
        connect();
        final PresharedKey psk = PresharedKey.generate(sim.randomSource());
        alice.configure(presharedKey(bob, psk));
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob), "the session goes on");
        sim.runFor(REKEY_AFTER_TIME);
        alice.send(aliceToBob(2));
        sim.runFor(SECOND);
        assertEquals(1, alice.device().counters().handshakesCompleted(), "Bob does not have it yet");
        bob.configure(presharedKey(alice, psk));
        sim.runFor(2 * REKEY_TIMEOUT);
        assertEquals(2, alice.device().counters().handshakesCompleted(), sim.trace());
    }

    @Test
    void aPeerMayBeAddedBeforeThePrivateKey() {
        final SimNode carol = sim.node("carol", Packets.endpoint("203.0.113.3", 3));
        carol.changeKey(null);
        carol.addPeer(bob, "10.0.0.2/32");
        assertNull(carol.device().publicKey());
        assertNull(carol.device().snapshot().privateKey());
        assertEquals(1, carol.device().snapshot().peers().size());
        carol.send(Packets.udp("10.0.0.3", "10.0.0.2", 1, 100));
        inject(bob.address(), carol, new byte[148]);
        sim.runFor(SECOND);
        bob.addPeer(carol, "10.0.0.3/32");
        carol.changeKey(carol.privateKey());
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void nobodyIsTheirOwnPeer() {
        alice.configure(change(alice, bob.address(), 25, true, "10.7.0.0/16"));
        assertEquals(1, alice.device().peerCount());
        // In the other order the peer goes when the key comes.
        final PrivateKey key = PrivateKey.generate(sim.randomSource());
        alice.configure(new PeerChange(key.publicKey(), false, false, null, null, null, true, List.of()));
        assertEquals(2, alice.device().peerCount());
        alice.device().privateKey(key, sim.nowNs());
        assertEquals(1, alice.device().peerCount());
    }

    @Test
    void updateOnlyMakesNoPeer() {
        final PrivateKey nobody = PrivateKey.generate(sim.randomSource());
        alice.configure(new PeerChange(nobody.publicKey(), false, true, null, null, 25, true, List.of()));
        assertEquals(1, alice.device().peerCount());
    }

    @Test
    void theLastHandshakeIsZeroBeforeThereIsOneAndThenTheWallClocksTime() {
        assertEquals(0, alice.peer(bob).lastHandshakeEpochNs());
        connect();
        assertTrue(Math.abs(sim.epochNs() - alice.peer(bob).lastHandshakeEpochNs()) <= SECOND);
        assertTrue(Math.abs(sim.epochNs() - bob.peer(alice).lastHandshakeEpochNs()) <= SECOND);
        assertNotNull(alice.device().snapshot().privateKey());
    }

    @Test
    void everythingChangesUnderTrafficAndNothingIsDeliveredTwiceOrDamaged() {
        sim.watch();
        connect();
        final List<Runnable> changes = new ArrayList<>();
        changes.add(() -> alice.configure(change(bob, bob.address(), 7, true, "10.0.0.2/32", "fd00::2/128")));
        changes.add(() -> bob.configure(change(alice, null, 0, true, "10.0.0.1/32", "fd00::1/128")));
        changes.add(() -> alice.configure(presharedKey(bob, PresharedKey.of(new byte[32], 0))));
        changes.add(() -> alice.changeKey(alice.privateKey()));
        changes.add(alice::down);
        changes.add(alice::up);
        changes.add(() -> alice.removePeer(bob));
        changes.add(() -> alice.addPeer(bob, "10.0.0.2/32", "fd00::2/128"));
        for (int i = 0; i < 400; i++) {
            alice.send(aliceToBob(1000 + i), aliceToBob(2000 + i));
            bob.send(bobToAlice(3000 + i));
            changes.get(i % changes.size()).run();
            sim.runFor(sim.random().nextLong(2 * SECOND));
        }
        assertEquals(bob.inbox().size(), ids(bob).stream().distinct().count());
        // While Bob was no peer of hers, Alice was told so by ICMP.
        alice.inbox().removeIf(p -> p[9] == 1);
        assertEquals(alice.inbox().size(), ids(alice).stream().distinct().count());
        assertTrue(bob.inbox().size() > 200, "mostly they arrive: " + bob.inbox().size());
    }
}
