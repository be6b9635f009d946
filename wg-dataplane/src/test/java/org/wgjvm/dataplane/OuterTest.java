package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.InetText;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.transport.BindOptions;
import org.wgjvm.transport.LinuxUdpBind;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.transport.UdpStatistics;
import org.wgjvm.tun.MemoryPort;

/** What a router does with the outside of a data plane: who may speak, how it is marked, and an address that changes under it. */
@Timeout(60)
final class OuterTest {
    private final List<DataPlane> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(DataPlane::close);
    }

    /** A plane on an address of the loopback network. */
    private final class Side implements DataPlaneEvents {
        private final PrivateKey key = PrivateKey.generate(new SecureRandom()::nextBytes);
        private final Semaphore delivered = new Semaphore(0);
        private final MemoryPort port = new MemoryPort("test", 1420, 256, 2048, delivered::release);
        private final Set<Integer> sentTos = ConcurrentHashMap.newKeySet();
        private final Semaphore handshakes = new Semaphore(0);
        private final DataPlane plane;
        private volatile String address;

        Side(String address) throws Exception {
            this.address = address;
            plane = DataPlane.builder(port).binds(this::bind).events(this).start();
            open.add(plane);
            assertEquals(0, plane.apply(new DeviceChange(key, 0, null, false, List.of())).toCompletableFuture().join());
        }

        private UdpBind bind() {
            final BindOptions options = BindOptions.defaults().boundTo(InetAddress.ofLiteral(address));
            return new Watched(new LinuxUdpBind(options), sentTos);
        }

        @Override
        public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
            handshakes.release();
        }

        DeviceSnapshot get() {
            return plane.snapshot().toCompletableFuture().join();
        }

        void peer(Side other, String prefix) {
            final PeerChange change = new PeerChange(
                    other.key.publicKey(),
                    false,
                    false,
                    null,
                    Packets.endpoint(other.address, other.get().listenPort()),
                    null,
                    false,
                    List.of(new PeerChange.AllowedIp(Packets.prefix(prefix), false)));
            assertEquals(0, plane.apply(new DeviceChange(null, null, null, false, List.of(change))).toCompletableFuture().join());
        }

        void send(byte[] packet) {
            assertTrue(port.offer(MemorySegment.ofArray(packet), 0, packet.length));
        }

        void awaitPacket() throws Exception {
            while (port.poll((memory, offset, length) -> {}, 1) == 0) {
                assertTrue(delivered.tryAcquire(20, TimeUnit.SECONDS), "nothing was delivered");
            }
        }

        long refused() {
            return plane.statistics().toCompletableFuture().join().drops().get(DropReason.SOURCE_REFUSED);
        }

        String whereIs(Side other) {
            final Endpoint at = get().peers().getFirst().endpoint();
            return at.port() == other.get().listenPort() ? InetText.v4((int) at.low()) : "elsewhere";
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "not within 20 s: " + what);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private static void introduce(Side a, Side b) throws Exception {
        a.peer(b, "10.0.0.2/32");
        b.peer(a, "10.0.0.1/32");
        a.send(Packets.udp("10.0.0.1", "10.0.0.2", 1, 100));
        b.awaitPacket();
        b.send(Packets.udp("10.0.0.2", "10.0.0.1", 2, 100));
        a.awaitPacket();
    }

    @Test
    void aNewAddressIsLearntByThePeerFromAKeepaliveInTheSameSession() throws Exception {
        final Side router = new Side("127.0.0.1");
        final Side peer = new Side("127.0.0.3");
        introduce(router, peer);
        assertEquals("127.0.0.1", peer.whereIs(router));
        final int port = router.get().listenPort();
        router.address = "127.0.0.2";
        assertEquals(0, router.plane.rebind().toCompletableFuture().join());
        assertEquals(port, router.get().listenPort());
        await("the peer knows the new address", () -> peer.whereIs(router).equals("127.0.0.2"));
        peer.send(Packets.udp("10.0.0.2", "10.0.0.1", 3, 100));
        router.awaitPacket();
        assertEquals(1, router.handshakes.availablePermits(), "the session is the one there was");
    }

    @Test
    void anAddressThatCannotBeBoundLeavesTheOldSocketsOpen() throws Exception {
        final Side router = new Side("127.0.0.1");
        final Side peer = new Side("127.0.0.3");
        introduce(router, peer);
        router.address = "203.0.113.77";
        assertEquals(-99, router.plane.rebind().toCompletableFuture().join(), "EADDRNOTAVAIL");
        peer.send(Packets.udp("10.0.0.2", "10.0.0.1", 3, 100));
        router.awaitPacket();
    }

    @Test
    void whoMayNotSpeakIsNotAnswered() throws Exception {
        final Side router = new Side("127.0.0.1");
        final Side peer = new Side("127.0.0.3");
        router.plane.outer(source -> source.low() != 0x7f000003L, 0).toCompletableFuture().join();
        router.peer(peer, "10.0.0.2/32");
        peer.peer(router, "10.0.0.1/32");
        peer.send(Packets.udp("10.0.0.2", "10.0.0.1", 1, 100));
        await("it is refused", () -> router.refused() > 0);
        assertEquals(Set.of(), router.sentTos);
        router.plane.outer(source -> source.low() == 0x7f000003L, 0).toCompletableFuture().join();
        router.awaitPacket(); // the peer asks again
    }

    @Test
    void outerPacketsCarryTheCodePointBesideTheirEcn() throws Exception {
        final Side router = new Side("127.0.0.1");
        final Side peer = new Side("127.0.0.3");
        router.plane.outer(source -> true, 46).toCompletableFuture().join();
        introduce(router, peer);
        final byte[] capable = Packets.udp("10.0.0.1", "10.0.0.2", 3, 100);
        assertEquals(Set.of(46 << 2), router.sentTos);
        capable[1] = 2; // ECT(0)
        router.send(capable);
        await("ECN is kept", () -> router.sentTos.contains(46 << 2 | 2));
    }

    /** A bind that remembers the traffic classes it was asked to send with. */
    private record Watched(LinuxUdpBind bind, Set<Integer> tos) implements UdpBind {
        @Override
        public UdpStatistics statistics() {
            return bind.statistics();
        }

        @Override
        public String name() {
            return bind.name();
        }

        @Override
        public int open(EventLoop loop, int port, int fwmark, PacketBatch first, Handler handler) throws IOException {
            return bind.open(loop, port, fwmark, first, handler);
        }

        @Override
        public void setFwmark(int mark) throws IOException {
            bind.setFwmark(mark);
        }

        @Override
        public int send(PacketBatch batch) {
            for (int i = 0; i < batch.size(); i++) {
                if (batch.length[i] > 0) {
                    tos.add(batch.tos[i] & 0xff);
                }
            }
            return bind.send(batch);
        }

        @Override
        public void close() {
            bind.close();
        }
    }
}
