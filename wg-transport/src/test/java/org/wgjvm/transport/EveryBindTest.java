package org.wgjvm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.transport.Station.Datagram;

/** What every bind with sockets must do, each against each. */
class EveryBindTest {
    /** The binds with sockets. */
    enum Kind {
        LINUX,
        LINUX_ON_IO_URING,
        NETTY_EPOLL,
        NETTY_IO_URING,
        NETTY_NIO;

        IoHandlerFactory loops() {
            return switch (this) {
                case LINUX, NETTY_EPOLL -> EpollIoHandler.newFactory();
                case NETTY_IO_URING, LINUX_ON_IO_URING -> IoUringIoHandler.newFactory();
                case NETTY_NIO -> NioIoHandler.newFactory();
            };
        }

        LoopThread newLoop() {
            final boolean ring = this == NETTY_IO_URING || this == LINUX_ON_IO_URING;
            assumeTrue(!ring || IoUring.isAvailable(), "this kernel has no io_uring for us");
            return new LoopThread(loops());
        }

        UdpBind newBind() {
            return isOurs() ? new LinuxUdpBind(BindOptions.defaults()) : new NettyUdpBind(BindOptions.defaults());
        }

        boolean isOurs() {
            return this == LINUX || this == LINUX_ON_IO_URING;
        }
    }

    /** Two binds and an address. */
    record Pair(Kind left, Kind right, String address) {}

    static Stream<Pair> pairs() {
        return Stream.of(Kind.values())
                .flatMap(l -> Stream.of(Kind.values()).flatMap(r -> Stream.of(new Pair(l, r, "127.0.0.1"), new Pair(l, r, "::1"))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void batchesOfMixedSizesArriveBothWays(Pair pair) throws Exception {
        try (LoopThread leftThread = pair.left.newLoop();
                LoopThread rightThread = pair.right.newLoop();
                Station left = new Station(leftThread, pair.left.newBind()).open();
                Station right = new Station(rightThread, pair.right.newBind()).open()) {
            final List<Datagram> out = mixture(LinuxUdpBindTest.loopback(pair.address, right.port));
            assertEquals(out.size(), left.send(out));
            final List<Datagram> got = right.await(out.size());
            assertEquals(out.stream().map(Datagram::payload).toList(), got.stream().map(Datagram::payload).toList());

            final Endpoint learned = got.getFirst().endpoint();
            assertEquals(LinuxUdpBindTest.loopback(pair.address, left.port), learned);
            assertEquals(pair.right.isOurs(), learned.hasLocal());
            final List<Datagram> back = mixture(learned);
            assertEquals(back.size(), right.send(back));
            assertEquals(
                    back.stream().map(Datagram::payload).toList(),
                    left.await(back.size()).stream().map(Datagram::payload).toList());
        }
    }

    /** Runs with odd ends, single datagrams, and one as long as can be on this path. */
    private static List<Datagram> mixture(Endpoint to) {
        final List<Datagram> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(Datagram.of(to, i % 20 == 19 ? 55 : i / 20 % 2 == 0 ? 1452 : 500, i));
        }
        all.add(Datagram.of(to, 34_000, 100));
        all.add(Datagram.of(to, 1, 101));
        all.add(Datagram.of(to, 65_507, 102));
        return all;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aTakenPortIsAFailureThatNamesItAndThePortInUseGoesOn(Kind kind) throws Exception {
        try (LoopThread thread = kind.newLoop();
                Station first = new Station(thread, kind.newBind()).open();
                Station second = new Station(thread, kind.newBind())) {
            final IOException failure = assertThrows(IOException.class, () -> second.open(first.port, 0));
            assertTrue(failure.getMessage().contains(Integer.toString(first.port)), failure.getMessage());
            second.open();
            second.send(Datagram.of(LinuxUdpBindTest.loopback("127.0.0.1", first.port), 20, 1));
            assertEquals(Station.pattern(20, 1), first.await().payload());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void closedItIsSilentAndOpenedAgainItAnswers(Kind kind) throws Exception {
        try (LoopThread thread = kind.newLoop();
                Station first = new Station(thread, kind.newBind()).open();
                Station second = new Station(thread, kind.newBind()).open()) {
            final Endpoint to = LinuxUdpBindTest.loopback("::1", second.port);
            thread.run(second.bind::close);
            thread.run(second.bind::close);
            // A plain socket has sent when it says so; a ring sends when its loop comes to it, perhaps after the port is open again.
            try (DatagramSocket plain = new DatagramSocket()) {
                final byte[] early = Station.pattern(20, 1).array();
                plain.send(new DatagramPacket(early, early.length, to.toSocketAddress()));
            }
            reopen(kind, second);
            first.send(Datagram.of(LinuxUdpBindTest.loopback("::1", second.port), 20, 2));
            assertEquals(Station.pattern(20, 2), second.await().payload());
            assertTrue(second.closed.isEmpty(), "closing it oneself is no event");
        }
    }

    /** On some loops a closed port is free only when the loop has gone round. */
    private static void reopen(Kind kind, Station station) throws Exception {
        final long deadlineNs = System.nanoTime() + 5_000_000_000L;
        while (true) {
            try {
                station.open(station.port, 0);
                return;
            } catch (IOException e) {
                if (kind == Kind.LINUX || kind == Kind.NETTY_EPOLL || System.nanoTime() > deadlineNs) {
                    throw e;
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whenTheLoopEndsTheOwnerIsTold(Kind kind) throws Exception {
        final LoopThread thread = kind.newLoop();
        final Station station = new Station(thread, kind.newBind()).open();
        thread.close();
        assertEquals(1, station.closed.size());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void destinationsThatCannotBeReachedAreCounted(Kind kind) throws Exception {
        try (LoopThread thread = kind.newLoop();
                Station left = new Station(thread, kind.newBind()).open();
                Station right = new Station(thread, kind.newBind()).open()) {
            final Endpoint good = LinuxUdpBindTest.loopback("127.0.0.1", right.port);
            left.send(
                    Datagram.of(good, 9, 1),
                    Datagram.of(good, 65_508, 2),
                    Datagram.of(Endpoint.v4(0x7f000001, 0), 9, 3),
                    Datagram.of(good, 9, 4));
            assertEquals(List.of(Station.pattern(9, 1), Station.pattern(9, 4)), right.await(2).stream().map(Datagram::payload).toList());
            assertEquals(2, (long) thread.call(() -> dropped(left.bind)));
            assertFalse(left.closed.iterator().hasNext());
        }
    }

    private static long dropped(UdpBind bind) {
        final UdpStatistics statistics = bind instanceof LinuxUdpBind l ? l.statistics() : ((NettyUdpBind) bind).statistics();
        return statistics.drops().total();
    }
}
