package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same without Neutron and with its API: networks, subnets, ports and routers, and a wireguard-go that pings through the router. */
@Interop(value = Implementation.GO_STABLE, programs = "nsenter")
final class HubNeutronTest {
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    private final List<AutoCloseable> made = new ArrayList<>();
    private HubAgent agent;
    private String project;
    private String router;
    private final Runnable removal = this::removeNamespaces;

    private <T extends AutoCloseable> T made(T thing) {
        made.add(thing);
        return thing;
    }

    private void removeNamespaces() {
        Command.run(Duration.ofSeconds(10), "", List.of("ip", "netns", "delete", "tun-" + project));
        Command.run(Duration.ofSeconds(10), "", List.of("ip", "netns", "delete", "qrouter-" + router));
    }

    @AfterEach
    void close() throws Exception {
        Collections.reverse(made);
        for (final AutoCloseable each : made) {
            each.close();
        }
        Leftovers.forget(removal);
        removeNamespaces();
    }

    private String create(String kind, String fields) {
        final String body = "{\"" + kind + "\":{" + fields + ",\"project_id\":\"" + project + "\"}}";
        return agent.ask("POST", "/v2.0/" + kind + "s", body).expect(201).field("id");
    }

    private HubAgent.Reply port(String id) {
        return agent.ask("GET", "/v2.0/ports/" + id, null).expect(200);
    }

    @Test
    void aHubIsAddedToARouterASpokeReachesItAndAllOfItGoesAgain() {
        final Namespace node = made(new Namespace());
        final Namespace away = made(new Namespace());
        node.sh("ip link add eth0 type veth peer name eth0 netns " + away.name()
                + "; ip addr add 10.66.0.1/24 dev eth0; ip link set eth0 up");
        away.sh("ip addr add 10.66.0.2/24 dev eth0; ip link set eth0 up");
        project = Leftovers.freshName();
        Leftovers.remember(removal);
        agent = made(new HubAgent(node, directory, "10.66.0.1"));
        agent.start();
        final WgDevice device = made(WgDevice.daemon(Implementation.GO_STABLE, away));

        final String network = create("network", "\"name\":\"field\"");
        create("subnet", "\"network_id\":\"" + network + "\",\"ip_version\":4,\"cidr\":\"10.50.0.0/24\"");
        final String hub = create("port", "\"network_id\":\"" + network + "\",\"device_owner\":\"channel:wireguard:hub\"");
        final String spoke = create("port", "\"network_id\":\"" + network + "\",\"device_owner\":\"channel:wireguard:spoke\","
                + "\"binding:profile\":{\"public_key\":\"" + device.publicKey() + "\"}");
        assertEquals("10.50.0.1", port(hub).field("ip_address"));
        router = create("router", "\"name\":\"r\"");
        final String body = "{\"port_id\":\"" + hub + "\"}";
        agent.ask("PUT", "/v2.0/routers/" + router + "/add_router_interface", body).expect(200);
        assertEquals("up", port(hub).field("link"));
        device.setconf("[Interface]\nPrivateKey = " + device.privateKey() + "\n[Peer]\nPublicKey = " + port(hub).field("public_key")
                + "\nAllowedIPs = 10.50.0.0/24\nEndpoint = " + port(hub).field("endpoint") + "\n");
        device.up(1420, "10.50.0.2/24");
        Ping.untilAnswered(away, "10.50.0.1", SOON);

        agent.ask("PUT", "/v2.0/routers/" + router + "/remove_router_interface", body).expect(200);
        assertFalse(Ping.answered(away, "10.50.0.1"));
        assertEquals("tun-" + project, port(hub).field("namespace"), "it is not deleted: it went back");
        agent.ask("PUT", "/v2.0/routers/" + router + "/add_router_interface", body).expect(200);
        Ping.untilAnswered(away, "10.50.0.1", SOON);
        agent.ask("PUT", "/v2.0/routers/" + router + "/remove_router_interface", body).expect(200);
        for (final String path : List.of("ports/" + hub, "ports/" + spoke, "routers/" + router, "networks/" + network)) {
            agent.ask("DELETE", "/v2.0/" + path, null).expect(204);
        }
        final String namespaces = Command.run(SOON, "", List.of("ip", "netns", "list")).out();
        assertTrue(!namespaces.contains("tun-" + project) && !namespaces.contains("qrouter-" + router), namespaces);
    }
}
