package org.wgjvm.router.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.CommitReport;
import org.wgjvm.router.plane.InterfaceId;
import org.wgjvm.router.plane.SessionSnapshot;
import org.wgjvm.tun.MemoryPort;

/** A running router in this process: a peer behind a profile, a host on its LAN, and what commits do to the traffic between them. */
@Timeout(120)
final class RunningRouterTest {
    private static final String PEER_ADDRESS = "10.10.10.2";
    private static final String HOST_ADDRESS = "172.16.1.5";

    @TempDir
    private Path directory;

    private final BlockingQueue<byte[]> atHost = new LinkedBlockingQueue<>();
    private RunningRouter router;
    private MemoryPort lan;
    private Spoke spoke;
    private int port;

    @BeforeEach
    void start() throws Exception {
        spoke = new Spoke("127.0.0.3");
        router = RunningRouter.start("r2", directory.resolve("state"), RouterListener.SILENT);
        attachLan();
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.2"))) {
            port = free.getLocalPort();
        }
    }

    private void attachLan() {
        final MemoryPort[] self = new MemoryPort[1];
        lan = new MemoryPort("lan", 1420, 1024, 2048, () -> {
            while (self[0].poll((memory, offset, length) -> atHost.add(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE)),
                    64) > 0) {
                // until it is empty, which arms the next call
            }
        });
        self[0] = lan;
        router.plane().attach(new InterfaceId("node1", "lan-net"), lan).toCompletableFuture().join();
    }

    @AfterEach
    void stop() {
        router.close();
        spoke.close();
    }

    private String configuration(String inProfile, String r1) {
        return """
                config
                  authority
                    tenant worker
                      member remote
                        address 10.10.10.0/24
                      exit
                    exit
                    service data
                      address 172.16.1.0/24
                      access-policy worker
                        source worker
                      exit
                    exit
                    %s
                    router r2
                      wireguard-profile wg0
                        port %d
                        private-network
                          neighborhood remote
                          address 10.10.10.1/24
                        exit
                        peer p1
                          public-key %s
                          allowed-ip 10.10.10.2/32
                        exit
                        %s
                      exit
                      node node1
                        device-interface eth1
                          network-interface wan-net
                            address 127.0.0.2
                              wireguard-profile wg0
                            exit
                          exit
                        exit
                        device-interface lan
                          network-interface lan-net
                            address 172.16.1.1
                              prefix-length 24
                            exit
                          exit
                        exit
                      exit
                    exit
                  exit
                exit
                """.formatted(r1, port, spoke.publicKey(), inProfile);
    }

    private CommitReport commit(String inProfile, String r1) throws Exception {
        router.configuration().replace(new StringReader(configuration(inProfile, r1)));
        return router.configuration().commit("");
    }

    private PublicKey connect() throws Exception {
        final CommitReport report = commit("", "");
        assertEquals(List.of(), report.errors());
        final PublicKey key = router.publicKey("wg0");
        spoke.connect(key, "127.0.0.2", port);
        return key;
    }

    private ProfileStatus status() {
        return router.profiles().getFirst();
    }

    private String peerLog() {
        try {
            return String.join("\n", router.log().peerLines("wg0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a packet each way and waits for both. */
    private void exchange(int id) throws Exception {
        spoke.send(Packets.udp(PEER_ADDRESS, HOST_ADDRESS, id, 200));
        byte[] there = atHost.poll(20, TimeUnit.SECONDS);
        while (there != null && Packets.id(there) != id) {
            there = atHost.poll(20, TimeUnit.SECONDS);
        }
        assertNotNull(there, () -> "packet " + id + " did not reach the host: " + counted());
        lan.offer(MemorySegment.ofArray(answer(there)), 0, there.length);
        byte[] back = spoke.receive(20_000);
        while (back != null && Packets.id(back) != id) {
            back = spoke.receive(20_000);
        }
        assertNotNull(back, () -> "the answer to " + id + " did not reach the peer: " + counted());
    }

    private String counted() {
        return router.plane().snapshot().toCompletableFuture().join().pairs().stream()
                .map(pair -> pair.tenant() + " " + pair.service() + " " + pair.packets() + " packets, drops "
                        + Arrays.toString(pair.drops()))
                .collect(Collectors.joining("; ")) + "; device drops " + Arrays.toString(status().drops()) + " " + status().device()
                        .peers() + " spoke " + spoke.state();
    }

    /** The packet with its addresses and ports exchanged: checksums stay right. */
    private static byte[] answer(byte[] packet) {
        final byte[] back = packet.clone();
        System.arraycopy(packet, 12, back, 16, 4);
        System.arraycopy(packet, 16, back, 12, 4);
        System.arraycopy(packet, 20, back, 22, 2);
        System.arraycopy(packet, 22, back, 20, 2);
        return back;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "not within 30 s: " + what);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** A transfer in the background, one packet after the other, which fails with the first that is lost. */
    private final class Transfer implements AutoCloseable {
        private final AtomicInteger done = new AtomicInteger();
        private volatile boolean end;
        private volatile Throwable failure;
        private final Thread thread = Thread.ofPlatform().start(() -> {
            try {
                while (!end) {
                    exchange(1000 + done.get());
                    done.incrementAndGet();
                }
            } catch (Exception | AssertionError e) {
                failure = e;
            }
        });

        /** Waits until {@code more} exchanges have been made from now on. */
        void goesOn(int more) throws Exception {
            final int target = done.get() + more;
            await("the transfer goes on", () -> done.get() >= target || failure != null);
            if (failure != null) {
                throw new AssertionError("the transfer was interrupted after " + done, failure);
            }
        }

        @Override
        public void close() {
            end = true;
            while (thread.isAlive()) {
                Thread.onSpinWait();
            }
            if (failure != null) {
                throw new AssertionError("the transfer was interrupted after " + done, failure);
            }
        }
    }

    @Test
    void commitsAndRollbackKeepKeysAndSessionsUnderARunningTransfer() throws Exception {
        final PublicKey key = connect();
        exchange(1);
        try (Transfer transfer = new Transfer()) {
            transfer.goesOn(5);
            commit("description changed\ninactivity-timeout 60000", "");
            transfer.goesOn(5);
            commit("peer p2\npublic-key 4uXibv7XeeTxYhc5clp0G4cIYicvY03RQGxLwDNCCEY=\nallowed-ip 10.10.10.3/32\nexit", "");
            transfer.goesOn(5);
            router.configuration().rollback(1);
            transfer.goesOn(5);
        }
        assertEquals(key, router.publicKey("wg0"));
        assertEquals(key, status().publicKey());
        assertEquals(1, spoke.handshakes(), "one session from beginning to end");
    }

    @Test
    void aConfiguredEndpointIsCalledByTheRouter() throws Exception {
        final PublicKey key = connect();
        assertEquals(0, spoke.handshakes(), "the peer itself says nothing");
        final String endpoint = "peer p1\npersistent-keepalive 25\nendpoint\nip 127.0.0.3\nport " + spoke.port() + "\nexit\nexit";
        assertEquals(List.of(), commit(endpoint, "").errors());
        await("the router has called", () -> spoke.handshakes() > 0);
        assertEquals("127.0.0.2:" + port, spoke.routerIsAt());
        assertEquals(key, status().publicKey());
        assertTrue(peerLog().contains("'p1' has a session, asked for by us"));
    }

    @Test
    void anOutboundSessionOriginatesFromTheLoopbackAddressAndAServiceLetsItOut() throws Exception {
        connect();
        final String endpoint = "access-policy 203.0.113.0/24\nsource 203.0.113.0/24\nexit\n"
                + "peer p1\npersistent-keepalive 25\nendpoint\nip " + HOST_ADDRESS + "\nport 51820\nexit\nexit";
        final String outbound = "tenant caller\nmember remote\naddress 169.254.140.129/32\nexit\nexit\n"
                + "service endpoints\naddress " + HOST_ADDRESS + "/32\ntransport udp\nport-range 51820\nexit\nexit\n"
                + "access-policy caller\nsource caller\nexit\nexit";
        assertEquals(List.of(), commit(endpoint, outbound).errors());
        try (DatagramSocket relay = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.4"))) {
            relay.setSoTimeout(20_000);
            final byte[] initiation = atHost.poll(20, TimeUnit.SECONDS);
            assertNotNull(initiation, this::counted);
            assertEquals("172.16.1.1", InetAddress.getByAddress(Arrays.copyOfRange(initiation, 12, 16)).getHostAddress());
            relay.send(new DatagramPacket(initiation, 28, initiation.length - 28, InetAddress.ofLiteral("127.0.0.3"), spoke.port()));
            final DatagramPacket response = new DatagramPacket(new byte[200], 28, 172);
            relay.receive(response);
            final byte[] back = answer(initiation);
            final int length = 28 + response.getLength();
            System.arraycopy(back, 0, response.getData(), 0, 20);
            System.arraycopy(back, 20, response.getData(), 20, 4);
            ByteBuffer.wrap(response.getData()).putShort(2, (short) length).putShort(24, (short) (length - 20)).putInt(10, 0)
                    .put(12, back, 12, 8);
            lan.offer(MemorySegment.ofArray(response.getData()), 0, length);
            await("the answer is taken, though no policy of the profile names who sent it",
                    () -> peerLog().contains("'p1' has a session, asked for by us"));
        }
        assertEquals(HOST_ADDRESS + ":51820", status().device().peers().getFirst().endpoint().toString());
        final SessionSnapshot session = router.plane().sessions(10).toCompletableFuture().join().getFirst();
        assertEquals("caller endpoints 169.254.140.129:" + port,
                session.tenant() + " " + session.service() + " " + session.source() + ":" + session.sourcePort());
    }

    /** PLUGIN-1839. */
    @Test
    void ofTenThousandPeersOneIsChangedWhileTheTransferOfAnotherGoesOn() throws Exception {
        connect();
        final StringBuilder peers = new StringBuilder();
        for (int i = 1; i <= 10_000; i++) {
            final byte[] key = new byte[PublicKey.LENGTH];
            key[0] = (byte) i;
            key[1] = (byte) (i >> 8);
            key[2] = 9;
            peers.append("peer n").append(i).append("\npublic-key ").append(PublicKey.of(key, 0)).append("\nallowed-ip 10.99.")
                    .append(i >> 8).append('.').append(i & 255).append("/32\nexit\n");
        }
        assertEquals(List.of(), commit(peers.toString(), "").errors());
        assertEquals(10_001, status().device().peers().size());
        exchange(1);
        try (Transfer transfer = new Transfer()) {
            transfer.goesOn(3);
            final String changed = peers.toString().replace("10.99.39.16/32", "10.98.0.1/32");
            assertEquals(List.of(), commit(changed, "").errors());
            transfer.goesOn(3);
        }
        assertEquals(1, spoke.handshakes());
        final List<String> journal = router.log().peerLines("wg0");
        assertEquals(1, journal.stream().filter(line -> line.endsWith("' changed")).count(), "that of one");
        assertTrue(journal.stream().anyMatch(line -> line.endsWith("'n10000' changed")));
    }

    /** PLUGIN-1771, and better. */
    @Test
    void breakingR1DoesNotInterruptR2() throws Exception {
        connect();
        exchange(1);
        try (Transfer transfer = new Transfer()) {
            transfer.goesOn(5);
            final CommitReport report = commit("description changed", """
                    router r1
                      wireguard-profile wg0
                        private-network
                          address 10.10.10.1/24
                        exit
                      exit
                    exit
                    """);
            assertEquals(Set.of("r1"), report.rejected());
            assertTrue(report.number() > 0);
            transfer.goesOn(10);
        }
        assertEquals(1, spoke.handshakes());
        assertEquals("changed", router.router().profile("wg0").description());
    }

    @Test
    void disablingIsSilenceAndEnablingGoesOnInTheSameSession() throws Exception {
        final PublicKey key = connect();
        exchange(1);
        commit("enabled false", "");
        assertEquals(ProfileStatus.State.DISABLED, status().state());
        spoke.send(Packets.udp(PEER_ADDRESS, HOST_ADDRESS, 2, 100));
        try (DatagramSocket free = new DatagramSocket(port, InetAddress.ofLiteral("127.0.0.2"))) {
            assertEquals(port, free.getLocalPort(), "the port is free meanwhile");
        }
        commit("", "");
        assertEquals(ProfileStatus.State.UP, status().state());
        assertEquals(key, status().publicKey());
        exchange(3);
        assertEquals(1, spoke.handshakes(), "the session is the one from before");
    }

    @Test
    void theKeyPairIsMadeOnceAndKeptThroughRestartsAndRemoval() throws Exception {
        final PublicKey key = connect();
        final Path file = directory.resolve("state/keys/wg0.key");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        router.close();
        router = RunningRouter.start("r2", directory.resolve("state"), RouterListener.SILENT);
        assertEquals(key, status().publicKey(), "what was committed runs again");
        router.configuration().replace(new StringReader("config\nexit"));
        router.configuration().commit("everything goes");
        assertTrue(router.profiles().isEmpty());
        router.configuration().rollback(1);
        assertEquals(key, status().publicKey());
        attachLan();
        exchange(2);
    }

    @Test
    void aProfileListensOnExactlyItsAddress() throws Exception {
        connect();
        exchange(1);
        assertEquals(List.of("127.0.0.2"), status().addresses());
        try (DatagramSocket other = new DatagramSocket(port, InetAddress.ofLiteral("127.0.0.1"))) {
            assertEquals(port, other.getLocalPort(), "other addresses are free");
        }
    }

    @Test
    void aPortThatAnotherProgramHasIsAnErrorOfTheCommit() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(port, InetAddress.ofLiteral("127.0.0.2"))) {
            assertEquals(port, taken.getLocalPort());
            final CommitReport report = commit("", "");
            assertEquals(
                    "authority > router r2 > wireguard-profile wg0 > port: '127.0.0.2 port " + port
                            + "': is busy: another program listens there",
                    report.errors().getFirst().toString().replaceFirst("line [0-9]+: ", ""));
        }
        assertEquals(List.of(), commit("", "").errors());
    }

    @Test
    void theProfilesOwnKeyIsNoPeer() throws Exception {
        connect();
        final CommitReport report = commit("peer self\npublic-key " + router.publicKey("wg0") + "\nallowed-ip 10.10.10.9/32\nexit", "");
        assertEquals("is this profile's own key", report.errors().getFirst().reason());
    }

    @Test
    void anAddressThatIsNotThereIsWaitedForAndThatIsNoError() throws Exception {
        router.configuration().replace(new StringReader(configuration("", "").replace("address 127.0.0.2", "address 203.0.113.9")));
        final CommitReport report = router.configuration().commit("");
        assertEquals(List.of(), report.errors());
        assertEquals(ProfileStatus.State.PENDING, status().state());
        assertEquals("waits for address 203.0.113.9 on eth1", status().reason());
        assertEquals(port, status().device().listenPort());
        commit("", "");
        assertEquals(ProfileStatus.State.UP, status().state());
        spoke.connect(router.publicKey("wg0"), "127.0.0.2", port);
        exchange(1);
    }

    @Test
    void theAccessPolicyRefusesBeforeAnyCryptography() throws Exception {
        final PublicKey key = connect();
        commit("access-policy office\nsource 192.0.2.0/24\nexit", "");
        spoke.connect(key, "127.0.0.2", port);
        spoke.send(Packets.udp(PEER_ADDRESS, HOST_ADDRESS, 1, 100));
        await("it is refused", () -> status().drops()[DropReason.SOURCE_REFUSED.ordinal()] > 0);
        assertEquals(0, spoke.handshakes());
        commit("access-policy lab\nsource 127.0.0.3\nexit", "");
        exchange(2);
    }

    @Test
    void aChangedPortIsListenedOnAndPeersWithASessionLearnIt() throws Exception {
        connect();
        exchange(1);
        final int before = port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.2"))) {
            port = free.getLocalPort();
        }
        assertEquals(List.of(), commit("", "").errors());
        assertEquals(port, status().device().listenPort());
        assertFalse(before == port);
        lan.offer(MemorySegment.ofArray(answer(Packets.udp(PEER_ADDRESS, HOST_ADDRESS, 1, 200))), 0, 200);
        await("the peer knows the new port", () -> spoke.routerIsAt().equals("127.0.0.2:" + port));
        exchange(2);
        assertEquals(1, spoke.handshakes());
    }

    @Test
    void theJournalsTellOfConfigurationAndPeers() throws Exception {
        connect();
        exchange(1);
        final String config = String.join("\n", router.log().configLines());
        assertTrue(config.matches("(?s)[A-Z][a-z]{2} [0-9]{2} [0-9:]{8} r2 wg-router\\[[0-9]+\\]: .*"), config);
        assertTrue(config.contains("'wg0' created"), config);
        assertTrue(config.contains("'wg0' listens on 127.0.0.2:" + port), config);
        final String peers = String.join("\n", router.log().peerLines("wg0"));
        assertTrue(peers.contains("'p1' configured"), peers);
        assertTrue(peers.contains("'p1' has a session"), peers);
    }
}
