package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.interop.Implementation.Trait;

/** From which of several addresses ours sends: the one that was addressed, as long as that works. */
@Interop(Implementation.GO_NEWEST)
final class SourceAddressTest extends PairCases {
    private static final Duration SOON = Duration.ofSeconds(8);

    @ParameterizedTest(name = "addressed: {0}")
    @ValueSource(strings = {"10.66.0.11", "fd66::11"})
    void repliesLeaveFromTheAddressThatWasAddressed(String second) {
        left().implementation().assume(Trait.STICKY_SOURCE);
        final boolean v6 = second.contains(":");
        pair().forgetIpv4();
        pair().leftHost().sh("ip addr add " + second + (v6 ? "/64 nodad" : "/24") + " dev eth0");
        try {
            final String endpoint = (v6 ? "[" + second + "]" : second) + ":" + Pair.LEFT_PORT;
            pair().configure(pair().rightPeer(), pair().leftPeer().at(endpoint));
            Ping.expectReplies(pair().rightHost(), Pair.LEFT_INSIDE);
            // The peer would have followed any other source address.
            assertEquals(endpoint, right().show("endpoints", left()));
            pair().expectTraffic();
            assertEquals(endpoint, right().show("endpoints", left()));
        } finally {
            pair().leftHost().sh("ip addr del " + second + (v6 ? "/64" : "/24") + " dev eth0");
        }
    }

    @Test
    void trafficGoesOnWhenTheSourceAddressIsRemoved() {
        left().implementation().assume(Trait.STICKY_SOURCE);
        pair().leftHost().sh("ip addr add 10.66.0.11/24 dev eth0");
        pair().configure(pair().rightPeer(), pair().leftPeer().at("10.66.0.11:" + Pair.LEFT_PORT));
        Ping.expectReplies(pair().rightHost(), Pair.LEFT_INSIDE);
        pair().leftHost().sh("ip addr del 10.66.0.11/24 dev eth0");
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, SOON);
        assertEquals(Pair.leftEndpoint(), right().show("endpoints", left()));
    }

    @Test
    void trafficMovesToABetterRoute() {
        left().implementation().assume(Trait.STICKY_SOURCE);
        pair().connect();
        pair().expectTraffic();
        final Namespace a = pair().leftHost();
        final Namespace b = pair().rightNamespace();
        a.sh("ip link add eth1 type veth peer name eth1 netns " + b.name());
        b.sh("ip addr add 10.68.0.2/24 dev eth1; ip link set eth1 up");
        a.sh("ip addr add 10.68.0.1/24 dev eth1; ip link set eth1 up; ip route add 10.66.0.2/32 via 10.68.0.2 dev eth1");
        try {
            Ping.untilAnswered(a, Pair.RIGHT_INSIDE, SOON);
            Await.until("the new way is taken", SOON, () -> {
                Ping.answered(a, Pair.RIGHT_INSIDE);
                return right().show("endpoints", left()).equals("10.68.0.1:" + Pair.LEFT_PORT);
            });
        } finally {
            a.sh("ip link del eth1");
        }
        // And back, when that way is gone. wireguard-go has answered from its address on it, so ours must be told where it is.
        left().set("peer " + right().publicKey() + " endpoint " + Pair.rightEndpoint());
        Ping.untilAnswered(a, Pair.RIGHT_INSIDE, SOON);
        assertEquals(Pair.leftEndpoint(), right().show("endpoints", left()));
    }

    @Test
    void aListenPortInUseIsRefusedAndTheOldOneGoesOn() {
        left().implementation().assume(Trait.PORT_IN_USE_KEEPS_OLD);
        pair().connect();
        pair().expectTraffic();
        final Process other = pair().leftHost()
                .start(Lab.logs().resolve(left().name() + "-port-taker.log"), Map.of(), List.of("nc", "-u", "-l", "51899"));
        try {
            Await.until("port 51899 is taken", SOON, () -> !left().leavesFree(51899));
            final Outcome refused = pair().leftHost().run("wg", "set", left().name(), "listen-port", "51899");
            assertTrue(refused.exit() != 0 && refused.out().contains("in use"), refused.out());
            assertEquals("" + Pair.LEFT_PORT, pair().leftHost().sh("wg show " + left().name() + " listen-port"));
            pair().expectTraffic();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aFwmarkChoosesTheRoute() {
        pair().connect();
        final Namespace a = pair().leftHost();
        // Only marked packets find the way to the peer.
        a.sh("ip route add 10.66.0.2/32 dev eth0 table 100; ip rule add fwmark 0x4a lookup 100 priority 100;"
                + " ip rule add to 10.66.0.2 unreachable priority 101");
        try {
            assertTrue(!Ping.answered(a, Pair.RIGHT_INSIDE), "traffic without the mark");
            left().set("fwmark 0x4a");
            assertEquals("0x4a", a.sh("wg show " + left().name() + " fwmark"));
            Ping.untilAnswered(a, Pair.RIGHT_INSIDE, SOON);
            pair().expectTraffic();
            left().set("fwmark 0");
            assertTrue(!Ping.answered(a, Pair.RIGHT_INSIDE), "traffic after the mark was removed");
        } finally {
            a.sh("ip rule del priority 100; ip rule del priority 101; ip route flush table 100");
        }
    }
}
