package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A router whose interface gets its address by DHCP, from busybox's server by busybox's client: the profile waits for the lease without an
 * error, and follows another one without losing the session of its peer, which runs {@code bin/wg-jvm} beside the server.
 */
@Interop
final class RouterDhcpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ROUTER = Lab.root().resolve("bin/wg-router").toString();

    @TempDir
    private Path directory;

    private Namespace net;
    private Namespace host;
    private Process server;

    @BeforeEach
    void link() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/busybox")) || Files.isExecutable(Path.of("/bin/busybox")),
                "busybox is missing");
        net = new Namespace();
        host = new Namespace();
        net.sh("ip link add s1 type veth peer name eth1 netns " + host.name() + "; ip addr add 192.0.2.1/24 dev s1; ip link set s1 up");
        host.sh("ip link set eth1 up");
        Files.writeString(directory.resolve("lease"), """
                #!/bin/sh
                case $1 in
                  bound | renew) ip addr flush dev $interface; ip addr add $ip/24 dev $interface ;;
                esac
                """);
        assertTrue(directory.resolve("lease").toFile().setExecutable(true));
    }

    @AfterEach
    void unlink() {
        host.close();
        net.close();
    }

    private void serve(String address) throws Exception {
        if (server != null) {
            Command.killTree(server.toHandle());
            server.waitFor();
        }
        final Path file = directory.resolve("udhcpd." + address);
        final Path leases = Files.writeString(directory.resolve("leases." + address), "");
        Files.writeString(file, "start " + address + "\nend " + address + "\nmax_leases 1\ninterface s1\nlease_file " + leases
                + "\npidfile " + directory.resolve("pid") + "\noption subnet 255.255.255.0\noption lease 3600\n");
        server = net.start(Lab.logs().resolve("router-udhcpd.log"), Map.of(), List.of("busybox", "udhcpd", "-f", file.toString()));
        host.run(PATIENCE, "", List.of("busybox", "udhcpc", "-f", "-q", "-n", "-t", "10", "-i", "eth1", "-s", directory.resolve("lease")
                .toString()))
                .orFail();
    }

    private String router(String... words) {
        final List<String> command = new ArrayList<>(List.of(ROUTER));
        command.addAll(List.of(words));
        command.addAll(List.of("--state", directory.resolve("state").toString()));
        return host.run(PATIENCE, "", command).orFail().out();
    }

    private String state() {
        return router("show", "plugins", "state");
    }

    @Test
    void aProfileWaitsForALeaseAndFollowsAnotherWithoutLosingItsSession() throws Exception {
        final String device = Leftovers.freshName();
        final String key = Command.run(PATIENCE, "", List.of("wg", "genkey")).orFail().out().strip();
        final String publicKey = Command.run(PATIENCE, key, List.of("wg", "pubkey")).orFail().out().strip();
        final Path file = Files.writeString(directory.resolve("router.conf"), """
                config
                  authority
                    router r1
                      wireguard-profile wg-profile-1
                        private-network
                          neighborhood remote
                          address 10.10.10.1/24
                        exit
                        peer p1
                          public-key %s
                          allowed-ip 10.10.10.2/32
                        exit
                      exit
                      node node1
                        device-interface eth1
                          network-interface eth1-net
                            dhcp v4
                            wireguard-profile wg-profile-1
                          exit
                        exit
                      exit
                    exit
                  exit
                exit
                """.formatted(publicKey));
        final Path log = Lab.logs().resolve("router-dhcp.log");
        final Process process = host.start(
                log, Map.of(), List.of(ROUTER, "run", file.toString(), "--router", "r1", "--state", directory.resolve("state").toString()));
        Await.until("the router runs", PATIENCE, () -> contains(log, "router r1 runs"));
        assertTrue(state().contains("waits for a DHCP lease on eth1"), state());
        assertFalse(contains(log, "error"), "waiting is no error");

        serve("192.0.2.50");
        Await.until("the profile has the address", PATIENCE, this::state, s -> s.matches("(?s).* up +192.0.2.50:12800 .*"));
        final String routerKey = router("show", "device-interface").lines().filter(l -> l.startsWith("     public key:")).findFirst()
                .orElseThrow()
                .replaceFirst(".*: +", "");
        net.start(Lab.logs().resolve(device + ".log"), Map.of(), List.of(Lab.root().resolve("bin/wg-jvm").toString(), "-f", device));
        Await.until("the peer's device is there", PATIENCE, () -> net.run(PATIENCE, "", List.of("ip", "link", "show", device)).exit() == 0
                && net.run(PATIENCE, "", List.of("wg", "show", device)).exit() == 0);
        final Path keyFile = Files.writeString(directory.resolve("key"), key);
        net.sh("wg set " + device + " private-key " + keyFile + " peer " + routerKey
                + " endpoint 192.0.2.50:12800 persistent-keepalive 1 allowed-ips 0.0.0.0/0; ip link set " + device + " up");
        final String handshake = Await.until("a session", PATIENCE, () -> wg(device, "latest-handshakes"), h -> !h.endsWith("\t0"));

        serve("192.0.2.60");
        Await.until("the profile has the new address", PATIENCE, this::state, s -> s.matches("(?s).* up +192.0.2.60:12800 +1 .*"));
        Await.until("the peer has learnt it", PATIENCE, () -> wg(device, "endpoints"), e -> e.endsWith("192.0.2.60:12800"));
        final long before = received();
        Await.until("its packets come in", PATIENCE, this::received, now -> now > before);
        assertEquals(handshake, wg(device, "latest-handshakes"), "in the session from before");
        assertTrue(contains(log, "wg-profile-1: reached at 192.0.2.60:12800"), "the event");
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }

    private String wg(String device, String what) {
        return net.run(PATIENCE, "", List.of("wg", "show", device, what)).orFail().out().strip();
    }

    /** Bytes that the router has received from its peer. */
    private long received() {
        final String json = router("show", "device-interface", "--json");
        return Long.parseLong(json.replaceFirst("(?s).*\"rxBytes\": ([0-9]+).*", "$1"));
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }
}
