package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PublicKey;

/** Defects that other implementations shipped and that a whole device can show: each is a test, named after what went wrong. */
final class DefectsTest extends TwoPeers {
    @Test
    void cookieRepliesOfWrongLengthAndUnasked() {
        connect();
        final int index = ByteBuffer.wrap(lastSent(bob, RESPONSE).bytes()).getInt(8);
        for (int length = 0; length < 200; length++) {
            final byte[] reply = new byte[length];
            if (length >= 8) {
                ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).putInt(3).order(ByteOrder.BIG_ENDIAN).putInt(index);
            }
            inject(bob.address(), alice, reply);
        }
        sim.runFor(SECOND);
        assertEquals(1, drops(alice, DropReason.BAD_COOKIE_REPLY), "the one of 64 bytes");
        stillWorks();
    }

    @Test
    void messagesOfEveryTypeAndLengthAreNeitherAnsweredNorFatal() {
        connect();
        final int before = sent(bob, RESPONSE).size() + sent(bob, COOKIE_REPLY).size() + sent(bob, TRANSPORT).size();
        for (int type = 0; type < 256; type++) {
            for (int length : new int[] {0, 1, 3, 4, 15, 16, 31, 32, 33, 63, 64, 65, 91, 92, 93, 147, 148, 149, 1500}) {
                final byte[] message = new byte[length];
                if (length > 0) {
                    message[0] = (byte) type;
                }
                inject(alice.address(), bob, message);
            }
        }
        sim.runFor(SECOND);
        assertEquals(before, sent(bob, RESPONSE).size() + sent(bob, COOKIE_REPLY).size() + sent(bob, TRANSPORT).size());
        stillWorks();
    }

    @Test
    void anOversizedDatagramDoesNotEndReceiving() {
        connect();
        for (int type = 0; type < 6; type++) {
            final byte[] large = new byte[65_507];
            large[0] = (byte) type;
            inject(alice.address(), bob, large);
        }
        sim.runFor(SECOND);
        stillWorks();
    }

    @Test
    void anInnerPacketOf34000BytesAndTheLargestOfAllArrive() {
        connect();
        alice.send(Packets.udp("10.0.0.1", "10.0.0.2", 1, 34_000), Packets.udp("10.0.0.1", "10.0.0.2", 2, 65_535 - 28 - 32));
        sim.runFor(SECOND);
        assertEquals(List.of(1L, 2L), ids(bob), sim.trace());
        assertEquals(34_000, bob.inbox().getFirst().length);
    }

    @Test
    void anIpv6PayloadLengthNear65535WrapsNowhere() {
        connect();
        for (int payload : new int[] {0xffff, 0xffe8, 0xffd8, 0xffd7, 61, 60}) {
            final byte[] packet = Packets.udp("fd00::1", "fd00::2", payload, 100);
            // Alice's own check would stop it: she is made to believe the true length, and it is changed on its way to the cipher.
            ByteBuffer.wrap(packet).putShort(4, (short) payload);
            sendUnchecked(packet);
        }
        sim.runFor(SECOND);
        assertEquals(1, bob.inbox().size(), "60 bytes is what there is");
        assertEquals(5, drops(bob, DropReason.MALFORMED_INNER));
        stillWorks();
    }

    /** Seals whatever it is given, as a malicious peer would. */
    private void sendUnchecked(byte[] packet) {
        final var keypair = currentOf(alice, bob);
        final byte[] message = new byte[16 + packet.length + 12 + 16];
        final var slab = java.lang.foreign.Arena.ofAuto().allocate(message.length);
        java.lang.foreign.MemorySegment.copy(packet, 0, slab, java.lang.foreign.ValueLayout.JAVA_BYTE, 16, packet.length);
        final long counter = keypair.nextCounter();
        sim.aead().seal(keypair.sendKey(), counter, slab, 16, packet.length, slab, 16);
        final ByteBuffer b = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        final int length = 16 + packet.length + 16;
        java.lang.foreign.MemorySegment.copy(slab, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, message, 0, length);
        b.putInt(0, 4).putInt(4, keypair.remoteIndex()).putLong(8, counter);
        inject(alice.address(), bob, java.util.Arrays.copyOf(message, length));
    }

    @Test
    void innerPacketsOfEveryKindOfNonsenseFromAnAuthenticPeerAreDropped() {
        connect();
        for (int length = 1; length < 80; length++) {
            for (int version = 0; version < 16; version++) {
                final byte[] packet = new byte[length];
                packet[0] = (byte) (version << 4 | 5);
                sendUnchecked(packet);
            }
        }
        sim.runFor(SECOND);
        assertEquals(List.of(), ids(bob));
        stillWorks();
    }

    @Test
    void countersGoOnPast32Bits() {
        connect();
        currentOf(alice, bob).advanceCounter(0xffff_fffeL);
        alice.send(aliceToBob(1), aliceToBob(2), aliceToBob(3), aliceToBob(4));
        sim.runFor(SECOND);
        assertEquals(List.of(1L, 2L, 3L, 4L), ids(bob), sim.trace());
        final long last = ByteBuffer.wrap(lastSent(alice, TRANSPORT).bytes()).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
        assertEquals(0x1_0000_0001L, last);
    }

    @Test
    void dataCountersPastRejectAfterMessagesAreNotAccepted() {
        connect();
        final byte[] message = lastSent(alice, TRANSPORT).bytes().clone();
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putLong(8, REJECT_AFTER_MESSAGES);
        inject(alice.address(), bob, message);
        sim.runFor(SECOND);
        assertEquals(1, drops(bob, DropReason.EXPIRED_SESSION), "refused before a cipher is spent on it");
        assertEquals(0, drops(bob, DropReason.FORGED));
    }

    @Test
    void aSessionIsGoodUntilItsLastSecond() {
        connect();
        // Bob responded; only Alice would renew the session, and she says nothing.
        sim.runFor(REJECT_AFTER_TIME - 2 * SECOND);
        sim.network().dropping(d -> d.type() == INITIATION);
        bob.send(bobToAlice(1));
        sim.runFor(SECOND / 2);
        assertEquals(List.of(1L), ids(alice), sim.trace());
    }

    @Test
    void aResponseThatTakesFourSecondsIsStillGood() {
        sim.network().delay(2 * SECOND, 0);
        alice.send(aliceToBob(1));
        sim.runFor(7 * SECOND);
        assertEquals(1, sent(alice, INITIATION).size());
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void aReplayedInitiationIsNotAnsweredAndHarmsNoSession() {
        connect();
        for (int i = 0; i < 3; i++) {
            inject(alice.address(), bob, sent(alice, INITIATION).getFirst().bytes());
            sim.runFor(SECOND);
        }
        assertEquals(1, sent(bob, RESPONSE).size());
        assertEquals(3, drops(bob, DropReason.BAD_HANDSHAKE));
        stillWorks();
    }

    @Test
    void aWallClockThatStepsBackStopsNothing() {
        connect();
        alice.stepWallClock(-30L * 86_400 * SECOND);
        for (int i = 0; i < 10; i++) {
            sim.runFor(REKEY_AFTER_TIME);
            alice.send(aliceToBob(i));
            sim.runFor(SECOND);
        }
        assertEquals(10, bob.inbox().size(), sim.trace());
        assertTrue(sent(alice, INITIATION).size() >= 6);
    }

    @Test
    void aHostThatSleptThroughItsSessionRekeysWhenItWakes() {
        connect();
        // Until Bob's keepalive has told her that she was heard.
        sim.runFor(20 * SECOND);
        alice.sleep(REJECT_AFTER_TIME + 20 * SECOND);
        sim.runFor(REJECT_AFTER_TIME + 21 * SECOND);
        assertEquals(1, sent(alice, INITIATION).size());
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(2, sent(alice, INITIATION).size(), "the old session is not tried first");
        assertEquals(List.of(1L), ids(bob), sim.trace());
    }

    @Test
    void tensOfThousandsOfIdlePeersHaveNoTimersAndCloseWithoutRecursion() {
        final int count = 20_000;
        final List<PeerChange> peers = new java.util.ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            final byte[] key = new byte[32];
            ByteBuffer.wrap(key).putInt(i + 1);
            final IpPrefix prefix = IpPrefix.v4(0x0b000000 + i, 32);
            peers.add(new PeerChange(
                    PublicKey.of(key, 0), false, false, null, bob.address(), null, true, List.of(new PeerChange.AllowedIp(prefix, false))));
        }
        alice.device().applyPeers(false, peers, sim.nowNs());
        assertEquals(count + 1, alice.device().peerCount());
        assertEquals(Long.MAX_VALUE, alice.device().nextDeadlineNs());
        assertNull(DeviceProbe.remains(alice.device()));
        stillWorks();
        alice.device().close();
        assertEquals(0, alice.device().peerCount());
        assertEquals(Long.MAX_VALUE, alice.device().nextDeadlineNs());
    }

    @Test
    void closingWipesEverythingAndIsSilent() {
        connect();
        final var keypair = currentOf(alice, bob);
        alice.device().close();
        assertEquals(false, keypair.canSend(sim.nowNs()));
        assertEquals(false, keypair.canReceive(sim.nowNs()));
        assertNull(alice.device().publicKey());
        final long before = sim.network().sentCount();
        bob.send(bobToAlice(1));
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(before + 1, sim.network().sentCount());
        assertEquals(List.of(), ids(alice));
    }

    @Test
    void consecutiveSessionsHaveUnrelatedIndices() {
        connect();
        final int first = ByteBuffer.wrap(sent(alice, INITIATION).getFirst().bytes()).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        sim.runFor(REKEY_AFTER_TIME);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        final int second = ByteBuffer.wrap(lastSent(alice, INITIATION).bytes()).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        assertNotEquals(first, second);
        assertTrue(Math.abs((long) first - second) > 1000);
    }

    private void stillWorks() {
        bob.inbox().clear();
        alice.send(aliceToBob(77));
        sim.runFor(SECOND);
        assertEquals(List.of(77L), ids(bob), sim.trace());
    }
}
