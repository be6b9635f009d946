package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.noise.Handshake;
import org.wgjvm.core.noise.SessionKeys;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** Each call of a device that has an owner, by itself. */
final class DeviceCallsTest {
    private static final PrivateKey BOB = LoneDevice.key(2);
    private static final PrivateKey CAROL = LoneDevice.key(3);
    private static final Endpoint BOBS = Packets.endpoint("198.51.100.2", 51821);
    private static final Endpoint CAROLS = Packets.endpoint("203.0.113.3", 51822);
    private static final Endpoint STRANGER = Packets.endpoint("203.0.113.9", 9);
    private static final byte[] TO_BOB = Packets.udp("10.0.0.1", "10.0.0.2", 1, 100);
    private static final byte[] FROM_BOB = Packets.udp("10.0.0.2", "10.0.0.1", 2, 112);

    private final LoneDevice lone = LoneDevice.up();
    private final Device device = lone.device;

    private void bob() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
    }

    private Peer peer(PrivateKey key) {
        return device.state().peers.get(key.publicKey());
    }

    @Test
    void whatIsSetIsShown() {
        assertTrue(device.isUp());
        assertEquals(51820, device.listenPort());
        device.listenPort(777);
        device.fwmark(99);
        assertEquals(777, device.listenPort());
        assertEquals(99, device.fwmark());
        assertEquals(99, device.snapshot().fwmark());
        device.down();
        assertFalse(device.isUp());
    }

    @Test
    void anotherPortOrMarkLetsTheKernelChooseOurAddressAnew() {
        bob();
        peer(BOB).endpoint = BOBS.withLocal(0, 0x0a000001, 3);
        device.listenPort(777);
        assertFalse(peer(BOB).endpoint.hasLocal());
        peer(BOB).endpoint = BOBS.withLocal(0, 0x0a000001, 3);
        device.fwmark(7);
        assertFalse(peer(BOB).endpoint.hasLocal());
        assertTrue(peer(BOB).endpoint.sameRemote(BOBS));
    }

    @Test
    void whoeverTheFilterRefusesIsNotLookedAtAndIsCounted() {
        final PacketBatch batch = LoneDevice.batch(BOBS, new byte[100], new byte[101], new byte[0], new byte[102]);
        batch.endpoint[1] = STRANGER;
        batch.endpoint[2] = STRANGER;
        device.refuse(batch, e -> e.sameRemote(BOBS));
        assertEquals(List.of(100, 0, 0, 102), List.of(batch.length[0], batch.length[1], batch.length[2], batch.length[3]));
        assertEquals(1, lone.drops(DropReason.SOURCE_REFUSED));
    }

    @Test
    void downEverythingIsDroppedAndCounted() {
        bob();
        device.down();
        final PacketBatch out = lone.send(TO_BOB, TO_BOB);
        assertEquals(List.of(0, 0), List.of(out.length[0], out.length[1]));
        assertEquals(2, lone.drops(DropReason.DEVICE_DOWN));
        final PacketBatch in = LoneDevice.batch(BOBS, new byte[100], new byte[0], new byte[100]);
        assertEquals(0, device.inbound(in, lone.nowNs));
        assertEquals(List.of(0, 0, 0), List.of(in.length[0], in.length[1], in.length[2]));
        assertEquals(4, lone.drops(DropReason.DEVICE_DOWN));
        assertEquals(List.of(), lone.sent);
    }

    @Test
    void downOrWithoutSessionsNoHandshakeMessageWaits() {
        final byte[] message = new byte[148];
        message[0] = 1;
        assertFalse(device.hasHandshakes());
        lone.receive(STRANGER, message);
        assertTrue(device.hasHandshakes());
        device.forgetSessions();
        assertFalse(device.hasHandshakes());
        lone.receive(STRANGER, message);
        device.down();
        assertFalse(device.hasHandshakes());
    }

    @Test
    void everyEndpointIsShownAndOfAPeerWithoutOneNothing() {
        bob();
        lone.peer(CAROL.publicKey(), null, 0);
        final List<Endpoint> seen = new ArrayList<>();
        device.forEachEndpoint(seen::add);
        assertEquals(List.of(BOBS), seen);
    }

    @Test
    void anAnnouncementGoesToPeersWithASessionAndToNobodyWhenDown() {
        bob();
        lone.peer(CAROL.publicKey(), CAROLS, 0, "10.0.0.3/32");
        device.announce(lone.nowNs);
        assertEquals(List.of(), lone.sent);
        lone.session(BOB, BOBS);
        device.announce(lone.nowNs);
        assertEquals(1, lone.sent.size());
        assertEquals(4, lone.sent.getFirst().type());
        assertTrue(lone.sent.getFirst().to().sameRemote(BOBS));
        peer(BOB).endpoint = null;
        device.announce(lone.nowNs);
        assertEquals(1, lone.sent.size());
    }

    @Test
    void aSessionThatIsTooOldIsNotAnnouncedButAskedForAnew() {
        bob();
        lone.session(BOB, BOBS);
        device.down();
        device.announce(lone.nowNs);
        assertEquals(List.of(), lone.sent);
    }

    @Test
    void whatWaitsForAPeersEndpointAsksForASessionWhenTheEndpointComes() {
        lone.peer(BOB.publicKey(), null, 0, "10.0.0.2/32");
        peer(BOB).staged.addKeepalive();
        bob();
        assertEquals(1, lone.sent.size());
        assertEquals(1, lone.sent.getFirst().type());
    }

    @Test
    void aKeepaliveThatIsAskedForGoesAtOnce() {
        lone.peer(BOB.publicKey(), BOBS, 25, "10.0.0.2/32");
        assertEquals(1, lone.sent.size());
        assertEquals(1, lone.sent.getFirst().type());
    }

    @Test
    void theKeyLogIsOfPeersThatAreThereAndOfThoseThatCome() {
        final List<PublicKey> logged = new ArrayList<>();
        bob();
        device.keyLog((local, remote, ephemeral, preshared) -> logged.add(remote));
        lone.send(TO_BOB);
        assertEquals(List.of(BOB.publicKey()), logged);
        lone.peer(CAROL.publicKey(), CAROLS, 25);
        assertEquals(List.of(BOB.publicKey(), CAROL.publicKey()), logged);
        device.keyLog(null);
        lone.session(BOB, BOBS);
        assertEquals(2, logged.size());
    }

    @Test
    void packetsHaveOwners() {
        bob();
        final SessionKeys keys = lone.session(BOB, BOBS);
        final PacketOwners owners = device.packetOwners();
        assertEquals(51820, owners.listenPort());
        assertEquals(BOB.publicKey(), owners.ofInner(MemorySegment.ofArray(TO_BOB), 0, TO_BOB.length));
        assertNull(owners.ofInner(MemorySegment.ofArray(FROM_BOB), 0, FROM_BOB.length));
        assertNull(owners.ofInner(MemorySegment.ofArray(new byte[30]), 0, 30));
        final MemorySegment message = LoneDevice.batch(BOBS, lone.sealed(keys, 1, FROM_BOB)).slab();
        assertEquals(BOB.publicKey(), owners.ofDatagram(message, 0, 32 + FROM_BOB.length, STRANGER));
        final byte[] initiation = new byte[148];
        initiation[0] = 1;
        final MemorySegment other = LoneDevice.batch(BOBS, initiation).slab();
        assertEquals(BOB.publicKey(), owners.ofDatagram(other, 0, 148, BOBS));
        assertNull(owners.ofDatagram(other, 0, 148, STRANGER));
        assertEquals(BOB.publicKey(), owners.of(peer(BOB)));
        assertNull(owners.of("nobody"));
    }

    @Test
    void anotherKeyForgetsHandshakesUnderWayAndMayAskAgainAtOnce() {
        bob();
        lone.send(TO_BOB);
        assertEquals(1, lone.sent.size());
        assertEquals(1, device.state().indices.size());
        device.privateKey(null, lone.nowNs);
        assertEquals(0, device.state().indices.size());
        assertEquals(Handshake.State.NONE, peer(BOB).handshake.state());
        // Not five seconds later, as it would be under one key.
        device.privateKey(CAROL, lone.nowNs);
        assertEquals(2, lone.sent.size());
    }

    @Test
    void aPeerWithOurOwnKeyGoesWithAllItHas() {
        bob();
        lone.session(BOB, BOBS);
        final Peer self = peer(BOB);
        device.privateKey(BOB, lone.nowNs);
        assertNull(peer(BOB));
        assertNull(device.state().allowedIps.lookupV4(0x0a000002));
        assertEquals(0, device.state().indices.size());
        assertEquals(Long.MAX_VALUE, device.nextDeadlineNs());
        assertNull(self.keypairs.current());
    }

    @Test
    void goingOnAfterAnotherProcessItsTimestampsAreLeftOut() {
        final long usedNs = LoneDevice.EPOCH_NS + 7_000_000_000L;
        device.forgetSessions();
        device.beginAnew(usedNs, lone.nowNs);
        device.state().timestamps.next(0);
        // Those that it used, and as many as it may have made up.
        assertTrue(device.state().timestamps.lastNs() > usedNs + Device.HANDOVER_MARGIN);
    }

    @Test
    void whatIsStagedIsCountedOverAllPeers() {
        bob();
        lone.peer(CAROL.publicKey(), CAROLS, 0, "10.0.0.3/32");
        lone.send(TO_BOB, TO_BOB, Packets.udp("10.0.0.1", "10.0.0.3", 1, 100));
        assertEquals(3, device.statistics().stagedPackets());
    }

    @Test
    void closedNothingIsLeft() {
        bob();
        lone.session(BOB, BOBS);
        final Peer gone = peer(BOB);
        device.close();
        assertEquals(0, device.peerCount());
        assertNull(device.publicKey());
        assertNull(device.snapshot().privateKey());
        assertNull(device.state().allowedIps.lookupV4(0x0a000002));
        assertEquals(0, device.state().indices.size());
        assertNull(gone.keypairs.current());
        assertEquals(Long.MAX_VALUE, device.nextDeadlineNs());
        device.close();
    }

    @Test
    void downAndUpAgainAPeerIsAskedWithoutWaiting() {
        lone.peer(BOB.publicKey(), BOBS, 25, "10.0.0.2/32");
        assertEquals(1, lone.sent.size());
        device.down();
        device.up(lone.nowNs);
        assertEquals(2, lone.sent.size());
        assertNotEquals(lone.sent.get(0), lone.sent.get(1));
    }

    @Test
    void whatTheInsideHasNoRoomForIsCounted() {
        bob();
        final SessionKeys keys = lone.session(BOB, BOBS);
        lone.room = 1;
        lone.receive(BOBS, lone.sealed(keys, 1, FROM_BOB), lone.sealed(keys, 2, new byte[0]), lone.sealed(keys, 3, FROM_BOB),
                lone.sealed(keys, 4, FROM_BOB));
        assertEquals(1, lone.delivered.size());
        assertEquals(2, lone.drops(DropReason.DELIVERY_FAILED));
        lone.room = 3;
        lone.receive(BOBS, lone.sealed(keys, 5, FROM_BOB));
        assertEquals(2, lone.drops(DropReason.DELIVERY_FAILED));
    }

    @Test
    void whatIsNoMessageAtAllIsCounted() {
        lone.receive(STRANGER, new byte[10], new byte[0], new byte[200]);
        assertEquals(2, lone.drops(DropReason.MALFORMED_MESSAGE));
        assertFalse(device.hasHandshakes());
    }

    @Test
    void aBatchLargerThanAnyBeforeIsTakenWhole() {
        bob();
        final SessionKeys keys = lone.session(BOB, BOBS);
        final byte[][] many = new byte[700][];
        for (int i = 0; i < many.length; i++) {
            many[i] = lone.sealed(keys, 1 + i, FROM_BOB);
        }
        lone.receive(BOBS, many);
        assertEquals(700, lone.delivered.size());
    }
}
