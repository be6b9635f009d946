package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.interop.Implementation.Trait;

/** What a tunnel between ours and any other implementation must do. A subclass says which other. */
abstract class TunnelContract extends PairCases {
    @Override
    abstract Pair makePair();

    @ParameterizedTest(name = "outside {0}, {1} initiates, preshared key: {2}")
    @CsvSource({
        "IPv4, ours, no",
        "IPv4, ours, yes",
        "IPv4, peer, no",
        "IPv4, peer, yes",
        "IPv6, ours, no",
        "IPv6, ours, yes",
        "IPv6, peer, no",
        "IPv6, peer, yes",
    })
    void handshakeAndTrafficOfBothFamilies(String outside, String initiator, String presharedKey) {
        final boolean v4 = outside.equals("IPv4");
        final boolean oursInitiates = initiator.equals("ours");
        if (!v4) {
            pair().forgetIpv4();
        }
        PeerSpec right = pair().rightPeer();
        PeerSpec left = pair().leftPeer();
        if (presharedKey.equals("yes")) {
            final String key = freshPresharedKey();
            right = right.withPresharedKey(key);
            left = left.withPresharedKey(key);
        }
        // Only one side knows where the other is: the other cannot begin.
        if (oursInitiates) {
            right = right.at(v4 ? Pair.rightEndpoint() : Pair.rightEndpointV6());
        } else {
            left = left.at(v4 ? Pair.leftEndpoint() : Pair.leftEndpointV6());
        }
        pair().configure(right, left);

        final Host from = oursInitiates ? pair().leftHost() : pair().rightHost();
        Ping.expectReplies(from, oursInitiates ? Pair.RIGHT_INSIDE : Pair.LEFT_INSIDE);
        Ping.expectReplies(from, oursInitiates ? Pair.RIGHT_INSIDE_V6 : Pair.LEFT_INSIDE_V6);
        pair().expectTraffic();

        assertTrue(left().latestHandshake(right()) > 0);
        assertTrue(right().latestHandshake(left()) > 0);
        assertEquals(v4 ? Pair.leftEndpoint() : Pair.leftEndpointV6(), right().show("endpoints", left()));
        assertEquals(v4 ? Pair.rightEndpoint() : Pair.rightEndpointV6(), left().show("endpoints", right()));
    }

    @Test
    void differentPresharedKeysMeanNoSession() {
        pair().configure(
                pair().rightPeer().at(Pair.rightEndpoint()).withPresharedKey(freshPresharedKey()),
                pair().leftPeer().withPresharedKey(freshPresharedKey()));
        assertFalse(Ping.answered(pair().leftHost(), Pair.RIGHT_INSIDE));
        assertEquals(0, left().latestHandshake(right()));
    }

    @ParameterizedTest(name = "MTU {0}")
    @ValueSource(ints = {1280, 1412, 1420, 1500, 8920})
    void fullSizePacketsPassUnfragmented(int mtu) {
        pair().connect();
        pair().up(mtu);
        for (final int size : new int[] {mtu, mtu - 1, mtu - 15, mtu - 17}) {
            Ping.expectReplies(pair().leftHost(), Pair.RIGHT_INSIDE, "-M", "do", "-s", "" + (size - 28));
            Ping.expectReplies(pair().leftHost(), Pair.RIGHT_INSIDE_V6, "-M", "do", "-s", "" + (size - 48));
        }
        Ping.expectReplies(pair().rightHost(), Pair.LEFT_INSIDE, "-M", "do", "-s", "" + (mtu - 28));
    }

    @Test
    void byteCountersAreExact() {
        pair().connect();
        pair().expectTraffic();
        Ping.expectReplies(pair().leftHost(), Pair.RIGHT_INSIDE, "-s", "1300");
        // What one says it sent is what the other says it received, to the byte, as soon as nothing is on its way.
        Await.until(
                "counters agree",
                Duration.ofSeconds(5),
                () -> List.of(
                        left().transfer(right())[1],
                        right().transfer(left())[0],
                        right().transfer(left())[1],
                        left().transfer(right())[0]),
                c -> c.get(0).equals(c.get(1)) && c.get(2).equals(c.get(3)) && c.get(0) > 3 * 1300 && c.get(2) > 3 * 1300);
    }

    @Test
    void sendsKeepalivesAsOftenAsAsked() {
        final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
        pair().configure(pair().rightPeer().at(Pair.rightEndpoint()).keepalive(1), pair().leftPeer());
        tap.await("in_response", 1, Duration.ofSeconds(8));
        final long initiations = tap.count("out_initiation");
        final long keepalives = tap.count("out_keepalive");
        tap.await("out_keepalive", keepalives + 3, Duration.ofSeconds(3));
        assertEquals(initiations, tap.count("out_initiation"), "keepalives need no new handshake");
        assertTrue(right().latestHandshake(left()) > 0);
    }

    @ParameterizedTest(name = "{0} roams")
    @ValueSource(strings = {"ours", "peer"})
    void eitherSideMayRoamAndTheOtherFollows(String who) {
        pair().connect();
        pair().expectTraffic();
        final boolean ours = who.equals("ours");
        final WgDevice mover = ours ? left() : right();
        final WgDevice follower = ours ? right() : left();
        final String address = ours ? "10.66.0.1" : "10.66.0.2";
        final String subnet = "ip route replace 10.66.0.0/24 dev eth0 proto kernel scope link src ";
        // Another address and another port at once; the old address stays, since the guest takes commands on it.
        mover.host().sh("ip addr add 10.66.0.33/24 dev eth0; " + subnet + "10.66.0.33");
        try {
            mover.set("listen-port 51833");
            Ping.untilAnswered(mover.host(), ours ? Pair.RIGHT_INSIDE : Pair.LEFT_INSIDE, Duration.ofSeconds(12));
            assertEquals("10.66.0.33:51833", follower.show("endpoints", mover));
            Ping.expectReplies(follower.host(), ours ? Pair.LEFT_INSIDE_V6 : Pair.RIGHT_INSIDE_V6);
        } finally {
            mover.host().sh(subnet + address + "; ip addr del 10.66.0.33/24 dev eth0");
        }
    }

    @Test
    void downIsSilenceAndFreesThePortAndUpResumes() {
        left().implementation().assume(Trait.GOES_DOWN_WITH_INTERFACE);
        pair().configure(pair().rightPeer().at(Pair.rightEndpoint()).keepalive(1), pair().leftPeer());
        pair().expectTraffic();
        assertTrue(left().listensOn(Pair.LEFT_PORT));
        left().down();
        Await.until("the port is free", Duration.ofSeconds(5), () -> left().leavesFree(Pair.LEFT_PORT));
        final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
        tap.expectSilence(Duration.ofMillis(2500));
        pair().up(1420);
        // Nobody sends anything: persistent keepalive alone must bring the session back.
        tap.await("in_response", 1, Duration.ofSeconds(8));
        pair().expectTraffic();
    }

    private static String freshPresharedKey() {
        return Command.run(Duration.ofSeconds(10), "", List.of("wg", "genpsk")).orFail().out().strip();
    }
}
