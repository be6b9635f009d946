package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.tun.MemoryPort;

/** Two data planes over loopback, 10.0.0.1 and 10.0.0.2, each the other's peer. */
public final class Tunnel implements AutoCloseable {
    public final End left;
    public final End right;

    /** One of them. */
    public static final class End implements DataPlaneEvents, AutoCloseable {
        public final PrivateKey key = PrivateKey.generate(new SecureRandom()::nextBytes);
        public final Semaphore delivered = new Semaphore(0);
        public final MemoryPort port = new MemoryPort("test", 1420, 1024, 2048, delivered::release);
        public final DataPlane plane;
        private final CountDownLatch listening = new CountDownLatch(1);

        End() throws IOException, InterruptedException {
            plane = DataPlane.builder(port).events(this).start();
            plane.apply(new DeviceChange(key, null, null, false, List.of())).toCompletableFuture().join();
            port.setUp(true);
            assertTrue(listening.await(10, TimeUnit.SECONDS));
        }

        @Override
        public void onListening(int listenPort, String bind) {
            listening.countDown();
        }

        public DataPlaneStatistics observe() {
            return plane.observe().toCompletableFuture().join();
        }

        public void peer(End other, String prefix) {
            final PeerChange change = new PeerChange(
                    other.key.publicKey(), false, false, null,
                    Packets.endpoint("127.0.0.1", other.observe().device().listenPort()), null, false,
                    List.of(new PeerChange.AllowedIp(Packets.prefix(prefix), false)));
            assertEquals(0, plane.apply(new DeviceChange(null, null, null, false, List.of(change))).toCompletableFuture().join());
        }

        public void send(byte[] packet) {
            final MemorySegment segment = Arena.ofAuto().allocate(packet.length);
            MemorySegment.copy(packet, 0, segment, ValueLayout.JAVA_BYTE, 0, packet.length);
            assertTrue(port.offer(segment, 0, packet.length));
        }

        /** Waits for so many packets. */
        public void take(int count) throws InterruptedException {
            int got = 0;
            while (got < count) {
                final int n = port.poll((segment, offset, length) -> { }, 100);
                got += n;
                if (n == 0) {
                    assertTrue(delivered.tryAcquire(10, TimeUnit.SECONDS), got + " of " + count + " were delivered");
                }
            }
        }

        @Override
        public void close() {
            plane.close();
        }
    }

    public Tunnel() throws IOException, InterruptedException {
        left = new End();
        right = new End();
        left.peer(right, "10.0.0.2/32");
        right.peer(left, "10.0.0.1/32");
    }

    /** Sends a packet from left to right and waits for it. */
    public void cross(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            left.send(Packets.udp("10.0.0.1", "10.0.0.2", i, 1000));
            right.take(1);
        }
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
