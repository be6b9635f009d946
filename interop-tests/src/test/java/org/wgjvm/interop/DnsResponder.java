package org.wgjvm.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.NetworkNamespace;

/** The name server of a namespace, at 127.0.0.1, which has one answer to every name. Programs started there find it as on any machine. */
final class DnsResponder implements AutoCloseable {
    private static final int PORT = 53;
    private static final int A = 1;
    private static final int AAAA = 28;

    private final DatagramSocket socket;
    private final Path configuration;
    private final AtomicInteger questions = new AtomicInteger();
    private volatile int ttlSeconds;
    private volatile List<InetAddress> addresses = List.of();

    DnsResponder(Namespace namespace) {
        try {
            configuration = Files.createDirectories(Path.of("/etc/netns", namespace.name()));
            Files.writeString(configuration.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
            final int fd = FileDescriptors.open("/var/run/netns/" + namespace.name(), FileDescriptors.O_RDONLY);
            try {
                final InetSocketAddress here = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT);
                socket = NetworkNamespace.call(fd, () -> new DatagramSocket(here));
            } finally {
                FileDescriptors.close(fd);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("dns-of-test").start(this::serve);
    }

    /** From now on the answer is this. */
    void answer(int ttl, String... all) {
        ttlSeconds = ttl;
        addresses = Arrays.stream(all).map(InetAddress::ofLiteral).toList();
    }

    /** How often it was asked. */
    int questions() {
        return questions.get();
    }

    private void serve() {
        final byte[] buffer = new byte[1500];
        try {
            while (true) {
                final DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                questions.incrementAndGet();
                final byte[] response = respond(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                socket.send(new DatagramPacket(response, response.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** RFC 1035, section 4: the header, the one question as it came, and the answers, whose name is a pointer to the question's. */
    private byte[] respond(ByteBuffer query) {
        int end = 12;
        while (query.get(end) != 0) {
            end += query.get(end) + 1;
        }
        final int type = query.getShort(end + 1);
        end += 5;
        final List<InetAddress> found = addresses.stream().filter(a -> type == (a instanceof Inet6Address ? AAAA : A)).toList();
        final ByteBuffer response = ByteBuffer.allocate(1500);
        response.putShort(query.getShort(0)).putShort((short) 0x8580).putShort((short) 1).putShort((short) found.size()).putInt(0);
        response.put(query.slice(12, end - 12));
        for (final InetAddress address : found) {
            final byte[] bytes = address.getAddress();
            response.putShort((short) 0xc00c).putShort((short) type).putShort((short) 1).putInt(ttlSeconds);
            response.putShort((short) bytes.length).put(bytes);
        }
        return Arrays.copyOf(response.array(), response.position());
    }

    @Override
    public void close() {
        socket.close();
        try {
            Files.deleteIfExists(configuration.resolve("resolv.conf"));
            Files.deleteIfExists(configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
