package org.wgjvm.hub.neutron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.Settings;
import org.wgjvm.hub.http.Answer;
import org.wgjvm.hub.http.PortApi;
import org.wgjvm.hub.http.Request;
import org.wgjvm.hub.http.Routes;
import org.wgjvm.hub.machine.DryMachine;
import org.wgjvm.hub.machine.LinuxMachine;

/** The subset of Neutron's API, asked as openstacksdk asks, before an agent that does nothing to the machine. */
final class NeutronApiTest {
    @TempDir
    Path directory;

    private final Routes routes = new Routes();
    private Agent agent;

    @BeforeEach
    void start() throws IOException {
        final Path state = directory.resolve("state");
        final Settings settings = new Settings(
                state, Ports.HOST, InetAddress.ofLiteral("192.0.2.7"), 45840, 45850, 1420, false, 3600, List.of(), true);
        agent = Agent.start(settings, new DryMachine(new LinuxMachine(1), line -> { }), NeutronApi.routerNamespaces(state), line -> { });
        new NeutronApi(state, agent).addTo(routes);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private Answer ask(String method, String uri, String body) throws IOException {
        final QueryStringDecoder address = new QueryStringDecoder(uri);
        return routes.answer(new Request(method, address.path(), address.parameters(), body, Map.of()), PortApi::refusal);
    }

    private JsonObject expect(int status, String method, String uri, String body) throws IOException {
        final Answer answer = ask(method, uri, body);
        final String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertEquals(status, answer.status(), text);
        return text.isEmpty() ? new JsonObject() : JsonParser.parseString(text).getAsJsonObject();
    }

    private String create(String kind, String fields) throws IOException {
        return expect(201, "POST", "/v2.0/" + kind + "s", "{\"" + kind + "\":{" + fields + "}}").getAsJsonObject(kind).get("id")
                .getAsString();
    }

    private String message(int status, String method, String uri, String body) throws IOException {
        return expect(status, method, uri, body).getAsJsonObject("NeutronError").get("message").getAsString();
    }

    private JsonObject port(String id) throws IOException {
        return expect(200, "GET", "/v2.0/ports/" + id, "").getAsJsonObject("port");
    }

    private static String address(JsonObject port) {
        return port.getAsJsonArray("fixed_ips").get(0).getAsJsonObject().get("ip_address").getAsString();
    }

    private String network() throws IOException {
        final String network = create("network", "\"name\":\"field\",\"project_id\":\"p1\"");
        create("subnet", "\"network_id\":\"" + network + "\",\"cidr\":\"10.50.0.0/29\",\"ip_version\":4");
        return network;
    }

    private static String spoke(String network) {
        return "\"network_id\":\"" + network + "\",\"device_owner\":\"channel:wireguard:spoke\",\"binding:profile\":{\"public_key\":\""
                + Ports.key() + "\"}";
    }

    private static String hub(String network) {
        return "\"network_id\":\"" + network + "\",\"device_owner\":\"channel:wireguard:hub\"";
    }

    @Test
    void aNetworkWithHubSpokeAndRouterLivesAndGoes() throws IOException {
        final String network = network();
        final String hub = create("port", hub(network));
        assertEquals("ACTIVE", port(hub).get("status").getAsString());
        assertEquals("wireguard", port(hub).get("binding:vif_type").getAsString());
        assertEquals(Ports.HOST, port(hub).get("binding:host_id").getAsString(), "there is only this node");
        assertEquals("p1", port(hub).get("project_id").getAsString(), "its network's");
        assertEquals("10.50.0.1", address(port(hub)));
        final String spoke = create("port", spoke(network));
        assertEquals("10.50.0.2", address(port(spoke)));
        assertEquals(1, port(spoke).getAsJsonObject("binding:vif_details").getAsJsonArray("peers").size());

        final String router = create("router", "\"name\":\"r\"");
        final String body = "{\"port_id\":\"" + hub + "\"}";
        final JsonObject added = expect(200, "PUT", "/v2.0/routers/" + router + "/add_router_interface", body);
        assertEquals(hub, added.get("port_id").getAsString());
        assertEquals("network:router_interface", port(hub).get("device_owner").getAsString());
        assertEquals("up", port(hub).getAsJsonObject("wireguard").get("link").getAsString());
        assertEquals("qrouter-" + router, port(hub).getAsJsonObject("wireguard").get("namespace").getAsString());
        assertTrue(message(409, "DELETE", "/v2.0/routers/" + router, "").contains("has interfaces"));
        expect(200, "PUT", "/v2.0/routers/" + router + "/remove_router_interface", body);
        assertEquals("channel:wireguard:hub", port(hub).get("device_owner").getAsString(), "it is there still, and what it was");
        assertEquals("down", port(hub).getAsJsonObject("wireguard").get("link").getAsString());
        expect(404, "PUT", "/v2.0/routers/" + router + "/remove_router_interface", body);

        assertTrue(message(409, "DELETE", "/v2.0/networks/" + network, "").contains("has ports"));
        expect(204, "DELETE", "/v2.0/ports/" + spoke, "");
        expect(204, "DELETE", "/v2.0/ports/" + hub, "");
        expect(204, "DELETE", "/v2.0/routers/" + router, "");
        expect(204, "DELETE", "/v2.0/networks/" + network, "");
        assertEquals(0, expect(200, "GET", "/v2.0/subnets", "").getAsJsonArray("subnets").size());
    }

    @Test
    void aRefusalIsNeutrons() throws IOException {
        final String network = network();
        final JsonObject error = expect(400, "POST", "/v2.0/ports",
                "{\"port\":{" + hub(network).replace("hub", "spoke") + "}}").getAsJsonObject("NeutronError");
        assertEquals("InvalidInput", error.get("type").getAsString());
        assertTrue(error.get("message").getAsString().startsWith("binding:profile.public_key: "));
        assertTrue(message(400, "POST", "/v2.0/ports", "{}").startsWith("port: "));
        assertTrue(message(404, "GET", "/v2.0/networks/nothing", "").contains("nothing"));
        assertTrue(message(400, "POST", "/v2.0/subnets", "{\"subnet\":{\"network_id\":\"" + network + "\",\"cidr\":\"10.50.0.0/28\"}}")
                .contains("overlaps"));
        assertTrue(message(400, "POST", "/v2.0/subnets",
                "{\"subnet\":{\"network_id\":\"" + network + "\",\"cidr\":\"10.51.0.0/28\",\"ip_version\":6}}").contains("ip_version"));
        assertEquals(405, ask("DELETE", "/v2.0/networks", "").status());
    }

    @Test
    void addressesAreGivenOnceUntilNoneIsLeft() throws IOException {
        final String network = network();
        final Set<String> given = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            given.add(address(port(create("port", spoke(network)))));
        }
        assertEquals(Set.of("10.50.0.1", "10.50.0.2", "10.50.0.3", "10.50.0.4", "10.50.0.5", "10.50.0.6"), given);
        assertTrue(message(409, "POST", "/v2.0/ports", "{\"port\":{" + spoke(network) + "}}").contains("no address"));
        assertTrue(message(409, "POST", "/v2.0/ports",
                "{\"port\":{" + spoke(network) + ",\"fixed_ips\":[{\"ip_address\":\"10.50.0.3\"}]}}").contains("in use"));
        assertTrue(message(400, "POST", "/v2.0/ports",
                "{\"port\":{" + spoke(network) + ",\"fixed_ips\":[{\"ip_address\":\"10.60.0.3\"}]}}").contains("no subnet"));
    }

    @Test
    void bothFamiliesAndTheGatewayIsLeftOut() throws IOException {
        final String network = create("network", "\"name\":\"six\"");
        create("subnet", "\"network_id\":\"" + network + "\",\"cidr\":\"fd50::/64\",\"gateway_ip\":\"fd50::1\"");
        create("subnet", "\"network_id\":\"" + network + "\",\"cidr\":\"10.50.0.0/24\",\"gateway_ip\":\"10.50.0.1\"");
        final JsonObject port = port(create("port", spoke(network)));
        assertEquals("10.50.0.2", address(port));
        assertEquals("fd50:0:0:0:0:0:0:2", port.getAsJsonArray("fixed_ips").get(1).getAsJsonObject().get("ip_address").getAsString());
    }

    @Test
    void anUpdateChangesWhatItNames() throws IOException {
        final String network = network();
        final String id = create("port", spoke(network));
        final JsonObject before = port(id);
        expect(200, "PUT", "/v2.0/ports/" + id, "{\"port\":{\"name\":\"other\"}}");
        final JsonObject after = port(id);
        assertEquals("other", after.get("name").getAsString());
        after.add("name", before.get("name"));
        assertEquals(before, after);
        expect(200, "PUT", "/v2.0/ports/" + id, "{\"port\":{\"admin_state_up\":false}}");
        assertEquals("DOWN", port(id).get("status").getAsString());
        expect(200, "PUT", "/v2.0/ports/" + id, "{\"port\":{\"fixed_ips\":[{\"ip_address\":\"10.50.0.5\"}]}}");
        assertEquals("10.50.0.5", address(port(id)));
        expect(200, "PUT", "/v2.0/networks/" + network, "{\"network\":{\"name\":\"n2\"}}");
        assertEquals(1, expect(200, "GET", "/v2.0/networks?name=n2", "").getAsJsonArray("networks").size());
    }

    @Test
    void listsAreFilteredAndComeInPages() throws IOException {
        final String network = network();
        final String first = create("port", spoke(network) + ",\"name\":\"a\"");
        final String second = create("port", spoke(network) + ",\"name\":\"b\"");
        assertNotEquals(first, second);
        assertEquals(1, list("name=a").size());
        assertEquals(0, list("name=A%20x").size());
        assertEquals(2, list("network_id=" + network + "&admin_state_up=True").size());
        assertEquals(1, list("fixed_ips=ip_address%3D10.50.0.2").size());
        assertEquals(List.of(first), list("limit=1"));
        assertEquals(List.of(second), list("limit=1&marker=" + first));
        assertEquals(List.of(), list("limit=1&marker=" + second));
        assertEquals(Set.of("id"), expect(200, "GET", "/v2.0/ports?fields=id", "").getAsJsonArray("ports").get(0).getAsJsonObject()
                .keySet());
    }

    private List<String> list(String query) throws IOException {
        return expect(200, "GET", "/v2.0/ports?" + query, "").getAsJsonArray("ports").asList().stream()
                .map(p -> p.getAsJsonObject().get("id").getAsString()).toList();
    }

    @Test
    void whatAClientAsksFirstIsAnswered() throws IOException {
        assertEquals("v2.0", expect(200, "GET", "/", "").getAsJsonArray("versions").get(0).getAsJsonObject().get("id").getAsString());
        assertTrue(expect(200, "GET", "/v2.0/extensions", "").toString().contains("\"router\""));
        expect(200, "GET", "/v2.0/extensions/binding", "");
        expect(404, "GET", "/v2.0/extensions/qos", "");
    }

    @Test
    void onlyAHubGoesToARouterAndOnlyToOne() throws IOException {
        final String network = network();
        final String spoke = create("port", spoke(network));
        final String hub = create("port", hub(network));
        final String router = create("router", "\"name\":\"r\"");
        final String other = create("router", "\"name\":\"r2\"");
        assertTrue(message(400, "PUT", "/v2.0/routers/" + router + "/add_router_interface", "{\"port_id\":\"" + spoke + "\"}")
                .contains("only a hub"));
        final String subnet = expect(200, "GET", "/v2.0/subnets", "").getAsJsonArray("subnets").get(0).getAsJsonObject().get("id")
                .getAsString();
        assertEquals(hub, expect(200, "PUT", "/v2.0/routers/" + router + "/add_router_interface", "{\"subnet_id\":\"" + subnet + "\"}")
                .get("port_id").getAsString());
        assertTrue(message(409, "PUT", "/v2.0/routers/" + other + "/add_router_interface", "{\"port_id\":\"" + hub + "\"}")
                .contains("already"));
        assertFalse(port(hub).toString().contains("private"));
    }
}
