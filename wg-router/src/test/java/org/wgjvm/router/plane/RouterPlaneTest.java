package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.plane.Packets.Way;
import org.wgjvm.router.show.SessionFile;
import org.wgjvm.tun.PacketPort;

/** The packet path on its event loop: its ports, what they do to each other, and the walk through its sessions. */
@Timeout(120)
final class RouterPlaneTest {
    private static final Way TO_THING = Way.of("172.16.1.7", 5000, "128.128.128.128", 443);
    private static final byte[] DATA = {1, 2, 3};

    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
    private final FakePort lan = new FakePort(1500);
    private final Owner profile = new Owner();
    private RouterPlane plane;

    /** The data plane behind a profile's port: keeps what it gets, and complains when it gets it while it delivers. */
    private static final class Owner implements PacketPort.Handler {
        private final List<byte[]> got = new ArrayList<>();
        private PacketPort port;
        private boolean delivering;
        private boolean reentered;

        void deliver(byte[]... packets) {
            delivering = true;
            final PacketBatch batch = TestPort.batch(packets);
            port.write(batch);
            delivering = false;
        }

        @Override
        public PacketBatch onPackets(PacketBatch batch) {
            reentered |= delivering;
            for (int i = 0; i < batch.size(); i++) {
                if (batch.length[i] > 0) {
                    got.add(TestPort.bytes(batch, i));
                }
            }
            batch.clear();
            return batch;
        }

        @Override
        public void onMtu(int mtu) {}

        @Override
        public void onLink(boolean up) {}

        @Override
        public void onClosed(Throwable reason) {}
    }

    @BeforeEach
    void start() throws Exception {
        plane = RouterPlane.builder().sessions(20_000).events(new RouterEvents() {
            @Override
            public void onLink(InterfaceId id, boolean up) {
                told.add(id.name() + (up ? " up" : " down"));
            }

            @Override
            public void onGone(InterfaceId id, Throwable reason) {
                told.add(id.name() + " gone: " + reason.getMessage());
            }

            @Override
            public void onDegraded(String what, Throwable reason) {
                told.add(what);
            }
        }).start();
        final Authority authority = Models.bothUses("10.10.10.2", "fd10::2");
        plane.commit(authority, authority.router("r1")).toCompletableFuture().join();
        profile.port = plane.profilePort(Models.INSIDE, Models.PROFILE);
        onLoop(() -> {
            profile.port.start(plane.eventLoop(), new PacketBatch(64, 100_000), profile);
            return null;
        });
        plane.attach(Models.LAN, lan).toCompletableFuture().join();
    }

    @AfterEach
    void stop() {
        onLoop(() -> {
            profile.port.close();
            return null;
        });
        plane.close();
    }

    private <T> T onLoop(Callable<T> call) {
        final var done = plane.eventLoop().submit(call).awaitUninterruptibly();
        if (!done.isSuccess()) {
            throw new AssertionError(done.cause());
        }
        return done.getNow();
    }

    private void read(FakePort port, byte[]... packets) {
        onLoop(() -> {
            port.read(packets);
            return null;
        });
    }

    private PlaneSnapshot snapshot() {
        return plane.snapshot().toCompletableFuture().join();
    }

    private InterfaceSnapshot counts(InterfaceId id) {
        return snapshot().interfaces().stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    }

    private static Way translated(Way way) {
        return way.to("10.10.10.2").hop();
    }

    @Test
    void aBatchOfAnInterfaceIsHandedToTheProfileAndCounted() {
        read(lan, Packets.udp(TO_THING, DATA), new byte[] {1});
        assertArrayEquals(Packets.udp(translated(TO_THING), DATA), profile.got.getFirst());
        assertEquals(1, profile.got.size());
        final InterfaceSnapshot in = counts(Models.LAN);
        assertEquals(2, in.inPackets());
        final InterfaceSnapshot out = counts(Models.INSIDE);
        assertEquals(1, out.outPackets());
        assertEquals(28 + DATA.length, out.outBytes());
        assertEquals(1, snapshot().drops(RouterDropReason.MALFORMED));
    }

    @Test
    void batchesAreLaidOutForTheSmallestMtuOfTheProfiles() {
        read(lan, Packets.udp(TO_THING, DATA));
        assertEquals(1420, onLoop(lan::batchMtu));
        onLoop(() -> {
            profile.port.close();
            return null;
        });
        read(lan, Packets.udp(TO_THING, DATA));
        assertEquals(1500, onLoop(lan::batchMtu));
        assertEquals(1, snapshot().drops(RouterDropReason.EGRESS_DOWN));
    }

    @Test
    void whatThePeerAnswersComesOutOfItsInterface() {
        read(lan, Packets.udp(TO_THING, DATA));
        onLoop(() -> {
            profile.deliver(Packets.udp(translated(TO_THING).back().hops(64), DATA));
            return null;
        });
        assertArrayEquals(Packets.udp(TO_THING.back().hop(), DATA), lan.written.getFirst());
    }

    /** A service of one peer for another: the packet goes back to the data plane that delivers it, but not before it has delivered. */
    @Test
    void fromPeerToPeerIsCopiedAndHandedOverLater() {
        final Authority authority = Models.bothUses(
                "10.10.10.2", "fd10::2", Models.service("peers", "10.10.10.3/32", Models.access("remote-worker", true)));
        plane.commit(authority, authority.router("r1")).toCompletableFuture().join();
        final Way way = Way.of("10.10.10.2", 1, "10.10.10.3", 2);
        onLoop(() -> {
            profile.deliver(Packets.udp(way, DATA));
            return null;
        });
        onLoop(() -> null);
        assertArrayEquals(Packets.udp(way.hop(), DATA), profile.got.getFirst());
        assertFalse(profile.reentered);
        // As many as fit in the batches that may wait, in one delivery; the rest is dropped and counted.
        final byte[][] many = new byte[255][];
        java.util.Arrays.fill(many, Packets.udp(way, new byte[1000]));
        onLoop(() -> {
            for (int i = 0; i < 12; i++) {
                profile.deliver(many);
            }
            return null;
        });
        onLoop(() -> null);
        final long dropped = snapshot().drops(RouterDropReason.EGRESS_OVERFLOW);
        assertTrue(dropped > 0 && dropped < 12 * 255, dropped + " dropped");
        assertEquals(1 + 12 * 255 - dropped, profile.got.size());
        assertFalse(profile.reentered);
    }

    @Test
    void anInterfaceThatIsDownTakesNothingAndItsSessionsGoOnWhenItIsUp() {
        read(lan, Packets.udp(TO_THING, DATA));
        onLoop(() -> {
            lan.handler.onLink(false);
            profile.deliver(Packets.udp(translated(TO_THING).back().hops(64), DATA));
            lan.handler.onLink(true);
            lan.handler.onMtu(1300);
            profile.deliver(Packets.udp(translated(TO_THING).back().hops(64), DATA));
            return null;
        });
        assertEquals(1, lan.written.size());
        assertEquals(1, snapshot().drops(RouterDropReason.EGRESS_DOWN));
        assertEquals(1300, counts(Models.LAN).mtu());
        assertEquals(List.of("lan up", "lan down", "lan up"), List.copyOf(told));
    }

    @Test
    void anotherPortTakesThePlaceOfTheOneBeforeAndSessionsStay() {
        read(lan, Packets.udp(TO_THING, DATA));
        final FakePort next = new FakePort(1500);
        plane.attach(Models.LAN, next).toCompletableFuture().join();
        assertTrue(lan.closed);
        onLoop(() -> {
            profile.deliver(Packets.udp(translated(TO_THING).back().hops(64), DATA));
            return null;
        });
        assertEquals(1, next.written.size());
        plane.detach(Models.LAN).toCompletableFuture().join();
        assertTrue(next.closed);
        assertNull(counts(Models.LAN));
        assertEquals(1, snapshot().sessions());
    }

    @Test
    void anInterfaceThatIsGoneIsToldOf() {
        onLoop(() -> {
            lan.handler.onClosed(new IOException("deleted"));
            return null;
        });
        assertTrue(told.contains("lan gone: deleted"), told.toString());
        assertNull(counts(Models.LAN));
    }

    @Test
    void aProfileRunsOnTheLoopOfTheRouterAndNoOther() {
        final var others = DataPlane.eventLoops(1, "other");
        final IoEventLoop other = others.next();
        try (PacketPort port = plane.profilePort(new InterfaceId("node1", "p2-intf"), "p2")) {
            final IOException refused = assertThrows(IOException.class, () -> port.start(other, new PacketBatch(1, 64), profile));
            assertEquals("p2: a profile's data plane runs on the router's event loop", refused.getMessage());
        } finally {
            others.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void theWalkThroughTheSessionsSeesAllOrAsManyAsAreWanted() throws IOException {
        final int count = 9000;
        for (int done = 0; done < count; done += 30) {
            final byte[][] some = new byte[30][];
            for (int i = 0; i < 30; i++) {
                final int port = 1000 + done + i;
                some[i] = i % 3 == 0
                        ? Packets.tcp(Way.of("fd01::7", port, "fd80::80", 443), 2, DATA)
                        : Packets.udp(TO_THING.fromPort(port), DATA);
            }
            read(lan, some);
        }
        final List<SessionSnapshot> all = plane.sessions(20_000).toCompletableFuture().join();
        assertEquals(count, all.size());
        assertEquals(count, all.stream().map(s -> s.source() + " " + s.sourcePort()).distinct().count());
        assertEquals(count / 3, all.stream().filter(s -> s.protocol() == 6).count());
        final SessionSnapshot one = all.stream().filter(s -> s.sourcePort() == 1001).findFirst().orElse(null);
        assertNotNull(one);
        assertEquals("technician", one.tenant());
        assertEquals("thing", one.service());
        assertEquals(Models.ip("128.128.128.128"), one.destination());
        assertEquals(443, one.destinationPort());
        assertEquals(Models.ip("10.10.10.2"), one.natTarget());
        assertEquals(Models.LAN, one.ingress());
        assertEquals(Models.INSIDE, one.egress());
        assertEquals(1, one.packets());
        assertEquals(180_000, one.timeoutMs());
        assertTrue(one.current());
        final Path file = directory.resolve("sessions.csv");
        assertEquals(count, SessionFile.write(plane, file));
        final List<String> lines = Files.readAllLines(file);
        assertEquals(1 + count, lines.size());
        final String line = lines.stream().filter(l -> l.contains("172.16.1.7,1001,")).findFirst().orElse("none");
        assertTrue(line.matches("technician,thing,17,172.16.1.7,1001,128.128.128.128,443,10.10.10.2,1001,node1 lan,"
                + "node1 wg-profile-1-intf,1,0,[0-9]+,[0-9]+,180000"), line);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(100, plane.sessions(100).toCompletableFuture().join().size());
        assertEquals(7000, plane.sessions(7000).toCompletableFuture().join().size());
    }

    @Test
    void aClosedRouterSaysSo() {
        plane.close();
        Throwable failure = null;
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (failure == null && System.nanoTime() < deadlineNs) {
            // The loop ends a moment after it was told to.
            failure = plane.snapshot().handle((ok, why) -> why).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
        }
        final Throwable reason = failure instanceof CompletionException ? failure.getCause() : failure;
        assertEquals("the router is closed", reason.getMessage());
        // And the end of the test closes it again.
        plane = RouterPlane.builder().start();
    }
}
