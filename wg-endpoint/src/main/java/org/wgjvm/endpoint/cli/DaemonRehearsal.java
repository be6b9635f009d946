package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.daemon.Daemon;
import org.wgjvm.endpoint.daemon.DaemonException;
import org.wgjvm.endpoint.uapi.UapiClient;
import org.wgjvm.endpoint.uapi.UapiSocket;
import org.wgjvm.tun.StandInTun;
import org.wgjvm.tun.StandInTun.Traffic;

/**
 * Two daemons as they are, but for their TUN devices ({@link StandInTun}), in one process: started, configured through their sockets, and
 * with traffic between them. For a JVM that learns what a daemon loads, so that the next one starts faster. It needs no privilege and
 * leaves nothing behind.
 */
final class DaemonRehearsal {
    /** The word on the command line; like a daemon's, it goes without the parser of the commands. */
    static final String COMMAND = "rehearse-daemon";

    private static final int NEAR = 0x0a4d_0001;
    private static final int FAR = 0x0a4d_0002;
    private static final int LOCALHOST = 0x7f00_0001;
    private static final int STUCK_MS = 100;
    private static final int FIRST_MS = 5000;
    private static final String[] NAMES = {"rehearsal0", "rehearsal1"};

    private final Path sockets;
    private final StandInTun near;
    private final StandInTun far;

    private DaemonRehearsal(Path sockets, StandInTun near, StandInTun far) {
        this.sockets = sockets;
        this.near = near;
        this.far = far;
    }

    /** With traffic for so long; returns an exit code. */
    static int run(Surroundings around, int seconds) {
        try {
            final Path sockets = Files.createTempDirectory("wg-jvm-rehearsal");
            try (StandInTun near = StandInTun.open(NAMES[0], NEAR, FAR); StandInTun far = StandInTun.open(NAMES[1], FAR, NEAR)) {
                new DaemonRehearsal(sockets, near, far).play(seconds);
            } finally {
                Files.deleteIfExists(sockets);
            }
            return 0;
        } catch (IOException | DaemonException e) {
            around.err().println("wg-jvm: no rehearsal: " + e.getMessage());
            return 1;
        }
    }

    private void play(int seconds) throws IOException, DaemonException {
        final Map<String, String> environment = Map.of("LOG_LEVEL", "silent");
        try (Daemon one = Daemon.start(NAMES[0], environment, sockets, new DataPlaneFactory((name, fd, options) -> near.attach()));
                Daemon other = Daemon.start(NAMES[1], environment, sockets, new DataPlaneFactory((name, fd, options) -> far.attach()))) {
            final SecureRandom random = new SecureRandom();
            final PrivateKey nearKey = PrivateKey.generate(random::nextBytes);
            final PrivateKey farKey = PrivateKey.generate(random::nextBytes);
            final int port = configure(NAMES[1], farKey, peer(nearKey.publicKey(), null, NEAR));
            configure(NAMES[0], nearKey, peer(farKey.publicKey(), Endpoint.v4(LOCALHOST, port), FAR));
            if (!one.warnings().equals(other.warnings()) || !near.carry(Traffic.SMALL, far, FIRST_MS)) {
                throw new IOException("the first packet does not arrive");
            }
            final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (System.nanoTime() - endNs < 0) {
                for (final Traffic traffic : Traffic.values()) {
                    near.carry(traffic, far, STUCK_MS);
                    far.carry(traffic, near, STUCK_MS);
                }
            }
        }
    }

    /** Returns the port that it listens on. */
    private int configure(String name, PrivateKey key, PeerChange peer) throws IOException {
        try (UapiClient client = UapiClient.connect(UapiSocket.path(sockets, name))) {
            client.set(new DeviceChange(key, 0, null, true, List.of(peer)));
        }
        try (UapiClient client = UapiClient.connect(UapiSocket.path(sockets, name))) {
            return client.get().listenPort();
        }
    }

    private static PeerChange peer(PublicKey key, Endpoint endpoint, int inner) {
        return new PeerChange(
                key, false, false, null, endpoint, null, true, List.of(new PeerChange.AllowedIp(IpPrefix.v4(inner, 32), false)));
    }
}
