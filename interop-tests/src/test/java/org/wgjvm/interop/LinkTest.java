package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.interop.Implementation.Trait;

/** When ours may speak at all, what its outer packets look like, and that it follows its interface wherever that goes. */
@Interop(Implementation.GO_NEWEST)
final class LinkTest extends PairCases {
    private static final Duration SOON = Duration.ofSeconds(3);

    @Test
    void nothingIsSentBeforeThereIsAKeyAndKeepalivesBeginWhenItComes() {
        left().implementation().assume(Trait.KEY_SET_LATER);
        pair().connect();
        left().down();
        final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
        final PeerSpec peer = pair().rightPeer().at(Pair.rightEndpoint()).keepalive(1);
        left().setconf("[Interface]\nListenPort = " + Pair.LEFT_PORT + "\n" + peer.text());
        left().up(1420, Pair.LEFT_INSIDE + "/24");
        tap.expectSilence(Duration.ofMillis(1500));
        left().host().run(SOON, left().privateKey(), java.util.List.of("wg", "set", left().name(), "private-key", "/dev/stdin")).orFail();
        tap.await("in_response", 1, SOON);
    }

    @Test
    void keepalivesBeginWhenTheLinkComesUpAndNotBefore() {
        left().implementation().assume(Trait.GOES_DOWN_WITH_INTERFACE);
        pair().connect();
        left().down();
        Await.until("the port is free", SOON, () -> left().leavesFree(Pair.LEFT_PORT));
        final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
        left().configure(Pair.LEFT_PORT, pair().rightPeer().at(Pair.rightEndpoint()).keepalive(1));
        tap.expectSilence(Duration.ofMillis(1500));
        left().up(1420, Pair.LEFT_INSIDE + "/24");
        tap.await("in_response", 1, SOON);
    }

    @Test
    void theInterfaceWorksInAnotherNamespaceAndIsFollowedThere() {
        try (Namespace elsewhere = new Namespace();
                Pair own = Pair.of(Implementation.OURS, Implementation.GO_NEWEST)) {
            own.left().configure(Pair.LEFT_PORT, own.rightPeer().at(Pair.rightEndpoint()).keepalive(1));
            own.right().configure(Pair.RIGHT_PORT, own.leftPeer());
            own.left().moveTo(elsewhere);
            final Tap tap = new Tap(own.leftHost(), Pair.LEFT_PORT);
            if (!own.left().implementation().isWireguardGo()) {
                tap.expectSilence(Duration.ofMillis(1200));
            }
            own.up(1420);
            tap.await("in_response", 1, Duration.ofSeconds(8));
            Ping.expectReplies(elsewhere, Pair.RIGHT_INSIDE);
            Ping.expectReplies(own.rightHost(), Pair.LEFT_INSIDE_V6);

            own.left().implementation().assume(Trait.GOES_DOWN_WITH_INTERFACE);
            own.left().down();
            Await.until("the port is free", SOON, () -> own.left().leavesFree(Pair.LEFT_PORT));
            tap.expectSilence(Duration.ofMillis(1500));
            final long responses = tap.count("in_response");
            own.up(1420);
            tap.await("in_response", responses + 1, Duration.ofSeconds(8));
            // The MTU is followed there too.
            elsewhere.sh("ip link set " + own.left().name() + " mtu 1300");
            Ping.expectReplies(elsewhere, Pair.RIGHT_INSIDE, "-M", "do", "-s", "1272");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"10.66.0.2", "fd66::2"})
    void handshakesCarryTheirDscp(String outside) {
        left().implementation().assume(Trait.DSCP_AND_ECN);
        pair().forgetIpv4();
        final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
        final String endpoint = outside.contains(":") ? Pair.rightEndpointV6() : Pair.rightEndpoint();
        pair().configure(pair().rightPeer().at(endpoint), pair().leftPeer());
        pair().expectTraffic();
        assertTrue(tap.count("out_initiation") > 0);
        assertEquals(tap.count("out_initiation") + tap.count("out_response"), tap.count("out_af41"));
    }

    @Test
    void ecnIsCarriedAcrossTheTunnel() {
        left().implementation().assume(Trait.DSCP_AND_ECN);
        // Two of ours: wireguard-go does not carry it.
        try (Pair own = Pair.of(Implementation.OURS, Implementation.OURS)) {
            own.connect();
            own.expectTraffic();
            // A router that is congested marks what is marked as capable of it, outside; and only that.
            own.leftHost()
                    .sh("nft 'table ip congested { chain out { type filter hook output priority 0;"
                            + " udp sport " + Pair.LEFT_PORT + " ip ecn ect0 counter ip ecn set ce; }; }'");
            own.rightHost()
                    .sh("nft 'table ip seen { counter marked {}; counter plain {}; chain in { type filter hook input priority 0;"
                            + " iifname " + own.right().name() + " ip ecn ce counter name marked;"
                            + " iifname " + own.right().name() + " ip ecn not-ect counter name plain; }; }'");
            Ping.expectReplies(own.leftHost(), Pair.RIGHT_INSIDE, "-Q", "2");
            Ping.expectReplies(own.leftHost(), Pair.RIGHT_INSIDE, "-Q", "0");
            assertEquals("3", own.rightHost().sh("nft list counter ip seen marked").replaceAll("(?s).*packets (\\d+).*", "$1"));
            assertEquals("3", own.rightHost().sh("nft list counter ip seen plain").replaceAll("(?s).*packets (\\d+).*", "$1"));
        }
    }
}
