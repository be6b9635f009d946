package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.tun.MemoryPort;

/** Two data planes in one process, over loopback UDP. */
@Timeout(30)
class DataPlaneTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    /** What the sides share; null for nothing. */
    private IoEventLoop shared;

    private PacketBatch sharedBatch;

    /** A plane, its port, and what happened to it. */
    private final class Side implements DataPlaneEvents {
        final PrivateKey key = PrivateKey.generate(new java.security.SecureRandom()::nextBytes);
        final Semaphore delivered = new Semaphore(0);
        final BlockingQueue<String> happened = new LinkedBlockingQueue<>();
        final MemoryPort port = new MemoryPort("test", 1420, 1024, 2048, delivered::release);
        final DataPlane plane;

        Side() throws Exception {
            final DataPlane.Builder builder = DataPlane.builder(port).events(this).enforceMtu(true);
            if (shared != null) {
                builder.eventLoop(shared).innerBatch(sharedBatch);
            }
            plane = builder.start();
            open.add(plane);
            port.setUp(true);
        }

        int set(DeviceChange change) {
            return plane.apply(change).toCompletableFuture().join();
        }

        DeviceSnapshot get() {
            return plane.snapshot().toCompletableFuture().join();
        }

        void peer(Side other, String prefix) {
            final PeerChange.AllowedIp allowed = new PeerChange.AllowedIp(Packets.prefix(prefix), false);
            final Endpoint at = Packets.endpoint("127.0.0.1", other.get().listenPort());
            final PeerChange change =
                    new PeerChange(other.key.publicKey(), false, false, null, at, null, false, List.of(allowed));
            assertEquals(0, set(new DeviceChange(null, null, null, false, List.of(change))));
        }

        void send(byte[] packet) {
            final MemorySegment segment = Arena.ofAuto().allocate(packet.length);
            MemorySegment.copy(packet, 0, segment, ValueLayout.JAVA_BYTE, 0, packet.length);
            assertTrue(port.offer(segment, 0, packet.length));
        }

        byte[] take() throws InterruptedException {
            final List<byte[]> got = new ArrayList<>();
            final MemoryPort.PacketConsumer keep =
                    (segment, offset, length) -> got.add(segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
            while (port.poll(keep, 1) == 0) {
                assertTrue(delivered.tryAcquire(10, TimeUnit.SECONDS), "nothing was delivered");
            }
            return got.getFirst();
        }

        @Override
        public void onListening(int listenPort, String bind) {
            happened.add("listening");
        }

        @Override
        public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
            happened.add("handshake");
        }

        void await(String what) throws InterruptedException {
            String got = "";
            while (!got.equals(what)) {
                got = happened.poll(10, TimeUnit.SECONDS);
                assertTrue(got != null, "no " + what);
            }
        }
    }

    private Side side() throws Exception {
        final Side side = new Side();
        assertEquals(0, side.set(new DeviceChange(side.key, null, null, false, List.of())));
        side.await("listening");
        return side;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable c : open) {
            c.close();
        }
    }

    @Test
    void devicesOfOneLoopMayShareTheBatchThatTheyReadInto() throws Exception {
        final IoEventLoopGroup loops = DataPlane.eventLoops(1, "shared");
        shared = loops.next();
        sharedBatch = DataPlane.newInnerBatch();
        final List<Side> sides = List.of(side(), side(), side(), side());
        for (int i = 0; i < sides.size(); i++) {
            sides.get(i).peer(sides.get(i ^ 1), "10.0.0." + (i ^ 1) + "/32");
        }
        for (int round = 0; round < 50; round++) {
            final int first = round & 1;
            for (int i = first; i < sides.size(); i += 2) {
                for (int n = 0; n < 8; n++) {
                    sides.get(i).send(Packets.udp("10.0.0." + i, "10.0.0." + (i ^ 1), round * 100L + n * 10L + i, 100 + n));
                }
            }
            for (int i = first; i < sides.size(); i += 2) {
                for (int n = 0; n < 8; n++) {
                    assertEquals(round * 100L + n * 10L + i, Packets.id(sides.get(i ^ 1).take()), "what " + i + " has sent, in its order");
                }
            }
        }
        for (final AutoCloseable each : open) {
            each.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void packetsCrossBothWays() throws Exception {
        final Side a = side();
        final Side b = side();
        a.peer(b, "10.0.0.2/32");
        b.peer(a, "10.0.0.1/32");
        final byte[] there = Packets.udp("10.0.0.1", "10.0.0.2", 1, 1000);
        final byte[] back = Packets.udp("10.0.0.2", "10.0.0.1", 2, 1420);
        a.send(there);
        assertArrayEquals(there, b.take());
        b.send(back);
        assertArrayEquals(back, a.take());
        assertEquals(a.get().peers().getFirst().txBytes(), b.get().peers().getFirst().rxBytes());
    }

    @Test
    void aPortInUseIsRefusedAndTheOldOneWorksOn() throws Exception {
        final Side a = side();
        final Side b = side();
        a.peer(b, "10.0.0.2/32");
        b.peer(a, "10.0.0.1/32");
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("0.0.0.0"))) {
            final int before = a.get().listenPort();
            assertEquals(-98, a.set(new DeviceChange(null, taken.getLocalPort(), null, false, List.of())), "EADDRINUSE");
            assertEquals(before, a.get().listenPort());
        }
        b.send(Packets.udp("10.0.0.2", "10.0.0.1", 2, 100));
        assertEquals(2, Packets.id(a.take()));
    }

    @Test
    void aNewPortIsFollowedByThePeer() throws Exception {
        final Side a = side();
        final Side b = side();
        a.peer(b, "10.0.0.2/32");
        b.peer(a, "10.0.0.1/32");
        a.send(Packets.udp("10.0.0.1", "10.0.0.2", 1, 100));
        b.take();
        final int before = a.get().listenPort();
        assertEquals(0, a.set(new DeviceChange(null, 0, null, false, List.of())));
        assertNotEquals(before, a.get().listenPort());
        a.send(Packets.udp("10.0.0.1", "10.0.0.2", 2, 100));
        assertEquals(2, Packets.id(b.take()));
        b.send(Packets.udp("10.0.0.2", "10.0.0.1", 3, 100));
        assertEquals(3, Packets.id(a.take()));
        assertEquals(a.get().listenPort(), b.get().peers().getFirst().endpoint().port());
    }

    @Test
    void closingFreesThePortAndEndsTheFuture() throws Exception {
        final Side a = side();
        final int port = a.get().listenPort();
        a.plane.close();
        a.plane.closed().join();
        try (DatagramSocket again = new DatagramSocket(port)) {
            assertEquals(port, again.getLocalPort());
        }
    }

    @Test
    void aClosedPlaneRefusesCommandsThroughTheirFuture() throws Exception {
        final Side a = side();
        a.plane.close();
        a.plane.close();
        final var answer = a.plane.apply(new DeviceChange(null, 0, null, false, List.of())).toCompletableFuture();
        try {
            assertEquals(-19, answer.get(10, TimeUnit.SECONDS), "ENODEV, while the loop still runs");
        } catch (java.util.concurrent.ExecutionException e) {
            assertTrue(e.getCause() instanceof IllegalStateException, e.toString());
        }
    }
}
