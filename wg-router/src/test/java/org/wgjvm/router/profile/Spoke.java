package org.wgjvm.router.profile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.transport.BindOptions;
import org.wgjvm.transport.LinuxUdpBind;
import org.wgjvm.tun.MemoryPort;

/** A remote endpoint in this process: a data plane on a loopback address, and its inside. */
public final class Spoke implements AutoCloseable, DataPlaneEvents {
    private final PrivateKey key = PrivateKey.generate(new SecureRandom()::nextBytes);
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private final AtomicInteger handshakes = new AtomicInteger();
    private final MemoryPort port;
    private final DataPlane plane;

    public Spoke(String address) throws Exception {
        final MemoryPort[] self = new MemoryPort[1];
        port = new MemoryPort("spoke", 1420, 1024, 2048, () -> take(self[0]));
        self[0] = port;
        final BindOptions options = BindOptions.defaults().boundTo(InetAddress.ofLiteral(address));
        plane = DataPlane.builder(port).binds(() -> new LinuxUdpBind(options)).events(this).start();
        apply(new DeviceChange(key, 0, null, false, List.of()));
    }

    private void take(MemoryPort from) {
        while (from.poll((memory, offset, length) -> received.add(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE)), 64) > 0) {
            // until it is empty, which arms the next call
        }
    }

    private void apply(DeviceChange change) {
        final int result = plane.apply(change).toCompletableFuture().join();
        if (result != 0) {
            throw new IllegalStateException("error " + result);
        }
    }

    public PublicKey publicKey() {
        return key.publicKey();
    }

    /** Makes the router a peer that is sent everything. */
    public void connect(PublicKey router, String address, int listenPort) {
        apply(new DeviceChange(null, null, null, false, List.of(new PeerChange(
                router, false, false, null, Packets.endpoint(address, listenPort), null, false,
                List.of(new PeerChange.AllowedIp(Packets.prefix("0.0.0.0/0"), false))))));
    }

    public void send(byte[] packet) {
        port.offer(MemorySegment.ofArray(packet), 0, packet.length);
    }

    /** The next packet out of the tunnel, or null when none comes in time. */
    public byte[] receive(long millis) throws InterruptedException {
        return received.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** The UDP port that it listens on. */
    public int port() {
        return plane.snapshot().toCompletableFuture().join().listenPort();
    }

    public int handshakes() {
        return handshakes.get();
    }

    /** For messages of failures. */
    public String state() {
        return handshakes + " handshakes, drops " + Arrays.toString(plane.drops().toCompletableFuture().join()) + ", "
                + plane.snapshot().toCompletableFuture().join().peers();
    }

    public String routerIsAt() {
        return plane.snapshot().toCompletableFuture().join().peers().getFirst().endpoint().toString();
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        handshakes.incrementAndGet();
    }

    @Override
    public void close() {
        plane.close();
    }
}
