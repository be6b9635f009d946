package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer known by name that moves, and one of whose addresses nobody answers at; nobody touches the configuration meanwhile. */
@Interop(Implementation.GO_NEWEST)
final class NamesTest extends PairCases {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int INITIATION_BYTES = 148;
    private static final String WG_JVM = Lab.root().resolve("bin/wg-jvm").toString();

    private DnsResponder names;

    @BeforeEach
    void start() {
        assumeTrue(!left().implementation().isWireguardGo(), "wireguard-go does not know names");
        if (names == null) {
            // Before the daemon: a namespace with a resolv.conf of its own shows it only to those who enter afterwards.
            names = new DnsResponder(pair().leftHost());
            left().restart(Map.of());
        }
    }

    @AfterAll
    void closeNames() {
        if (names != null) {
            names.close();
        }
    }

    /** The tunnel works, over the address that the name stands for. */
    private void connect(String address) {
        pair().configure(pair().rightPeer(), pair().leftPeer());
        pair().leftHost().sh(WG_JVM + " set " + left().name() + " peer '" + right().publicKey() + "' endpoint hub.test:" + Pair.RIGHT_PORT);
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, LIMIT);
        expectEndpoint(address);
    }

    /** The right side has this IPv4 address and no other. */
    private void rightAddress(String address) {
        pair().rightHost().sh("ip -4 addr flush dev eth0; ip addr add " + address + "/24 dev eth0");
    }

    private void expectEndpoint(String address) {
        assertEquals(address + ":" + Pair.RIGHT_PORT, left().show("endpoints", right()));
    }

    @Test
    void aPeerThatMovesIsFoundByItsName() {
        names.answer(1, "10.66.0.2");
        connect("10.66.0.2");
        // After the same 15 s without an answer the other side would call us, and we would learn its address from that.
        pair().rightHost().sh("nft add table inet quiet; nft add chain inet quiet out '{ type filter hook output priority 0; }';"
                + " nft add rule inet quiet out oifname eth0 udp length " + (8 + INITIATION_BYTES) + " drop");
        rightAddress("10.66.0.3");
        try {
            names.answer(1, "10.66.0.3");
            Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, LIMIT);
            expectEndpoint("10.66.0.3");
            assertTrue(left().logText().contains("Endpoint hub.test:" + Pair.RIGHT_PORT + " is now 10.66.0.3:"), "found, not roamed");
        } finally {
            pair().rightHost().sh("nft delete table inet quiet");
            rightAddress("10.66.0.2");
        }
    }

    @Test
    void aNameOutlivesAnUpgrade() {
        names.answer(1, "10.66.0.2");
        connect("10.66.0.2");
        Upgrade.succeed(pair());
        rightAddress("10.66.0.3");
        try {
            names.answer(1, "10.66.0.3");
            Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, LIMIT);
            expectEndpoint("10.66.0.3");
        } finally {
            rightAddress("10.66.0.2");
            Upgrade.end(pair());
            left().restart(Map.of());
        }
    }

    @Test
    void anIpv6AddressThatNobodyAnswersAtGivesWayToIpv4() {
        names.answer(1, "fd66::2");
        connect("[fd66::2]");
        pair().rightHost().sh("nft add table ip6 t; nft add chain ip6 t in '{ type filter hook input priority 0; }';"
                + " nft add rule ip6 t in iifname eth0 udp dport " + Pair.RIGHT_PORT + " drop;"
                + " nft add chain ip6 t out '{ type filter hook output priority 0; }';"
                + " nft add rule ip6 t out oifname eth0 udp sport " + Pair.RIGHT_PORT + " drop");
        try {
            names.answer(1, "fd66::2", "10.66.0.2");
            Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, LIMIT);
            expectEndpoint("10.66.0.2");
        } finally {
            pair().rightHost().sh("nft delete table ip6 t");
        }
    }

    @Test
    void aPeerThatRoamsIsNotCalledBackByItsName() {
        names.answer(1, "10.66.0.2");
        connect("10.66.0.2");
        rightAddress("10.66.0.4");
        try {
            right().set("peer '" + left().publicKey() + "' endpoint " + Pair.leftEndpoint());
            Ping.untilAnswered(pair().rightHost(), Pair.LEFT_INSIDE, LIMIT);
            expectEndpoint("10.66.0.4");
            final int asked = names.questions();
            Await.until("the name was looked up again, twice", LIMIT, () -> names.questions() >= asked + 4);
            expectEndpoint("10.66.0.4");
        } finally {
            rightAddress("10.66.0.2");
        }
    }

    @Test
    void anEndpointSetAsAnAddressHasNoNameAnyMore() {
        names.answer(1, "10.66.0.2");
        connect("10.66.0.2");
        left().set("peer '" + right().publicKey() + "' endpoint 10.66.0.9:9");
        names.answer(1, "10.66.0.2", "10.66.0.3");
        assertTrue(left().logText().contains("known by name"));
        // A question that is under way is still answered, and asked again when its answer is late.
        Await.pass(Duration.ofSeconds(3));
        final int asked = names.questions();
        // Nothing can be awaited: that a question is not asked is seen by waiting longer than it would take.
        Await.pass(Duration.ofSeconds(7));
        assertEquals(asked, names.questions());
        assertEquals("10.66.0.9:9", left().show("endpoints", right()));
    }
}
