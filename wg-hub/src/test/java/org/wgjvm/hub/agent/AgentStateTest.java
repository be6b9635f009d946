package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.hub.Ports;

/** What an agent keeps, and what it says of it: full states, history, files for devices. */
final class AgentStateTest extends AgentCase {
    @Test
    void aFullStateIsTakenWithoutGoingBackAndWithoutStumblingOverOnePort() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        put(SPOKE, Ports.spoke("10.50.0.10", Ports.key()));
        final JsonObject hub = Ports.hub("p1");
        hub.addProperty("id", Ports.hubId(2));
        final JsonObject wrong = Ports.spoke("10.50.0.11", "x");
        wrong.addProperty("id", Ports.spokeId(2));
        final JsonObject kept = Ports.spoke("10.50.0.10", Ports.key());
        kept.addProperty("id", SPOKE);
        final JsonObject answer = agent.sync(Ports.fields(full(7, hub, wrong, kept)));
        assertEquals("ports[1].binding:profile.public_key",
                answer.getAsJsonArray("refused").get(0).getAsJsonObject().get("field").getAsString());
        assertEquals(1, answer.get("created").getAsInt());
        assertEquals(1, answer.get("deleted").getAsInt());
        assertEquals(Set.of("wg-a0000002-00"), machine.tunnels.keySet());
        assertEquals(1, machine.tunnels.get("wg-a0000002-00").peers.size());
        refused(409, () -> agent.sync(Ports.fields(full(6))));
        restart();
        refused(409, () -> agent.sync(Ports.fields(full(6))));
        assertEquals(1, agent.sync(Ports.fields(full(7, hub))).get("ports").getAsInt());
        assertEquals("ports", refused(400, () -> agent.sync(Ports.fields(JsonParser.parseString("{\"revision\":9}").getAsJsonObject())))
                .field());
    }

    private static JsonObject full(long revision, JsonObject... ports) {
        final JsonArray all = new JsonArray();
        List.of(ports).forEach(all::add);
        final JsonObject json = new JsonObject();
        json.addProperty("revision", revision);
        json.add("ports", all);
        return json;
    }

    @Test
    void aFullStateSaysWhereHubsAreAttached() throws Exception {
        start();
        kernel.namespaces.add("qrouter-1");
        final JsonObject hub = Ports.hub("p1");
        hub.addProperty("id", HUB);
        hub.add("attachment", JsonParser.parseString("{\"namespace\":\"qrouter-1\",\"router_id\":\"1\"}"));
        agent.sync(Ports.fields(full(1, hub)));
        assertEquals("qrouter-1", tunnel().place);
        hub.remove("attachment");
        agent.sync(Ports.fields(full(2, hub)));
        assertEquals("qrouter-1", tunnel().place, "nothing said, nothing changed");
        hub.add("attachment", JsonNull.INSTANCE);
        agent.sync(Ports.fields(full(3, hub)));
        assertEquals("tun-p1", tunnel().place);
    }

    @Test
    void whatCannotBeTwiceInANetworkIsAConflict() throws Exception {
        start();
        final String key = Ports.key();
        put(SPOKE, Ports.spoke("10.50.0.10", key));
        assertEquals("binding:profile.public_key",
                refused(409, () -> put(Ports.spokeId(2), Ports.spoke("10.50.0.11", key))).field());
        assertEquals("fixed_ips", refused(409, () -> put(Ports.spokeId(2), Ports.spoke("10.50.0.10", Ports.key()))).field());
        final JsonObject elsewhere = Ports.spoke("10.50.0.10", key);
        elsewhere.addProperty("network_id", Ports.OTHER_NETWORK);
        put(Ports.spokeId(2), elsewhere);
        final JsonObject foreign = Ports.hub("p1");
        foreign.addProperty("binding:host_id", "net2");
        assertEquals("binding:host_id", refused(409, () -> put(HUB, foreign)).field());
        put(HUB, Ports.hub("p1"));
        final String sameName = HUB.substring(0, 11) + "01-4000-8000-00000000000a";
        assertEquals("id", refused(409, () -> put(sameName, Ports.hub("p1"))).field());
    }

    @Test
    void aPresharedKeyIsKeptWhenItsPlaceholderComesBackAndGoesWhenNothingDoes() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final String key = Ports.key();
        final JsonObject json = Ports.spoke("10.50.0.10", key);
        final JsonObject profile = json.getAsJsonObject("binding:profile");
        profile.addProperty("preshared_key", "(hidden)");
        assertEquals("binding:profile.preshared_key", refused(400, () -> put(SPOKE, json)).field());
        profile.addProperty("preshared_key", PSK);
        put(SPOKE, json);
        profile.addProperty("preshared_key", "(hidden)");
        profile.addProperty("persistent_keepalive", 9);
        put(SPOKE, json);
        assertEquals(PSK, tunnel().peers.get(PublicKey.fromBase64(key)).presharedKey().toBase64());
        profile.remove("preshared_key");
        put(SPOKE, json);
        assertTrue(tunnel().peers.get(PublicKey.fromBase64(key)).presharedKey().isZero());
        assertFalse(Files.exists(state.resolve("s/keys/" + SPOKE + ".psk")));
    }

    @Test
    void theHistoryShowsWhatChangedAndBringsAPortBack() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final JsonObject json = Ports.spoke("10.50.0.10", Ports.key());
        put(SPOKE, json);
        await(() -> log(SPOKE).stream().anyMatch(m -> m.contains("create spoke")));
        json.add("fixed_ips", Ports.ips("10.50.0.99"));
        put(SPOKE, json);
        await(() -> log(SPOKE).stream().anyMatch(m -> m.contains("update spoke")));
        agent.delete(SPOKE);
        await(() -> log(SPOKE).size() == 3);
        final List<org.wgjvm.hub.state.History.Entry> entries = agent.log(SPOKE, 10);
        assertTrue(agent.diff(entries.get(1).id()).contains("+        \"ip_address\": \"10.50.0.99\""), agent.diff(entries.get(1).id()));
        assertTrue(agent.restore(SPOKE, entries.get(2).id()).created());
        assertEquals("[10.50.0.10/32]", tunnel().peers.values().iterator().next().allowedIps().stream().map(a -> a.prefix().toString())
                .toList().toString());
        refused(404, () -> agent.restore(Ports.spokeId(3), entries.get(2).id()));
        refused(404, () -> agent.diff("0000000"));
    }

    private List<String> log(String id) {
        try {
            return agent.log(id, 10).stream().map(e -> e.message()).toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theFileForADeviceSaysWhereItsSecretsGo() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final JsonObject json = Ports.spoke("10.50.0.10", Ports.key());
        json.addProperty("name", "field\n[Peer]");
        json.getAsJsonObject("binding:profile").addProperty("preshared_key", PSK);
        json.getAsJsonObject("binding:profile").addProperty("persistent_keepalive", 25);
        put(SPOKE, json);
        final String file = agent.peerFile(SPOKE);
        for (final String line : List.of("PrivateKey = PUT-THE-PRIVATE-KEY-OF-THIS-DEVICE-HERE", "Address = 10.50.0.10/32", "MTU = 1420",
                "PublicKey = " + tunnel().publicKey, "PresharedKey = PUT-THE-PRESHARED-KEY-OF-THIS-PORT-HERE",
                "AllowedIPs = 10.50.0.0/24", "Endpoint = 192.0.2.7:51820", "PersistentKeepalive = 25")) {
            assertTrue(file.lines().anyMatch(line::equals), line + " in\n" + file);
        }
        assertFalse(file.contains(PSK));
        assertEquals(1, file.lines().filter("[Peer]"::equals).count(), "a name cannot add lines");
        assertTrue(agent.qrCode(SPOKE, true).startsWith("<svg"));
        assertTrue(agent.qrCode(SPOKE, false).contains("\u2588"));
        refused(409, () -> agent.peerFile(HUB));
    }

    @Test
    void vifDetailsStayUnderNeutronsLimitHoweverManySpokesThereAre() throws Exception {
        start();
        put(HUB, Ports.hub("p1"));
        final List<String> keys = new ArrayList<>();
        for (int i = 2; i < 60; i++) {
            keys.add(Ports.key());
            put(Ports.spokeId(i), Ports.spoke("10.50.0." + i, keys.getLast()));
        }
        assertEquals(58, tunnel().peers.size());
        assertTrue(details(agent.get(HUB)).toString().length() < 500);
        for (int i = 2; i < 40; i++) {
            put(Ports.hubId(i), Ports.hub("p1"));
        }
        assertTrue(details(agent.get(Ports.spokeId(2))).toString().length() < 4095);
    }

    @Test
    void oneAgentAStateDirectory() throws Exception {
        start();
        final IOException second = assertThrows(IOException.class,
                () -> Agent.start(settings(), new FakeMachine(kernel), Set.of(), log::add));
        assertTrue(second.getMessage().contains("already"), second.getMessage());
    }
}
