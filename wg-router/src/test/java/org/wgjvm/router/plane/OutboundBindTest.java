package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.config.Transport;
import org.wgjvm.router.plane.Packets.Way;
import org.wgjvm.transport.UdpBind;

/** Sessions that a profile begins, through the packet path: from its loopback address, by a service, or by its sockets. */
@Timeout(60)
final class OutboundBindTest {
    private static final String LOOPBACK = "169.254.140.129";
    private static final String ROUTER_ON_LAN = "172.16.1.1";
    private static final String PEER = "192.0.2.7";
    private static final byte[] DATA = {4, 0, 0, 0, 1, 2, 3, 4, 5};

    private final FakePort lan = new FakePort(1500);
    private final FakeSockets sockets = new FakeSockets();
    private final Datagrams atProfile = new Datagrams();
    private RouterPlane plane;
    private UdpBind bind;

    /** Sockets without a network. */
    private static final class FakeSockets implements UdpBind {
        private final List<String> sent = new ArrayList<>();
        private boolean closed;

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public int open(EventLoop loop, int port, int fwmark, PacketBatch first, Handler handler) {
            return port;
        }

        @Override
        public void setFwmark(int fwmark) {}

        @Override
        public int send(PacketBatch batch) {
            int count = 0;
            for (int i = 0; i < batch.size(); i++) {
                if (batch.length[i] > 0) {
                    sent.add(batch.endpoint[i] + (batch.endpoint[i].hasLocal() ? " sticky " : " ") + batch.length[i]);
                    count++;
                }
            }
            return count;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** What the data plane of the profile gets. */
    private static final class Datagrams implements UdpBind.Handler {
        private final List<byte[]> got = new ArrayList<>();
        private final List<Endpoint> from = new ArrayList<>();
        private final List<Integer> tos = new ArrayList<>();

        @Override
        public PacketBatch onDatagrams(PacketBatch batch) {
            for (int i = 0; i < batch.size(); i++) {
                got.add(TestPort.bytes(batch, i));
                from.add(batch.endpoint[i]);
                tos.add(batch.tos[i] & 0xff);
            }
            batch.clear();
            return batch;
        }

        @Override
        public void onClosed(Throwable reason) {}
    }

    private static Authority authority(Service... services) {
        final NetworkInterface inside = Models.network(Models.INSIDE.name(), "remote", null, "169.254.140.130/30", true);
        return Models.authority(
                List.of(Models.tenant("caller", "remote", LOOPBACK + "/32"), Models.tenant("worker", "remote", "10.10.10.0/24")),
                List.of(),
                List.of(services),
                Models.router(
                        List.of(inside, Models.network("lan", null, null, ROUTER_ON_LAN + "/24", false)),
                        List.of(Models.profile(Models.PROFILE, "remote", "10.10.10.1/24", null)),
                        Models.route("peers", null, Models.LAN)));
    }

    private static Service peers(String who, boolean allow) {
        return Models.service(
                "peers", "192.0.2.0/24", List.of(Models.ports(Transport.Protocol.UDP, 51820, 51829)), Models.access(who, allow));
    }

    private void commit(Service... services) {
        final Authority authority = authority(services);
        plane.commit(authority, authority.router("r1")).toCompletableFuture().join();
    }

    @BeforeEach
    void start() throws Exception {
        plane = RouterPlane.builder().sessions(1000).start();
        commit(peers("caller", true));
        plane.attach(Models.LAN, lan).toCompletableFuture().join();
        bind = plane.outbound(Models.INSIDE, (Inet4Address) InetAddress.ofLiteral(LOOPBACK), sockets);
        onLoop(() -> bind.open(plane.eventLoop(), 12800, 0, new PacketBatch(4, 10_000), atProfile));
    }

    @AfterEach
    void stop() {
        onLoop(() -> {
            bind.close();
            return null;
        });
        assertTrue(sockets.closed);
        plane.close();
    }

    private <T> T onLoop(Callable<T> call) {
        final var done = plane.eventLoop().submit(call).awaitUninterruptibly();
        if (!done.isSuccess()) {
            throw new AssertionError(done.cause());
        }
        return done.getNow();
    }

    private static Endpoint at(String address, int port) {
        return Endpoint.of(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    /** Returns how many datagrams were sent. */
    private int send(byte[] data, Endpoint... to) {
        final PacketBatch batch = new PacketBatch(to.length, to.length * (data.length + 32));
        for (final Endpoint each : to) {
            final int at = batch.used();
            final int i = batch.add(at, data.length, at + data.length);
            batch.slab().asSlice(at, data.length).copyFrom(MemorySegment.ofArray(data));
            batch.endpoint[i] = each;
            batch.tos[i] = (byte) 0xba;
        }
        return onLoop(() -> bind.send(batch));
    }

    private void read(byte[]... packets) {
        onLoop(() -> {
            lan.read(packets);
            return null;
        });
        // What goes to a profile is handed over in a task of its own.
        onLoop(() -> null);
    }

    private static byte[] withTos(byte[] packet, int tos) {
        packet[1] = (byte) tos;
        return Packets.withHeaderChecksum(packet);
    }

    private long drops(RouterDropReason reason) {
        return plane.snapshot().toCompletableFuture().join().drops(reason);
    }

    @Test
    void aSessionLeavesByItsServiceWithTheAddressOfTheInterfaceAndItsAnswersComeBack() {
        assertEquals(1, send(DATA, at(PEER, 51820)));
        assertEquals(List.of(), sockets.sent);
        final Way out = Way.of(ROUTER_ON_LAN, 12800, PEER, 51820).hop();
        final byte[] expected = withTos(Packets.udp(out, DATA), 0xba);
        final byte[] written = lan.written.getFirst().clone();
        // Where the identification of the packet is, and of the checksum what depends on it.
        Arrays.fill(written, 4, 6, (byte) 0);
        Arrays.fill(expected, 4, 6, (byte) 0);
        assertArrayEquals(Packets.withHeaderChecksum(expected), Packets.withHeaderChecksum(written));
        assertTrue(Packets.isWhole(lan.written.getFirst()), "checksums");

        read(withTos(Packets.udp(out.back().hops(60), new byte[] {9, 8, 7}), 0x02));
        assertArrayEquals(new byte[] {9, 8, 7}, atProfile.got.getFirst());
        assertEquals(at(PEER, 51820), atProfile.from.getFirst());
        assertTrue(RouterPlane.isAnswerToOutbound(atProfile.from.getFirst()));
        assertEquals(0x02, atProfile.tos.getFirst());

        assertEquals(1, send(DATA, atProfile.from.getFirst()), "and the profile goes on by the way the answer came");
        assertEquals(2, lan.written.size());
        final SessionSnapshot session = plane.sessions(10).toCompletableFuture().join().getFirst();
        assertEquals("caller", session.tenant());
        assertEquals("peers", session.service());
        assertEquals(Models.ip(LOOPBACK), session.source());
        assertNull(session.natTarget());
        assertEquals(180_000, session.timeoutMs());
    }

    @Test
    void aBatchIsPartedAndWhatWasSentKeepsItsLength() {
        final Endpoint spokeFirst = at(PEER, 51820).withLocal(0, 0x0a000001, 3);
        final PacketBatch batch = new PacketBatch(4, 1000);
        final Endpoint[] to = {at(PEER, 51820), spokeFirst, at("198.51.100.1", 51820), at("2001:db8::1", 51820)};
        for (final Endpoint each : to) {
            batch.endpoint[batch.add(0, 9, 9)] = each;
        }
        assertEquals(4, onLoop(() -> bind.send(batch)));
        assertEquals(List.of(PEER + ":51820 sticky 9", "198.51.100.1:51820 9", "[2001:db8::1]:51820 9"), sockets.sent);
        assertEquals(1, lan.written.size());
        assertArrayEquals(new int[] {9, 9, 9, 9}, Arrays.copyOf(batch.length, 4));
    }

    @Test
    void whatAServiceRefusesIsDroppedAndWhatNoneCoversGoesByTheSockets() {
        commit(peers("caller", false));
        send(DATA, at(PEER, 51820));
        assertEquals(List.of(), lan.written);
        assertEquals(List.of(), sockets.sent);
        assertEquals(1, drops(RouterDropReason.ACCESS_DENIED));
        send(DATA, at(PEER, 51830));
        assertEquals(List.of(PEER + ":51830 9"), sockets.sent, "another port than the service's");
    }

    @Test
    void aServiceThatIsGoneLetsGoOfItsSessions() {
        send(DATA, at(PEER, 51820));
        read(Packets.udp(Way.of(PEER, 51820, ROUTER_ON_LAN, 12800), DATA));
        final Endpoint answered = atProfile.from.getFirst();
        commit(peers("worker", true));
        send(DATA, answered);
        assertEquals(List.of(PEER + ":51820 9"), sockets.sent);
        assertFalse(answered.hasLocal(), "the sockets choose");
        read(Packets.udp(Way.of(PEER, 51820, ROUTER_ON_LAN, 12800), DATA));
        assertEquals(1, atProfile.got.size(), "its session has ended");
    }

    @Test
    void twoProfilesWithOnePortAreToldApart() {
        final Datagrams other = new Datagrams();
        final InterfaceId id = new InterfaceId(Models.NODE, "wg-profile-2-intf");
        final List<NetworkInterface> networks = List.of(
                Models.network(Models.INSIDE.name(), "remote", null, "169.254.140.130/30", true),
                Models.network(id.name(), "remote", null, "169.254.140.134/30", true),
                Models.network("lan", null, null, ROUTER_ON_LAN + "/24", false));
        final Authority authority = Models.authority(
                List.of(Models.tenant("caller", "remote", "169.254.140.128/29")), List.of(), List.of(peers("caller", true)),
                Models.router(
                        networks,
                        List.of(
                                Models.profile(Models.PROFILE, "remote", "10.10.10.1/24", null),
                                Models.profile("wg-profile-2", "remote", "10.10.11.1/24", null)),
                        Models.route("peers", null, Models.LAN)));
        plane.commit(authority, authority.router("r1")).toCompletableFuture().join();
        final UdpBind second = plane.outbound(id, (Inet4Address) InetAddress.ofLiteral("169.254.140.133"), new FakeSockets());
        onLoop(() -> second.open(plane.eventLoop(), 12800, 0, new PacketBatch(4, 10_000), other));
        send(DATA, at(PEER, 51820));
        final PacketBatch batch = new PacketBatch(1, 100);
        batch.endpoint[batch.add(0, 5, 5)] = at(PEER, 51820);
        onLoop(() -> second.send(batch));
        assertEquals(2, lan.written.size());
        final byte[] written = lan.written.get(1);
        final int port = (written[20] & 0xff) << 8 | written[21] & 0xff;
        assertTrue(port != 12800 && Packets.isWhole(written), "another source port");
        read(Packets.udp(Way.of(PEER, 51820, ROUTER_ON_LAN, port), new byte[] {2}),
                Packets.udp(Way.of(PEER, 51820, ROUTER_ON_LAN, 12800), new byte[] {1}));
        assertArrayEquals(new byte[] {2}, other.got.getFirst());
        assertArrayEquals(new byte[] {1}, atProfile.got.getFirst());
        onLoop(() -> {
            second.close();
            return null;
        });
    }

    @Test
    void whatIsNoDatagramOfTheProfileIsNotTaken() {
        send(DATA, at(PEER, 51820));
        final byte[] fragment = Packets.udp(Way.of(PEER, 51820, ROUTER_ON_LAN, 12800), DATA);
        fragment[6] = 0x20;
        final byte[] unreachable = Packets.error(Models.ip(PEER), Models.ip(ROUTER_ON_LAN), 60, lan.written.getFirst(), 28);
        read(Packets.withHeaderChecksum(fragment), unreachable);
        assertEquals(List.of(), atProfile.got);
        assertEquals(2, drops(RouterDropReason.EGRESS_OVERFLOW));
        assertEquals(0, send(new byte[65_508], at(PEER, 51820)), "longer than a packet can be");
    }

    @Test
    void manyDatagramsAreCopiedInOrder() throws Exception {
        for (int round = 0; round < 5; round++) {
            final Endpoint[] to = new Endpoint[200];
            Arrays.fill(to, at(PEER, 51820));
            assertEquals(200, send(new byte[1480], to));
        }
        assertEquals(1000, lan.written.size());
        final byte[][] answers = new byte[100][];
        for (int i = 0; i < answers.length; i++) {
            answers[i] = Packets.udp(Way.of(PEER, 51820, ROUTER_ON_LAN, 12800), new byte[] {(byte) i});
        }
        read(answers);
        final long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (atProfile.got.size() < answers.length && System.nanoTime() < untilNs) {
            onLoop(() -> null);
        }
        for (int i = 0; i < answers.length; i++) {
            assertEquals(i, atProfile.got.get(i)[0]);
        }
    }
}
