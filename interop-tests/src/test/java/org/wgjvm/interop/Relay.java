package org.wgjvm.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A bad link between a client and a target: of the datagrams, both ways, it holds some back, so that later ones overtake them, and sends
 * some twice; it loses none. A program of its own, in the host that it runs on. Arguments: the port it listens on, the target's address and
 * port, a seed, how many of a hundred are held back, for how many milliseconds at most, and how many of a hundred are sent twice.
 */
final class Relay {
    private static final int MAX_DATAGRAM = 65_536;

    private final Random random;
    private final int heldPercent;
    private final int maxHoldMs;
    private final int doubledPercent;
    private final PriorityQueue<Held> held = new PriorityQueue<>(Comparator.comparingLong(Held::dueNs));
    private final DatagramChannel front;
    private final DatagramChannel back;
    private SocketAddress client;

    private Relay(String[] args) throws IOException {
        random = new Random(Long.parseLong(args[3]));
        heldPercent = Integer.parseInt(args[4]);
        maxHoldMs = Integer.parseInt(args[5]);
        doubledPercent = Integer.parseInt(args[6]);
        front = DatagramChannel.open().bind(new InetSocketAddress(Integer.parseInt(args[0])));
        back = DatagramChannel.open().connect(new InetSocketAddress(InetAddress.ofLiteral(args[1]), Integer.parseInt(args[2])));
        front.configureBlocking(false);
        back.configureBlocking(false);
    }

    /** Starts one in {@code host}; it ends with the namespace at the latest. */
    static Process start(Namespace host, int port, String target, int targetPort, int heldPercent, int maxHoldMs, int doubledPercent) {
        final List<String> words = List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Relay.class.getName(),
                "" + port,
                target,
                "" + targetPort,
                "7",
                "" + heldPercent,
                "" + maxHoldMs,
                "" + doubledPercent);
        return host.start(Lab.logs().resolve("relay-" + host.name() + ".log"), Map.of(), words);
    }

    public static void main(String[] args) throws IOException {
        new Relay(args).run();
    }

    private void run() throws IOException {
        final Selector selector = Selector.open();
        front.register(selector, SelectionKey.OP_READ);
        back.register(selector, SelectionKey.OP_READ);
        final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM);
        while (true) {
            final long waitNs = held.isEmpty() ? 1_000_000_000L : held.peek().dueNs - System.nanoTime();
            if (waitNs > 0) {
                selector.select(Math.max(1, waitNs / 1_000_000));
            } else {
                selector.selectNow();
            }
            selector.selectedKeys().clear();
            for (SocketAddress from = receive(front, buffer); from != null; from = receive(front, buffer)) {
                client = from;
                pass(buffer, true);
            }
            while (client != null && receive(back, buffer) != null) {
                pass(buffer, false);
            }
            while (!held.isEmpty() && held.peek().dueNs <= System.nanoTime()) {
                final Held next = held.poll();
                send(next.bytes.rewind(), next.toTarget);
            }
        }
    }

    private static SocketAddress receive(DatagramChannel channel, ByteBuffer buffer) {
        try {
            final SocketAddress from = channel.receive(buffer.clear());
            buffer.flip();
            return from;
        } catch (IOException e) {
            // An ICMP answer to an earlier datagram: the target is down at the moment.
            return null;
        }
    }

    private void pass(ByteBuffer datagram, boolean toTarget) {
        final int copies = random.nextInt(100) < doubledPercent ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (random.nextInt(100) < heldPercent) {
                final ByteBuffer copy = ByteBuffer.allocate(datagram.remaining()).put(datagram.duplicate());
                held.add(new Held(System.nanoTime() + random.nextInt(maxHoldMs) * 1_000_000L, copy, toTarget));
            } else {
                send(datagram.duplicate(), toTarget);
            }
        }
    }

    private void send(ByteBuffer datagram, boolean toTarget) {
        try {
            if (toTarget) {
                back.write(datagram);
            } else {
                front.send(datagram, client);
            }
        } catch (IOException e) {
            // As above: what a link cannot deliver is gone.
        }
    }

    private record Held(long dueNs, ByteBuffer bytes, boolean toTarget) {}
}
