package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.wgjvm.hub.Ports;

/** What agents that share a store know of each other's ports, and what they do when it is not there. */
final class SharedAgentsTest extends SharedCase {
    @Test
    void aPortThatIsSentToOneAgentIsKnownToAllAndItsHubIsAtItsHost() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        two.put(HUB, hubAt("net1"));
        two.put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        passUntil(() -> two.active(HUB) && two.active(SPOKE) && one.active(SPOKE));
        assertEquals(Set.of(DEVICE), one.tunnels());
        assertEquals(Set.of(), two.tunnels());
        assertEquals(1, one.tunnel().peers.size());
        passUntil(() -> endpoint(two.get(HUB)).equals("192.0.2.1:51820"));
        assertEquals(publicKey(one.get(HUB)), publicKey(two.get(HUB)));
        assertEquals(one.tunnel().publicKey, publicKey(two.get(HUB)));
        final JsonObject peer = two.get(SPOKE).getAsJsonObject("binding:vif_details").getAsJsonArray("peers").get(0).getAsJsonObject();
        assertEquals("192.0.2.1:51820", peer.get("endpoint").getAsString());
        assertTrue(two.agent.peerFile(SPOKE).contains("Endpoint = 192.0.2.1:51820"));
        assertEquals("ok", two.health().get("status").getAsString());

        one.agent.delete(SPOKE);
        passUntil(() -> two.get(SPOKE) == null);
        two.agent.delete(HUB);
        passUntil(() -> one.get(HUB) == null && one.tunnels().isEmpty());
        assertEquals(Set.of(), new TreeSet<>(store.all().keySet().stream().filter(k -> k.contains(HUB) || k.contains(SPOKE)).toList()));
        assertEquals(Set.of(), one.kernel.namespaces);
    }

    @Test
    void aHubThatMovesToAnotherHostIsTakenUpThere() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        one.put(HUB, hubAt("net1"));
        one.put(HUB, hubAt("net2"));
        passUntil(() -> one.active(HUB) && endpoint(one.get(HUB)).startsWith("192.0.2.2:"));
        assertEquals(Set.of(), one.tunnels());
        assertEquals(Set.of(DEVICE), two.tunnels());
    }

    @Test
    void ofTwoSpokesWithOneKeyOneIsRefusedThoughTheyCameToTwoAgentsAtOnce() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        for (int i = 0; i < 20; i++) {
            final String key = Ports.key();
            final int number = i;
            final CyclicBarrier barrier = new CyclicBarrier(2);
            final List<Integer> statuses = new java.util.concurrent.CopyOnWriteArrayList<>();
            final List<Thread> threads = new ArrayList<>();
            for (final Node node : List.of(one, two)) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        barrier.await();
                        final boolean first = node.equals(one);
                        final int mine = 2 * number + (first ? 0 : 1);
                        node.put(Ports.spokeId(mine), Ports.spoke("10.50.1." + (mine + 1), key));
                        statuses.add(200);
                    } catch (ApiException e) {
                        statuses.add(e.status());
                    } catch (Exception e) {
                        statuses.add(-1);
                    }
                }));
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(200, 409), statuses.stream().sorted().toList());
        }
        passUntil(() -> one.health().get("spokes").getAsInt() == 20 && two.health().get("spokes").getAsInt() == 20);
    }

    @Test
    void cutOffAnAgentGoesOnRefusesChangesAndLearnsAfterwardsWhatItMissed() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        one.put(HUB, hubAt("net1"));
        one.put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        passUntil(() -> two.get(SPOKE) != null);
        final FakeMachine.FakeTunnel tunnel = one.tunnel();
        one.connection.cut(true);
        final ApiException refusal = AgentCase.refused(503, () -> one.put(Ports.spokeId(2), Ports.spoke("10.50.0.11", Ports.key())));
        assertTrue(refusal.getMessage().contains("cannot be reached") || refusal.getMessage().contains("does not answer"),
                refusal.getMessage());
        assertNull(one.get(Ports.spokeId(2)));
        AgentCase.refused(503, () -> one.agent.delete(SPOKE));
        assertNotNull(one.get(SPOKE));
        pass(3 * LEASE_SECONDS);
        assertEquals("degraded", one.health().get("status").getAsString());
        assertFalse(two.active(HUB), "two hears nothing of one");
        two.put(Ports.spokeId(3), Ports.spoke("10.50.0.12", Ports.key()));
        two.agent.delete(SPOKE);
        store.compact();
        assertSame(tunnel, one.tunnel(), "nothing happened to the tunnel");
        assertTrue(one.active(HUB));
        one.connection.cut(false);
        passUntil(() -> one.get(Ports.spokeId(3)) != null && one.get(SPOKE) == null);
        passUntil(() -> two.active(HUB));
        assertSame(tunnel, one.tunnel(), "nothing happened to the tunnel");
        assertEquals(1, tunnel.peers.size());
        one.put(Ports.spokeId(2), Ports.spoke("10.50.0.11", Ports.key()));
    }

    @Test
    void startedWhileItIsCutOffAnAgentWorksFromItsCopy() throws Exception {
        final Node one = new Node("net1").start().known();
        one.put(HUB, hubAt("net1"));
        one.put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        one.kill();
        store.down(true);
        one.start();
        assertTrue(one.active(HUB) && one.active(SPOKE));
        assertEquals(1, one.tunnel().peers.size());
        store.down(false);
        passUntil(() -> one.health().get("status").getAsString().equals("ok"));
        one.agent.delete(SPOKE);
        assertEquals(0, one.tunnel().peers.size());
    }

    @Test
    void anAgentThatHadItsPortsToItselfBringsThemAlong() throws Exception {
        final Node one = new Node("net1");
        one.machine = new FakeMachine(one.kernel);
        one.agent = Agent.start(
                new Settings(directory.resolve("net1"), "net1", java.net.InetAddress.ofLiteral("192.0.2.1"), 51820, 52820, 1420, true, 3600,
                        List.of(), false), one.machine, Set.of(), one.log::add);
        one.put(HUB, hubAt("net1"));
        final JsonObject spoke = Ports.spoke("10.50.0.10", Ports.key());
        spoke.getAsJsonObject("binding:profile").addProperty("preshared_key", AgentCase.PSK);
        one.put(SPOKE, spoke);
        final String key = one.tunnel().publicKey;
        one.agent.close();
        final Node two = new Node("net2").start().known();
        two.put(Ports.spokeId(2), Ports.spoke("10.50.0.11", Ports.key()));
        one.start().known();
        passUntil(() -> two.active(HUB) && two.get(SPOKE) != null && one.get(Ports.spokeId(2)) != null);
        assertEquals(key, publicKey(two.get(HUB)));
        passUntil(() -> one.tunnel().peers.size() == 2);
        assertEquals("(hidden)", two.get(SPOKE).getAsJsonObject("binding:profile").get("preshared_key").getAsString());
    }

    @Test
    void aStoreThatHasLostEverythingGetsItBackAndNoTunnelNotices() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        one.put(HUB, hubAt("net1"));
        one.put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        two.put(Ports.hubId(2), hubAt("net2"));
        passUntil(() -> two.active(HUB) && one.active(Ports.hubId(2)));
        final FakeMachine.FakeTunnel tunnel = one.tunnel();
        store.empty();
        passUntil(() -> store.get("/wg-hub/ports/" + HUB) != null && store.get("/wg-hub/ports/" + SPOKE) != null
                && store.get("/wg-hub/ports/" + Ports.hubId(2)) != null);
        passUntil(() -> two.active(HUB) && one.active(Ports.hubId(2)) && one.active(HUB));
        assertSame(tunnel, one.tunnel(), "nothing happened to the tunnel");
        passUntil(() -> one.health().get("status").getAsString().equals("ok"));
        one.agent.delete(SPOKE);
        passUntil(() -> two.get(SPOKE) == null);
    }

    @Test
    void presharedKeysAreSealedInTheStoreAndPrivateKeysAreNotThereAtAll() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        one.put(HUB, hubAt("net1"));
        final JsonObject spoke = Ports.spoke("10.50.0.10", Ports.key());
        spoke.getAsJsonObject("binding:profile").addProperty("preshared_key", AgentCase.PSK);
        two.put(SPOKE, spoke);
        passUntil(() -> one.tunnel().peers.values().stream()
                .anyMatch(p -> p.presharedKey() != null && p.presharedKey().toBase64().equals(AgentCase.PSK)));
        final long serial = serial();
        two.put(SPOKE, spoke);
        assertEquals(serial, serial(), "nothing is written for a key that is there already");
        final String privateKey = Files.readString(directory.resolve("net1/keys/" + HUB + ".key")).strip();
        for (final Node node : List.of(one, two)) {
            assertFalse(String.join("\n", node.log).contains(AgentCase.PSK));
        }
        assertFalse(store.all().toString().contains(AgentCase.PSK));
        assertFalse(store.all().toString().contains(privateKey));
        assertFalse(Files.exists(directory.resolve("net2/keys/" + HUB + ".key")), "only who has the hub has its key");
        spoke.getAsJsonObject("binding:profile").remove("preshared_key");
        two.put(SPOKE, spoke);
        passUntil(() -> one.get(SPOKE).getAsJsonObject("binding:profile").get("preshared_key") == null);

        final Node three = new Node("net3");
        three.secret = "";
        three.start().known();
        spoke.getAsJsonObject("binding:profile").addProperty("preshared_key", AgentCase.PSK);
        assertEquals("binding:profile.preshared_key", AgentCase.refused(409, () -> three.put(SPOKE, spoke)).field());
    }

    private long serial() {
        return com.google.gson.JsonParser.parseString(store.get("/wg-hub/head")).getAsJsonObject().get("serial").getAsLong();
    }

    private static JsonObject full(long revision, JsonObject... ports) {
        final JsonArray all = new JsonArray();
        List.of(ports).forEach(all::add);
        final JsonObject json = new JsonObject();
        json.addProperty("revision", revision);
        json.add("ports", all);
        return json;
    }

    private static JsonObject named(String id, JsonObject json) {
        json.addProperty("id", id);
        return json;
    }

    @Test
    void aFullStateIsThatOfTheAgentsHostAndOfAllSpokesAndItsRevisionIsEverybodys() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        one.put(HUB, hubAt("net1"));
        two.put(Ports.hubId(2), hubAt("net2"));
        one.put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        passUntil(() -> one.get(Ports.hubId(2)) != null && two.get(SPOKE) != null);
        final JsonObject spoke = named(Ports.spokeId(2), Ports.spoke("10.50.0.11", Ports.key()));
        final JsonObject answer = one.agent.sync(Ports.fields(full(7, named(Ports.hubId(3), hubAt("net1")), spoke)));
        assertEquals(2, answer.get("created").getAsInt());
        assertEquals(2, answer.get("deleted").getAsInt(), "the hub of this host and the spoke that are not named");
        passUntil(() -> two.get(SPOKE) == null && two.get(Ports.hubId(3)) != null && two.get(HUB) == null);
        assertNotNull(one.get(Ports.hubId(2)), "another host's hub is not this host's matter");
        passUntil(() -> two.health().get("revision").getAsLong() == 7);
        AgentCase.refused(409, () -> two.agent.sync(Ports.fields(full(6))));
        assertEquals(0, two.agent.sync(Ports.fields(full(8, named(Ports.hubId(2), hubAt("net2")), spoke))).get("deleted").getAsInt());
        AgentCase.refused(409, () -> one.agent.sync(Ports.fields(full(7))));
    }

    @Test
    void aLargeFullStateIsWrittenInParts() throws Exception {
        final Node one = new Node("net1").start().known();
        final Node two = new Node("net2").start().known();
        final List<JsonObject> ports = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            ports.add(named(Ports.spokeId(i), Ports.spoke("10.50.2." + i, Ports.key())));
        }
        one.agent.sync(Ports.fields(full(1, ports.toArray(JsonObject[]::new))));
        passUntil(() -> two.health().get("spokes").getAsInt() == 150);
        one.agent.sync(Ports.fields(full(2)));
        passUntil(() -> two.health().get("spokes").getAsInt() == 0);
    }

    @Test
    void aChangeWhoseAnswerIsLostMayBeRepeated() throws Exception {
        final Node one = new Node("net1").start().known();
        final JsonObject spoke = Ports.spoke("10.50.0.10", Ports.key());
        one.connection.losesAnswer = true;
        AgentCase.refused(503, () -> one.put(SPOKE, spoke));
        passUntil(() -> one.get(SPOKE) != null);
        one.known().put(SPOKE, spoke);
        one.connection.losesAnswer = true;
        AgentCase.refused(503, () -> one.agent.delete(SPOKE));
        passUntil(() -> one.get(SPOKE) == null);
    }

    @Test
    void twoAgentsOfOneHostDoNotBothHaveItsHubs() throws Exception {
        final Node one = new Node("net1").start().known();
        one.put(HUB, hubAt("net1"));
        final Node copy = new Node("net1b");
        copy.machine = new FakeMachine(copy.kernel);
        copy.connection = store.connect();
        copy.agent = Agent.start(
                new Settings(directory.resolve("copy"), "net1", java.net.InetAddress.ofLiteral("192.0.2.9"), 51820, 52820, 1420, true, 3600,
                        List.of(), false),
                copy.machine, Set.of(), copy.log::add,
                new Sharing(new org.wgjvm.hub.share.ShareSettings("/wg-hub/", "net1", List.of(), "", LEASE_SECONDS), copy.connection, null,
                        store.clockNs::get));
        passUntil(() -> copy.get(HUB) != null && copy.health().toString().contains("another agent is that of net1"));
        pass(2 * LEASE_SECONDS);
        assertEquals(Set.of(), copy.tunnels());
        assertEquals(Set.of(DEVICE), one.tunnels());
        assertEquals("degraded", copy.health().get("status").getAsString());
    }
}
