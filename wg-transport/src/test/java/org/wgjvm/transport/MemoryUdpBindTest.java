package org.wgjvm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.local.LocalIoHandler;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.sys.Errno;
import org.wgjvm.transport.Station.Datagram;

class MemoryUdpBindTest {
    private final MemoryNetwork network = new MemoryNetwork();
    private LoopThread leftThread;
    private LoopThread rightThread;
    private Station left;
    private Station right;

    @BeforeEach
    void open() throws Exception {
        leftThread = new LoopThread(LocalIoHandler.newFactory());
        rightThread = new LoopThread(LocalIoHandler.newFactory());
        left = new Station(leftThread, network.newBind(address("192.0.2.1"), address("2001:db8::1"))).open();
        right = new Station(rightThread, network.newBind(address("192.0.2.2"), address("2001:db8::2"))).open();
    }

    @AfterEach
    void close() {
        left.close();
        right.close();
        leftThread.close();
        rightThread.close();
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    private static Endpoint at(String literal, int port) {
        return LinuxUdpBindTest.loopback(literal, port);
    }

    @Test
    void datagramsArriveInOrderWithSourceAndTrafficClassOnBothFamilies() throws Exception {
        for (final String host : List.of("192.0.2.", "2001:db8::")) {
            final List<Datagram> sent = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                sent.add(Datagram.of(at(host + 2, right.port), i % 4, 1 + i * 7 % 1500, i));
            }
            assertEquals(1000, left.send(sent));
            final List<Datagram> got = right.await(1000);
            LinuxUdpBindTest.assertSameDatagrams(sent, got);
            assertEquals(at(host + 1, left.port), got.getFirst().endpoint());
            assertFalse(got.getFirst().endpoint().hasLocal());
        }
    }

    @Test
    void fullPoolsDropAndCountAndRecover() throws Exception {
        final Endpoint to = at("192.0.2.2", right.port);
        final List<Datagram> flood = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            flood.add(Datagram.of(to, 60_000, i));
        }
        final int[] sent = new int[1];
        rightThread.run(() -> {
            for (int i = 0; i < 5; i++) {
                sent[0] += left.send(flood);
            }
        });
        assertTrue(sent[0] < 500, "nothing held back");
        right.await(sent[0]);
        assertEquals(500L - sent[0], (long) leftThread.call(() -> ((MemoryUdpBind) left.bind).statistics().drops().congested()));
        assertEquals(1, left.send(Datagram.of(to, 5, 5)));
        assertEquals(Station.pattern(5, 5), right.await().payload());
    }

    @Test
    void nobodyThereIsCounted() throws Exception {
        assertEquals(0, left.send(Datagram.of(at("192.0.2.99", 9), 5, 5), Datagram.of(at("192.0.2.2", right.port + 1), 5, 5)));
        assertEquals(2, ((MemoryUdpBind) left.bind).statistics().drops().unreachable());
    }

    @Test
    void aFilterLosesWhatItIsAskedTo() throws Exception {
        network.setFilter((from, to, length) -> length != 13);
        final Endpoint to = at("2001:db8::2", right.port);
        left.send(Datagram.of(to, 12, 1), Datagram.of(to, 13, 2), Datagram.of(to, 14, 3));
        assertEquals(List.of(Station.pattern(12, 1), Station.pattern(14, 3)), right.await(2).stream().map(Datagram::payload).toList());
    }

    @Test
    void aHostRoams() throws Exception {
        leftThread.run(() -> ((MemoryUdpBind) left.bind).moveTo(address("198.51.100.7")));
        left.send(Datagram.of(at("192.0.2.2", right.port), 12, 1));
        final Endpoint learned = right.await().endpoint();
        assertEquals(at("198.51.100.7", left.port), learned);
        right.send(Datagram.of(learned, 13, 2));
        left.await();
        assertEquals(0, right.send(Datagram.of(at("192.0.2.1", left.port), 13, 2)));
    }

    @Test
    void aTakenPortIsRefusedAndAFreedOneIsNot() throws Exception {
        final Station third = new Station(leftThread, network.newBind(address("192.0.2.2")));
        assertEquals(Errno.EADDRINUSE, assertThrows(BindFailure.class, () -> third.open(right.port, 0)).errno());
        right.close();
        third.open(right.port, 0);
        left.send(Datagram.of(at("192.0.2.2", right.port), 12, 1));
        third.await();
        third.close();
        right.open(right.port, 0);
    }

    @Test
    void aMarkIsRefused() {
        final Station third = new Station(leftThread, network.newBind(address("192.0.2.3")));
        assertThrows(UnsupportedOperationException.class, () -> third.open(0, 1));
    }
}
