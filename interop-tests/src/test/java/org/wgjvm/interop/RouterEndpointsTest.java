package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The document's example of remote endpoints: routers dc1 and dc2, and p1, p2 and p3 with its file and keys of their own. p1 and p3 run
 * wireguard-go under wg-quick, p2 runs {@code bin/wg-jvm up}. Behind each router is a host with the addresses of its services.
 */
@Interop({Implementation.GO_STABLE, Implementation.GO_NEWEST})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RouterEndpointsTest {
    private static final String PROFILE = "wg-profile-1";
    private static final int PORT = 7001;

    /** What the document leaves to its reader: services, and interfaces on which they are. */
    private static final String SERVICES = """
            config
              authority
                service files
                  address 172.16.1.0/26
                  access-policy remote-worker
                    source remote-worker
                  exit
                exit
                service build
                  address 172.16.1.80/32
                  access-policy engineering
                    source engineering
                  exit
                exit
                service mail
                  address 172.16.2.0/24
                  access-policy remote-worker
                    source remote-worker
                  exit
                  access-policy engineering
                    source engineering
                  exit
                exit
                router dc1
                  node node1
                    device-interface lan
                      network-interface lan-net
                        address 172.16.1.1
                          prefix-length 24
                        exit
                      exit
                    exit
                  exit
                exit
                router dc2
                  node node1
                    device-interface lan
                      network-interface lan-net
                        address 172.16.2.1
                          prefix-length 24
                        exit
                      exit
                    exit
                  exit
                exit
              exit
            exit
            """;

    // Of the class: the routers of one case are those of the next.
    @TempDir
    private static Path directory;

    private final List<AutoCloseable> made = new ArrayList<>();
    private final Map<String, String> privateKeys = new TreeMap<>();
    private final Map<String, Namespace> endpoints = new TreeMap<>();
    private Path authority;
    private RouterProcess dc1;
    private RouterProcess dc2;
    private Namespace services1;
    private Namespace services2;

    @AfterAll
    void close() throws Exception {
        Collections.reverse(made);
        for (final AutoCloseable each : made) {
            each.close();
        }
    }

    private Namespace namespace() {
        final Namespace namespace = new Namespace();
        made.add(namespace);
        return namespace;
    }

    /** Everything, once: the internet, the routers with the document's configuration, what stands behind them, and the endpoints. */
    private void network() throws Exception {
        if (dc1 != null) {
            return;
        }
        final Namespace internet = namespace();
        internet.sh("ip link add br0 type bridge; ip link set br0 up; sysctl -qw net.ipv4.ip_forward=1; ip addr add 1.1.1.254/24 dev br0;"
                + " ip addr add 2.2.2.254/24 dev br0; ip addr add 198.51.100.254/24 dev br0");
        for (final String peer : List.of("p1", "p2", "p3")) {
            privateKeys.put(peer, Command.run(RouterProcess.PATIENCE, "", List.of("wg", "genkey")).orFail().out().strip());
        }
        final String config1 = withOurKeys(RouterProcess.document("dc1.conf"));
        final Path first = Files.writeString(directory.resolve("dc1.conf"), config1);
        dc1 = RouterProcess.start(host(internet, "eth1", "1.1.1.1"), "dc1", first, directory);
        made.add(dc1);
        for (final String more : List.of(withOurKeys(dc2(RouterProcess.document("dc1.conf"))), RouterProcess.document("tenants.conf"),
                SERVICES)) {
            dc1.ask("commit", "--merge", Files.writeString(directory.resolve("more.conf"), more).toString());
        }
        authority = Files.writeString(directory.resolve("authority.conf"), dc1.ask("export"));
        dc2 = RouterProcess.start(host(internet, "eth1", "2.2.2.2"), "dc2", authority, directory);
        made.add(dc2);
        services1 = namespace();
        dc1.standBehind("lan", services1, "172.16.1.10/24");
        services1.sh("ip addr add 172.16.1.80/24 dev lan");
        services2 = namespace();
        dc2.standBehind("lan", services2, "172.16.2.10/24");
        endpoint(internet, "p1", "10.10.10.2", Implementation.GO_STABLE);
        endpoint(internet, "p2", "10.10.10.3", Implementation.OURS);
        endpoint(internet, "p3", "10.10.10.4", Implementation.GO_NEWEST);
    }

    /** The document's dc2 is dc1 with another name and address, but for an exit that it has in the wrong place. */
    private static String dc2(String dc1) throws IOException {
        final String made = dc1.replace("dc1", "dc2").replace("1.1.1.1", "2.2.2.2");
        assertEquals(words(RouterProcess.document("dc2.conf")), words(made));
        return made;
    }

    private static String words(String text) {
        return text.replaceAll("\\bexit\\b", "").replaceAll("\\s+", " ");
    }

    private String withOurKeys(String text) {
        String own = text;
        own = own.replace("cScVKF4nTbdDcGoZgbkNMRFhSEC0dVqdufIBBnCNvCk=", publicKey("p1"));
        own = own.replace("4uXibv7XeeTxYhc5clp0G4cIYicvY03RQGxLwDNCCEY=", publicKey("p2"));
        return own.replace("lqvXPuopoYfVcVgpUEtF8Y6BXn8n6YXXAhRGhS50vU8=", publicKey("p3"));
    }

    private String publicKey(String peer) {
        return Command.run(RouterProcess.PATIENCE, privateKeys.get(peer), List.of("wg", "pubkey")).orFail().out().strip();
    }

    /** A host on the internet. */
    private Namespace host(Namespace internet, String link, String address) {
        final Namespace host = namespace();
        final String port = "v" + made.size();
        internet.sh("ip link add " + port + " type veth peer name " + link + " netns " + host.name() + "; ip link set " + port
                + " master br0 up");
        host.sh("ip addr add " + address + "/24 dev " + link + "; ip link set " + link + " up; ip route add default via "
                + address.substring(0, address.lastIndexOf('.')) + ".254");
        return host;
    }

    /** An endpoint with the document's file for p1, in which keys and its own address are its own. */
    private void endpoint(Namespace internet, String peer, String address, Implementation implementation) throws IOException {
        final Namespace host = host(internet, "eth0", "198.51.100." + (10 + endpoints.size()));
        endpoints.put(peer, host);
        final String device = Leftovers.freshName();
        final Path file = directory.resolve(device + ".conf");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, RouterProcess.document("endpoint-p1.conf")
                .replace("kLbzfaAMMn1Nen3zZ+LreKCglYJuBgdvy/fFNgIZxHk=", privateKeys.get(peer))
                .replace("lV8egtiC8AKNh+DawkSM6G8t4x6BMFCsz8m48ToxHyA=", dc1.publicKey(PROFILE))
                .replace("uB/YI6A/UZtLCLsnOuoWI+lopiwBO0/QdbdN5ryBsm4=", dc2.publicKey(PROFILE))
                .replace("10.10.10.2/32", address + "/32"));
        final String program = implementation == Implementation.OURS
                ? implementation.command().getFirst() + " "
                : "WG_QUICK_USERSPACE_IMPLEMENTATION=" + implementation.command().getFirst() + " wg-quick ";
        host.run(RouterProcess.PATIENCE, "", List.of("bash", "-euc", program + "up " + file)).orFail();
        made.add(() -> host.run(RouterProcess.PATIENCE, "", List.of("bash", "-euc", program + "down " + file)));
    }

    private void reaches(String peer, String address) {
        Ping.untilAnswered(endpoints.get(peer), address, RouterProcess.PATIENCE);
    }

    private void isRefused(String peer, String address) {
        assertFalse(Ping.answered(endpoints.get(peer), address), () -> peer + " reaches " + address);
    }

    /** Tenant and service of every session, by source address. */
    private static Map<String, Set<String>> sessions(RouterProcess router) {
        final Map<String, Set<String>> found = new TreeMap<>();
        for (final JsonElement each : router.show("sessions").getAsJsonArray()) {
            final JsonObject session = each.getAsJsonObject();
            found.computeIfAbsent(session.get("source").getAsString(), source -> new TreeSet<>())
                    .add(session.get("tenant").getAsString() + " " + session.get("service").getAsString());
        }
        return found;
    }

    @Test
    @Order(1)
    void p1AndP2AreRemoteWorkersAndP3IsEngineeringInBothDataCentresFromOneEndpointConfiguration() throws Exception {
        network();
        for (final String peer : List.of("p1", "p2")) {
            reaches(peer, "172.16.1.10");
            reaches(peer, "172.16.2.10");
        }
        reaches("p3", "172.16.1.80");
        reaches("p3", "172.16.2.10");
        isRefused("p1", "172.16.1.80");
        isRefused("p2", "172.16.1.80");
        isRefused("p3", "172.16.1.10");
        assertFalse(Ping.answered(services1, "10.10.10.2"), "a peer is no service by being a peer");
        final Set<String> worker = Set.of("remote-worker files");
        assertEquals(
                Map.of("10.10.10.2", worker, "10.10.10.3", worker, "10.10.10.4", Set.of("engineering build")), sessions(dc1));
        final Set<String> mail = Set.of("remote-worker mail");
        assertEquals(Map.of("10.10.10.2", mail, "10.10.10.3", mail, "10.10.10.4", Set.of("engineering mail")), sessions(dc2));
        final String drops = dc1.ask("show", "plugins", "state", "detail");
        assertTrue(drops.contains("engineering") && drops.contains("no-service"), drops);
    }

    /** The release notes ask for a maintenance window where the tunnels go down; none of this takes one. */
    @Test
    @Order(2)
    void commitRollbackAndDisablingKeepKeysAndSessionsUnderARunningTransfer() throws Exception {
        network();
        final String key = dc1.publicKey(PROFILE);
        try (CheckedStream stream = CheckedStream.between(services1, "172.16.1.10", endpoints.get("p1"), "172.16.1.10", PORT)) {
            assertEquals("10.10.10.2", stream.seenFrom());
            stream.goesOn(20);
            final long ageMs = Await.until("a session with an age that tells it from a later one", RouterProcess.PATIENCE, this::ageMs,
                    ms -> ms > 2000);
            final long fromNs = System.nanoTime();
            change("router dc1\nwireguard-profile wg-profile-1\ndescription changed\npeer p4\npublic-key "
                    + "Jihom426SSceUCPpS1147NSNzZcY1wl40Sf+OQ1rjGU=\nallowed-ip 10.10.10.5/32\nexit\nexit\nexit");
            stream.goesOn(20);
            dc1.ask("rollback", "4");
            stream.goesOn(20);
            change("router dc1\nwireguard-profile wg-profile-1\nenabled false\nexit\nexit");
            Await.until("the profile is disabled", RouterProcess.PATIENCE, () -> state(dc1).contains("disabled"));
            change("router dc1\nwireguard-profile wg-profile-1\nenabled true\nexit\nexit");
            stream.goesOn(20);
            final long passedMs = (System.nanoTime() - fromNs) / 1_000_000;
            assertTrue(ageMs() >= ageMs + passedMs - 1000, "the session is the one from before");
        }
        assertEquals(key, dc1.publicKey(PROFILE));
    }

    /** PLUGIN-1771, and better: what is wrong with one router is not even seen by the others, and that one keeps what it had. */
    @Test
    @Order(3)
    void breakingDc1InterruptsNeitherDc2NorDc1() throws Exception {
        network();
        try (CheckedStream one = CheckedStream.between(services1, "172.16.1.10", endpoints.get("p2"), "172.16.1.10", PORT + 1);
                CheckedStream two = CheckedStream.between(services2, "172.16.2.10", endpoints.get("p2"), "172.16.2.10", PORT + 1)) {
            one.goesOn(5);
            two.goesOn(5);
            final String good = Files.readString(authority);
            final String broken = good.replaceFirst("(?s)(router +dc1\\b.*?private-network.*?)neighborhood +remote", "$1");
            assertTrue(broken.length() < good.length());
            final Path file = Files.writeString(directory.resolve("broken.conf"), broken.replaceAll("\\bmail\\b", "post"));
            for (final RouterProcess each : List.of(dc2, dc1)) {
                final Outcome said = each.run("commit", file.toString());
                assertEquals(2, said.exit(), said.out());
                assertTrue(said.out().contains("router dc1 > wireguard-profile wg-profile-1 > private-network"), said.out());
                one.goesOn(10);
                two.goesOn(10);
            }
        }
        assertTrue(sessions(dc2).get("10.10.10.3").contains("remote-worker post"), "dc2 has the rest of the commit");
        reaches("p1", "172.16.1.10");
    }

    private void change(String lines) throws IOException {
        final Path file = Files.writeString(directory.resolve("change.conf"), "config\nauthority\n" + lines + "\nexit\nexit\n");
        dc1.ask("commit", "--merge", file.toString());
    }

    private static String state(RouterProcess router) {
        return router.ask("show", "plugins", "state");
    }

    /** How long ago the router's session of the stream began. */
    private long ageMs() {
        for (final JsonElement each : dc1.show("sessions").getAsJsonArray()) {
            final JsonObject session = each.getAsJsonObject();
            if (session.get("destinationPort").getAsInt() == PORT && session.get("source").getAsString().equals("10.10.10.2")) {
                return session.get("ageMs").getAsLong();
            }
        }
        throw new AssertionError("the stream has no session");
    }
}
