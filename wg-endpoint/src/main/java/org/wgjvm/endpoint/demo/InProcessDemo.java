package org.wgjvm.endpoint.demo;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.endpoint.log.LibraryLog;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.tun.MemoryPort;

/** The demonstration that needs no privilege: two data planes in this process, tunnelling packets over UDP on loopback. */
public final class InProcessDemo {
    private static final int MTU = 1420;
    private static final int ECHO_BYTES = 84;
    private static final int ECHOES = 2_000;
    private static final long ECHOES_AT_MOST_NS = 5_000_000_000L;
    private static final long ECHO_TIMEOUT_NS = 1_000_000_000L;
    private static final long FIRST_TIMEOUT_NS = 15_000_000_000L;
    private static final long REPORT_INTERVAL_NS = 200_000_000L;
    private static final long IDLE_NS = 1_000_000L;
    private static final long STUCK_NS = 50_000_000L;
    private static final int WINDOW_PACKETS = 256;
    private static final int RING_PACKETS = 2_048;
    private static final int LOCALHOST = 0x7f000001;
    private static final int INNER = 0x0a4d0001;
    private static final byte[] KIND_ECHO = {1};
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int NUMBER_AT = 28;
    private static final int KIND_AT = 36;

    private final Progress progress;
    private final int seconds;
    private long answered = -1;
    private final AtomicLong receivedPackets = new AtomicLong();
    private volatile boolean ending;

    /** {@code seconds} is how long packets are sent as fast as they go. */
    public InProcessDemo(Progress progress, int seconds) {
        this.progress = progress;
        this.seconds = seconds;
    }

    /** Runs it. */
    public Summary run() throws DemoException {
        LibraryLog.to(Log.to(System.err, Log.Level.ERROR, "demo"));
        final AtomicReference<Thread> farThread = new AtomicReference<>();
        final Thread nearThread = Thread.currentThread();
        final MemoryPort nearPort = new MemoryPort("near", MTU, RING_PACKETS, MTU, () -> LockSupport.unpark(nearThread));
        final MemoryPort farPort = new MemoryPort("far", MTU, RING_PACKETS, MTU, () -> LockSupport.unpark(farThread.get()));
        try (DataPlane near = DataPlane.builder(nearPort).start();
                DataPlane far = DataPlane.builder(farPort).start();
                Arena arena = Arena.ofShared()) {
            configure(near, far);
            final Thread farSide = Thread.ofPlatform().daemon().name("demo-far").start(() -> farSide(farPort, arena.allocate(MTU)));
            farThread.set(farSide);
            try {
                return measure(nearPort, arena.allocate(MTU));
            } finally {
                ending = true;
                farSide.join(TimeUnit.SECONDS.toMillis(5));
            }
        } catch (IOException e) {
            throw new DemoException("cannot start a data plane: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted");
        }
    }

    private void configure(DataPlane near, DataPlane far) throws DemoException {
        final PrivateKey nearKey = PrivateKey.generate(new SecureRandom()::nextBytes);
        final PrivateKey farKey = PrivateKey.generate(new SecureRandom()::nextBytes);
        apply(far, new DeviceChange(farKey, 0, null, true, List.of(peer(nearKey.publicKey(), null, INNER))));
        final int port = far.snapshot().toCompletableFuture().join().listenPort();
        final Endpoint endpoint = Endpoint.v4(LOCALHOST, port);
        apply(near, new DeviceChange(nearKey, 0, null, true, List.of(peer(farKey.publicKey(), endpoint, INNER + 1))));
        progress.say("Two data planes in this process; the far one listens on 127.0.0.1:" + port);
    }

    private static void apply(DataPlane plane, DeviceChange change) throws DemoException {
        final int errno = plane.apply(change).toCompletableFuture().join();
        if (errno != 0) {
            throw new DemoException("a data plane refused its configuration: errno " + errno);
        }
    }

    private static PeerChange peer(PublicKey key, Endpoint endpoint, int inner) {
        return new PeerChange(
                key, false, false, null, endpoint, null, true, List.of(new PeerChange.AllowedIp(IpPrefix.v4(inner, 32), false)));
    }

    private Summary measure(MemoryPort port, MemorySegment packet) throws DemoException {
        final long startNs = System.nanoTime();
        echo(port, packet, 0, FIRST_TIMEOUT_NS);
        final long handshakeNs = System.nanoTime() - startNs;
        if (answered < 0) {
            throw new DemoException("no answer through the tunnel");
        }
        progress.say(String.format(Locale.ROOT, "First packet answered after %.2f ms, handshake included", handshakeNs / 1e6));
        final long bytesBefore = receivedPackets.get() * MTU;
        final long transferNs = transfer(port, packet);
        final long bytes = receivedPackets.get() * MTU - bytesBefore;
        progress.say("Packets of " + MTU + " bytes through the tunnel: " + Summary.amount(bytes) + " received");
        final Histogram roundTrips = Summary.histogram();
        long lost = 0;
        final long endNs = System.nanoTime() + ECHOES_AT_MOST_NS;
        for (int i = 1; i <= ECHOES && System.nanoTime() - endNs < 0; i++) {
            final long sentNs = System.nanoTime();
            if (echo(port, packet, i, ECHO_TIMEOUT_NS)) {
                roundTrips.recordValue(System.nanoTime() - sentNs);
            } else {
                lost++;
            }
            progress.update("Round trips: " + i + " of " + ECHOES);
        }
        return new Summary(handshakeNs, bytes, transferNs, "packets of " + MTU + " bytes", roundTrips, lost);
    }

    private boolean echo(MemoryPort port, MemorySegment packet, long number, long timeoutNs) {
        final long startNs = System.nanoTime();
        port.offer(header(packet, ECHO_BYTES, INNER, INNER + 1, KIND_ECHO[0], number), 0, ECHO_BYTES);
        while (answered < number) {
            if (System.nanoTime() - startNs > timeoutNs) {
                return false;
            }
            if (port.poll((memory, offset, length) -> answered = memory.get(LONG, offset + NUMBER_AT), RING_PACKETS) == 0) {
                LockSupport.parkNanos(IDLE_NS);
            }
        }
        return true;
    }

    /** Sends as fast as the far side takes them, never more than a window ahead: nothing need be lost. Returns the time it took. */
    private long transfer(MemoryPort port, MemorySegment packet) {
        final long startNs = System.nanoTime();
        final long endNs = startNs + seconds * 1_000_000_000L;
        final long first = receivedPackets.get();
        long sent = 0;
        int window = WINDOW_PACKETS;
        long reportNs = startNs;
        long stuckSinceNs = startNs;
        for (long nowNs = startNs; nowNs - endNs < 0; nowNs = System.nanoTime()) {
            final long arrived = receivedPackets.get() - first;
            if (sent - arrived < window) {
                port.offer(header(packet, MTU, INNER, INNER + 1, (byte) 0, sent), 0, MTU);
                sent++;
                stuckSinceNs = nowNs;
            } else if (nowNs - stuckSinceNs > STUCK_NS) {
                // The rest is lost: a socket's buffer was too small for it.
                sent = arrived;
                window = Math.max(WINDOW_PACKETS / 16, window / 2);
            } else {
                LockSupport.parkNanos(10_000);
            }
            if (nowNs - reportNs >= REPORT_INTERVAL_NS) {
                reportNs = nowNs;
                progress.update(String.format(
                        Locale.ROOT,
                        "Packets through the tunnel: %.1f of %d s, %s",
                        (nowNs - startNs) / 1e9, seconds, Summary.rate(arrived * MTU, nowNs - startNs)));
            }
        }
        return System.nanoTime() - startNs;
    }

    /** An IPv4 header and a UDP header without a checksum, then a number and a kind. */
    private static MemorySegment header(MemorySegment packet, int length, int source, int destination, byte kind, long number) {
        packet.set(INT, 0, 0x4500_0000 | length);
        packet.set(INT, 4, 0);
        packet.set(INT, 8, 0x4011_0000);
        packet.set(INT, 12, source);
        packet.set(INT, 16, destination);
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += packet.get(SHORT, i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        packet.set(SHORT, 10, (short) ~((sum & 0xffff) + (sum >>> 16)));
        packet.set(INT, 20, 5001 << 16 | 5001);
        packet.set(INT, 24, length - 20 << 16);
        packet.set(LONG, NUMBER_AT, number);
        packet.set(ValueLayout.JAVA_BYTE, KIND_AT, kind);
        return packet;
    }

    private void farSide(MemoryPort port, MemorySegment answer) {
        while (!ending) {
            final int count = port.poll(
                    (memory, offset, length) -> {
                        if (memory.get(ValueLayout.JAVA_BYTE, offset + KIND_AT) == KIND_ECHO[0]) {
                            final long number = memory.get(LONG, offset + NUMBER_AT);
                            port.offer(header(answer, ECHO_BYTES, INNER + 1, INNER, KIND_ECHO[0], number), 0, ECHO_BYTES);
                        } else {
                            receivedPackets.incrementAndGet();
                        }
                    },
                    RING_PACKETS);
            if (count == 0) {
                LockSupport.parkNanos(IDLE_NS);
            }
        }
    }
}
