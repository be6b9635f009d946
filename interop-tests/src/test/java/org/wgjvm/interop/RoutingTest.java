package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.interop.Implementation.Trait;

/** Where inner packets go: between peers, to nobody, or back into the tunnel. */
@Interop(Implementation.GO_NEWEST)
final class RoutingTest extends PairCases {
    @ParameterizedTest(name = "{0}")
    @CsvSource({"10.67.0.77, Destination Host Unreachable", "fd67::77, Address unreachable"})
    void aPacketForNobodyIsAnsweredWithUnreachable(String address, String answer) {
        left().implementation().assume(Trait.UNREACHABLE_WITHOUT_PEER);
        pair().connect();
        final Ping ping = Ping.run(pair().leftHost(), address, 1, Duration.ofMillis(100));
        assertTrue(ping.out().contains(answer), ping.out());
    }

    @Test
    void aPacketRoutedBackIntoTheTunnelIsNotSentRoundAndRound() {
        left().implementation().assume(Trait.NO_ENCAPSULATION_LOOP);
        pair().configure(pair().rightPeer().at(Pair.rightEndpoint()), pair().leftPeer());
        pair().expectTraffic();
        left().set("peer " + right().publicKey() + " allowed-ips 0.0.0.0/0");
        final Namespace a = pair().leftHost();
        a.sh("ip route add 10.66.0.2/32 dev " + left().name());
        try {
            final long before = packetsIntoTunnel();
            Ping.answered(a, Pair.RIGHT_INSIDE);
            Ping.answered(a, Pair.RIGHT_INSIDE);
            final long packets = packetsIntoTunnel() - before;
            assertTrue(packets < 50, packets + " packets went into the tunnel for two pings");
        } finally {
            a.sh("ip route del 10.66.0.2/32 dev " + left().name());
        }
        Ping.untilAnswered(a, Pair.RIGHT_INSIDE, Duration.ofSeconds(12));
    }

    private long packetsIntoTunnel() {
        return Long.parseLong(pair().leftHost().sh("cat /sys/class/net/" + left().name() + "/statistics/tx_packets"));
    }

    @Test
    void aPacketFromAnAddressThatIsNotThePeersIsDropped() {
        pair().connect();
        pair().expectTraffic();
        pair().rightHost().sh("ip addr add 10.67.0.99/32 dev " + right().name());
        final Ping ping = Ping.run(pair().rightHost(), Pair.LEFT_INSIDE, 3, Duration.ofMillis(50), "-I", "10.67.0.99", "-w", "1");
        assertTrue(ping.sent() > 0 && ping.received() == 0, ping.out());
        assertFalse(pair().leftHost().sh("ip -s link show " + left().name()).isEmpty());
        pair().expectTraffic();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"moved between peers", "set again on the same peer"})
    void anAllowedIpThatChangesUnderTrafficLosesNothing(String how) {
        final boolean moves = how.startsWith("moved");
        if (!moves) {
            left().implementation().assume(Trait.ATOMIC_ALLOWED_IPS);
        }
        final int packets = 800;
        try (WgDevice second = WgDevice.daemon(Implementation.GO_NEWEST, pair().rightNamespace())) {
            final int secondPort = 51822;
            right().configure(Pair.RIGHT_PORT, pair().leftPeer());
            second.configure(secondPort, pair().leftPeer());
            // Last: its keepalives begin both handshakes, and a peer that is configured after that would not know of its own.
            left().configure(
                    Pair.LEFT_PORT,
                    pair().rightPeer().at(Pair.rightEndpoint()).keepalive(25),
                    second.peer("10.67.0.3/32").at("10.66.0.2:" + secondPort).keepalive(25));
            pair().up(1420);
            second.up(1420, "10.67.0.3/32");
            Await.until(
                    "both sessions",
                    Duration.ofSeconds(12),
                    () -> left().latestHandshake(right()) > 0 && left().latestHandshake(second) > 0);

            // One way only: a reply that is on its way while its peer loses the address is rightly dropped.
            final Host b = pair().rightHost();
            b.sh("nft 'table ip count { counter first {}; counter second {};"
                    + " chain in { type filter hook input priority 0;"
                    + " iifname " + right().name() + " icmp type echo-request counter name first drop;"
                    + " iifname " + second.name() + " icmp type echo-request counter name second drop; }; }'");
            final Process ping = pair().leftHost()
                    .start(
                            Lab.logs().resolve(left().name() + "-ping.log"),
                            java.util.Map.of(),
                            java.util.List.of("ping", "-n", "-q", "-i", "0.002", "-c", "" + packets, "-W", "1", Pair.RIGHT_INSIDE));
            int changes = 0;
            while (ping.isAlive()) {
                final WgDevice owner = moves && changes % 2 == 0 ? second : right();
                left().set("peer " + owner.publicKey() + " allowed-ips " + Pair.RIGHT_INSIDE + "/32");
                changes++;
            }
            final long atFirst = counted(b, "first");
            final long atSecond = counted(b, "second");
            b.sh("nft delete table ip count");
            assertTrue(changes > 20, changes + " changes");
            assertTrue(!moves || (atFirst > 0 && atSecond > 0), atFirst + " and " + atSecond);
            assertTrue(atFirst + atSecond == packets, atFirst + " and " + atSecond + " of " + packets + " after " + changes + " changes");
        }
    }

    private static long counted(Host host, String counter) {
        return Long.parseLong(host.sh("nft list counter ip count " + counter).replaceAll("(?s).*packets (\\d+).*", "$1"));
    }
}
