package org.wgjvm.router.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.wgjvm.router.profile.RunningRouter;

/** Answers the command line at {@code control.sock} (0600) in the state directory. A thread for each connection; one question each. */
final class ControlServer implements AutoCloseable {
    /** The socket's name in the state directory. */
    static final String FILE = "control.sock";

    /** What sun_path of unix(7) holds. */
    private static final int MAX_PATH_BYTES = 107;

    private final RunningRouter router;
    private final Path path;
    private final ServerSocketChannel listener;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    /** Listens. Fails if another router answers there. */
    ControlServer(RunningRouter router, Path state) throws IOException {
        this.router = router;
        path = path(state);
        if (ControlClient.answers(path)) {
            throw new IOException("a router runs in " + state + " already");
        }
        Files.deleteIfExists(path);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        Thread.ofPlatform().daemon().name("router-control-socket").start(this::accept);
    }

    /** Where it listens. */
    Path path() {
        return path;
    }

    static Path path(Path state) throws IOException {
        final Path path = state.resolve(FILE);
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            throw new IOException("the path of the state directory is too long for a socket in it: " + state);
        }
        return path;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                final SocketChannel channel = listener.accept();
                open.add(channel);
                Thread.ofVirtual().name("router-command").start(() -> serve(channel));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            final ControlMessage.Question question = ControlMessage.read(channel, ControlMessage.Question.class);
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            final ByteArrayOutputStream err = new ByteArrayOutputStream();
            final int code;
            if (question.arguments() == null) {
                code = 1;
            } else {
                try (PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
                        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8)) {
                    code = new RouterCli(to, errors).running(router).text(question.text()).run(question.arguments());
                }
            }
            ControlMessage.write(
                    channel, new ControlMessage.Answer(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            // Whoever asked has gone, or speaks otherwise: there is nobody to tell.
        } finally {
            open.remove(channel);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (final SocketChannel channel : open) {
                channel.close();
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // It is going anyway.
        }
    }
}
