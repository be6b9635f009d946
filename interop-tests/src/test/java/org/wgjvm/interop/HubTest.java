package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of a hub and two spokes, all through the agent's API: a wireguard-go behind a NAT, and a device of ours. Each case begins where
 * the one before it has ended.
 */
@Interop(value = Implementation.GO_STABLE, programs = "nsenter")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HubTest {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String HUB = "aaaaaaaa-1000-4000-8000-000000000001";
    private static final String BEHIND_NAT = "bbbbbbbb-1000-4000-8000-000000000001";
    private static final String OPEN = "bbbbbbbb-1000-4000-8000-000000000002";
    private static final String DEVICE = "wg-aaaaaaaa-10";
    private static final String HUB_INSIDE = "10.50.0.1";
    private static final int DEVICE_PORT = 51899;
    private static final int PAGE_PORT = 51898; // In the node's own namespace.

    @TempDir
    static Path directory;

    private final List<AutoCloseable> made = new ArrayList<>();
    private Namespace node;
    private Namespace router;
    private HubAgent agent;
    private WgDevice behindNat;
    private WgDevice open;
    private String project;
    private final Runnable removal = this::removeProject;

    @BeforeAll
    void network() {
        node = made(new Namespace());
        router = made(new Namespace());
        final Namespace nat = made(new Namespace());
        final Namespace home = made(new Namespace());
        final Namespace away = made(new Namespace());
        link(node, "eth0", "10.66.0.1/24", nat, "wan", "10.66.0.2/24");
        link(node, "eth1", "10.66.1.1/24", away, "eth0", "10.66.1.2/24");
        link(nat, "lan", "192.168.7.1/24", home, "eth0", "192.168.7.2/24");
        nat.sh("sysctl -qw net.ipv4.ip_forward=1;"
                + " nft 'table ip nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade random; }; }'");
        home.sh("ip route add default via 192.168.7.1");
        away.sh("ip route add default via 10.66.1.1");
        router.sh("sysctl -qw net.ipv4.ip_forward=1");
        project = Leftovers.freshName();
        Leftovers.remember(removal);
        agent = made(new HubAgent(node, directory, "10.66.0.1", "--ui", "" + PAGE_PORT));
        agent.start();
        behindNat = made(WgDevice.daemon(Implementation.GO_STABLE, home));
        open = made(WgDevice.daemon(Implementation.OURS, away));
    }

    private <T extends AutoCloseable> T made(T thing) {
        made.add(thing);
        return thing;
    }

    private static void link(Namespace a, String nameA, String addressA, Namespace b, String nameB, String addressB) {
        a.sh("ip link add " + nameA + " type veth peer name " + nameB + " netns " + b.name() + "; ip addr add " + addressA + " dev " + nameA
                + "; ip link set " + nameA + " up");
        b.sh("ip addr add " + addressB + " dev " + nameB + "; ip link set " + nameB + " up");
    }

    private void removeProject() {
        Command.run(Duration.ofSeconds(10), "", List.of("ip", "netns", "delete", "tun-" + project));
    }

    @AfterAll
    void close() throws Exception {
        Collections.reverse(made);
        for (final AutoCloseable each : made) {
            each.close();
        }
        Leftovers.forget(removal);
        removeProject();
    }

    private String port(String owner, String address, String profile, String more) {
        return "{\"network_id\":\"11111111-1000-4000-8000-000000000001\",\"project_id\":\"" + project
                + "\",\"device_owner\":\"channel:wireguard:" + owner + "\",\"binding:profile\":{" + profile
                + "},\"fixed_ips\":[{\"subnet_id\":\"s1\",\"ip_address\":\"" + address
                + "\"}],\"subnets\":[{\"id\":\"s1\",\"cidr\":\"10.50.0.0/24\"}]" + more + "}";
    }

    private String hub(String more) {
        return port("hub", HUB_INSIDE, "", ",\"binding:host_id\":\"net1\"" + more);
    }

    private String spoke(WgDevice device, String address, String more) {
        return port("spoke", address, "\"public_key\":\"" + device.publicKey() + "\"" + more, "");
    }

    private HubAgent.Reply attach() {
        return agent.ask("PUT", "/v1/ports/" + HUB + "/attachment", "{\"namespace\":\"" + router.name() + "\"}").expect(200);
    }

    private static String in(String namespace, String words) {
        final List<String> all = new ArrayList<>(List.of("ip", "-n", namespace));
        all.addAll(List.of(words.split(" ")));
        return Command.run(Duration.ofSeconds(10), "", all).out();
    }

    /** What the device's owner makes of the file that the agent gives: the key is put where the file says. */
    private void configure(WgDevice device, String portId, String address, String presharedKey) {
        final String file = agent.ask("GET", "/v1/ports/" + portId + "/config", null).expect(200).body();
        final StringBuilder text = new StringBuilder();
        file.replace("PUT-THE-PRIVATE-KEY-OF-THIS-DEVICE-HERE", device.privateKey())
                .replace("PUT-THE-PRESHARED-KEY-OF-THIS-PORT-HERE", presharedKey).lines()
                .filter(l -> !l.startsWith("Address") && !l.startsWith("MTU")).forEach(l -> text.append(l).append('\n'));
        device.setconf(text.toString().replace("[Interface]\n", "[Interface]\nListenPort = " + DEVICE_PORT + "\n"));
        device.up(1420, address + "/24");
    }

    @Test
    @Order(1)
    void aHubIsMadeInItsProjectsNamespaceAndWaitsDownWithItsPortHeld() {
        final HubAgent.Reply hub = agent.put(HUB, hub("")).expect(201);
        assertEquals("ACTIVE", hub.field("status"));
        assertEquals(DEVICE, hub.field("device_name"));
        assertEquals("10.66.0.1:51820", hub.field("endpoint"));
        final String link = in("tun-" + project, "link show dev " + DEVICE);
        assertTrue(link.contains(DEVICE) && link.contains("state DOWN") && link.contains("mtu 1420"), link);
        assertFalse(node.run("ip", "link", "show", DEVICE).ok(), "it is not where it was made");
        assertFalse(node.sh("ss -Huln sport = :51820").isEmpty(), "its port is bound though its link is down");
        agent.put(HUB, hub("")).expect(200);
    }

    @Test
    @Order(2)
    void spokesReachTheHubAndEachOtherThroughItOnceItIsAttached() {
        final String psk = node.sh("wg genpsk");
        final String behind = agent.put(BEHIND_NAT, spoke(behindNat, "10.50.0.10",
                ",\"persistent_keepalive\":1,\"preshared_key\":\"" + psk + "\"")).expect(201).body();
        assertFalse(behind.contains(psk), "a secret in an answer");
        agent.put(OPEN, spoke(open, "10.50.0.11", ",\"endpoint\":\"10.66.1.2:" + DEVICE_PORT + "\"")).expect(201);
        assertEquals("up", attach().field("link"));
        final String addresses = in(router.name(), "-br addr show dev " + DEVICE);
        assertTrue(addresses.contains(HUB_INSIDE + "/24"), addresses);

        configure(behindNat, BEHIND_NAT, "10.50.0.10", psk);
        configure(open, OPEN, "10.50.0.11", "");
        Ping.untilAnswered(behindNat.host(), HUB_INSIDE, SOON);
        Ping.untilAnswered(open.host(), HUB_INSIDE, SOON);
        Ping.untilAnswered(behindNat.host(), "10.50.0.11", SOON);
        Ping.expectReplies(open.host(), "10.50.0.10");
    }

    @Test
    @Order(3)
    void thePageShowsWhoIsThereAndWhatPasses() throws IOException {
        final String address = Files.readString(directory.resolve("agent.url")).strip();
        assertTrue(address.startsWith("http://127.0.0.1:" + PAGE_PORT + "/?token="), address);
        final String token = address.replaceFirst(".*token=", "");
        final String state = page("/api/state?token=" + token);
        assertTrue(state.contains("\"connected\":2,\"stale\":0,\"never\":0"), state);
        final String spokes = page("/api/spokes?token=" + token + "&filter=10.50.0.11");
        assertTrue(spokes.contains("\"endpoint\":\"10.66.1.2:" + DEVICE_PORT + "\""), spokes);
        assertTrue(spokes.matches("(?s).*\"rxBytes\":[1-9][0-9]*,.*"), spokes);
        assertTrue(page("/api/state").startsWith("HTTP/1.1 401 "));
    }

    private String page(String path) {
        return node.sh("bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + PAGE_PORT + "; printf \"GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n"
                + "Connection: close\\r\\n\\r\\n\" \"" + path + "\" >&3; cat <&3'");
    }

    /** Of the only peer that a spoke has. */
    private static String show(WgDevice spoke, String field) {
        return spoke.host().sh("wg show " + spoke.name() + " " + field).split("\t", 2)[1];
    }

    private static long received(WgDevice spoke) {
        return Long.parseLong(show(spoke, "transfer").split("\t")[0]);
    }

    @Test
    @Order(4)
    void aChangedSpokeLeavesTheSessionOfTheOtherAlone() {
        final long shook = Long.parseLong(show(open, "latest-handshakes"));
        final long before = received(open);
        agent.put(BEHIND_NAT, spoke(behindNat, "10.50.0.20", ",\"persistent_keepalive\":1,\"preshared_key\":\"(hidden)\"")).expect(200);
        // In the session that there was: one that had to be made anew would cost the first packet's time.
        Ping.expectReplies(open.host(), HUB_INSIDE);
        assertTrue(shook > 0 && received(open) > before);
        assertFalse(Ping.answered(behindNat.host(), HUB_INSIDE), "its old address is nobody's now");
        behindNat.up(1420, "10.50.0.20/24");
        Ping.untilAnswered(behindNat.host(), HUB_INSIDE, SOON);
        Ping.expectReplies(open.host(), "10.50.0.20");
    }

    @Test
    @Order(5)
    void anUpdateTakesEffectAndAdminDownIsDown() {
        assertEquals("DOWN", agent.put(HUB, hub(",\"admin_state_up\":false")).expect(200).field("status"));
        assertTrue(in(router.name(), "link show dev " + DEVICE).contains("state DOWN"));
        assertFalse(Ping.answered(open.host(), HUB_INSIDE));
        assertEquals("ACTIVE", agent.put(HUB, hub("")).expect(200).field("status"));
        Ping.untilAnswered(open.host(), HUB_INSIDE, SOON);
        Ping.untilAnswered(behindNat.host(), HUB_INSIDE, SOON);
    }

    @Test
    @Order(6)
    void killedAndStartedAgainItIsTheSameHub() throws InterruptedException {
        final String key = agent.get(HUB).field("public_key");
        agent.kill();
        Await.until("the kernel has removed the interface", SOON, () -> !in(router.name(), "link show").contains(DEVICE));
        agent.start();
        assertEquals(key, agent.get(HUB).field("public_key"));
        assertEquals("ACTIVE", agent.get(HUB).field("status"));
        Ping.untilAnswered(open.host(), HUB_INSIDE, SOON);
        Ping.untilAnswered(behindNat.host(), "10.50.0.11", SOON);
    }

    @Test
    @Order(7)
    void aDeviceIsCalledWhereItWasHeardThoughTheAgentStartedAnewAndItSaysNothing() throws IOException {
        // Without an endpoint in its profile, and without a keepalive, nothing but what was kept tells the hub where it is.
        agent.put(OPEN, spoke(open, "10.50.0.11", "")).expect(200);
        Ping.untilAnswered(open.host(), HUB_INSIDE, SOON);
        agent.close();
        assertTrue(Files.readString(agent.state().resolve("endpoints")).contains(open.publicKey() + " 10.66.1.2:" + DEVICE_PORT + " -"));
        agent.start();
        Ping.untilAnswered(router, "10.50.0.11", SOON);
        Ping.untilAnswered(behindNat.host(), HUB_INSIDE, SOON);
    }

    @Test
    @Order(8)
    void detachedItGoesBackAndDown() {
        assertEquals("down", agent.ask("DELETE", "/v1/ports/" + HUB + "/attachment", null).expect(200).field("link"));
        assertTrue(in("tun-" + project, "link show dev " + DEVICE).contains("state DOWN"));
        assertFalse(in(router.name(), "link show").contains(DEVICE));
        assertFalse(Ping.answered(open.host(), HUB_INSIDE));
        assertEquals("up", attach().field("link"));
        Ping.untilAnswered(open.host(), HUB_INSIDE, SOON);
    }

    @Test
    @Order(9)
    void aNamespaceDeletedUnderItIsNoticedAndRepaired() {
        Command.run(SOON, "", List.of("ip", "netns", "delete", router.name())).orFail();
        Await.until("the hub is DOWN", SOON, () -> agent.get(HUB).field("status"), "DOWN"::equals);
        assertTrue(agent.get(HUB).body().contains("there is no network namespace " + router.name()));
        Command.run(SOON, "", List.of("ip", "netns", "add", router.name())).orFail();
        router.sh("ip link set lo up; sysctl -qw net.ipv4.ip_forward=1");
        Await.until("the hub is ACTIVE again", SOON, () -> agent.get(HUB).field("status"), "ACTIVE"::equals);
        Ping.untilAnswered(open.host(), HUB_INSIDE, SOON);
        Ping.untilAnswered(behindNat.host(), "10.50.0.11", SOON);
        Command.run(SOON, "", List.of("ip", "netns", "delete", "tun-" + project)).orFail();
        Await.until("the project's namespace is back", SOON, () -> in("tun-" + project, "link show").contains("lo:"));
    }

    @Test
    @Order(10)
    void deletedNothingOfItIsLeft() throws IOException {
        agent.ask("DELETE", "/v1/ports/" + BEHIND_NAT, null).expect(204);
        assertFalse(Ping.answered(behindNat.host(), HUB_INSIDE));
        Ping.expectReplies(open.host(), HUB_INSIDE);
        agent.ask("DELETE", "/v1/ports/" + HUB, null).expect(204);
        assertEquals("DOWN", agent.get(OPEN).field("status"));
        assertFalse(in(router.name(), "link show").contains(DEVICE));
        assertFalse(Command.run(SOON, "", List.of("ip", "netns", "list")).out().contains("tun-" + project));
        assertTrue(node.sh("ss -Huln sport = :51820").isEmpty());
        agent.ask("DELETE", "/v1/ports/" + OPEN, null).expect(204);
        try (var keys = Files.list(agent.state().resolve("keys"))) {
            assertEquals(0, keys.count());
        }
    }
}
