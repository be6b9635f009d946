package org.wgjvm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.Station.Datagram;

/** Two hosts with a cable between them: 192.0.2.1 and 2001:db8::1 here, .2 and .3, ::2 and ::3 there. */
@EnabledIf(value = "org.wgjvm.transport.NetworkNamespace#possible", disabledReason = NetworkNamespace.WHY)
class LinuxUdpBindNetnsTest {
    private NetworkNamespace here;
    private NetworkNamespace there;
    private LoopThread hereThread;
    private LoopThread thereThread;

    @BeforeEach
    void connect() throws Exception {
        here = new NetworkNamespace();
        there = new NetworkNamespace();
        NetworkNamespace.link(here, "h0", there, "t0");
        here.ip("addr add 192.0.2.1/24 dev h0");
        here.ip("addr add 2001:db8::1/64 dev h0 nodad");
        for (final String n : List.of("2", "3")) {
            there.ip("addr add 192.0.2." + n + "/24 dev t0");
            there.ip("addr add 2001:db8::" + n + "/64 dev t0 nodad");
        }
        hereThread = new LoopThread();
        hereThread.run(here::enter);
        thereThread = new LoopThread();
        thereThread.run(there::enter);
    }

    @AfterEach
    void disconnect() throws Exception {
        hereThread.close();
        thereThread.close();
        here.close();
        there.close();
    }

    private static Station station(LoopThread thread) throws Exception {
        return new Station(thread, new LinuxUdpBind(BindOptions.defaults())).open();
    }

    private static UdpStatistics statistics(Station station) {
        return ((LinuxUdpBind) station.bind).statistics();
    }

    private static Endpoint at(String address, int port) {
        return LinuxUdpBindTest.loopback(address, port);
    }

    private static List<Datagram> run(Endpoint to, int count, int length, int last) {
        final List<Datagram> run = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            run.add(Datagram.of(to, 1, i == count - 1 ? last : length, i));
        }
        return run;
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.3", "192.0.2.2", "2001:db8::3", "2001:db8::2"})
    void repliesLeaveFromTheAddressThatWasAddressed(String addressed) throws Exception {
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        a.send(Datagram.of(at(addressed, b.port), 64, 1));
        final Endpoint learned = b.await().endpoint();
        b.send(run(learned, 44, 1420, 99));
        final List<Datagram> replies = a.await(44);
        LinuxUdpBindTest.assertSameDatagrams(run(learned, 44, 1420, 99), replies);
        for (final Datagram reply : replies) {
            assertEquals(at(addressed, b.port), reply.endpoint());
        }
        assertEquals(1, statistics(b).sent().segmented());
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.3/24, 192.0.2.3, 192.0.2.2", "2001:db8::3/64, 2001:db8::3, 2001:db8::2"})
    void whenTheStickyAddressIsRemovedNothingIsLostAndTheEndpointForgetsIt(String prefix, String addressed, String other) throws Exception {
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        a.send(Datagram.of(at(addressed, b.port), 64, 1));
        final Endpoint learned = b.await().endpoint();
        there.ip("addr del " + prefix + " dev t0");

        final List<Datagram> sent = run(learned, 44, 1420, 99);
        sent.addAll(run(learned, 3, 700, 700));
        assertEquals(47, b.send(sent));
        final List<Datagram> got = a.await(47);
        LinuxUdpBindTest.assertSameDatagrams(sent, got);
        assertEquals(at(other, b.port), got.getFirst().endpoint());
        assertFalse(learned.hasLocal());
        assertEquals(1, statistics(b).sent().stickySourcesDropped());
        assertEquals(0, statistics(b).drops().total());

        b.send(Datagram.of(learned, 10, 10));
        a.await();
        assertEquals(1, statistics(b).sent().stickySourcesDropped());
    }

    @Test
    void withoutAnyRouteTheStickySourceIsKeptAndTheDatagramsAreCounted() throws Exception {
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        a.send(Datagram.of(at("192.0.2.3", b.port), 64, 1));
        final Endpoint learned = b.await().endpoint();
        there.ip("link set t0 down");
        final int left = thereThread.call(() -> {
            final PacketBatch batch = Station.batchOf(run(learned, 10, 500, 20));
            final int sent = b.bind.send(batch);
            for (int i = 0; i < batch.size(); i++) {
                assertEquals(0, batch.length[i]);
            }
            return sent;
        });
        assertEquals(0, left);
        assertEquals(10, statistics(b).drops().unreachable());
        assertTrue(learned.hasLocal());
        there.ip("link set t0 up");
        here.ip("neigh flush dev h0");
        b.send(Datagram.of(learned, 30, 30));
        assertEquals(at("192.0.2.3", b.port), a.await().endpoint());
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.2, 192.0.2.2/32, 1280", "2001:db8::2, 2001:db8::2/128, 1280"})
    void aRunLongerThanThePathMtuIsSentInFragmentsAndNoLongerTriedAtThatLength(String to, String prefix, int mtu) throws Exception {
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        here.ip("route replace " + prefix + " dev h0 mtu " + mtu);
        for (int round = 1; round <= 2; round++) {
            final List<Datagram> sent = run(at(to, b.port), 20, 1452, 700);
            assertEquals(20, a.send(sent));
            LinuxUdpBindTest.assertSameDatagrams(sent, b.await(20));
            assertEquals(1, statistics(a).sent().gsoRetreats());
            assertEquals(0, statistics(a).sent().segmented());
        }
        a.send(run(at(to, b.port), 20, 1200, 700));
        b.await(20);
        assertEquals(1, statistics(a).sent().segmented());
        assertTrue(((LinuxUdpBind) a.bind).sendsSegmented());

        here.ip("route replace " + prefix + " dev h0 mtu 1500");
        hereThread.run(((LinuxUdpBind) a.bind)::onRoutesChanged);
        a.send(run(at(to, b.port), 20, 1452, 700));
        b.await(20);
        assertEquals(2, statistics(a).sent().segmented());
    }

    @Test
    void theMarkIsSeenByPolicyRouting() throws Exception {
        there.ip("addr add 203.0.113.9/32 dev lo");
        there.ip("addr add 2001:db8:9::9/128 dev lo nodad");
        for (final String family : List.of("", "-6 ")) {
            here.ip((family.isEmpty() ? "" : "-6 ") + "rule add fwmark 0x1234 table 100");
        }
        here.ip("route add 203.0.113.9/32 via 192.0.2.2 table 100");
        here.ip("-6 route add 2001:db8:9::9/128 via 2001:db8::2 table 100");
        final Station marked = new Station(hereThread, new LinuxUdpBind(BindOptions.defaults())).open(0, 0x1234);
        final Station plain = station(hereThread);
        final Station b = station(thereThread);
        for (final String to : List.of("203.0.113.9", "2001:db8:9::9")) {
            assertEquals(0, plain.send(Datagram.of(at(to, b.port), 11, 1)));
            assertEquals(1, marked.send(Datagram.of(at(to, b.port), 12, 2)));
            assertEquals(Station.pattern(12, 2), b.await().payload());
            hereThread.run(() -> plain.bind.setFwmark(0x1234));
            assertEquals(1, plain.send(Datagram.of(at(to, b.port), 13, 3)));
            assertEquals(Station.pattern(13, 3), b.await().payload());
            hereThread.run(() -> plain.bind.setFwmark(0));
        }
        assertEquals(2, statistics(plain).drops().unreachable());
    }

    @Test
    void aBetterRouteMovesTheTrafficAndItsSource() throws Exception {
        NetworkNamespace.link(here, "h1", there, "t1");
        here.ip("addr add 198.51.100.1/24 dev h1");
        there.ip("addr add 198.51.100.2/24 dev t1");
        there.ip("addr add 203.0.113.9/32 dev lo");
        here.ip("route add 203.0.113.0/24 via 192.0.2.2");
        final Station a = station(hereThread);
        final BindOptions fixed = BindOptions.defaults().boundTo(InetAddress.ofLiteral("203.0.113.9"));
        final Station b = new Station(thereThread, new LinuxUdpBind(fixed)).open();
        b.send(Datagram.of(at("192.0.2.1", a.port), 64, 1));
        final Endpoint learned = a.await().endpoint();
        assertEquals(at("192.0.2.1", 0).low(), learned.localLow());

        final RouteWatch watch = hereThread.call(() -> RouteWatch.open(hereThread.loop(), source(learned)));
        here.ip("addr add 192.0.2.77/24 dev h0");
        settle(watch);
        assertTrue(learned.hasLocal(), "a change elsewhere is no reason");

        here.ip("route add 203.0.113.9/32 via 198.51.100.2");
        awaitDropped(learned);
        a.send(Datagram.of(learned, 65, 2));
        assertEquals(at("198.51.100.1", a.port), b.await().endpoint());
        hereThread.run(watch::close);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.3/24, 192.0.2.3", "2001:db8::3/64, 2001:db8::3"})
    void theWatchNoticesThatTheAddressIsGone(String prefix, String addressed) throws Exception {
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        a.send(Datagram.of(at(addressed, b.port), 64, 1));
        final Endpoint learned = b.await().endpoint();
        final RouteWatch watch = thereThread.call(() -> RouteWatch.open(thereThread.loop(), source(learned)));
        there.ip("addr del " + prefix + " dev t0");
        awaitDropped(learned);
        assertEquals(1, (long) thereThread.call(watch::dropped));
        thereThread.run(watch::close);
    }

    @Test
    void aHostWithoutIpv6IsServedWithIpv4() throws Exception {
        here.exec("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1");
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        assertEquals(1, a.send(Datagram.of(at("192.0.2.2", b.port), 64, 1)));
        b.send(Datagram.of(b.await().endpoint(), 65, 2));
        a.await();
        assertEquals(0, a.send(Datagram.of(at("2001:db8::2", b.port), 64, 1)));
        assertEquals(1, statistics(a).drops().total());
        final BindOptions six = BindOptions.defaults().boundTo(InetAddress.ofLiteral("2001:db8::1"));
        assertThrows(BindFailure.class, () -> new Station(hereThread, new LinuxUdpBind(six)).open());
    }

    @Test
    void portZeroIsOneThatBothFamiliesHaveFree() throws Exception {
        here.exec("sysctl", "-q", "-w", "net.ipv4.ip_local_port_range=40000 40001");
        final BindOptions six = BindOptions.defaults().boundTo(InetAddress.ofLiteral("::"));
        final Station taken = new Station(hereThread, new LinuxUdpBind(six)).open(40000, 0);
        for (int i = 0; i < 3; i++) {
            final Station a = station(hereThread);
            assertEquals(40001, a.port);
            assertTrue(((LinuxUdpBind) a.bind).hasV6());
            a.close();
        }
        taken.close();
    }

    @Test
    void aChosenAddressIsTheOnlyOneThatAnswersAndTheSourceOfEverything() throws Exception {
        final BindOptions chosen = BindOptions.defaults().boundTo(InetAddress.ofLiteral("192.0.2.3"), InetAddress.ofLiteral("2001:db8::3"));
        final Station a = station(hereThread);
        final Station b = new Station(thereThread, new LinuxUdpBind(chosen)).open();
        b.send(Datagram.of(at("192.0.2.1", a.port), 64, 1), Datagram.of(at("2001:db8::1", a.port), 65, 2));
        final List<Endpoint> from = a.await(2).stream().map(Datagram::endpoint).toList();
        assertTrue(from.containsAll(List.of(at("192.0.2.3", b.port), at("2001:db8::3", b.port))), from.toString());
        a.send(Datagram.of(at("192.0.2.2", b.port), 64, 3), Datagram.of(at("192.0.2.3", b.port), 64, 4));
        assertEquals(Station.pattern(64, 4), b.await().payload());
    }

    @Test
    void whatAFirewallRefusesIsCountedAndTheRestGoesOn() throws Exception {
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        here.exec("nft", "add table inet t; add chain inet t o { type filter hook output priority 0; }; "
                + "add rule inet t o ip daddr 192.0.2.3 drop");
        final List<Datagram> sent = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            sent.add(Datagram.of(at(i % 3 == 0 ? "192.0.2.3" : "192.0.2.2", b.port), 100 + i, i));
        }
        assertEquals(20, a.send(sent));
        LinuxUdpBindTest.assertSameDatagrams(sent.stream().filter(d -> d.endpoint().equals(at("192.0.2.2", b.port))).toList(), b.await(20));
        assertEquals(10, statistics(a).drops().refused());
    }

    @Test
    void linkLocalPeersAnswerThroughTheirInterface() throws Exception {
        here.ip("addr add fe80::1/64 dev h0 nodad");
        there.ip("addr add fe80::2/64 dev t0 nodad");
        final Station a = station(hereThread);
        final Station b = station(thereThread);
        final int h0 = Integer.parseInt(hereThread.call(() -> interfaceIndex(here, "h0")));
        final Endpoint to = at("fe80::2", b.port);
        a.send(Datagram.of(Endpoint.v6(to.high(), to.low(), b.port, h0), 64, 1));
        final Endpoint learned = b.await().endpoint();
        b.send(run(learned, 5, 1000, 10));
        assertEquals(Endpoint.v6(to.high(), to.low(), b.port, h0), a.await(5).getFirst().endpoint());
        assertTrue(learned.hasLocal());
    }

    private static String interfaceIndex(NetworkNamespace namespace, String device) throws Exception {
        final String file = "/sys/class/net/" + device + "/ifindex";
        final Process p = new ProcessBuilder("ip", "netns", "exec", namespace.name(), "cat", file).start();
        return new String(p.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }

    private static RouteWatch.Source source(Endpoint endpoint) {
        return new RouteWatch.Source() {
            @Override
            public void forEachEndpoint(Consumer<Endpoint> visitor) {
                visitor.accept(endpoint);
            }

            @Override
            public int fwmark() {
                return 0;
            }
        };
    }

    private void settle(RouteWatch watch) throws Exception {
        final long checks = hereThread.call(watch::checks);
        final long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (hereThread.call(watch::checks) == checks) {
            assertTrue(System.nanoTime() < deadlineNs, "no check");
            Thread.onSpinWait();
        }
    }

    private static void awaitDropped(Endpoint endpoint) {
        final long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (endpoint.hasLocal()) {
            assertTrue(System.nanoTime() < deadlineNs, "the sticky source is still there");
            Thread.onSpinWait();
        }
    }
}
