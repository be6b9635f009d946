package org.wgjvm.interop;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.NetworkNamespace;

/**
 * One TCP connection between two namespaces that goes on until it is closed: its server sends bytes that follow from a seed, some megabytes
 * a second, and its client compares each of them. It is broken when the connection is, or with the first byte that is not right.
 */
final class CheckedStream implements AutoCloseable {
    private static final int BLOCK = 8192;
    private static final long PAUSE_NS = 4_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ServerSocket listener;
    private final Socket client;
    private final Socket server;
    private volatile boolean closing;
    private volatile long received;
    private volatile Throwable broken;

    private CheckedStream(ServerSocket listener, Socket client, Socket server) {
        this.listener = listener;
        this.client = client;
        this.server = server;
    }

    /**
     * Connects and begins.
     *
     * @param listenOn address of the server in its namespace
     * @param connectTo what the client knows that by
     */
    static CheckedStream between(Namespace serving, String listenOn, Namespace asking, String connectTo, int port) {
        try {
            final ServerSocket listener = in(serving, () -> new ServerSocket(port, 1, InetAddress.ofLiteral(listenOn)));
            listener.setSoTimeout((int) PATIENCE.toMillis());
            final Socket client = in(asking, Socket::new);
            client.connect(new InetSocketAddress(InetAddress.ofLiteral(connectTo), port), (int) PATIENCE.toMillis());
            final CheckedStream stream = new CheckedStream(listener, client, listener.accept());
            Thread.ofPlatform().daemon().name("stream-server").start(() -> stream.untilBroken(stream::serve));
            Thread.ofPlatform().daemon().name("stream-client").start(() -> stream.untilBroken(stream::check));
            return stream;
        } catch (IOException e) {
            throw new UncheckedIOException("from " + listenOn + " to whoever asks for " + connectTo, e);
        }
    }

    /** Whether a connection can be made within {@code limit}; only for expecting that it can't. */
    static boolean connects(Namespace asking, String connectTo, int port, Duration limit) {
        try (Socket socket = in(asking, Socket::new)) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(connectTo), port), (int) limit.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A socket is of the namespace in which it is made. The connect of a {@link Socket} makes it, unless it is bound before. */
    private static <T> T in(Namespace namespace, Callable<T> make) throws IOException {
        final int fd = FileDescriptors.open("/var/run/netns/" + namespace.name(), FileDescriptors.O_RDONLY);
        if (fd < 0) {
            throw new IOException("no namespace " + namespace.name());
        }
        try {
            return NetworkNamespace.call(fd, () -> {
                final T made = make.call();
                if (made instanceof Socket socket) {
                    socket.bind(null);
                }
                return made;
            });
        } finally {
            FileDescriptors.close(fd);
        }
    }

    @FunctionalInterface
    private interface Way {
        void go() throws IOException;
    }

    private void untilBroken(Way way) {
        try {
            way.go();
        } catch (IOException | AssertionError e) {
            if (!closing && broken == null) {
                broken = e;
            }
        }
    }

    private static final class Content {
        private final SplittableRandom random = new SplittableRandom(4711);

        void next(byte[] block) {
            random.nextBytes(block);
        }
    }

    private void serve() throws IOException {
        final Content content = new Content();
        final byte[] block = new byte[BLOCK];
        final OutputStream out = server.getOutputStream();
        while (!closing) {
            content.next(block);
            out.write(block);
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private void check() throws IOException {
        final Content content = new Content();
        final byte[] expected = new byte[BLOCK];
        final byte[] block = new byte[BLOCK];
        final DataInputStream in = new DataInputStream(client.getInputStream());
        long total = 0;
        while (!closing) {
            content.next(expected);
            try {
                in.readFully(block);
            } catch (EOFException e) {
                throw new IOException("ended after " + total + " bytes", e);
            }
            if (!Arrays.equals(block, expected)) {
                throw new AssertionError("wrong bytes between " + total + " and " + (total + BLOCK));
            }
            total += BLOCK;
            received = total;
        }
    }

    /** Address of the client, as the server sees it. */
    String seenFrom() {
        return server.getInetAddress().getHostAddress();
    }

    /** Returns when {@code blocks} more have come from now on; fails the test when the stream is broken. */
    void goesOn(int blocks) {
        final long target = received + (long) blocks * BLOCK;
        Await.until("the stream has " + target + " bytes", PATIENCE, () -> broken != null || received >= target);
        expectWhole();
    }

    void expectWhole() {
        if (broken != null) {
            throw new AssertionError("the stream broke after " + received + " bytes", broken);
        }
    }

    @Override
    public void close() {
        closing = true;
        try (listener; client; server) {
            server.shutdownOutput();
        } catch (IOException e) {
            // It is closed.
        }
    }
}
