package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Ours behind a NAT that forgets after 2 s; the peer outside. */
@Interop(Implementation.GO_NEWEST)
final class NatTest {
    private static final String CLIENT_INSIDE = "10.67.0.1";
    private static final String SERVER_INSIDE = "10.67.0.2";
    private Namespace client;
    private Namespace router;
    private Namespace server;
    private WgDevice ours;
    private WgDevice peer;

    private void build(int keepaliveSeconds) {
        if (client == null) {
            client = new Namespace();
            router = new Namespace();
            server = new Namespace();
            router.sh("ip link add lan type veth peer name eth0 netns " + client.name()
                    + "; ip link add wan type veth peer name eth0 netns " + server.name()
                    + "; ip addr add 192.168.7.1/24 dev lan; ip addr add 10.66.0.1/24 dev wan; ip link set lan up; ip link set wan up"
                    + "; sysctl -qw net.ipv4.ip_forward=1");
            client.sh("ip addr add 192.168.7.2/24 dev eth0; ip link set eth0 up; ip route add default via 192.168.7.1");
            server.sh("ip addr add 10.66.0.2/24 dev eth0; ip link set eth0 up");
            router.sh("nft 'table ip nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade random; }; }';"
                    + " sysctl -qw net.netfilter.nf_conntrack_udp_timeout=2 net.netfilter.nf_conntrack_udp_timeout_stream=2");
            ours = WgDevice.daemon(Implementation.OURS, client);
            peer = WgDevice.daemon(Implementation.GO_NEWEST, server);
        }
        peer.configure(51821, ours.peer(CLIENT_INSIDE + "/32"));
        peer.up(1420, SERVER_INSIDE + "/24");
        ours.configure(51820, peer.peer(SERVER_INSIDE + "/32").at("10.66.0.2:51821").keepalive(keepaliveSeconds));
        ours.up(1420, CLIENT_INSIDE + "/24");
        Ping.untilAnswered(client, SERVER_INSIDE, Duration.ofSeconds(12));
    }

    @AfterAll
    void close() throws Exception {
        for (final AutoCloseable each : new AutoCloseable[] {ours, peer, client, router, server}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void persistentKeepaliveKeepsTheWayIn() {
        build(1);
        Await.pass(Duration.ofSeconds(5));
        Ping.expectReplies(server, CLIENT_INSIDE);
    }

    @Test
    void theServerFollowsWhenTheNatChoosesAnotherPort() {
        build(0);
        final String before = peer.show("endpoints", ours);
        // No packet of ours may renew the mapping: wait until the NAT has forgotten, past the passive keepalives that follow the pings.
        // The kernel's count includes what has timed out until its collector comes by, up to a minute later; reading the table drops it.
        final String entries = "cat /proc/net/nf_conntrack";
        Await.until("the NAT has forgotten", Duration.ofSeconds(30), () -> router.sh(entries).isEmpty());
        assertFalse(Ping.answered(server, CLIENT_INSIDE), "a packet from outside found its way through a NAT that has forgotten");
        Ping.untilAnswered(client, SERVER_INSIDE, Duration.ofSeconds(12));
        Ping.expectReplies(server, CLIENT_INSIDE);
        assertNotEquals(before, peer.show("endpoints", ours));
    }
}
