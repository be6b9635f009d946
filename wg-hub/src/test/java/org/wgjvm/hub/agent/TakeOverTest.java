package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.wgjvm.hub.Ports;

/** Hubs change hands where, and only where, it was said that they may, and never have two. */
final class TakeOverTest extends SharedCase {
    private Node one;
    private Node two;
    private Node three;

    private void start(String... successors) throws Exception {
        one = new Node("net1");
        one.successors = List.of(successors);
        one.start().known();
        two = new Node("net2").start().known();
        three = new Node("net3").start().known();
        one.put(HUB, hubAt("net1"));
        one.put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        passUntil(() -> two.active(HUB) && three.active(SPOKE));
    }

    @Test
    void aHostThatDiesHasItsHubsTakenOverWithTheSameKeyAndGetsThemBackWhenItReturns() throws Exception {
        start("net2", "net3");
        final String key = one.tunnel().publicKey;
        one.kill();
        passUntil(() -> two.tunnels().equals(Set.of(DEVICE)) && two.active(HUB));
        assertEquals(key, two.tunnel().publicKey);
        assertEquals(1, two.tunnel().peers.size());
        passUntil(() -> endpoint(three.get(HUB)).equals("192.0.2.2:51820"));
        assertTrue(three.active(HUB) && three.active(SPOKE));
        assertEquals(Set.of(), three.tunnels());

        one.start();
        passUntil(() -> one.active(HUB) && one.tunnels().equals(Set.of(DEVICE)));
        passUntil(() -> endpoint(three.get(HUB)).equals("192.0.2.1:51820"));
        assertEquals(Set.of(), two.tunnels());
        assertEquals(key, one.tunnel().publicKey);
        assertEquals(Set.of(), two.kernel.namespaces, "nothing of it is left there");
    }

    @Test
    void anAgentThatIsSoonThereAgainKeepsItsHubs() throws Exception {
        start("net2");
        one.kill();
        pass(2);
        one.start();
        passUntil(() -> one.active(HUB));
        pass(2 * LEASE_SECONDS);
        assertTrue(one.active(HUB));
        assertEquals(Set.of(), two.tunnels());
        assertFalse(String.join("\n", two.log).contains("takes hub"));
    }

    @Test
    void cutOffAHostLetsGoBeforeAnotherTakesOverThoughItsAgentIsBusy() throws Exception {
        start("net2");
        final CountDownLatch busy = new CountDownLatch(1);
        one.machine.busy = busy;
        final Thread stuck = Thread.ofVirtual().start(() -> {
            try {
                one.agent.wantNamespace("qrouter-9");
            } catch (ApiException | java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        });
        one.connection.cut(true);
        passUntil(() -> one.tunnels().isEmpty());
        assertEquals(Set.of(), two.tunnels(), "not before");
        busy.countDown();
        stuck.join();
        passUntil(() -> two.tunnels().equals(Set.of(DEVICE)) && two.active(HUB));
        assertFalse(one.active(HUB));
        assertTrue(one.get(HUB).toString().contains("lease"), () -> one.get(HUB).toString());
        pass(LEASE_SECONDS);
        one.connection.cut(false);
        passUntil(() -> one.active(HUB) && one.tunnels().equals(Set.of(DEVICE)) && two.tunnels().isEmpty());
    }

    @Test
    void withoutAPromiseNothingIsTakenOver() throws Exception {
        start();
        one.kill();
        pass(4 * LEASE_SECONDS);
        assertEquals(Set.of(), two.tunnels());
        assertEquals(Set.of(), three.tunnels());
        assertFalse(two.active(HUB));
        assertTrue(two.get(HUB).toString().contains("the agent of net1 is not there"));
    }

    @Test
    void whenTheStoreIsDownForLessThanALeaseNothingHappensToHubsThatMayBeTakenOver() throws Exception {
        start("net2");
        final FakeMachine.FakeTunnel tunnel = one.tunnel();
        store.down(true);
        pass(LEASE_SECONDS / 4);
        store.down(false);
        passUntil(() -> one.health().get("status").getAsString().equals("ok"));
        pass(2 * LEASE_SECONDS);
        assertSame(tunnel, one.tunnel());
        assertEquals(Set.of(), two.tunnels());
    }

    @Test
    void theSecondSuccessorComesWhenTheFirstIsGoneTooAndOneWithAnotherSecretNever() throws Exception {
        one = new Node("net1");
        one.successors = List.of("net4", "net2", "net3");
        one.start().known();
        two = new Node("net2").start().known();
        three = new Node("net3").start().known();
        final Node stranger = new Node("net4");
        stranger.secret = "another secret that is also long enough for one";
        stranger.start().known();
        one.put(HUB, hubAt("net1"));
        passUntil(() -> three.active(HUB));
        one.kill();
        passUntil(() -> two.active(HUB) && two.tunnels().equals(Set.of(DEVICE)));
        two.kill();
        passUntil(() -> three.tunnels().equals(Set.of(DEVICE)));
        assertEquals(Set.of(), stranger.tunnels());
    }

    @Test
    void aPromiseThatIsTakenBackHoldsNoLonger() throws Exception {
        start("net2");
        one.agent.close();
        one.successors = List.of();
        one.start();
        passUntil(() -> one.active(HUB) && store.get("/wg-hub/promises/net1") == null && store.get("/wg-hub/holds/" + HUB) == null);
        one.connection.cut(true);
        pass(3 * LEASE_SECONDS);
        assertTrue(one.active(HUB));
        assertEquals(Set.of(DEVICE), one.tunnels());
        assertEquals(Set.of(), two.tunnels());
    }

    @Test
    void startedWhileItIsCutOffAHostWithAPromiseWaits() throws Exception {
        start("net2");
        one.kill();
        one.cutFromTheStart = true;
        one.start();
        pass(1);
        assertEquals(Set.of(), one.tunnels());
        passUntil(() -> two.tunnels().equals(Set.of(DEVICE)) && two.active(HUB));
        assertEquals(Set.of(), one.tunnels());
        one.connection.cut(false);
        passUntil(() -> one.active(HUB) && two.tunnels().isEmpty());
    }

    @Test
    void aPortThatIsTakenOnTheOtherHostIsReplacedByAnother() throws Exception {
        start("net2");
        two.kernel.takenPorts.add(51820);
        one.kill();
        passUntil(() -> two.tunnels().equals(Set.of(DEVICE)) && two.active(HUB));
        assertEquals("192.0.2.2:51821", endpoint(two.get(HUB)));
        passUntil(() -> endpoint(three.get(HUB)).equals("192.0.2.2:51821"));
    }

    @Test
    void hubsOfSeveralHostsHaveDifferentPortsSoThatTheyCanBeKept() throws Exception {
        start("net2");
        two.put(Ports.hubId(2), hubAt("net2"));
        assertEquals("192.0.2.2:51821", endpoint(two.get(Ports.hubId(2))));
    }
}
