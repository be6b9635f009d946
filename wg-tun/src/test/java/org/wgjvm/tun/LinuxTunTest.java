package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.FileDescriptors;

/** A real TUN device, with the kernel of this machine behind it. */
final class LinuxTunTest {
    private static MultiThreadIoEventLoopGroup group;

    @BeforeAll
    static void startLoop() {
        TestNamespace.assumePrivileged();
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterAll
    static void stopLoop() {
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** Hands each batch to the other port, and what happens to the link to a queue. */
    private static final class Forwarder implements PacketPort.Handler {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        PacketPort other;

        @Override
        public PacketBatch onPackets(PacketBatch batch) {
            if (other != null) {
                other.write(batch);
            }
            batch.clear();
            return batch;
        }

        @Override
        public void onMtu(int mtu) {
            events.add("mtu " + mtu);
        }

        @Override
        public void onLink(boolean up) {
            events.add(up ? "up" : "down");
        }

        @Override
        public void onClosed(Throwable reason) {
            events.add("closed " + reason.getMessage());
        }

        String next() throws InterruptedException {
            final String event = events.poll(10, TimeUnit.SECONDS);
            assertNotNull(event, "no event within 10 s");
            return event;
        }
    }

    private static PacketBatch batch() {
        return new PacketBatch(128, 256 * 1024);
    }

    private static void closeOnLoop(EventLoop loop, PacketPort port) {
        loop.submit(port::close).syncUninterruptibly();
    }

    /** Two TUN devices, each in a namespace of its own, and this process carrying packets from one to the other. */
    private static final class Pair implements AutoCloseable {
        final EventLoop loop = group.next();
        final TestNamespace left = TestNamespace.create();
        final TestNamespace right = TestNamespace.create();
        final LinuxTun leftTun;
        final LinuxTun rightTun;

        Pair(int mtu, TunOptions options) throws Exception {
            this(mtu, options, batch(), batch());
        }

        Pair(int mtu, TunOptions options, PacketBatch leftBatch, PacketBatch rightBatch) throws Exception {
            leftTun = LinuxTun.create("wgtl%d", mtu, options);
            rightTun = LinuxTun.create("wgtr%d", mtu, options);
            final Forwarder fromLeft = new Forwarder();
            final Forwarder fromRight = new Forwarder();
            fromLeft.other = rightTun;
            fromRight.other = leftTun;
            leftTun.start(loop, leftBatch, fromLeft);
            rightTun.start(loop, rightBatch, fromRight);
            move(leftTun, left, "192.0.2.1/24", "2001:db8::1/64");
            move(rightTun, right, "192.0.2.2/24", "2001:db8::2/64");
        }

        private static void move(LinuxTun tun, TestNamespace to, String... addresses) throws Exception {
            final String name = tun.name();
            TestNamespace.run(List.of("ip", "link", "set", name, "netns", to.name));
            for (String address : addresses) {
                if (address.contains(":")) {
                    to.exec("ip", "addr", "add", address, "dev", name, "nodad");
                } else {
                    to.exec("ip", "addr", "add", address, "dev", name);
                }
            }
            to.exec("ip", "link", "set", name, "up");
        }

        @Override
        public void close() throws IOException {
            closeOnLoop(loop, leftTun);
            closeOnLoop(loop, rightTun);
            left.close();
            right.close();
        }

        /** Megabits a second that arrive. */
        double iperf(String... arguments) throws Exception {
            final Process server = right.start("iperf3", "-s", "-1", "--forceflush");
            try {
                final var lines = server.inputReader();
                String line = lines.readLine();
                while (line != null && !line.contains("listening")) {
                    line = lines.readLine();
                }
                final String[] command = new String[arguments.length + 1];
                command[0] = "iperf3";
                System.arraycopy(arguments, 0, command, 1, arguments.length);
                final String output = left.exec(command);
                final Matcher matcher = Pattern.compile("([0-9.]+) Mbits/sec.*receiver").matcher(output);
                assertTrue(matcher.find(), output);
                return Double.parseDouble(matcher.group(1));
            } finally {
                server.destroyForcibly().waitFor();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true,true,true", "true,false,true", "true,true,false", "false,false,false"})
    void pingsInBothFamiliesAndSizes(boolean tso, boolean uso, boolean coalesce) throws Exception {
        try (Pair pair = new Pair(1420, new TunOptions(tso, uso, coalesce))) {
            assertTrue(pair.left.exec("ping", "-c", "3", "-i", "0.05", "-W", "5", "192.0.2.2").contains(" 0% packet loss"));
            assertTrue(pair.left.exec("ping", "-c", "3", "-i", "0.05", "-W", "5", "2001:db8::2").contains(" 0% packet loss"));
            assertTrue(pair.right.exec("ping", "-c", "3", "-i", "0.05", "-W", "5", "-s", "1392", "192.0.2.1").contains(" 0% packet loss"));
            assertTrue(pair.right.exec("ping", "-c", "3", "-i", "0.05", "-W", "5", "-s", "8000", "192.0.2.1").contains(" 0% packet loss"));
        }
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.2,1420", "2001:db8::2,1420", "192.0.2.2,1280", "192.0.2.2,8920"})
    void carriesTcpAsSuperframes(String address, int mtu) throws Exception {
        try (Pair pair = new Pair(mtu, TunOptions.ALL)) {
            final double mbits = pair.iperf("-c", address, "-t", "2", "-f", "m");
            System.out.printf("TCP through two TUN devices, MTU %d: %.0f Mbit/s; %s%n", mtu, mbits, describe(pair));
            assertTrue(mbits > 100, "only " + mbits);
            final PortCounters from = pair.leftTun.counters();
            final PortCounters to = pair.rightTun.counters();
            assertTrue(from.get(PortCounter.READ_PACKETS) > 4 * from.get(PortCounter.READ_SUPERFRAMES));
            assertTrue(from.get(PortCounter.READ_SUPERFRAMES) > 100);
            assertTrue(to.get(PortCounter.WRITTEN_PACKETS) > 4 * to.get(PortCounter.WRITTEN_SUPERFRAMES));
            assertTrue(to.get(PortCounter.WRITTEN_SUPERFRAMES) > 100);
            assertEquals(0, from.get(PortCounter.READ_MALFORMED));
            assertEquals(0, to.get(PortCounter.OFFLOAD_RETREATS));
            assertEquals(0, badChecksums(pair, "TcpInCsumErrors"));
        }
    }

    /** A superframe of 45 packets needs several batches of 7; nothing of it may be lost or doubled. */
    @Test
    void superframesGoOnInTheNextBatch() throws Exception {
        final PacketBatch small = new PacketBatch(7, 7 * PacketBatch.stride(1420) + 10);
        try (Pair pair = new Pair(1420, TunOptions.ALL, small, batch())) {
            pair.iperf("-c", "192.0.2.2", "-t", "1", "-f", "m");
            final PortCounters from = pair.leftTun.counters();
            assertTrue(from.get(PortCounter.READ_PACKETS) > 10 * from.get(PortCounter.READ_SUPERFRAMES));
            assertEquals(0, from.get(PortCounter.READ_OVERFLOW));
            assertEquals(from.get(PortCounter.READ_PACKETS),
                    pair.rightTun.counters().get(PortCounter.WRITTEN_PACKETS) + pair.rightTun.counters().get(PortCounter.WRITE_REFUSED));
            assertEquals(0, badChecksums(pair, "TcpInCsumErrors"));
        }
    }

    @Test
    void carriesTcpWithoutOffloads() throws Exception {
        try (Pair pair = new Pair(1420, TunOptions.NONE)) {
            final double mbits = pair.iperf("-c", "192.0.2.2", "-t", "1", "-f", "m");
            System.out.printf("TCP without offloads: %.0f Mbit/s; %s%n", mbits, describe(pair));
            assertEquals("none", pair.leftTun.offloads());
            assertTrue(mbits > 50, "only " + mbits);
            assertEquals(0, pair.leftTun.counters().get(PortCounter.READ_SUPERFRAMES));
            assertEquals(0, badChecksums(pair, "TcpInCsumErrors"));
        }
    }

    @Test
    void coalescesUdp() throws Exception {
        try (Pair pair = new Pair(1420, TunOptions.ALL)) {
            final double mbits = pair.iperf("-c", "192.0.2.2", "-u", "-b", "300M", "-l", "1372", "-t", "1", "-f", "m");
            System.out.printf("UDP: %.0f Mbit/s; %s%n", mbits, describe(pair));
            assertTrue(mbits > 100, "only " + mbits);
            assertEquals(0, pair.rightTun.counters().get(PortCounter.OFFLOAD_RETREATS));
            assertEquals(0, badChecksums(pair, "UdpInCsumErrors"));
            assertTrue(pair.rightTun.counters().get(PortCounter.WRITTEN_SUPERFRAMES) > 10);
        }
    }

    private static String describe(Pair pair) {
        final StringBuilder text = new StringBuilder();
        for (PortCounter counter : PortCounter.values()) {
            text.append(counter).append(' ').append(pair.leftTun.counters().get(counter)).append('/')
                    .append(pair.rightTun.counters().get(counter)).append(' ');
        }
        return text.toString();
    }

    private static long badChecksums(Pair pair, String counter) throws Exception {
        final Matcher matcher = Pattern.compile(counter + "\\s+(\\d+)").matcher(pair.right.exec("nstat", "-az", counter));
        assertTrue(matcher.find());
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void reportsMtuAndLinkAlsoFromAnotherNamespace() throws Exception {
        final EventLoop loop = group.next();
        final Forwarder events = new Forwarder();
        try (TestNamespace first = TestNamespace.create(); TestNamespace second = TestNamespace.create()) {
            final LinuxTun tun = LinuxTun.create("wgte%d", 1400, TunOptions.ALL);
            final String name = tun.name();
            try {
                assertEquals(1400, tun.mtu());
                tun.start(loop, batch(), events);
                assertEquals("mtu 1400", events.next());
                assertEquals("down", events.next());
                TestNamespace.run(List.of("ip", "link", "set", name, "up"));
                assertEquals("up", events.next());
                TestNamespace.run(List.of("ip", "link", "set", name, "mtu", "1300"));
                assertEquals("mtu 1300", events.next());

                TestNamespace.run(List.of("ip", "link", "set", name, "netns", first.name));
                assertEquals("down", events.next());
                first.exec("ip", "link", "set", name, "up");
                assertEquals("up", events.next());
                first.exec("ip", "link", "set", name, "mtu", "1350");
                assertEquals("mtu 1350", events.next());

                first.exec("ip", "link", "set", name, "netns", second.name);
                assertEquals("down", events.next());
                second.exec("ip", "link", "set", name, "mtu", "1360", "up");
                assertEquals("mtu 1360", events.next());
                assertEquals("up", events.next());
                second.exec("ip", "link", "set", name, "down");
                assertEquals("down", events.next());
                second.exec("ip", "link", "set", name, "netns", "1");
                TestNamespace.run(List.of("ip", "link", "set", name, "up"));
                assertEquals("up", events.next());
                TestNamespace.run(List.of("ip", "link", "set", name, "mtu", "1370"));
                assertEquals("mtu 1370", events.next());
                assertEquals(1370, tun.mtu());
                assertTrue(tun.isUp());
            } finally {
                closeOnLoop(loop, tun);
            }
        }
        assertTrue(events.events.isEmpty(), events.events::toString);
    }

    @Test
    void takesOverAnInheritedDescriptor() throws Exception {
        final TunDevice original = TunDevice.create("wgti%d", TunOptions.ALL);
        final int inherited = FileDescriptors.dup(original.fd());
        FileDescriptors.setNonBlocking(inherited, false);
        FileDescriptors.close(original.fd());
        final Forwarder events = new Forwarder();
        final LinuxTun tun = LinuxTun.fromFd(inherited, TunOptions.ALL);
        try {
            assertTrue(tun.name().startsWith("wgti"), tun.name());
            assertEquals("tso,uso", tun.offloads());
            tun.start(group.next(), batch(), events);
            assertEquals("mtu 1500", events.next());
            assertEquals("down", events.next());
            TestNamespace.run(List.of("ip", "link", "set", tun.name(), "up"));
            assertEquals("up", events.next()); // the loop would hang in read(2), had the descriptor stayed blocking
        } finally {
            closeOnLoop(group.next(), tun);
        }
    }

    @Test
    void refusesADescriptorThatIsNoTun() {
        final int fd = FileDescriptors.open("/dev/null", FileDescriptors.O_RDWR);
        final IOException refusal = assertThrows(IOException.class, () -> LinuxTun.fromFd(fd, TunOptions.ALL));
        assertTrue(refusal.getMessage().contains("not an attached TUN device"), refusal.getMessage());
    }

    @Test
    void endsWhenTheDeviceIsDeleted() throws Exception {
        final Forwarder events = new Forwarder();
        final LinuxTun tun = LinuxTun.create("wgtd%d", 0, TunOptions.ALL);
        tun.start(group.next(), batch(), events);
        events.next();
        events.next();
        TestNamespace.run(List.of("ip", "link", "del", tun.name()));
        final String last = events.next();
        assertTrue(last.startsWith("closed "), last);
    }

    @Test
    void endsWhenItsNamespaceIsDeleted() throws Exception {
        final Forwarder events = new Forwarder();
        try (TestNamespace namespace = TestNamespace.create()) {
            final LinuxTun tun = LinuxTun.create("wgtn%d", 1420, TunOptions.ALL);
            tun.start(group.next(), batch(), events);
            events.next();
            events.next();
            TestNamespace.run(List.of("ip", "link", "set", tun.name(), "netns", namespace.name));
            namespace.exec("ip", "link", "set", tun.name(), "up");
            assertEquals("up", events.next());
            namespace.delete();
            String last = events.next();
            if (last.equals("down")) {
                last = events.next();
            }
            assertTrue(last.startsWith("closed "), last);
        }
    }
}
