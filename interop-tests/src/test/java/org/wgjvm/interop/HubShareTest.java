package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three agents and an etcd. The hub of net1 may be taken over by net2 and then net3, that of net3 by nobody. One agent is killed, two are
 * cut off from etcd, and etcd itself is killed and started again, while each hub's device asks for it. Each case begins where the one
 * before it has ended.
 */
@Interop(value = Implementation.GO_STABLE, programs = {"nsenter", "unshare", "etcd"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HubShareTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String NETWORK = "11111111-4000-4000-8000-00000000000";
    private static final String HUB = "aaaaaaaa-4000-4000-8000-000000000001";
    private static final String ALONE = "aaaaaaaa-4100-4000-8000-000000000003";
    private static final String SPOKE = "bbbbbbbb-4000-4000-8000-000000000001";
    private static final String SPOKE_OF_ALONE = "bbbbbbbb-4000-4000-8000-000000000003";
    private static final String DEVICE = "wg-aaaaaaaa-40";
    private static final String DEVICE_OF_ALONE = "wg-aaaaaaaa-41";
    private static final int SPOKE_PORT = 51899;

    @TempDir
    static Path directory;

    private final List<AutoCloseable> made = new ArrayList<>();
    private final List<Namespace> nodes = new ArrayList<>();
    private final List<HubAgent> agents = new ArrayList<>();
    private final String project = Leftovers.freshName();
    private final AtomicReference<String> both = new AtomicReference<>("");
    private volatile boolean watching = true;
    private int passed;
    private Etcd etcd;
    private WgDevice spoke;
    private WgDevice spokeOfAlone;
    private Thread watch;

    private <T extends AutoCloseable> T made(T thing) {
        made.add(thing);
        return thing;
    }

    private HubAgent agent(int n) {
        return agents.get(n - 1);
    }

    private Namespace plugged(Namespace middle, String address) {
        final Namespace namespace = made(new Namespace());
        namespace.sh("ip link add eth0 type veth peer name p" + address.replace('.', '_') + " netns " + middle.name()
                + "; ip addr add " + address + "/24 dev eth0; ip link set eth0 up");
        middle.sh("ip link set p" + address.replace('.', '_') + " master br0 up");
        return namespace;
    }

    @BeforeAll
    void network() throws IOException {
        final Namespace middle = made(new Namespace());
        middle.sh("ip link add br0 type bridge; ip addr add 10.9.0.100/24 dev br0; ip link set br0 up");
        for (int n = 1; n <= 3; n++) {
            nodes.add(plugged(middle, "10.9.0." + n));
        }
        etcd = made(new Etcd(middle, directory.resolve("etcd"), "10.9.0.100"));
        etcd.start();
        final Path secret = directory.resolve("secret");
        Files.writeString(secret, middle.sh("wg genkey"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        for (int n = 1; n <= 3; n++) {
            final List<String> options = new ArrayList<>(List.of(
                    "--up-at-once", "--etcd", etcd.url(), "--secret-file", secret.toString(), "--lease", "10"));
            if (n == 1) {
                options.addAll(List.of("--successors", "net2,net3"));
            }
            agents.add(made(HubAgent.onAMachineOfItsOwn(
                    nodes.get(n - 1), directory.resolve("net" + n), "net" + n, "10.9.0." + n, options.toArray(String[]::new))));
            final HubAgent agent = agents.getLast();
            agent.start();
            // It answers before it has heard from etcd, and takes changes after that.
            Await.until("net" + n + " knows what is shared", SOON, () -> agent.ask("GET", "/healthz", null).status() == 200);
        }
        spoke = made(WgDevice.daemon(Implementation.GO_STABLE, plugged(middle, "10.9.0.11")));
        spokeOfAlone = made(WgDevice.daemon(Implementation.GO_STABLE, plugged(middle, "10.9.0.13")));
    }

    @AfterAll
    void close() throws Exception {
        watching = false;
        if (watch != null) {
            watch.join();
        }
        Collections.reverse(made);
        for (final AutoCloseable each : made) {
            each.close();
        }
    }

    private String port(int network, String owner, String address, String profile, String more) {
        return "{\"network_id\":\"" + NETWORK + network + "\",\"project_id\":\"" + project
                + "\",\"device_owner\":\"channel:wireguard:" + owner + "\",\"binding:profile\":{" + profile
                + "},\"fixed_ips\":[{\"subnet_id\":\"s1\",\"ip_address\":\"" + address
                + "\"}],\"subnets\":[{\"id\":\"s1\",\"cidr\":\"10.50.0.0/24\"}]" + more + "}";
    }

    private String hub(int n) {
        return port(n, "hub", "10.50.0.1", "", ",\"binding:host_id\":\"net" + n + "\"");
    }

    private String device(int n, WgDevice device, String more) {
        return port(n, "spoke", "10.50.0.9", "\"public_key\":\"" + device.publicKey() + "\",\"persistent_keepalive\":1" + more, "");
    }

    private void configure(WgDevice device, HubAgent.Reply hub) {
        device.setconf("[Interface]\nPrivateKey = " + device.privateKey() + "\nListenPort = " + SPOKE_PORT + "\n[Peer]\nPublicKey = "
                + hub.field("public_key") + "\nAllowedIPs = 10.50.0.0/24\nPersistentKeepalive = 1\nEndpoint = " + hub.field("endpoint")
                + "\n");
        device.up(1420, "10.50.0.9/24");
    }

    private boolean has(int n) {
        return !agent(n).interfaceIndex("tun-" + project, DEVICE).isEmpty();
    }

    /** The hub of net1 is looked for on both hosts all the time: seen on the one before and after it was seen on the other is twice. */
    private void watchForTwo() {
        watch = Thread.ofPlatform().daemon().start(() -> {
            while (watching) {
                if (has(2) && has(1) && has(2)) {
                    both.set("net1 and net2 had the hub at one time");
                }
                Await.pass(Duration.ofMillis(50));
            }
        });
    }

    /** Each goes on where the one before has ended: if that failed, all would be waited for in vain. */
    private void follows(int order) {
        assertEquals(order - 1, passed, "how many before it have passed");
    }

    private HubAgent.Reply activeAt(int asked, String hub, String endpoint) {
        return Await.until("net" + asked + " knows the hub at " + endpoint, SOON, () -> agent(asked).ask("GET", "/v1/ports/" + hub, null),
                r -> r.status() == 200 && r.field("status").equals("ACTIVE") && r.field("endpoint").startsWith(endpoint));
    }

    @Test
    @Order(1)
    void whatIsAskedOfOneAgentIsDoneByTheHostsOwn() {
        follows(1);
        agent(2).put(HUB, hub(1)).expect(201);
        agent(2).put(ALONE, hub(3)).expect(201);
        agent(3).put(SPOKE, device(1, spoke, ",\"endpoint\":\"10.9.0.11:" + SPOKE_PORT + "\"")).expect(201);
        agent(1).put(SPOKE_OF_ALONE, device(3, spokeOfAlone, "")).expect(201);
        configure(spoke, activeAt(3, HUB, "10.9.0.1:"));
        configure(spokeOfAlone, activeAt(1, ALONE, "10.9.0.3:"));
        Ping.untilAnswered(spoke.host(), "10.50.0.1", SOON);
        Ping.untilAnswered(spokeOfAlone.host(), "10.50.0.1", SOON);
        assertTrue(has(1));
        assertFalse(has(2));
        watchForTwo();
        passed = 1;
    }

    @Test
    @Order(2)
    void killedAHostWithSuccessorsHasItsHubTakenOverAndItsDeviceIsCalled() {
        follows(2);
        final String key = agent(3).get(HUB).field("public_key");
        agent(1).kill();
        assertEquals(key, activeAt(3, HUB, "10.9.0.2:").field("public_key"));
        assertTrue(has(2));
        Ping.untilAnswered(spoke.host(), "10.50.0.1", SOON);
        passed = 2;
    }

    @Test
    @Order(3)
    void startedAgainItGetsItsHubBack() {
        follows(3);
        agent(1).start();
        activeAt(3, HUB, "10.9.0.1:");
        Ping.untilAnswered(spoke.host(), "10.50.0.1", SOON);
        assertFalse(has(2));
        passed = 3;
    }

    @Test
    @Order(4)
    void cutOffFromEtcdAHostWithSuccessorsLetsGoAndOneWithoutGoesOn() {
        follows(4);
        final String index = agent(3).interfaceIndex("tun-" + project, DEVICE_OF_ALONE);
        for (final int n : new int[] {1, 3}) {
            nodes.get(n - 1).sh("nft 'table ip cut { chain out { type filter hook output priority 0; ip daddr 10.9.0.100 drop; }; }'");
        }
        activeAt(2, HUB, "10.9.0.2:");
        assertFalse(has(1));
        Ping.untilAnswered(spoke.host(), "10.50.0.1", SOON);
        Ping.expectReplies(spokeOfAlone.host(), "10.50.0.1");
        Await.until("the agent knows that it is cut off", SOON,
                () -> agent(3).ask("GET", "/healthz", null).body().contains("\"reachable\":false"));
        assertEquals("ACTIVE", agent(3).get(ALONE).field("status"));
        assertEquals(503, agent(3).ask("DELETE", "/v1/ports/" + SPOKE_OF_ALONE, null).status());
        Ping.expectReplies(spokeOfAlone.host(), "10.50.0.1");
        for (final int n : new int[] {1, 3}) {
            nodes.get(n - 1).sh("nft delete table ip cut");
        }
        activeAt(2, HUB, "10.9.0.1:");
        Ping.untilAnswered(spoke.host(), "10.50.0.1", SOON);
        activeAt(2, ALONE, "10.9.0.3:");
        assertEquals(index, agent(3).interfaceIndex("tun-" + project, DEVICE_OF_ALONE), "it is the interface that it was");
        passed = 4;
    }

    @Test
    @Order(5)
    void etcdIsKilledAndStartedAgainAndNothingIsLost() {
        follows(5);
        final String index = agent(3).interfaceIndex("tun-" + project, DEVICE_OF_ALONE);
        etcd.kill();
        Await.until("a change is refused", SOON, () -> agent(2).put(SPOKE, device(1, spoke, "")).status() == 503);
        Ping.expectReplies(spokeOfAlone.host(), "10.50.0.1");
        etcd.start();
        Await.until("a change is taken", SOON,
                () -> agent(2).put(SPOKE, device(1, spoke, ",\"endpoint\":\"10.9.0.11:" + SPOKE_PORT + "\"")).status() == 200);
        for (int n = 1; n <= 3; n++) {
            activeAt(n, HUB, "10.9.0.1:");
            activeAt(n, ALONE, "10.9.0.3:");
            final int each = n;
            Await.until("net" + n + " is well", SOON, () -> agent(each).ask("GET", "/healthz", null).status() == 200);
        }
        Ping.untilAnswered(spoke.host(), "10.50.0.1", SOON);
        Ping.expectReplies(spokeOfAlone.host(), "10.50.0.1");
        assertEquals(index, agent(3).interfaceIndex("tun-" + project, DEVICE_OF_ALONE), "it is the interface that it was");
        passed = 5;
    }

    @Test
    @Order(6)
    void deletedAtOneAgentItIsGoneEverywhereAndNoKeyWasEverInEtcd() throws IOException {
        follows(6);
        assertEquals("", both.get());
        final String key = Files.readString(agent(1).state().resolve("keys/" + HUB + ".key")).strip();
        agent(3).ask("DELETE", "/v1/ports/" + HUB, null).expect(204);
        Await.until("it is gone", SOON, () -> !has(1) && agent(2).ask("GET", "/v1/ports/" + HUB, null).status() == 404);
        etcd.kill();
        try (var files = Files.walk(directory.resolve("etcd"))) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
                assertFalse(bytes.contains(key), file.toString());
            }
        }
        passed = 6;
    }
}
