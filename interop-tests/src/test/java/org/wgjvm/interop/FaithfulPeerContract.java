package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.wgjvm.interop.Implementation.Trait;

/** Cases in which the other side must do something that wireguard-go does not: for peers that are the kernel's equal. */
abstract class FaithfulPeerContract extends TunnelContract {
    @Test
    void anEndpointMayBecomeIpv6AndIpv4Again() {
        left().implementation().assume(Trait.ENDPOINT_CHANGES_FAMILY);
        pair().configure(pair().rightPeer().at(Pair.rightEndpoint()), pair().leftPeer());
        pair().expectTraffic();
        left().set("peer " + right().publicKey() + " endpoint " + Pair.rightEndpointV6());
        pair().expectTraffic();
        assertEquals(Pair.leftEndpointV6(), right().show("endpoints", left()));
        Ping.expectReplies(pair().rightHost(), Pair.LEFT_INSIDE);
        left().set("peer " + right().publicKey() + " endpoint " + Pair.rightEndpoint());
        pair().expectTraffic();
        assertEquals(Pair.leftEndpoint(), right().show("endpoints", left()));
    }

    @Test
    void thePeerMayComeBackOverAnotherFamily() {
        left().implementation().assume(Trait.ENDPOINT_CHANGES_FAMILY);
        pair().configure(pair().rightPeer().at(Pair.rightEndpoint()), pair().leftPeer());
        pair().expectTraffic();
        right().set("peer " + left().publicKey() + " endpoint " + Pair.leftEndpointV6());
        Ping.expectReplies(pair().rightHost(), Pair.LEFT_INSIDE);
        Await.until("ours follows", Duration.ofSeconds(2), () -> left().show("endpoints", right()), Pair.rightEndpointV6()::equals);
        pair().expectTraffic();
    }
}
