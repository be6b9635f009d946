package org.wgjvm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.SingleThreadEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.sys.Errno;
import org.wgjvm.transport.Station.Datagram;

class LinuxUdpBindTest {
    private LoopThread thread;
    private Station left;
    private Station right;

    @BeforeEach
    void open() throws Exception {
        thread = new LoopThread();
        left = new Station(thread, new LinuxUdpBind(BindOptions.defaults())).open();
        right = new Station(thread, new LinuxUdpBind(BindOptions.defaults())).open();
    }

    @AfterEach
    void close() throws Exception {
        left.close();
        right.close();
        thread.close();
    }

    static Endpoint loopback(String address, int port) {
        return Endpoint.of(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    static void assertSameDatagrams(List<Datagram> sent, List<Datagram> got) {
        assertEquals(sent.size(), got.size());
        for (int i = 0; i < sent.size(); i++) {
            assertEquals(sent.get(i).payload(), got.get(i).payload(), "datagram " + i);
            assertEquals(sent.get(i).tos(), got.get(i).tos(), "tos of datagram " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void datagramsArriveWithSourceStickyAddressAndTrafficClass(String address) throws Exception {
        left.send(Datagram.of(loopback(address, right.port), 0xb9, 100, 1));
        final Datagram got = right.await();
        assertEquals(Station.pattern(100, 1), got.payload());
        assertEquals(loopback(address, left.port), got.endpoint());
        assertEquals(0xb9, got.tos());
        assertTrue(got.endpoint().hasLocal());
        assertEquals(loopback(address, 1).low(), got.endpoint().localLow());
        assertEquals(loopback(address, 1).high(), got.endpoint().localHigh());
        assertEquals(1, got.endpoint().localInterface());

        right.send(Datagram.of(got.endpoint(), 2, 0x8000, 2));
        final Datagram answer = left.await();
        assertEquals(Station.pattern(0x8000, 2), answer.payload());
        assertEquals(2, answer.tos());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aRunWithAnOddLastSegmentIsOneMessageEachWay(String address) throws Exception {
        final List<Datagram> sent = new ArrayList<>();
        for (int i = 0; i < 44; i++) {
            sent.add(Datagram.of(loopback(address, right.port), i == 43 ? 333 : 1452, i));
        }
        assertEquals(44, left.send(sent));
        assertSameDatagrams(sent, right.await(44));
        final UdpStatistics out = ((LinuxUdpBind) left.bind).statistics();
        assertEquals(1, out.sent().segmented());
        assertEquals(1, out.sent().calls());
        assertEquals(44, out.sent().datagrams());
        assertEquals(1, ((LinuxUdpBind) right.bind).statistics().received().joined());
    }

    @Test
    void withTheOffloadsOffEveryDatagramIsAMessage() throws Exception {
        final BindOptions plain = BindOptions.defaults().withGso(false).withGro(false);
        final Station slow = new Station(thread, new LinuxUdpBind(plain)).open();
        final List<Datagram> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            sent.add(Datagram.of(loopback("127.0.0.1", right.port), 1000, i));
        }
        slow.send(sent);
        assertSameDatagrams(sent, right.await(300));
        left.send(sent.stream().map(d -> Datagram.of(loopback("127.0.0.1", slow.port), 1000, 1)).toList());
        slow.await(300);
        final UdpStatistics statistics = ((LinuxUdpBind) slow.bind).statistics();
        assertEquals(0, statistics.sent().segmented());
        assertEquals(2, statistics.sent().calls());
        assertEquals(0, statistics.received().joined());
        slow.close();
    }

    /** More slowly than it comes, and a flood would fill the socket: then the tunnel's own datagrams are lost as well. */
    @Test
    void oneTurnOfTheLoopReadsWhatAFloodOfShortDatagramsLeft() throws Exception {
        final int flood = 800;
        final List<Datagram> sent = new ArrayList<>();
        for (int i = 0; i < flood; i++) {
            // Of two lengths in turn, so that nothing joins them.
            sent.add(Datagram.of(loopback("127.0.0.1", right.port), 148 + i % 2, i));
        }
        final CompletableFuture<Integer> afterOneTurn = new CompletableFuture<>();
        thread.run(() -> {
            left.bind.send(Station.batchOf(sent));
            assertEquals(0, right.received.size());
            ((SingleThreadEventLoop) thread.loop()).executeAfterEventLoopIteration(
                    () -> thread.loop().execute(() -> afterOneTurn.complete(right.received.size())));
        });
        assertEquals(flood, afterOneTurn.get(20, TimeUnit.SECONDS));
        assertSameDatagrams(sent, right.await(flood));
    }

    @Test
    void oneSenderIsOneEndpointObject() throws Exception {
        left.send(Datagram.of(loopback("127.0.0.1", right.port), 10, 1));
        left.send(Datagram.of(loopback("127.0.0.1", right.port), 10, 2));
        final List<Datagram> got = right.await(2);
        assertSame(got.get(0).endpoint(), got.get(1).endpoint());
    }

    @Test
    void mixedSizesDestinationsAndFamiliesArriveInOrderPerDestination() throws Exception {
        final List<Datagram> sent = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            final String address = i % 7 < 4 ? "127.0.0.1" : "::1";
            sent.add(Datagram.of(loopback(address, right.port), i % 5 == 0 ? 3 : 0, 1 + (i * 37 / 11 % 4) * 300, i));
        }
        assertEquals(700, left.send(sent));
        final List<Datagram> got = right.await(700);
        for (final String address : List.of("127.0.0.1", "::1")) {
            final Endpoint to = loopback(address, right.port);
            assertSameDatagrams(
                    sent.stream().filter(d -> d.endpoint().equals(to)).toList(),
                    got.stream().filter(d -> d.endpoint().isV6() == to.isV6()).toList());
        }
    }

    @Test
    void aTakenPortIsAClearFailureAndLeaksNothing() throws Exception {
        final long before = openFiles();
        final LinuxUdpBind third = new LinuxUdpBind(BindOptions.defaults());
        final BindFailure failure = assertThrows(BindFailure.class, () -> new Station(thread, third).open(left.port, 0));
        assertEquals(Errno.EADDRINUSE, failure.errno());
        assertTrue(failure.getMessage().contains(":" + left.port), failure.getMessage());
        assertEquals(before, openFiles());
        final Station again = new Station(thread, third).open();
        right.send(Datagram.of(loopback("127.0.0.1", again.port), 5, 5));
        again.await();
        again.close();
        assertEquals(before, openFiles());
    }

    @Test
    void closedAndOpenedAgainOnTheSamePort() throws Exception {
        final int port = right.port;
        for (int i = 0; i < 3; i++) {
            right.close();
            right.open(port, 0);
            assertEquals(port, right.port);
            left.send(Datagram.of(loopback("::1", port), 7, i));
            assertEquals(Station.pattern(7, i), right.await().payload());
        }
    }

    private static long openFiles() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
