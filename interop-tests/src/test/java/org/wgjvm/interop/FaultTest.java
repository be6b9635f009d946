package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.interop.Implementation.Trait;

/** What networks and administrators do to a running tunnel. */
@Interop(Implementation.GO_NEWEST)
final class FaultTest extends PairCases {
    private static final Duration HANDSHAKE_RETRIES = Duration.ofSeconds(30);

    @AfterEach
    void removeTheFault() {
        pair().leftHost().run("nft", "delete", "table", "inet", "fault");
        linkMtu(9000);
    }

    private void linkMtu(int mtu) {
        pair().leftHost().sh("ip link set eth0 mtu " + mtu + " up");
        pair().rightHost().sh("ip link set eth0 mtu " + mtu + " up");
    }

    private void fault(String chains) {
        pair().leftHost().sh("nft 'table inet fault { " + chains + " }'");
    }

    private static String dropped(String hook, int percent) {
        return "chain " + hook + "put { type filter hook " + hook + "put priority 10;"
                + " meta l4proto udp numgen random mod 100 < " + percent + " drop; };";
    }

    @ParameterizedTest(name = "{0} % of the packets lost, each way")
    @ValueSource(ints = {10, 30})
    void aLossyLinkStillCarriesTheTunnel(int percent) {
        pair().connect();
        fault(dropped("in", percent) + dropped("out", percent));
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, HANDSHAKE_RETRIES);
        final Ping ping = Ping.run(pair().leftHost(), Pair.RIGHT_INSIDE, 200, Duration.ofMillis(5), "-W", "1");
        final double expected = (1 - percent / 100.0) * (1 - percent / 100.0);
        // Far beyond five standard deviations of 200 draws: what the link lets through, the tunnel delivers, and nothing more.
        assertTrue(Math.abs(ping.received() / 200.0 - expected) < 0.2, ping.received() + " of 200, expected " + expected);
        assertFalse(ping.out().contains("DUP"), ping.out());
    }

    @Test
    void duplicatedDatagramsAreDeliveredOnce() {
        pair().connect();
        pair().expectTraffic();
        pair().leftHost().sh("nft 'table ip twice { counter copies {}; chain post { type filter hook postrouting priority 0;"
                + " oifname eth0 udp dport " + Pair.RIGHT_PORT + " counter name copies dup to 10.66.0.2 device eth0; }; }'");
        try {
            final Ping ping = Ping.run(pair().leftHost(), Pair.RIGHT_INSIDE, 20, Duration.ofMillis(10));
            ping.expectNoneLost();
            assertFalse(ping.out().contains("DUP"), ping.out());
            Ping.run(pair().rightHost(), Pair.LEFT_INSIDE, 20, Duration.ofMillis(10)).expectNoneLost();
        } finally {
            pair().leftHost().sh("nft delete table ip twice");
        }
    }

    @Test
    void reorderedAndDoubledDatagramsAreAllDeliveredOnce() {
        final int port = 51_900;
        final Process relay = Relay.start(pair().rightNamespace(), port, "10.66.0.2", Pair.RIGHT_PORT, 50, 40, 20);
        try {
            Await.until("the relay listens", HANDSHAKE_RETRIES, () -> !pair().rightHost().sh("ss -Huln sport = :" + port).isEmpty());
            pair().configure(pair().rightPeer().at("10.66.0.2:" + port), pair().leftPeer());
            Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, HANDSHAKE_RETRIES);
            // Half of them wait for up to eight of the next ones.
            final Ping ping = Ping.run(pair().leftHost(), Pair.RIGHT_INSIDE, 400, Duration.ofMillis(5));
            ping.expectNoneLost();
            assertFalse(ping.out().contains("DUP"), ping.out());
            final List<Integer> order = ping.replies();
            assertNotEquals(order.stream().sorted().toList(), order, "replies overtook each other");
        } finally {
            Command.killTree(relay.toHandle());
        }
    }

    @Test
    void aLinkWhoseMtuShrinksUnderLoadStillCarriesFullSizePackets() {
        left().implementation().assume(Trait.SEGMENTS_LARGER_THAN_THE_LINK);
        pair().connect();
        pair().up(1420);
        Ping.expectReplies(pair().leftHost(), Pair.RIGHT_INSIDE, "-M", "do", "-s", "1392");
        linkMtu(1300);
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, HANDSHAKE_RETRIES);
        Ping.expectReplies(pair().leftHost(), Pair.RIGHT_INSIDE, "-M", "do", "-s", "1392");
        final Iperf tcp = Iperf.run(pair().rightHost(), Pair.RIGHT_INSIDE, pair().leftHost(), 1);
        assertTrue(tcp.bitsPerSecond() > 1e6, "TCP after the link's MTU became smaller than a segment: " + tcp);
        linkMtu(9000);
        Ping.expectReplies(pair().leftHost(), Pair.RIGHT_INSIDE, "-M", "do", "-s", "1392");
    }

    @Test
    void theTunnelResumesWhenTheLinkBelowComesBack() {
        pair().configure(pair().rightPeer().at(Pair.rightEndpoint()), pair().leftPeer());
        pair().expectTraffic();
        pair().leftHost().sh("ip link set eth0 down");
        assertFalse(Ping.answered(pair().leftHost(), Pair.RIGHT_INSIDE));
        pair().leftHost().sh("ip link set eth0 up");
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, HANDSHAKE_RETRIES);
        pair().expectTraffic();
    }

    @Test
    void anInterfaceThatFlapsUnderTrafficRecovers() {
        pair().connect();
        pair().expectTraffic();
        final Process ping = pair().leftHost()
                .start(
                        Lab.logs().resolve(left().name() + "-flap.log"),
                        Map.of(),
                        List.of("ping", "-n", "-q", "-i", "0.01", "-c", "1000", Pair.RIGHT_INSIDE));
        for (int i = 0; i < 20; i++) {
            left().down();
            left().up(1420, Pair.LEFT_INSIDE + "/24", Pair.LEFT_INSIDE_V6 + "/64");
        }
        ping.destroyForcibly();
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, HANDSHAKE_RETRIES);
        pair().expectTraffic();
        assertTrue(left().process().isAlive());
    }

    @Test
    void reconfiguredOverAndOverUnderTrafficItGoesOn() {
        pair().connect();
        final Process ping = pair().leftHost()
                .start(
                        Lab.logs().resolve(left().name() + "-set.log"),
                        Map.of(),
                        List.of("ping", "-n", "-q", "-i", "0.002", "-c", "100000", Pair.RIGHT_INSIDE));
        for (int i = 0; i < 10; i++) {
            left().configure(Pair.LEFT_PORT + i % 2, pair().rightPeer().at(Pair.rightEndpoint()));
            left().set("fwmark " + (i % 3));
        }
        ping.destroyForcibly();
        pair().connect();
        left().set("fwmark 0");
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, HANDSHAKE_RETRIES);
        pair().expectTraffic();
    }

    @Test
    void aHostWithoutIpv6WorksOverIpv4() {
        try (Namespace a = new Namespace();
                Namespace b = new Namespace()) {
            a.sh("ip link add eth0 type veth peer name eth0 netns " + b.name() + "; sysctl -qw net.ipv6.conf.all.disable_ipv6=1"
                    + " net.ipv6.conf.default.disable_ipv6=1; ip addr add 10.66.0.1/24 dev eth0; ip link set eth0 up");
            b.sh("ip addr add 10.66.0.2/24 dev eth0; ip link set eth0 up");
            try (WgDevice ours = WgDevice.daemon(Implementation.OURS, a);
                    WgDevice peer = WgDevice.daemon(Implementation.GO_NEWEST, b)) {
                ours.configure(Pair.LEFT_PORT, peer.peer(Pair.RIGHT_INSIDE + "/32").at(Pair.rightEndpoint()));
                peer.configure(Pair.RIGHT_PORT, ours.peer(Pair.LEFT_INSIDE + "/32"));
                peer.up(1420, Pair.RIGHT_INSIDE + "/24");
                ours.up(1420, Pair.LEFT_INSIDE + "/24");
                Ping.untilAnswered(a, Pair.RIGHT_INSIDE, HANDSHAKE_RETRIES);
                assertTrue(ours.listensOn(Pair.LEFT_PORT));
            }
        }
    }

    @Test
    void aFullDiskCostsNothingOfTheSavedConfiguration() {
        final String name = Leftovers.freshName();
        final String ours = Lab.root().resolve("bin/wg-jvm").toString();
        try (Namespace a = new Namespace()) {
            // One script, for every "ip netns exec" has mounts of its own.
            final Outcome outcome = a.run(Duration.ofMinutes(2), "", List.of("bash", "-euc", """
                    directory=$(mktemp -d)
                    mount -t tmpfs -o size=64k none "$directory"
                    trap 'umount -l "$directory"; rmdir "$directory"' EXIT
                    file=$directory/NAME.conf
                    printf '[Interface]\nPrivateKey = %s\nAddress = 10.9.0.1/24\nSaveConfig = true\n' "$(wg genkey)" > "$file"
                    chmod 600 "$file"
                    before=$(cat "$file")
                    OURS up "$file"
                    wg set NAME peer "$(wg genkey | wg pubkey)" allowed-ips 10.9.0.2/32
                    head -c 1M /dev/zero > "$directory/filler" 2> /dev/null || true
                    if OURS down "$file" 2> "/tmp/NAME.err"; then echo 'down said nothing of the full disk'; exit 1; fi
                    echo "said: $(cat "/tmp/NAME.err")"; rm "/tmp/NAME.err"
                    [ "$before" = "$(cat "$file")" ] || { echo 'the old file is damaged'; cat "$file"; exit 1; }
                    wg show NAME > /dev/null
                    rm "$directory/filler"
                    OURS down "$file"
                    grep -q 'AllowedIPs = 10.9.0.2/32' "$file"
                    echo "left: $(ls "$directory")"
                    """.replace("NAME", name).replace("OURS", ours)));
            assertTrue(outcome.ok(), outcome.out());
            assertTrue(outcome.out().matches("(?s).*said: [^\n]*" + name + "\\.conf[^\n]*No space left on device.*"), outcome.out());
            assertTrue(outcome.out().contains("left: " + name + ".conf\n"), outcome.out());
        }
    }

    @Test
    void garbageOnThePortChangesNothing() {
        pair().connect();
        pair().expectTraffic();
        // Every first byte and many lengths, the empty datagram included, and one too big for any buffer of one packet.
        pair().rightHost().sh("for n in 0 1 31 32 64 92 147 148 149 1500 8000 60000; do for type in 1 2 3 4 5 255; do"
                + " { printf \"\\\\x$(printf %02x $type)\\\\0\\\\0\\\\0\"; head -c $n /dev/urandom; } > /tmp/garbage.$$;"
                + " cat /tmp/garbage.$$ > /dev/udp/10.66.0.1/" + Pair.LEFT_PORT + "; done; done; rm /tmp/garbage.$$");
        pair().expectTraffic();
        assertTrue(left().process().isAlive());
    }
}
