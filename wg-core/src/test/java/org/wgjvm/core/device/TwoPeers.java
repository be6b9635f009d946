package org.wgjvm.core.device;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.core.sim.SimNetwork.Datagram;
import org.wgjvm.core.sim.SimNode;
import org.wgjvm.core.sim.Simulation;

/** Alice and Bob, who are each other's peers, 1 ms apart. Constants in the tests are those of the paper, restated. */
abstract class TwoPeers {
    static final long MILLISECOND = Simulation.MILLISECOND_NS;
    static final long SECOND = Simulation.SECOND_NS;

    // Paper, section 6.1, but for REJECT-AFTER-MESSAGES (2^64 - 2^13 - 1 there), which the kernel puts at 2^64 - 1 - 8128 - 1.
    static final long REKEY_AFTER_MESSAGES = 1L << 60;
    static final long REJECT_AFTER_MESSAGES = -1L - 8128 - 1;
    static final long REKEY_AFTER_TIME = 120 * SECOND;
    static final long REJECT_AFTER_TIME = 180 * SECOND;
    static final long REKEY_ATTEMPT_TIME = 90 * SECOND;
    static final long REKEY_TIMEOUT = 5 * SECOND;
    static final long KEEPALIVE_TIMEOUT = 10 * SECOND;

    /** "Some amount of jitter" (paper, section 6.1): a third of a second, as everyone has it. */
    static final long JITTER = SECOND / 3;

    static final int INITIATION = 1;
    static final int RESPONSE = 2;
    static final int COOKIE_REPLY = 3;
    static final int TRANSPORT = 4;
    static final int KEEPALIVE_LENGTH = 32;

    final Simulation sim = new Simulation(42);
    SimNode alice;
    SimNode bob;

    @BeforeEach
    void introduce() {
        alice = sim.node("alice", Packets.endpoint("192.0.2.1", 51820));
        bob = sim.node("bob", Packets.endpoint("198.51.100.2", 51821));
        alice.addPeer(bob, "10.0.0.2/32", "fd00::2/128");
        bob.addPeer(alice, "10.0.0.1/32", "fd00::1/128");
    }

    static byte[] aliceToBob(long id) {
        return Packets.udp("10.0.0.1", "10.0.0.2", id, 100);
    }

    static byte[] bobToAlice(long id) {
        return Packets.udp("10.0.0.2", "10.0.0.1", id, 100);
    }

    static List<Long> ids(SimNode node) {
        return node.inbox().stream().map(Packets::id).toList();
    }

    List<Datagram> sent(SimNode from, int type) {
        return sim.network().sent(from, type);
    }

    Datagram lastSent(SimNode from, int type) {
        return sent(from, type).getLast();
    }

    /** A session that Alice began, confirmed, with nothing under way. */
    void connect() {
        alice.send(aliceToBob(-1));
        sim.runFor(SECOND);
        bob.inbox().clear();
    }

    long drops(SimNode node, DropReason reason) {
        return node.device().counters().drops(reason);
    }

    /** Puts a datagram on the wire once more, or for the first time, from anywhere. */
    void inject(Endpoint source, SimNode to, byte[] bytes) {
        sim.network().transmit(null, source, to.address(), bytes, 0);
    }

    Peer peerOf(SimNode node, SimNode peer) {
        return node.device().state().peers.get(peer.publicKey());
    }

    Keypair currentOf(SimNode node, SimNode peer) {
        return peerOf(node, peer).keypairs.current();
    }

    /** A change of one peer that leaves everything as it is: to be refined. */
    static PeerChange change(SimNode peer, Endpoint endpoint, Integer keepaliveSeconds, boolean replaceAllowedIps, String... prefixes) {
        final List<PeerChange.AllowedIp> allowed =
                java.util.Arrays.stream(prefixes).map(p -> new PeerChange.AllowedIp(Packets.prefix(p), false)).toList();
        return new PeerChange(peer.publicKey(), false, false, null, endpoint, keepaliveSeconds, replaceAllowedIps, allowed);
    }
}
