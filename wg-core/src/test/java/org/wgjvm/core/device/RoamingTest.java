package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.sim.Flood;
import org.wgjvm.core.sim.Packets;

/** Section 2.1 of the paper: a peer is where its last authentic message came from, whatever kind it was, and nothing else moves it. */
final class RoamingTest extends TwoPeers {
    private static final Endpoint ELSEWHERE = Packets.endpoint("203.0.113.9", 1234);
    private static final Endpoint ATTACKER = Packets.endpoint("203.0.113.66", 666);

    @Test
    void anInitiationMovesThePeer() {
        bob.addPeer(alice, Packets.endpoint("203.0.113.1", 1), null, 0, "10.0.0.1/32", "fd00::1/128");
        sim.network().dropping(d -> d.type() == RESPONSE);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(alice.address(), bob.peer(alice).endpoint());
    }

    @Test
    void aResponseMovesThePeer() {
        sim.network().dropping(d -> d.type() == RESPONSE);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        sim.network().dropping(d -> d.type() == TRANSPORT);
        inject(ELSEWHERE, alice, lastSent(bob, RESPONSE).bytes());
        sim.runFor(SECOND);
        assertEquals(ELSEWHERE, alice.peer(bob).endpoint());
    }

    @Test
    void dataMovesThePeer() {
        connect();
        alice.move(ELSEWHERE);
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(ELSEWHERE, bob.peer(alice).endpoint());
        assertTrue(bob.happenings().contains("endpoint " + ELSEWHERE));
    }

    @Test
    void aKeepaliveMovesThePeer() {
        connect();
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        alice.move(ELSEWHERE);
        sim.runFor(11 * SECOND);
        assertEquals(KEEPALIVE_LENGTH, lastSent(alice, TRANSPORT).bytes().length);
        assertEquals(ELSEWHERE, bob.peer(alice).endpoint());
    }

    @Test
    void aPeerMovesBetweenIpv4AndIpv6AndBack() {
        connect();
        final Endpoint v4 = alice.address();
        final Endpoint v6 = Packets.endpoint("2001:db8::7", 51820);
        bob.alsoAt(Packets.endpoint("2001:db8::2", 51821));
        alice.move(v6);
        alice.configure(change(bob, Packets.endpoint("2001:db8::2", 51821), null, false));
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertEquals(v6, bob.peer(alice).endpoint());
        bob.send(bobToAlice(2));
        sim.runFor(SECOND);
        assertEquals(List.of(2L), ids(alice), sim.trace());
        alice.move(v4);
        alice.configure(change(bob, Packets.endpoint("198.51.100.2", 51821), null, false));
        alice.send(aliceToBob(3));
        sim.runFor(SECOND);
        bob.send(bobToAlice(4));
        sim.runFor(SECOND);
        assertEquals(List.of(2L, 4L), ids(alice), sim.trace());
    }

    @Test
    void bothFamiliesInsideGoThroughBothFamiliesOutside() {
        connect();
        bob.alsoAt(Packets.endpoint("2001:db8::2", 51821));
        for (final boolean v6 : new boolean[] {false, true}) {
            bob.inbox().clear();
            if (v6) {
                alice.move(Packets.endpoint("2001:db8::7", 51820));
                alice.configure(change(bob, Packets.endpoint("2001:db8::2", 51821), null, false));
            }
            alice.send(aliceToBob(1), Packets.udp("fd00::1", "fd00::2", 2, 1420));
            sim.runFor(SECOND);
            assertEquals(List.of(1L, 2L), ids(bob));
        }
    }

    @Test
    void roamingOnCookieRepliesDoesNotHappen() {
        Flood.of(700, sim, bob);
        sim.runFor(10 * MILLISECOND);
        sim.network().dropping(d -> d.type() == COOKIE_REPLY && d.destination().sameRemote(alice.address()));
        alice.send(aliceToBob(1));
        sim.runFor(100 * MILLISECOND);
        final byte[] reply = sent(bob, COOKIE_REPLY).stream()
                .filter(d -> d.destination().sameRemote(alice.address()))
                .findFirst()
                .orElseThrow()
                .bytes();
        inject(ATTACKER, alice, reply);
        sim.runFor(100 * MILLISECOND);
        assertEquals(0, drops(alice, DropReason.BAD_COOKIE_REPLY), "it is a good one");
        assertEquals(bob.address(), alice.peer(bob).endpoint());
        assertFalse(alice.happenings().contains("endpoint " + ATTACKER));
    }

    @Test
    void replaysMoveNobody() {
        connect();
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        for (final var d : List.copyOf(sim.network().sent())) {
            sim.network().transmit(null, ATTACKER, d.destination(), d.bytes(), 0);
        }
        sim.runFor(SECOND);
        assertEquals(alice.address(), bob.peer(alice).endpoint());
        assertEquals(bob.address(), alice.peer(bob).endpoint());
    }

    @Test
    void aDataPacketOfAForbiddenSourceStillMovesThePeerForItIsAuthentic() {
        connect();
        alice.move(ELSEWHERE);
        alice.send(Packets.udp("10.9.9.9", "10.0.0.2", 1, 100));
        sim.runFor(SECOND);
        assertEquals(List.of(), ids(bob));
        assertEquals(ELSEWHERE, bob.peer(alice).endpoint());
    }

    @Test
    void aNatThatForgetsIsOvercomeByPersistentKeepalive() {
        alice.behindNat(30 * SECOND);
        alice.configure(change(bob, null, 25, false));
        sim.runFor(1000 * SECOND);
        bob.send(bobToAlice(1));
        sim.runFor(SECOND);
        assertEquals(List.of(1L), ids(alice), sim.trace());
    }

    @Test
    void aNatThatChoosesAnotherPortIsFollowed() {
        alice.behindNat(30 * SECOND);
        connect();
        sim.runFor(60 * SECOND);
        final Endpoint before = bob.peer(alice).endpoint();
        alice.send(aliceToBob(1));
        sim.runFor(SECOND);
        assertFalse(before.sameRemote(bob.peer(alice).endpoint()));
        bob.send(bobToAlice(2));
        sim.runFor(SECOND);
        assertEquals(List.of(2L), ids(alice), sim.trace());
    }
}
