package org.wgjvm.endpoint.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.endpoint.config.HostPort;

final class NamedPeerTest {
    private static final long S = 1_000_000_000L;
    private static final Endpoint A = Endpoint.v4(0xc0000201, 7);
    private static final Endpoint B = Endpoint.v4(0xc0000202, 7);
    private static final Endpoint SIX = Endpoint.v6(0x20010db800000000L, 1, 7, 0);
    private static final Endpoint ELSEWHERE = Endpoint.v4(0xc6336401, 999);

    private long nowNs = 1000 * S;

    private NamedPeer peer(Endpoint current) {
        return new NamedPeer(new HostPort("hub.example", 7), current, nowNs);
    }

    private static NameAnswer answer(long ttl, String... addresses) {
        return new NameAnswer(Arrays.stream(addresses).map(InetAddress::ofLiteral).toList(), ttl);
    }

    private Endpoint answered(NamedPeer peer, NameAnswer answer) {
        assertTrue(peer.dueNs() <= nowNs, "due");
        peer.onAsked(nowNs);
        assertEquals(Long.MAX_VALUE, peer.dueNs());
        return peer.onAnswer(answer, e -> true, nowNs);
    }

    @Test
    void itIsAskedForAgainWhenTheAnswerHasRunOutOfTime() {
        final NamedPeer peer = peer(A);
        assertNull(answered(peer, answer(30, "192.0.2.1")));
        assertEquals(nowNs + 30 * S, peer.dueNs());
        nowNs += 30 * S;
        assertNull(answered(peer, answer(0, "192.0.2.1")));
        assertEquals(nowNs + NamedPeer.SHORTEST_NS, peer.dueNs());
        nowNs += 30 * S;
        assertNull(answered(peer, answer(Integer.MAX_VALUE, "192.0.2.1")));
        assertEquals(nowNs + NamedPeer.LONGEST_NS, peer.dueNs());
    }

    @Test
    void whenTheNameStandsForAnotherAddressThePeerIsThere() {
        final NamedPeer peer = peer(A);
        answered(peer, answer(30, "192.0.2.1"));
        nowNs += 30 * S;
        assertEquals(B, answered(peer, answer(30, "192.0.2.2")));
        assertEquals(B, peer.current());
    }

    @Test
    void aPeerThatRoamedIsNotCalledBackWhileItAnswers() {
        final NamedPeer peer = peer(A);
        answered(peer, answer(30, "192.0.2.1"));
        peer.onEndpoint(ELSEWHERE);
        peer.onHandshakeCompleted();
        for (int i = 0; i < 10; i++) {
            nowNs += 30 * S;
            assertNull(answered(peer, answer(30, "192.0.2.1")));
        }
        assertEquals(ELSEWHERE, peer.current());
    }

    @Test
    void aPeerThatRoamedAndIsSilentIsSoughtWhereItsNameIs() {
        final NamedPeer peer = peer(A);
        answered(peer, answer(3000, "192.0.2.1"));
        peer.onEndpoint(ELSEWHERE);
        nowNs += 100 * S;
        peer.onHandshakeFailing(nowNs);
        assertEquals(nowNs, peer.dueNs());
        assertEquals(A, answered(peer, answer(3000, "192.0.2.1")));
    }

    @Test
    void amongSeveralAddressesOneThatIsInUseIsLeftAlone() {
        final NamedPeer peer = peer(B);
        assertNull(answered(peer, answer(30, "192.0.2.1", "192.0.2.2")));
        nowNs += 30 * S;
        assertNull(answered(peer, answer(30, "192.0.2.2", "192.0.2.1", "2001:db8::1")));
    }

    @Test
    void eachFailureTriesTheNextAddressAndIpv6ComesFirst() {
        final NamedPeer peer = peer(SIX);
        assertNull(answered(peer, answer(300, "192.0.2.1", "2001:db8::1", "192.0.2.2")));
        for (final Endpoint next : List.of(A, B, SIX, A)) {
            nowNs += 5 * S;
            peer.onHandshakeFailing(nowNs);
            assertEquals(next, answered(peer, answer(300, "192.0.2.1", "2001:db8::1", "192.0.2.2")));
        }
        peer.onHandshakeCompleted();
        nowNs += 300 * S;
        assertNull(answered(peer, answer(300, "192.0.2.1", "2001:db8::1", "192.0.2.2")));
    }

    @Test
    void anAddressWithoutARouteComesLast() {
        final NamedPeer peer = peer(null);
        peer.onAsked(nowNs);
        assertEquals(A, peer.onAnswer(answer(30, "2001:db8::1", "192.0.2.1"), e -> !e.isV6(), nowNs));
    }

    @Test
    void theFirstAnswerDoesNotMoveAnEndpointThatCanBeReached() {
        assertNull(answered(peer(ELSEWHERE), answer(30, "192.0.2.1")));
        final NamedPeer lost = peer(SIX);
        lost.onAsked(nowNs);
        assertEquals(A, lost.onAnswer(answer(30, "192.0.2.1"), e -> !e.isV6(), nowNs));
    }

    @Test
    void failuresDoNotFloodTheNameServer() {
        final NamedPeer peer = peer(A);
        answered(peer, answer(300, "192.0.2.1"));
        for (int i = 0; i < 100; i++) {
            peer.onHandshakeFailing(nowNs);
        }
        assertEquals(nowNs + NamedPeer.FAILING_NS, peer.dueNs());
    }

    @Test
    void withoutAnAnswerThePausesGrowToAnEnd() {
        final NamedPeer peer = peer(A);
        long pauseNs = 0;
        for (int i = 0; i < 20; i++) {
            nowNs = peer.dueNs();
            peer.onAsked(nowNs);
            peer.onNoAnswer(nowNs);
            assertTrue(peer.dueNs() - nowNs >= pauseNs);
            pauseNs = peer.dueNs() - nowNs;
        }
        assertEquals(80 * S, pauseNs);
        assertEquals(A, peer.current());
    }
}
