package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Handshakes while one side is flooded with initiations and demands cookies (section 5.3 of the paper). */
@Interop(Implementation.GO_NEWEST)
@ResourceLock("the processors")
final class UnderLoadTest extends PairCases {
    /** More than either can answer: ours demands cookies from 1000 a second on, wireguard-go when it cannot keep up on all processors. */
    private static final int TO_OURS_PER_SECOND = 6000;

    private static final int TO_PEER_PER_SECOND = 40_000;
    private static final int SECONDS = 30;
    /** A cookie comes for the first initiation; the next, with the second MAC, goes out REKEY_TIMEOUT later. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void oursDemandsCookiesAndThePeerGetsThrough() {
        flooded(pair().rightNamespace(), "10.66.0.1", Pair.LEFT_PORT, left(), TO_OURS_PER_SECOND, () -> {
            right().setconf("[Interface]\nPrivateKey = " + right().privateKey() + "\nListenPort = " + Pair.RIGHT_PORT + "\n"
                    + pair().leftPeer().at(Pair.leftEndpoint()).keepalive(1).text());
            final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
            tap.await("in_mac2", 1, LIMIT);
            Await.until("the session", LIMIT, () -> right().latestHandshake(left()) > 0);
        });
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, Duration.ofSeconds(12));
    }

    @Test
    void thePeerDemandsCookiesAndOursGetsThrough() {
        flooded(pair().leftHost(), "10.66.0.2", Pair.RIGHT_PORT, right(), TO_PEER_PER_SECOND, () -> {
            final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
            left().setconf("[Interface]\nPrivateKey = " + left().privateKey() + "\nListenPort = " + Pair.LEFT_PORT + "\n"
                    + pair().rightPeer().at(Pair.rightEndpoint()).keepalive(1).text());
            tap.await("in_cookie", 1, LIMIT);
            tap.await("out_mac2", 1, LIMIT);
            Await.until("the session", LIMIT, () -> left().latestHandshake(right()) > 0);
        });
        Ping.untilAnswered(pair().rightHost(), Pair.LEFT_INSIDE, Duration.ofSeconds(12));
    }

    @Test
    void aFloodFromThousandsOfAddressesStopsNoTunnelAndTakesNoMemory() {
        pair().connect();
        // The flood of another test may have ended less than a second ago: then ours still demands cookies, and the first try is in vain.
        Ping.untilAnswered(pair().leftHost(), Pair.RIGHT_INSIDE, LIMIT);
        pair().leftHost().sh("ip route replace 10.70.0.0/16 via 10.66.0.2");
        pair().rightHost().sh("ip route replace local 10.70.0.0/16 dev lo");
        final long beforeKib = residentKib();
        final Tap tap = new Tap(pair().leftHost(), Pair.LEFT_PORT);
        final Process flood = InitiationFlood.start(pair().rightNamespace(), "10.66.0.1", Pair.LEFT_PORT, left().publicKey(),
                TO_OURS_PER_SECOND * SECONDS, TO_OURS_PER_SECOND, "10.70.0.1/2048");
        try {
            tap.await("out_cookie", 2048, LIMIT);
            final Ping ping = Ping.run(pair().leftHost(), Pair.RIGHT_INSIDE, 200, Duration.ofMillis(20));
            // A socket's buffer is the kernel's: on a busy machine the flood may fill it before the daemon has its turn.
            assertTrue(ping.received() >= 180, ping.out());
            assertTrue(flood.isAlive(), "the flood was over before the pings were");
            // A heap that has grown to its limit of 128 MiB, and what 65,536 sources take outside of it: nothing.
            assertTrue(residentKib() - beforeKib < 96 * 1024, beforeKib + " KiB before, " + residentKib() + " KiB in the flood");
        } finally {
            Command.killTree(flood.toHandle());
        }
        pair().expectTraffic();
    }

    private long residentKib() {
        final Matcher rss = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(
                pair().leftHost().sh("cat /proc/" + left().process().pid() + "/status"));
        assertTrue(rss.find());
        return Long.parseLong(rss.group(1));
    }

    /** Runs {@code during} while {@code target} is flooded from other addresses of {@code from} and has begun to demand cookies. */
    private void flooded(Namespace from, String address, int port, WgDevice target, int perSecond, Runnable during) {
        // Nobody has an endpoint yet: the handshake must not happen before the flood.
        pair().configure(pair().rightPeer(), pair().leftPeer());
        final String[] sources = new String[8];
        final StringBuilder add = new StringBuilder();
        for (int i = 0; i < sources.length; i++) {
            sources[i] = "10.66.0." + (100 + i);
            add.append("ip addr add ").append(sources[i]).append("/24 dev eth0\n");
        }
        from.sh(add.toString());
        final Tap tap = new Tap(target.host(), port);
        final Process flood =
                InitiationFlood.start(from, address, port, target.publicKey(), perSecond * SECONDS, perSecond, sources);
        try {
            tap.await("out_cookie", 1, LIMIT);
            during.run();
            assertTrue(flood.isAlive(), "the flood was over before the handshake was done");
        } finally {
            Command.killTree(flood.toHandle());
            for (final String source : sources) {
                from.sh("ip addr del " + source + "/24 dev eth0");
            }
        }
    }
}
