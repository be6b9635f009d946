package org.wgjvm.example;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.tun.MemoryPort;

/** Two WireGuard endpoints in one process, without a privilege and without a TUN device: the example of docs/embedding.md. */
public final class TwoSites {
    private static final int MTU = 1420;

    private TwoSites() {}

    // begin
    /** One endpoint: a port between its data plane and our threads, which offer packets to it and poll packets from it. */
    private static final class Site implements AutoCloseable {
        final PrivateKey key = PrivateKey.generate(new SecureRandom()::nextBytes);
        final Semaphore delivered = new Semaphore(0);
        final MemoryPort port = new MemoryPort("site", MTU, 1024, 2048, delivered::release);
        final DataPlane plane;

        Site() throws IOException {
            plane = DataPlane.builder(port).enforceMtu(true).start();
            plane.apply(new DeviceChange(key, 0, null, true, List.of())).toCompletableFuture().join();
            port.setUp(true);
        }

        int listenPort() {
            return plane.snapshot().toCompletableFuture().join().listenPort();
        }

        void addPeer(Site peer, IpPrefix behindIt) {
            final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.listenPort());
            final PeerChange change = new PeerChange(peer.key.publicKey(), false, false, null, Endpoint.of(address), null, true,
                    List.of(new PeerChange.AllowedIp(behindIt, false)));
            plane.apply(new DeviceChange(null, null, null, false, List.of(change))).toCompletableFuture().join();
        }

        boolean send(byte[] packet) {
            try (Arena arena = Arena.ofConfined()) {
                return port.offer(arena.allocateFrom(ValueLayout.JAVA_BYTE, packet), 0, packet.length);
            }
        }

        byte[] receive() throws InterruptedException {
            final byte[][] packet = new byte[1][];
            while (port.poll((from, offset, length) -> packet[0] = copy(from, offset, length), 1) == 0) {
                if (!delivered.tryAcquire(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nothing came");
                }
            }
            return packet[0];
        }

        @Override
        public void close() {
            plane.close();
            key.close();
        }
    }
    // end

    /** Sends one packet through and prints it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (Site left = new Site(); Site right = new Site()) {
            // Both sockets are open once the ports are up.
            while (left.listenPort() == 0 || right.listenPort() == 0) {
                Thread.onSpinWait();
            }
            left.addPeer(right, IpPrefix.v4(0x0A000002, 32));
            right.addPeer(left, IpPrefix.v4(0x0A000001, 32));
            left.send(packet(0x0A000001, 0x0A000002, "hello through the tunnel"));
            System.out.println(new String(right.receive(), 20, 24, StandardCharsets.UTF_8));
        }
    }

    private static byte[] copy(MemorySegment from, long offset, int length) {
        return from.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** An IPv4 packet of protocol 253, which is for experiments. */
    private static byte[] packet(int source, int destination, String text) {
        final byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(20 + payload.length).put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length))
                .putInt(0).put((byte) 64).put((byte) 253).putShort((short) 0).putInt(source).putInt(destination).put(payload).array();
    }
}
