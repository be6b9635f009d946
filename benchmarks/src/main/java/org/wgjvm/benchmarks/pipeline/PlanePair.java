package org.wgjvm.benchmarks.pipeline;

import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.transport.MemoryNetwork;
import org.wgjvm.tun.MemoryPort;

/** Two whole data planes on one event loop, joined by memory, and a router's thread that sends packets through and takes them. */
final class PlanePair implements AutoCloseable {
    private static final int MTU = 1420;
    private static final int PORT = 51820;
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final IoEventLoopGroup loops = DataPlane.eventLoops(1, "bench");
    private final MemoryPort nearPort = new MemoryPort("near", MTU, 1024);
    private final MemoryPort farPort = new MemoryPort("far", MTU, 1024);
    private final MemorySegment packet = Arena.ofAuto().allocate(MTU, 64);
    private final DataPlane near;
    private final DataPlane far;
    private long arrived;

    PlanePair() throws IOException {
        final MemoryNetwork network = new MemoryNetwork();
        final var loop = loops.next();
        near = plane(nearPort, network, "192.0.2.1", loop);
        far = plane(farPort, network, "192.0.2.2", loop);
        final PrivateKey nearKey = PrivateKey.generate(new SecureRandom()::nextBytes);
        final PrivateKey farKey = PrivateKey.generate(new SecureRandom()::nextBytes);
        apply(far, farKey, nearKey.publicKey(), null, DevicePair.NEAR);
        apply(near, nearKey, farKey.publicKey(), Endpoint.v4(0xc0000202, PORT), DevicePair.FAR);
        packet.set(INT, 8, 0x4011_0000);
        packet.set(INT, 12, DevicePair.NEAR);
        packet.set(INT, 16, DevicePair.FAR);
        if (throughNs(64) < 0) {
            throw new IOException("no packet came through");
        }
    }

    private static DataPlane plane(MemoryPort port, MemoryNetwork network, String address, io.netty.channel.IoEventLoop loop)
            throws IOException {
        final InetAddress own = InetAddress.getByName(address);
        return DataPlane.builder(port).binds(() -> network.newBind(own)).eventLoop(loop).start();
    }

    private static void apply(DataPlane plane, PrivateKey own, PublicKey peer, Endpoint endpoint, int address) throws IOException {
        final PeerChange change = new PeerChange(
                peer, false, false, null, endpoint, null, true, List.of(new PeerChange.AllowedIp(IpPrefix.v4(address, 32), false)));
        final int errno = plane.apply(new DeviceChange(own, PORT, null, true, List.of(change))).toCompletableFuture().join();
        if (errno != 0) {
            throw new IOException("a data plane refused its configuration: errno " + errno);
        }
    }

    /** One packet through both planes, from the ring before the first to the ring behind the second; -1 when it does not come. */
    private long throughNs(int length) {
        packet.set(INT, 0, 0x4500_0000 | length);
        final long fromNs = System.nanoTime();
        final long before = arrived;
        nearPort.offer(packet, 0, length);
        while (arrived == before) {
            if (farPort.poll((memory, offset, bytes) -> arrived++, 16) == 0) {
                if (System.nanoTime() - fromNs > PATIENCE_NS) {
                    return -1;
                }
                Thread.onSpinWait();
            }
        }
        return System.nanoTime() - fromNs;
    }

    /** Times of single packets of {@code length} bytes, one after the other for {@code durationNs}, in nanoseconds. */
    Histogram latency(int length, long durationNs) {
        final Histogram times = new Histogram(TimeUnit.SECONDS.toNanos(30), 3);
        final long fromNs = System.nanoTime();
        while (System.nanoTime() - fromNs < durationNs) {
            final long ns = throughNs(length);
            if (ns < 0) {
                throw new IllegalStateException("a packet was lost");
            }
            times.recordValue(ns);
        }
        return times;
    }

    @Override
    public void close() {
        near.close();
        far.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
