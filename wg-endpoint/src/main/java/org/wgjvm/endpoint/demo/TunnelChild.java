package org.wgjvm.endpoint.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The traffic at each end of the demonstration's tunnel: a process of its own inside a network namespace, which reports to its parent in
 * lines on standard output. {@code server ADDRESS} or {@code client ADDRESS SECONDS ECHOES}.
 */
public final class TunnelChild {
    private static final int PORT = 5001;
    private static final int ECHO_BYTES = 64;
    private static final int ECHO_TIMEOUT_MS = 1_000;
    private static final long ECHOES_AT_MOST_NS = 5_000_000_000L;
    private static final int PING_TIMEOUT_MS = 10_000;
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final long REPORT_INTERVAL_NS = 200_000_000L;

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.US_ASCII);

    private TunnelChild() {}

    /** Runs until killed (server) or done (client). */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("server")) {
            serve(arguments[1]);
        } else {
            client(InetAddress.getByName(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        }
    }

    private static void serve(String address) throws IOException {
        final DatagramSocket udp = new DatagramSocket(new InetSocketAddress(address, PORT));
        Thread.ofPlatform().daemon().start(() -> echo(udp));
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(address, PORT));
            OUT.println("ready");
            for (;;) {
                try (SocketChannel channel = server.accept()) {
                    sink(channel);
                }
            }
        }
    }

    private static void echo(DatagramSocket socket) {
        final DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            for (;;) {
                packet.setLength(2048);
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (IOException e) {
            OUT.println("error echo: " + e.getMessage());
        }
    }

    private static void sink(SocketChannel channel) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long total = 0;
        int length = 0;
        while (length >= 0) {
            total += length;
            buffer.clear();
            length = channel.read(buffer);
        }
        channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, total));
    }

    private static void client(InetAddress peer, int seconds, int echoes) throws IOException {
        // Opened and used once before the clock starts: the first call loads classes.
        final boolean warm = InetAddress.getLoopbackAddress().isReachable(ECHO_TIMEOUT_MS);
        final long startNs = System.nanoTime();
        if (!peer.isReachable(PING_TIMEOUT_MS)) {
            OUT.println("error no answer to a ping within " + PING_TIMEOUT_MS / 1000 + " s" + (warm ? "" : " (nor from loopback)"));
            return;
        }
        OUT.println("handshake " + (System.nanoTime() - startNs));
        // Round trips last: by then the code on the way is compiled.
        transfer(peer, seconds);
        roundTrips(peer, echoes);
        OUT.println("done");
    }

    private static void roundTrips(InetAddress peer, int echoes) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(peer, PORT);
            socket.setSoTimeout(ECHO_TIMEOUT_MS);
            final DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
            final ByteBuffer question = ByteBuffer.allocate(ECHO_BYTES);
            final DatagramPacket packet = new DatagramPacket(question.array(), ECHO_BYTES);
            final long endNs = System.nanoTime() + ECHOES_AT_MOST_NS;
            for (int i = 0; i < echoes && System.nanoTime() - endNs < 0; i++) {
                question.putInt(0, i);
                final long sentNs = System.nanoTime();
                socket.send(packet);
                try {
                    do {
                        answer.setLength(2048);
                        socket.receive(answer);
                    } while (ByteBuffer.wrap(answer.getData()).getInt(0) != i);
                    OUT.println("rtt " + (System.nanoTime() - sentNs));
                } catch (SocketTimeoutException e) {
                    OUT.println("lost");
                }
            }
        }
    }

    private static void transfer(InetAddress peer, int seconds) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (SocketChannel channel = SocketChannel.open(new InetSocketAddress(peer, PORT))) {
            final long startNs = System.nanoTime();
            final long endNs = startNs + seconds * 1_000_000_000L;
            long total = 0;
            long reportNs = startNs;
            for (long nowNs = startNs; nowNs - endNs < 0; nowNs = System.nanoTime()) {
                buffer.clear();
                total += channel.write(buffer);
                if (nowNs - reportNs >= REPORT_INTERVAL_NS) {
                    reportNs = nowNs;
                    OUT.println("tcp " + total + " " + (nowNs - startNs));
                }
            }
            channel.shutdownOutput();
            final ByteBuffer received = ByteBuffer.allocate(Long.BYTES);
            while (received.hasRemaining() && channel.read(received) >= 0) {
                // All eight bytes.
            }
            OUT.println("received " + received.getLong(0) + " " + (System.nanoTime() - startNs));
        }
    }
}
