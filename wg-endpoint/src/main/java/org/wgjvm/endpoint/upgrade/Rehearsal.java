package org.wgjvm.endpoint.upgrade;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.dataplane.Handover;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.sys.Niceness;
import org.wgjvm.sys.PassedDescriptors;
import org.wgjvm.tun.StandInTun;
import org.wgjvm.tun.StandInTun.Traffic;

/**
 * What has never run in a JVM is slow, and the tunnel stands still while the device changes hands. So all of it is done before, by the same
 * code, with devices that nobody knows: two data planes in this process tunnel packets between hosts that are this class, over real sockets
 * on loopback, and one of the two is handed over from object to object as it will be from process to process.
 */
final class Rehearsal implements AutoCloseable {
    /** The environment variable that is {@code off} for tests of what happens and not of how fast. */
    static final String VARIABLE = "WGJVM_REHEARSAL";

    private static final int LEAST_SECONDS = 2;
    private static final int MOST_SECONDS = 15;
    private static final int ROUND_MS = 250;

    /** Less compilation than this in a round is nothing that matters. */
    private static final int QUIET_MS = 5;

    private static final int QUIET_ROUNDS = 3;
    private static final int HAND_OVERS = 20;
    private static final int HAND_OVERS_OF_THE_OLD = 8;

    /** With the sender's superframes a burst that sockets have room for. */
    private static final int ACKNOWLEDGEMENTS = 8;

    private static final int STUCK_MS = 100;
    private static final int FIRST_MS = 5000;

    /** Peers that only make the state longer, so that writing and reading it is compiled. */
    private static final int MORE_PEERS = 64;

    private static final int NEAR = 0x0a4d_0001;
    private static final int FAR = 0x0a4d_0002;
    private static final int LOCALHOST = 0x7f00_0001;

    private final StandInTun nearHost = StandInTun.open("rehearsal0", NEAR, FAR);
    private final StandInTun farHost = StandInTun.open("rehearsal1", FAR, NEAR);
    private final DataPlane far;
    private DataPlane near;

    private Rehearsal() throws IOException {
        near = DataPlane.builder(nearHost.attach()).start();
        far = DataPlane.builder(farHost.attach()).start();
    }

    /** Of the new process: data path, handshakes, hand-over. Returns when all is compiled; takes seconds. */
    static void full(Log log) {
        try (Rehearsal rehearsal = new Rehearsal()) {
            rehearsal.meet();
            for (int n = 0; n < HAND_OVERS; n++) {
                rehearsal.handOver();
                rehearsal.traffic(1);
            }
            rehearsal.untilQuiet();
            rehearsal.handOver();
            rehearsal.traffic(1);
        } catch (IOException | RuntimeException e) {
            // Without it the first packets are slow, and all else is well.
            log.error("Upgrade: no rehearsal: " + e.getMessage());
        }
        // What it leaves behind is not to be collected in the moment that counts.
        System.gc();
    }

    /** Of the old process, which carries packets meanwhile: what it has not done yet is to hand itself over. Waits for its end. */
    static void brief(Log log) {
        final Thread thread = Thread.ofPlatform().daemon().name("rehearsal").start(() -> {
            // Where it cannot be had, it is a wish.
            final int ignored = Niceness.ofThisThread(Niceness.MOST);
            try (Rehearsal rehearsal = new Rehearsal()) {
                rehearsal.meet();
                for (int n = 0; n < HAND_OVERS_OF_THE_OLD; n++) {
                    rehearsal.handOver();
                }
            } catch (IOException | RuntimeException e) {
                log.error("Upgrade: no rehearsal: " + e.getMessage());
            }
        });
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Both are configured, and have a session. */
    private void meet() throws IOException {
        final SecureRandom random = new SecureRandom();
        final PrivateKey nearKey = PrivateKey.generate(random::nextBytes);
        final PrivateKey farKey = PrivateKey.generate(random::nextBytes);
        apply(far, farKey, peer(nearKey.publicKey(), null, NEAR), List.of());
        final int port = far.snapshot().toCompletableFuture().join().listenPort();
        final List<PeerChange> more = new ArrayList<>();
        for (int n = 1; n <= MORE_PEERS; n++) {
            more.add(peer(PrivateKey.generate(random::nextBytes).publicKey(), null, FAR + n));
        }
        apply(near, nearKey, peer(farKey.publicKey(), Endpoint.v4(LOCALHOST, port), FAR), more);
        if (!nearHost.carry(Traffic.SMALL, farHost, FIRST_MS)) {
            throw new UpgradeException("the first packet does not arrive");
        }
    }

    private static void apply(DataPlane plane, PrivateKey key, PeerChange peer, List<PeerChange> more) throws IOException {
        final List<PeerChange> peers = new ArrayList<>(more);
        peers.add(peer);
        final int errno = plane.apply(new DeviceChange(key, 0, null, true, peers)).toCompletableFuture().join();
        if (errno != 0) {
            throw new UpgradeException("it cannot be configured: error " + -errno);
        }
    }

    private static PeerChange peer(PublicKey key, Endpoint endpoint, int inner) {
        return new PeerChange(
                key, false, false, null, endpoint, null, true, List.of(new PeerChange.AllowedIp(IpPrefix.v4(inner, 32), false)));
    }

    /** Each kind of traffic, both ways, so many times; what is lost is lost. */
    private void traffic(int times) {
        for (int n = 0; n < times; n++) {
            for (final Traffic traffic : Traffic.values()) {
                nearHost.carry(traffic, farHost, STUCK_MS);
                farHost.carry(traffic, nearHost, STUCK_MS);
            }
            // A connection: data one way, acknowledgements the other, while both are under way.
            for (int i = 0; i < ACKNOWLEDGEMENTS; i++) {
                farHost.send(Traffic.ACKNOWLEDGEMENT);
            }
            nearHost.carry(Traffic.TCP_SUPERFRAME, farHost, STUCK_MS);
            nearHost.receive();
        }
    }

    /** Traffic until the JVM has nothing more to compile, or there is no end to it. */
    private void untilQuiet() {
        final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        if (compiler == null) {
            return;
        }
        final long beginNs = System.nanoTime();
        int quiet = 0;
        long elapsedNs = 0;
        while (elapsedNs < TimeUnit.SECONDS.toNanos(MOST_SECONDS)
                && (quiet < QUIET_ROUNDS || elapsedNs < TimeUnit.SECONDS.toNanos(LEAST_SECONDS))) {
            final long compiledMs = compiler.getTotalCompilationTime();
            final long roundNs = System.nanoTime();
            while (System.nanoTime() - roundNs < TimeUnit.MILLISECONDS.toNanos(ROUND_MS)) {
                traffic(1);
            }
            quiet = compiler.getTotalCompilationTime() - compiledMs < QUIET_MS ? quiet + 1 : 0;
            elapsedNs = System.nanoTime() - beginNs;
        }
    }

    /** The near data plane changes hands. */
    private void handOver() throws IOException {
        final int[] pair = PassedDescriptors.pair();
        try (HandoverChannel old = new HandoverChannel(pair[0]); HandoverChannel fresh = new HandoverChannel(pair[1])) {
            final DataPlane successor = DataPlane.builder(nearHost.attach()).expect();
            final Handover handover = near.handover();
            boolean done = false;
            try {
                final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FIRST_MS);
                try (Handover.Parts parts = handover.freeze()) {
                    HandOver.sendState(old, parts, deadlineNs);
                }
                TakeOver.receive(fresh, successor::takeOver);
                handover.commit();
                successor.begin();
                done = true;
            } finally {
                (done ? near : successor).close();
            }
            near = successor;
        }
    }

    @Override
    public void close() {
        near.close();
        far.close();
        nearHost.close();
        farHost.close();
    }
}
