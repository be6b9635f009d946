package org.wgjvm.interop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One of ours as the hub of three peers of different kinds, each on a link and in a network of its own. */
@Interop({Implementation.GO_STABLE, Implementation.GO_NEWEST})
final class SeveralPeersTest {
    @Test
    void everyPeerReachesEveryOtherThroughTheHub() throws Exception {
        final List<Implementation> kinds = List.of(Implementation.GO_STABLE, Implementation.GO_NEWEST, Implementation.OURS);
        final List<AutoCloseable> made = new ArrayList<>();
        try {
            final Namespace center = new Namespace();
            made.add(center);
            final WgDevice hub = WgDevice.daemon(Implementation.OURS, center);
            made.add(hub);
            final List<WgDevice> spokes = new ArrayList<>();
            final List<PeerSpec> peers = new ArrayList<>();
            for (int i = 0; i < kinds.size(); i++) {
                final Namespace namespace = new Namespace();
                made.add(namespace);
                center.sh("ip link add eth" + i + " type veth peer name eth0 netns " + namespace.name() + "; ip addr add 10.70." + i
                        + ".1/24 dev eth" + i + "; ip link set eth" + i + " up; sysctl -qw net.ipv4.ip_forward=1");
                namespace.sh("ip addr add 10.70." + i + ".2/24 dev eth0; ip link set eth0 up");
                final WgDevice spoke = WgDevice.daemon(kinds.get(i), namespace);
                made.add(spoke);
                spokes.add(spoke);
                peers.add(spoke.peer("10.67.0." + (10 + i) + "/32"));
            }
            hub.configure(Pair.LEFT_PORT, peers.toArray(PeerSpec[]::new));
            hub.up(1420, "10.67.0.1/24");
            for (int i = 0; i < spokes.size(); i++) {
                // The keepalive makes itself known to the hub, which has no endpoint for it.
                spokes.get(i).configure(Pair.RIGHT_PORT, hub.peer("10.67.0.0/24").at("10.70." + i + ".1:" + Pair.LEFT_PORT).keepalive(1));
                spokes.get(i).up(1420, "10.67.0." + (10 + i) + "/24");
            }
            for (final WgDevice spoke : spokes) {
                Ping.untilAnswered(spoke.host(), "10.67.0.1", java.time.Duration.ofSeconds(12));
            }
            for (final WgDevice spoke : spokes) {
                for (int j = 0; j < spokes.size(); j++) {
                    Ping.expectReplies(spoke.host(), "10.67.0." + (10 + j));
                }
            }
        } finally {
            Collections.reverse(made);
            for (final AutoCloseable each : made) {
                each.close();
            }
        }
    }
}
