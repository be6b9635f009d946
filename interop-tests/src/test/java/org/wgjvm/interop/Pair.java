package org.wgjvm.interop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Two WireGuard devices on two hosts with a link between them: ours on the left, which is always a namespace, and the peer on the right.
 * Outside they are 10.66.0.1 and 10.66.0.2, fd66::1 and fd66::2, on {@code eth0}; inside 10.67.0.1 and 10.67.0.2, fd67::1 and fd67::2.
 */
final class Pair implements AutoCloseable {
    static final int LEFT_PORT = 51820;
    static final int RIGHT_PORT = 51821;
    static final String LEFT_INSIDE = "10.67.0.1";
    static final String RIGHT_INSIDE = "10.67.0.2";
    static final String LEFT_INSIDE_V6 = "fd67::1";
    static final String RIGHT_INSIDE_V6 = "fd67::2";

    private final Namespace leftHost;
    private final Host rightHost;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final WgDevice left;
    private final WgDevice right;

    private Pair(Implementation leftKind, Namespace leftHost, Implementation rightKind, Host rightHost) {
        this.leftHost = leftHost;
        this.rightHost = rightHost;
        this.left = WgDevice.daemon(leftKind, leftHost);
        this.right = rightHost instanceof Namespace namespace ? WgDevice.daemon(rightKind, namespace) : WgDevice.kernel(rightHost);
        owned.push(left);
        owned.push(right);
    }

    /** Two daemons in two new namespaces, not yet configured. */
    static Pair of(Implementation left, Implementation right) {
        final Namespace a = new Namespace();
        final Namespace b = new Namespace();
        a.sh("ip link add eth0 mtu 9000 type veth peer name eth0 mtu 9000 netns " + b.name());
        a.sh("ip addr add 10.66.0.1/24 dev eth0; ip addr add fd66::1/64 dev eth0 nodad; ip link set eth0 up");
        b.sh("ip addr add 10.66.0.2/24 dev eth0; ip addr add fd66::2/64 dev eth0 nodad; ip link set eth0 up");
        final Pair pair = new Pair(left, a, right, b);
        pair.owned.addLast(a);
        pair.owned.addLast(b);
        return pair;
    }

    /** A daemon and an interface of the guest's kernel. */
    static Pair of(Implementation left, Guest guest) {
        return new Pair(left, guest.namespace(), Implementation.LINUX, guest);
    }

    WgDevice left() {
        return left;
    }

    WgDevice right() {
        return right;
    }

    Namespace leftHost() {
        return leftHost;
    }

    Host rightHost() {
        return rightHost;
    }

    /** The right side's namespace; only where it is one. */
    Namespace rightNamespace() {
        return (Namespace) rightHost;
    }

    /** The section for the left device in the right one's configuration, without an endpoint. */
    PeerSpec leftPeer() {
        return left.peer(LEFT_INSIDE + "/32," + LEFT_INSIDE_V6 + "/128");
    }

    PeerSpec rightPeer() {
        return right.peer(RIGHT_INSIDE + "/32," + RIGHT_INSIDE_V6 + "/128");
    }

    static String leftEndpoint() {
        return "10.66.0.1:" + LEFT_PORT;
    }

    static String leftEndpointV6() {
        return "[fd66::1]:" + LEFT_PORT;
    }

    static String rightEndpoint() {
        return "10.66.0.2:" + RIGHT_PORT;
    }

    static String rightEndpointV6() {
        return "[fd66::2]:" + RIGHT_PORT;
    }

    /** Both sides fresh, with these peers, addresses, MTU 1420, and up: the right one first, so that nothing the left one sends is lost. */
    void configure(PeerSpec rightInLeft, PeerSpec leftInRight) {
        left.down();
        right.down();
        left.configure(LEFT_PORT, rightInLeft);
        right.configure(RIGHT_PORT, leftInRight);
        up(1420);
    }

    /** Starts those daemons anew that cannot use an IPv6 endpoint once they have used an IPv4 one. */
    void forgetIpv4() {
        for (final WgDevice device : List.of(left, right)) {
            if (device.implementation().isWireguardGo()) {
                device.kill();
                device.start();
            }
        }
    }

    /** Both sides fresh, each knowing where the other is, over IPv4. */
    void connect() {
        configure(rightPeer().at(rightEndpoint()), leftPeer().at(leftEndpoint()));
    }

    void up(int mtu) {
        right.up(mtu, RIGHT_INSIDE + "/24", RIGHT_INSIDE_V6 + "/64");
        if (right.process() != null) {
            // A daemon learns of its link's state after the command that changed it has returned.
            Await.until(right + " is up", Duration.ofSeconds(5), () -> right.listensOn(RIGHT_PORT));
        }
        left.up(mtu, LEFT_INSIDE + "/24", LEFT_INSIDE_V6 + "/64");
        Await.until(left + " is up", Duration.ofSeconds(5), () -> left.listensOn(LEFT_PORT));
    }

    /** Pings the right side from the left, IPv4 and IPv6: fails the test when a reply is missing. */
    void expectTraffic() {
        Ping.expectReplies(leftHost, RIGHT_INSIDE);
        Ping.expectReplies(leftHost, RIGHT_INSIDE_V6);
    }

    @Override
    public void close() {
        for (final AutoCloseable each : owned) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot remove " + each, e);
            }
        }
    }
}
