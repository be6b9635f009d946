package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.agent.FakeMachine.FakeTunnel;
import org.wgjvm.hub.machine.DryMachine;
import org.wgjvm.hub.machine.Machine;
import org.wgjvm.hub.machine.Stray;

/**
 * The agent on a node in memory. Each defect of the driver that came before, and each trap of Neutron's that the agent can meet, has a
 * case.
 */
final class AgentTest extends AgentCase {
    @Test
    void aHubIsMadeNamedAfterItsPortInItsProjectsNamespaceAndStaysDown() throws Exception {
        start();
        final JsonObject hub = put(HUB, Ports.hub("p1"));
        assertEquals("ACTIVE", status(hub));
        assertEquals("down", link(hub));
        assertEquals("wireguard", hub.get("binding:vif_type").getAsString());
        assertEquals(DEVICE, details(hub).get("device_name").getAsString(), "the name in vif_details is that of the device");
        assertEquals("192.0.2.7:51820", details(hub).get("endpoint").getAsString());
        assertEquals(1420, details(hub).get("mtu").getAsInt(), "the network says 1500, the tunnel has 1420");
        assertEquals("tun-p1", tunnel().place);
        assertEquals(51820, tunnel().port);
        assertFalse(tunnel().plan.up());
        assertEquals(details(hub).get("public_key").getAsString(), tunnel().publicKey);
    }

    @Test
    void theSameAgainChangesNothing() throws Exception {
        start();
        final JsonObject first = put(HUB, Ports.hub("p1"));
        final int changes = tunnel().changes.size();
        assertFalse(agent.put(HUB, Ports.fields(Ports.hub("p1"))).created());
        assertEquals(first, agent.get(HUB));
        assertEquals(changes, tunnel().changes.size());
        assertEquals(Set.of(51820), machine.held);
    }

    @Test
    void theKeyIsMadeOnceKeptOverRestartsNowhereElseAndForItsOwnerAlone() throws Exception {
        start();
        final String before = details(put(HUB, Ports.hub("p1"))).get("public_key").getAsString();
        final Path file = state.resolve("s/keys/" + HUB + ".key");
        final String secret = Files.readString(file).strip();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        restart();
        assertEquals(before, details(agent.get(HUB)).get("public_key").getAsString());
        assertEquals(before, tunnel().publicKey);
        agent.close();
        assertNowhere(secret, file);
    }

    @Test
    void theListenPortIsKeptToo() throws Exception {
        start();
        put(Ports.hubId(2), Ports.hub("p1"));
        put(HUB, Ports.hub("p1"));
        agent.delete(Ports.hubId(2));
        restart();
        assertEquals(51821, tunnel().port);
    }

    @Test
    void everyPortOfTheRangeIsUsedTheLastOneTooAndThenNoneIsFree() throws Exception {
        firstPort = 52818;
        kernel.takenPorts.add(52819);
        start();
        put(HUB, Ports.hub("p1"));
        assertEquals("192.0.2.7:52820", details(put(Ports.hubId(2), Ports.hub("p1"))).get("endpoint").getAsString());
        final ApiException full = refused(409, () -> put(Ports.hubId(3), Ports.hub("p1")));
        assertTrue(full.getMessage().contains("52818 to 52820"), full.getMessage());
        refused(404, () -> agent.get(Ports.hubId(3)));
        agent.delete(HUB);
        assertEquals("192.0.2.7:52818", details(put(Ports.hubId(3), Ports.hub("p1"))).get("endpoint").getAsString());
    }

    @Test
    void spokesBecomePeersWithTheirAddressesPresharedKeyAndKeepalive() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final String key = Ports.key();
        final JsonObject json = Ports.spoke("10.50.0.10", key);
        json.add("fixed_ips", Ports.ips("10.50.0.10", "fd50::10"));
        json.getAsJsonObject("binding:profile").addProperty("preshared_key", PSK);
        json.getAsJsonObject("binding:profile").addProperty("persistent_keepalive", 25);
        json.getAsJsonObject("binding:profile").addProperty("endpoint", "198.51.100.3:5000");
        final JsonObject spoke = put(SPOKE, json);
        assertEquals("ACTIVE", status(spoke));
        final PeerChange peer = tunnel().peers.get(PublicKey.fromBase64(key));
        assertEquals("[10.50.0.10/32, fd50::10/128]", peer.allowedIps().stream().map(a -> a.prefix().toString()).toList().toString());
        assertEquals(PSK, peer.presharedKey().toBase64());
        assertEquals(25, peer.persistentKeepaliveSeconds());
        assertEquals("198.51.100.3:5000", peer.endpoint().toString());
        assertEquals("(hidden)", spoke.getAsJsonObject("binding:profile").get("preshared_key").getAsString());
        assertNowhere(PSK, state.resolve("s/keys/" + SPOKE + ".psk"));

        final JsonObject peerOfSpoke = details(spoke).getAsJsonArray("peers").get(0).getAsJsonObject();
        assertEquals(details(agent.get(HUB)).get("public_key"), peerOfSpoke.get("public_key"));
        assertEquals("192.0.2.7:51820", peerOfSpoke.get("endpoint").getAsString());
        assertEquals("[\"10.50.0.1\"]", peerOfSpoke.get("addresses").toString());
        assertEquals("[\"10.50.0.0/24\"]", peerOfSpoke.get("allowed_ips").toString(), "so that the other spokes are reached through it");
    }

    @Test
    void aSpokeThatChangesOrGoesLeavesTheOthersAlone() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final String key = Ports.key();
        final String other = Ports.key();
        put(SPOKE, Ports.spoke("10.50.0.10", key));
        put(Ports.spokeId(2), Ports.spoke("10.50.0.11", other));
        final int before = tunnel().changes.size();
        put(SPOKE, Ports.spoke("10.50.0.12", key));
        agent.delete(SPOKE);
        for (final var change : tunnel().changes.subList(before, tunnel().changes.size())) {
            assertFalse(change.replacePeers());
            assertEquals(null, change.privateKey());
            assertTrue(change.peers().stream().noneMatch(p -> p.publicKey().toBase64().equals(other)));
        }
        assertEquals(Set.of(PublicKey.fromBase64(other)), tunnel().peers.keySet());
    }

    @Test
    void aNewKeyOfASpokeReplacesTheOldOneAndAnEndpointIsToldOnce() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final JsonObject json = Ports.spoke("10.50.0.10", Ports.key());
        json.getAsJsonObject("binding:profile").addProperty("endpoint", "198.51.100.3:5000");
        put(SPOKE, json);
        final String fresh = Ports.key();
        json.getAsJsonObject("binding:profile").addProperty("public_key", fresh);
        put(SPOKE, json);
        assertEquals(Set.of(PublicKey.fromBase64(fresh)), tunnel().peers.keySet());
        json.getAsJsonObject("binding:profile").addProperty("persistent_keepalive", 5);
        put(SPOKE, json);
        assertEquals(null, tunnel().peers.get(PublicKey.fromBase64(fresh)).endpoint(), "it may have moved since");
    }

    @Test
    void attachedItGoesToTheRouterAndUpAndDetachedBackAndDown() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        put(Ports.spokeId(2), Ports.spoke("10.60.0.10", Ports.key()));
        kernel.namespaces.add("qrouter-1");
        final JsonObject attached = attach("qrouter-1");
        assertEquals("up", link(attached));
        assertEquals("qrouter-1", tunnel().place);
        assertTrue(tunnel().plan.up());
        assertEquals("[10.50.0.1/24]", tunnel().plan.addresses().toString());
        assertEquals("[10.60.0.10/32]", tunnel().plan.routes().toString(), "what the address's prefix does not cover");
        restart();
        assertEquals("qrouter-1", tunnel().place);
        assertTrue(tunnel().plan.up());
        assertEquals("down", link(agent.detach(HUB)));
        assertEquals("tun-p1", tunnel().place);
        assertFalse(tunnel().plan.up());
        assertTrue(kernel.namespaces.contains("qrouter-1"), "it is not ours to remove");
    }

    @Test
    void downIsReportedWhileTheRoutersNamespaceIsMissingAndItIsTriedAgain() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        final JsonObject waiting = attach("qrouter-1");
        assertEquals("DOWN", status(waiting));
        assertEquals("DOWN", status(agent.get(SPOKE)));
        assertTrue(waiting.getAsJsonObject("wireguard").get("error").getAsString().contains("qrouter-1"));
        assertEquals("degraded", agent.health().get("status").getAsString());
        assertEquals("tun-p1", tunnel().place);
        kernel.namespaces.add("qrouter-1");
        await(() -> active(HUB) && active(SPOKE));
        assertEquals("qrouter-1", tunnel().place);
        assertEquals("ok", agent.health().get("status").getAsString());
    }

    @Test
    void anInterfaceThatSomebodyTakesAwayComesBackWithItsPeers() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final String key = Ports.key();
        put(SPOKE, Ports.spoke("10.50.0.10", key));
        final FakeTunnel before = tunnel();
        kernel.namespaces.remove("tun-p1");
        before.vanish();
        await(() -> active(HUB));
        assertNotEquals(before, tunnel());
        assertTrue(kernel.namespaces.contains("tun-p1"));
        assertEquals(Set.of(PublicKey.fromBase64(key)), tunnel().peers.keySet());
        assertEquals(before.publicKey, tunnel().publicKey);
    }

    @Test
    void adminStateUpIsHonouredForHubsAndSpokes() throws Exception {
        upAtOnce = true;
        start();
        final JsonObject json = Ports.hub("p1");
        json.addProperty("admin_state_up", false);
        assertEquals("DOWN", status(put(HUB, json)));
        assertFalse(tunnel().plan.up(), "down though it would come up at once");
        json.addProperty("admin_state_up", true);
        assertEquals("ACTIVE", status(put(HUB, json)));
        assertTrue(tunnel().plan.up());
        final JsonObject spoke = Ports.spoke("10.50.0.10", Ports.key());
        put(SPOKE, spoke);
        spoke.addProperty("admin_state_up", false);
        assertEquals("DOWN", status(put(SPOKE, spoke)));
        assertTrue(tunnel().peers.isEmpty());
    }

    @Test
    void anUpdateOfAHubKeepsWhatItDoesNotName() throws Exception {
        start();
        final JsonObject before = put(HUB, Ports.hub("p1"));
        kernel.namespaces.add("qrouter-1");
        attach("qrouter-1");
        final JsonObject renamed = Ports.hub("p1");
        renamed.addProperty("name", "other");
        renamed.addProperty("device_owner", "network:router_interface");
        final JsonObject after = put(HUB, renamed);
        assertEquals(details(before), details(after));
        assertEquals("up", link(after));
        assertEquals("hub", after.get("wireguard_kind").getAsString(), "though a router has overwritten the device_owner");
    }

    @Test
    void namespacesGoWithTheProjectsLastHubAndOnlyThenAndOnlyWhenEmpty() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        put(Ports.hubId(2), Ports.hub("p1"));
        put(Ports.hubId(3), Ports.hub("p2"));
        kernel.foreignIn.add("tun-p2");
        agent.delete(HUB);
        assertTrue(kernel.namespaces.contains("tun-p1"));
        agent.delete(Ports.hubId(2));
        assertFalse(kernel.namespaces.contains("tun-p1"));
        agent.delete(Ports.hubId(3));
        assertTrue(kernel.namespaces.contains("tun-p2"), "somebody's interface is in it");
        assertEquals(Set.of(), machine.held);
        assertEquals(Set.of(), machine.tunnels.keySet());
        try (Stream<Path> keys = Files.list(state.resolve("s/keys"))) {
            assertEquals(0, keys.count());
        }
    }

    @Test
    void aNamespaceThatWasThereBeforeIsNotOursToRemove() throws Exception {
        kernel.namespaces.add("tun-p1");
        start();
        put(HUB, Ports.hub("p1"));
        agent.delete(HUB);
        assertTrue(kernel.namespaces.contains("tun-p1"));
    }

    @Test
    void interfacesOfNoPortAreRemovedUnlessTheyAreIgnored() throws Exception {
        kernel.strays.add(new Stray("", "wg-cccccccc-00"));
        kernel.strays.add(new Stray("tun-p1", "wg-dddddddd-00"));
        ignored = List.of("wg-dddd*");
        start();
        assertEquals(List.of(new Stray("tun-p1", "wg-dddddddd-00")), kernel.strays);
        assertTrue(log.stream().anyMatch(l -> l.contains("wg-cccccccc-00")), log.toString());
    }

    @Test
    void whatFailsIsTriedAgainAndReportedMeanwhile() throws Exception {
        start();
        machine.failing = "tunnel";
        final JsonObject hub = put(HUB, Ports.hub("p1"));
        assertEquals("DOWN", status(hub));
        assertTrue(hub.getAsJsonObject("wireguard").get("error").getAsString().contains("said to fail"));
        await(() -> machine.calls.stream().filter(c -> c.startsWith("tunnel")).count() >= 2);
        machine.failing = "\0";
        await(() -> active(HUB));
        assertEquals("tun-p1", tunnel().place);
    }

    @Test
    void aDryRunSaysWhatItWouldDoAndDoesNothing() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        agent.close();
        kernel.namespaces.remove("tun-p1");
        kernel.strays.add(new Stray("", "wg-cccccccc-00"));
        final String before = tree();
        dryRun = true;
        log.clear();
        machine = new FakeMachine(kernel);
        final Machine dry = new DryMachine(machine, log::add);
        agent = Agent.start(settings(), dry, Set.of(), log::add);
        put(Ports.hubId(2), Ports.hub("p2"));
        put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        agent.delete(HUB);
        agent.close();
        assertEquals(before, tree());
        assertEquals(Set.of(), kernel.namespaces);
        assertEquals(1, kernel.strays.size());
        assertTrue(machine.calls.stream().allMatch(c -> c.startsWith("hold") || c.equals("strays")), machine.calls.toString());
        assertEquals(Set.of(), machine.held);
        for (final String said : List.of("would make namespace tun-p1", "would make interface " + DEVICE, "would delete hub " + HUB,
                "would remove interface wg-cccccccc-00", "would create hub " + Ports.hubId(2))) {
            assertTrue(log.stream().anyMatch(l -> l.contains(said)), said + " in " + log);
        }
    }
}
