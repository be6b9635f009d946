package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.transport.MemoryNetwork;
import org.wgjvm.tun.MemoryPort;

/**
 * Closing against everything, as often as a few seconds allow: four threads that start at the same moment, one of which closes. Every
 * future ends, nobody is thrown at, and nothing is accepted afterwards. A data plane is too much state for jcstress, which makes it by the
 * thousand.
 */
final class CloseRaceTest {
    private static final int ROUNDS = 60;
    private static final int ENODEV = 19;
    private static final PrivateKey OURS = PrivateKey.generate(new SecureRandom()::nextBytes);
    private static final PrivateKey THEIRS = PrivateKey.generate(new SecureRandom()::nextBytes);

    @ParameterizedTest(name = "on a loop of its own: {0}")
    @ValueSource(booleans = {true, false})
    void closingAgainstCommandsAndPackets(boolean ownLoop) throws Exception {
        final IoEventLoopGroup group = ownLoop ? null : DataPlane.eventLoops(1, "shared");
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < ROUNDS; round++) {
                race(threads, group == null ? null : group.next(), round);
            }
        } finally {
            if (group != null) {
                group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            }
        }
    }

    private static void race(ExecutorService threads, IoEventLoop loop, int round) throws Exception {
        final MemoryNetwork network = new MemoryNetwork();
        final InetAddress here = InetAddress.ofLiteral("192.0.2.1");
        final MemoryPort port = new MemoryPort("race" + round, 1420, 64, 2048, () -> { });
        DataPlane.Builder builder = DataPlane.builder(port).binds(() -> network.newBind(here));
        if (loop != null) {
            builder = builder.eventLoop(loop);
        }
        final DataPlane plane = builder.start();
        port.setUp(true);
        assertEquals(0, plane.apply(change(true)).toCompletableFuture().get(30, TimeUnit.SECONDS));
        final CyclicBarrier start = new CyclicBarrier(4);
        final List<CompletableFuture<?>> answers = new ArrayList<>();
        final Future<?> commands = threads.submit(() -> {
            await(start);
            for (int i = 0; i < 20; i++) {
                answers.add(plane.apply(change(i % 2 == 0)).toCompletableFuture());
                answers.add(plane.snapshot().toCompletableFuture());
            }
        });
        final Future<?> packets = threads.submit(() -> {
            await(start);
            final MemorySegment packet = Arena.ofAuto().allocate(1420);
            MemorySegment.copy(MemorySegment.ofArray(Packets.udp("10.0.0.1", "10.0.0.2", round, 100)), 0, packet, 0, 100);
            for (int i = 0; i < 200; i++) {
                port.offer(packet, 0, 128);
                port.poll((segment, offset, length) -> { }, 16);
            }
        });
        final Future<?> link = threads.submit(() -> {
            await(start);
            for (int i = 0; i < 20; i++) {
                port.setUp(i % 2 == 0);
            }
        });
        final Future<?> close = threads.submit(() -> {
            await(start);
            plane.close();
        });
        for (final Future<?> each : List.of(commands, packets, link, close)) {
            each.get(30, TimeUnit.SECONDS);
        }
        for (final CompletableFuture<?> answer : answers) {
            ends(answer);
        }
        plane.closed().get(30, TimeUnit.SECONDS);
        assertFalse(port.offer(MemorySegment.ofArray(new byte[64]), 0, 64), "a closed port takes nothing");
        // A loop that is shared goes on, and says that the device is gone; a loop of its own has ended, or is about to.
        final CompletableFuture<Integer> late = plane.apply(change(true)).toCompletableFuture();
        ends(late);
        assertTrue(late.isCompletedExceptionally() || late.join() == -ENODEV);
        plane.close();
    }

    /** With a value, or because the plane is closed. */
    private static void ends(CompletableFuture<?> answer) throws Exception {
        try {
            answer.orTimeout(30, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            assertTrue(e.getCause() instanceof IllegalStateException, e.getCause()::toString);
        }
    }

    private static DeviceChange change(boolean replace) {
        final Endpoint at = Packets.endpoint("192.0.2.9", 51820);
        final PeerChange peer = new PeerChange(THEIRS.publicKey(), false, false, null, at, 1, true,
                List.of(new PeerChange.AllowedIp(Packets.prefix("10.0.0.2/32"), false)));
        return new DeviceChange(OURS, null, null, replace, List.of(peer));
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
