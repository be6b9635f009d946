package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real {@code wg} and {@code wg-quick} driving our daemon. */
@Interop(Implementation.GO_NEWEST)
final class ToolsTest extends PairCases {
    private static final int PEERS = 1000;
    private static final int ALLOWED_IPS = 130_560;

    @Test
    void wgShowSaysWhatWgSetSaid() {
        left().configure(Pair.LEFT_PORT);
        final String peer = Base64.getEncoder().encodeToString(key(1));
        left().set("fwmark 0x1f peer " + peer + " endpoint [fd66::9]:1234 allowed-ips 10.9.0.0/16,fd09::/32,0.0.0.0/0");
        final String ips = allowedIps(peer);
        assertEquals(List.of("0.0.0.0/0", "10.9.0.0/16", "fd09::/32"), Arrays.stream(ips.split(" ")).sorted().toList());
        assertEquals(
                left().privateKey() + "\t" + left().publicKey() + "\t" + Pair.LEFT_PORT + "\t0x1f\n"
                        + peer + "\t(none)\t[fd66::9]:1234\t" + ips.replace(' ', ',') + "\t0\t0\t0\toff",
                left().host().sh("wg show " + left().name() + " dump"));
        left().set("peer " + peer + " allowed-ips 10.9.0.0/24 persistent-keepalive 25");
        assertEquals("10.9.0.0/24", allowedIps(peer));
        assertEquals("25", left().host().sh("wg show " + left().name() + " persistent-keepalive").split("\t")[1]);
        left().set("fwmark off peer " + peer + " remove");
        assertEquals("", left().host().sh("wg show " + left().name() + " peers"));
        assertEquals("off", left().host().sh("wg show " + left().name() + " fwmark"));
    }

    private String allowedIps(String peer) {
        final String all = left().host().sh("wg show " + left().name() + " allowed-ips");
        return all.lines().filter(l -> l.startsWith(peer + "\t")).findFirst().orElse("\tnone").split("\t")[1];
    }

    @Test
    void syncconfKeepsTheSessionsOfPeersThatStay() {
        pair().connect();
        pair().expectTraffic();
        final long before = left().latestHandshake(right());
        final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
        final String other = Base64.getEncoder().encodeToString(key(2));
        final String shown = left().host().sh("wg showconf " + left().name());
        left().host()
                .run(Duration.ofSeconds(10), shown + "\n[Peer]\nPublicKey = " + other + "\nAllowedIPs = 10.8.0.0/16\n",
                        List.of("wg", "syncconf", left().name(), "/dev/stdin"))
                .orFail();
        pair().expectTraffic();
        assertEquals(2, left().host().sh("wg show " + left().name() + " peers").lines().count());
        assertEquals(before, left().latestHandshake(right()));
        assertEquals(0, tap.count("out_initiation") + tap.count("in_initiation"));
        left().host().run(Duration.ofSeconds(10), shown, List.of("wg", "syncconf", left().name(), "/dev/stdin")).orFail();
        assertEquals(right().publicKey(), left().host().sh("wg show " + left().name() + " peers"));
        pair().expectTraffic();
        assertEquals(0, tap.count("out_initiation") + tap.count("in_initiation"));
    }

    @Test
    void addconfAddsAndShowconfGivesItBack() {
        left().configure(Pair.LEFT_PORT);
        final String peer = "[Peer]\nPublicKey = " + Base64.getEncoder().encodeToString(key(3))
                + "\nPresharedKey = " + Base64.getEncoder().encodeToString(key(4))
                + "\nAllowedIPs = 10.8.1.0/24\nEndpoint = 10.66.0.9:7\nPersistentKeepalive = 9\n";
        left().host().run(Duration.ofSeconds(10), peer, List.of("wg", "addconf", left().name(), "/dev/stdin")).orFail();
        final String shown = left().host().sh("wg showconf " + left().name());
        assertEquals(
                "[Interface]\nListenPort = " + Pair.LEFT_PORT + "\nPrivateKey = " + left().privateKey() + "\n\n" + peer.strip(), shown);
    }

    @ParameterizedTest(name = "wg {0}")
    @ValueSource(strings = {"setconf", "syncconf"})
    void aThousandPeersWith130560AllowedIps(String command) {
        left().configure(Pair.LEFT_PORT);
        final String configuration = large(command.equals("setconf") ? 10 : 11);
        left().host().run(Duration.ofSeconds(60), configuration, List.of("wg", command, left().name(), "/dev/stdin")).orFail();
        final String shown = left().host().run(Duration.ofSeconds(60), "", List.of("wg", "showconf", left().name())).orFail().out();
        assertEquals(normal(configuration), normal(shown));
        left().configure(Pair.LEFT_PORT);
        assertEquals("", left().host().sh("wg show " + left().name() + " peers"));
    }

    private String large(int secondOctet) {
        final StringBuilder text = new StringBuilder(3_000_000);
        text.append("[Interface]\nListenPort = " + Pair.LEFT_PORT + "\nPrivateKey = " + left().privateKey() + "\n");
        int prefix = 0;
        for (int i = 0; i < PEERS; i++) {
            text.append("\n[Peer]\nPublicKey = ").append(Base64.getEncoder().encodeToString(key(1000 + i))).append("\nAllowedIPs = ");
            final int end = (int) ((long) ALLOWED_IPS * (i + 1) / PEERS);
            for (int first = prefix; prefix < end; prefix++) {
                text.append(prefix == first ? "" : ", ")
                        .append(secondOctet).append('.').append(prefix >> 16).append('.').append(prefix >> 8 & 255).append('.')
                        .append(prefix & 255).append("/32");
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** The sections of a configuration in an order of their own, with sorted allowed IPs. */
    private static List<String> normal(String configuration) {
        return Arrays.stream(configuration.strip().split("\n\n"))
                .map(section -> section.lines()
                        .map(l -> l.startsWith("AllowedIPs = ")
                                ? Arrays.stream(l.substring(13).split(", ")).sorted().collect(Collectors.joining(","))
                                : l)
                        .sorted()
                        .collect(Collectors.joining("\n")))
                .sorted()
                .toList();
    }

    /** A public key like any other, the same in every run. */
    private static byte[] key(int seed) {
        final byte[] key = new byte[32];
        new Random(seed).nextBytes(key);
        key[31] &= 0x7f;
        return key;
    }

    @ParameterizedTest(name = "AllowedIPs = {0}")
    @ValueSource(strings = {"10.67.0.0/24, fd67::/64", "0.0.0.0/0, ::/0"})
    void wgQuickBringsATunnelUpAndDown(String allowedIps, @TempDir Path directory) throws IOException {
        pair().connect();
        try (Namespace client = new Namespace()) {
            // A link of its own to the peer, which is already there for the other cases.
            pair().rightNamespace().sh("ip link add q0 type veth peer name eth0 netns " + client.name()
                    + "; ip addr add 10.69.0.2/24 dev q0; ip link set q0 up");
            client.sh("ip addr add 10.69.0.1/24 dev eth0; ip link set eth0 up; ip route add default via 10.69.0.2");
            final String name = Leftovers.freshName();
            final Path file = directory.resolve(name + ".conf");
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "[Interface]\nPrivateKey = " + left().privateKey()
                    + "\nAddress = 10.67.0.1/24, fd67::1/64\nMTU = 1380\nPostUp = ip link set %i alias up-%i\n\n"
                    + "[Peer]\nPublicKey = " + right().publicKey()
                    + "\nEndpoint = 10.69.0.2:" + Pair.RIGHT_PORT + "\nAllowedIPs = " + allowedIps + "\n");
            final String wgQuick = "WG_QUICK_USERSPACE_IMPLEMENTATION=" + launcher(directory) + " wg-quick ";
            client.sh(wgQuick + "up " + file);
            try {
                Ping.expectReplies(client, Pair.RIGHT_INSIDE);
                Ping.expectReplies(client, Pair.RIGHT_INSIDE_V6);
                final String link = client.sh("ip link show " + name);
                assertTrue(link.contains("mtu 1380") && link.contains("alias up-" + name), link);
                assertTrue(client.sh("wg-quick strip " + file).contains(right().publicKey()));
                if (allowedIps.startsWith("0")) {
                    assertFalse("off".equals(client.sh("wg show " + name + " fwmark")), "wg-quick marks its own packets");
                    assertTrue(client.sh("ip route get 192.0.2.1").contains(name));
                }
            } finally {
                client.sh(wgQuick + "down " + file);
            }
            assertFalse(client.run("ip", "link", "show", name).ok());
            Await.until("the socket is gone", Duration.ofSeconds(5), () -> !Files.exists(Path.of("/run/wireguard", name + ".sock")));
            assertEquals("", client.sh("ip rule | grep -v -E 'lookup (local|main|default)' || true"));
        }
    }

    /** wg-quick wants one word: a program that it can run with the name of the interface. */
    private static Path launcher(Path directory) throws IOException {
        final Path launcher = directory.resolve("daemon");
        Files.writeString(launcher, "#!/bin/sh\nexec " + String.join(" ", Implementation.OURS.command()) + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        return launcher;
    }
}
