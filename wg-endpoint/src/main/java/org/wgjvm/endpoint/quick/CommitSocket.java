package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.wgjvm.sys.FileDescriptors;

/** The unix socket of a change that waits for confirmation, beside that of its interface: for whoever may configure that one. */
public final class CommitSocket implements AutoCloseable {
    private static final int LONGEST_WORD_BYTES = 64;

    private final Path path;
    private final ServerSocketChannel server;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

    /** A word that somebody said, and the way to answer. */
    record Request(String word, SocketChannel channel) {
        /** Answers and hangs up. Somebody who does not listen any more does not matter. */
        void answer(String text) {
            try (channel) {
                channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // Not there any more.
            }
        }
    }

    private CommitSocket(Path path, ServerSocketChannel server) {
        this.path = path;
        this.server = server;
    }

    private static Path path(Path sockets, String interfaceName) {
        return sockets.resolve(interfaceName + ".commit");
    }

    /** Whether a change of this interface waits. */
    public static boolean isPending(Path sockets, String interfaceName) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return Files.exists(path(sockets, interfaceName)) && channel.connect(UnixDomainSocketAddress.of(path(sockets, interfaceName)));
        } catch (IOException e) {
            return false;
        }
    }

    /** Says {@code word} to the process that waits; returns its answer. */
    public static String say(Path sockets, String interfaceName, String word) throws IOException, QuickException {
        if (!isPending(sockets, interfaceName)) {
            throw new QuickException("no change of " + interfaceName
                    + " waits for confirmation: it was confirmed or rolled back, or there was none");
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path(sockets, interfaceName)));
                Scanner answer = new Scanner(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            channel.write(ByteBuffer.wrap((word + "\n").getBytes(StandardCharsets.UTF_8)));
            if (!answer.hasNextLine()) {
                throw new QuickException("the process that guards the change of " + interfaceName + " ended without an answer");
            }
            return answer.nextLine();
        }
    }

    /** Listens, for this user alone. Refused while another change of the interface waits. */
    static CommitSocket open(Path sockets, String interfaceName) throws IOException, QuickException {
        final Path path = path(sockets, interfaceName);
        if (isPending(sockets, interfaceName)) {
            throw new QuickException("another change of " + interfaceName + " waits for confirmation: `wg-jvm confirm " + interfaceName
                    + "' keeps it, with --rollback it is undone");
        }
        Files.deleteIfExists(path);
        final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        final int umask = FileDescriptors.umask(0077);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            server.close();
            throw e;
        } finally {
            FileDescriptors.umask(umask);
        }
        final CommitSocket socket = new CommitSocket(path, server);
        Thread.ofVirtual().name("commit-socket").start(socket::accept);
        return socket;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                final SocketChannel channel = server.accept();
                // Each on a thread of its own: one who says nothing keeps nobody waiting.
                Thread.ofVirtual().start(() -> read(channel));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void read(SocketChannel channel) {
        final ByteBuffer buffer = ByteBuffer.allocate(LONGEST_WORD_BYTES);
        try {
            int read = 0;
            while (read >= 0 && buffer.hasRemaining() && (buffer.position() == 0 || buffer.get(buffer.position() - 1) != '\n')) {
                read = channel.read(buffer);
            }
            final String word = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
            if (word.isEmpty()) {
                channel.close();
            } else {
                requests.add(new Request(word, channel));
            }
        } catch (IOException e) {
            // Not there any more.
        }
    }

    /** The next request, or null when none came for so long. */
    Request poll(long timeoutNs) throws InterruptedException {
        return requests.poll(timeoutNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
        server.close();
    }
}
