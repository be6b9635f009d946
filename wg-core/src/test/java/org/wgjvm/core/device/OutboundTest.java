package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.noise.SessionKeys;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;

/** The way out: where a packet goes, and what its sender is told when it goes nowhere. */
final class OutboundTest {
    private static final PrivateKey BOB = LoneDevice.key(2);
    private static final PrivateKey CAROL = LoneDevice.key(3);
    private static final Endpoint BOBS = Packets.endpoint("198.51.100.2", 51821);
    private static final Endpoint CAROLS = Packets.endpoint("203.0.113.3", 51822);
    private static final Endpoint BOBS_V6 = Packets.endpoint("2001:db8::2", 51821);
    private static final int UDP = 17;
    private static final int TCP = 6;

    private final LoneDevice lone = LoneDevice.up();

    private static byte[] toBob(int id, int length) {
        return Packets.udp("10.0.0.1", "10.0.0.2", id, length);
    }

    private static byte[] toCarol(int id, int length) {
        return Packets.udp("10.0.0.1", "10.0.0.3", id, length);
    }

    /** The ids of packets that went, in their order. */
    private List<Long> ids(SessionKeys keys, Endpoint to) {
        final List<Long> ids = new ArrayList<>();
        for (final LoneDevice.Sent s : lone.sent) {
            if (s.type() == 4 && s.to().sameRemote(to) && s.bytes().length > 32) {
                ids.add(Packets.id(lone.opened(keys, s.bytes())));
            }
        }
        return ids;
    }

    @Test
    void whatIsNoIpPacketIsCountedAndNothingElse() {
        lone.peer(BOB.publicKey(), BOBS, 0, "0.0.0.0/0");
        lone.send(new byte[60], toBob(1, 100));
        assertEquals(1, lone.drops(DropReason.NOT_IP));
        assertEquals(0, lone.delivered.size());
        assertEquals(1, lone.sent.size());
    }

    @Test
    void whoseWayNobodyIsItsSenderIsTold() {
        lone.send(toBob(1, 100));
        assertEquals(1, lone.drops(DropReason.NO_PEER));
        assertEquals(1, lone.delivered.size());
    }

    @Test
    void withoutAnEndpointItsSenderIsTold() {
        lone.peer(BOB.publicKey(), null, 0, "10.0.0.2/32");
        lone.send(toBob(1, 100));
        assertEquals(1, lone.drops(DropReason.NO_ENDPOINT));
        assertEquals(1, lone.delivered.size());
        assertEquals(3, lone.delivered.getFirst()[20], "destination unreachable");
    }

    @Test
    void whatIsLargerThanTheMtuIsRefusedWhereNoKernelDoesSo() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        lone.device.mtu(1000, false);
        lone.send(toBob(1, 1001));
        assertEquals(0, lone.drops(DropReason.TOO_BIG));
        lone.device.mtu(1000, true);
        lone.send(toBob(2, 1000));
        assertEquals(0, lone.drops(DropReason.TOO_BIG));
        lone.send(toBob(3, 1001));
        assertEquals(1, lone.drops(DropReason.TOO_BIG));
        assertEquals(1, lone.delivered.size());
        final byte[] told = lone.delivered.getFirst();
        assertEquals(List.of(3, 4, 1000), List.of((int) told[20], (int) told[21], (int) ByteBuffer.wrap(told).getShort(26)));
    }

    private static byte[] outer(String from, String to, int protocol, int sourcePort, int destinationPort) {
        final byte[] packet = Packets.udp(from, to, 1, 100);
        final boolean v4 = packet[0] >> 4 == 4;
        packet[v4 ? 9 : 6] = (byte) protocol;
        ByteBuffer.wrap(packet).putShort(v4 ? 20 : 40, (short) sourcePort).putShort(v4 ? 22 : 42, (short) destinationPort);
        return packet;
    }

    private boolean isLoop(byte[] packet) {
        final long before = lone.drops(DropReason.ENCAPSULATION_LOOP);
        final int told = lone.delivered.size();
        lone.send(packet);
        final boolean loop = lone.drops(DropReason.ENCAPSULATION_LOOP) > before;
        assertEquals(loop ? 1 : 0, lone.delivered.size() - told);
        return loop;
    }

    @Test
    void onlyOurOwnTransportToThatVeryEndpointIsALoop() {
        lone.peer(BOB.publicKey(), BOBS, 0, "0.0.0.0/0");
        assertTrue(isLoop(outer("192.0.2.1", "198.51.100.2", UDP, 51820, 51821)));
        assertTrue(!isLoop(outer("192.0.2.1", "198.51.100.3", UDP, 51820, 51821)));
        assertTrue(!isLoop(outer("192.0.2.1", "198.51.100.2", TCP, 51820, 51821)));
        assertTrue(!isLoop(outer("192.0.2.1", "198.51.100.2", UDP, 51819, 51821)));
        assertTrue(!isLoop(outer("192.0.2.1", "198.51.100.2", UDP, 51820, 51820)));
        // A later fragment has no ports, and neither has one that ends before them.
        final byte[] fragment = outer("192.0.2.1", "198.51.100.2", UDP, 51820, 51821);
        fragment[7] = 1;
        assertTrue(!isLoop(fragment));
        final byte[] whole = outer("192.0.2.1", "198.51.100.2", UDP, 51820, 51821);
        whole[3] = 23;
        assertTrue(!isLoop(Arrays.copyOf(whole, 23)));
        whole[3] = 24;
        assertTrue(isLoop(Arrays.copyOf(whole, 24)));
    }

    @Test
    void overIpv6AsWell() {
        lone.peer(BOB.publicKey(), BOBS_V6, 0, "::/0", "0.0.0.0/0");
        assertTrue(isLoop(outer("2001:db8::1", "2001:db8::2", UDP, 51820, 51821)));
        assertTrue(!isLoop(outer("2001:db8::1", "2001:db8::3", UDP, 51820, 51821)));
        assertTrue(!isLoop(outer("2001:db8::1", "2001:db9::2", UDP, 51820, 51821)));
        assertTrue(!isLoop(outer("2001:db8::1", "2001:db8::2", TCP, 51820, 51821)));
        assertTrue(!isLoop(outer("192.0.2.1", "0.0.0.2", UDP, 51820, 51821)), "IPv4, and its bits are those of the endpoint's lower half");
    }

    @Test
    void anIpv6PacketIsNotTakenForItsEndpointsLowBits() {
        lone.peer(BOB.publicKey(), Packets.endpoint("0.0.0.9", 51821), 0, "::/0");
        assertTrue(!isLoop(outer("2001:db8::1", "::9", UDP, 51820, 51821)));
    }

    @Test
    void paddingIsOfZerosWhateverWasThere() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        final SessionKeys keys = lone.session(BOB, BOBS);
        lone.send(toBob(1, 100), toBob(2, 112), toBob(3, 1419));
        assertEquals(3, lone.sent.size());
        assertArrayEquals(Arrays.copyOf(toBob(1, 100), 112), lone.opened(keys, lone.sent.get(0).bytes()));
        assertArrayEquals(toBob(2, 112), lone.opened(keys, lone.sent.get(1).bytes()));
        assertArrayEquals(Arrays.copyOf(toBob(3, 1419), 1420), lone.opened(keys, lone.sent.get(2).bytes()));
    }

    @Test
    void peersInTurnHaveEachTheirOwnSession() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        lone.peer(CAROL.publicKey(), CAROLS, 0, "10.0.0.3/32");
        final SessionKeys bobs = lone.session(BOB, BOBS);
        final SessionKeys carols = lone.session(CAROL, CAROLS);
        lone.send(toBob(1, 100), toCarol(2, 100), toBob(3, 100), toBob(4, 100), toCarol(5, 100));
        assertEquals(List.of(1L, 3L, 4L), ids(bobs, BOBS));
        assertEquals(List.of(2L, 5L), ids(carols, CAROLS));
        final List<PeerStatistics> peers = lone.device.statistics().peers();
        assertEquals(5, peers.stream().mapToLong(PeerStatistics::txPackets).sum());
    }

    @Test
    void aPlaceInTheBatchThatIsEmptyIsPassedOver() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        final SessionKeys keys = lone.session(BOB, BOBS);
        lone.send(new byte[0], toBob(1, 100));
        assertEquals(List.of(1L), ids(keys, BOBS));
        assertEquals(0, lone.drops(DropReason.NOT_IP));
    }

    @Test
    void whatWaitsGoesFirst() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        final SessionKeys keys = lone.session(BOB, BOBS);
        final Peer bob = lone.device.state().peers.get(BOB.publicKey());
        bob.staged.add(java.lang.foreign.MemorySegment.ofArray(toBob(1, 100)), 0, 100);
        lone.send(toBob(2, 100), toBob(3, 100));
        assertEquals(List.of(1L, 2L, 3L), ids(keys, BOBS));
        assertTrue(bob.staged.isEmpty());
    }

    @Test
    void whatCannotBeSentIsCountedAndNotTakenForSent() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        lone.session(BOB, BOBS);
        final PeerStatistics before = lone.device.statistics().peers().getFirst();
        lone.deaf = true;
        lone.send(toBob(1, 100), toBob(2, 100));
        assertEquals(2, lone.drops(DropReason.SEND_FAILED));
        final PeerStatistics after = lone.device.statistics().peers().getFirst();
        assertEquals(before.txPackets(), after.txPackets());
        assertEquals(before.txBytes(), after.txBytes());
    }

    @Test
    void moreThanMayWaitIsCountedAndTheNewestWait() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        final byte[][] many = new byte[400][];
        for (int i = 0; i < many.length; i++) {
            many[i] = toBob(i, 60);
        }
        lone.send(many);
        assertEquals(400 - 128, lone.drops(DropReason.STAGED_OVERFLOW));
        assertEquals(1, lone.sent.size());
        final SessionKeys keys = lone.session(BOB, BOBS);
        lone.send(toBob(400, 60));
        assertEquals(List.of(400L), ids(keys, BOBS));
    }

    @Test
    void aBatchLargerThanAnyBeforeIsSentWhole() {
        lone.peer(BOB.publicKey(), BOBS, 0, "10.0.0.2/32");
        lone.session(BOB, BOBS);
        final byte[][] many = new byte[700][];
        for (int i = 0; i < many.length; i++) {
            many[i] = toBob(i, 60);
        }
        lone.send(many);
        assertEquals(700, lone.sent.size());
    }
}
