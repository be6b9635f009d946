package org.wgjvm.endpoint.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.uapi.PathListener;

/**
 * Serves the control channel of one daemon at {@code /var/run/wireguard/IF.wgjvm}, for the owner of that directory alone. A command may be
 * added at any time; {@code help} lists them. No input ends the server.
 */
public final class ControlServer implements AutoCloseable {
    private static final String SUFFIX = ".wgjvm";
    private static final int MAX_CONNECTIONS = 32;

    private final PathListener listener;
    private final Log log;
    private final Map<String, ControlCommand> commands = new ConcurrentHashMap<>();
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final Set<ByteChannel> open = ConcurrentHashMap.newKeySet();

    private ControlServer(PathListener listener, Log log) {
        this.listener = listener;
        this.log = log;
        commands.put("help", request -> ControlAnswer.of(List.copyOf(new TreeSet<>(commands.keySet()))));
    }

    /** The socket of {@code interfaceName} in {@code directory}. */
    public static Path path(Path directory, String interfaceName) {
        return directory.resolve(interfaceName + SUFFIX);
    }

    /** Listens at {@code socket}; a stale one is replaced, one in use refused. */
    public static ControlServer start(Path socket, Log log) throws IOException {
        return start(PathListener.open(socket, "rw-------"), log);
    }

    /** Serves {@code listener}, which belongs to the server from now on. */
    public static ControlServer start(PathListener listener, Log log) {
        final ControlServer server = new ControlServer(listener, log);
        Thread.ofPlatform().daemon().name("control").start(server::accept);
        return server;
    }

    /** What it listens to: to be paused, or released to the process that takes this one's place. */
    public PathListener listener() {
        return listener;
    }

    /** From now on {@code name} is answered by {@code command}, in place of what answered it before. */
    public void add(String name, ControlCommand command) {
        commands.put(name, command);
    }

    private void accept() {
        try {
            for (;;) {
                free.acquireUninterruptibly();
                final ByteChannel channel = listener.accept();
                open.add(channel);
                // A platform thread: a stream may have to wait for a disk or a slow reader for long.
                Thread.ofPlatform().daemon().name("control-connection").start(() -> serve(channel));
            }
        } catch (IOException e) {
            listener.close();
            log.verbose("Control socket: " + e.getMessage());
        }
    }

    private void serve(ByteChannel channel) {
        try (channel) {
            final LineReader reader = new LineReader(channel);
            boolean more = true;
            while (more) {
                more = answer(reader, channel);
            }
        } catch (IOException e) {
            log.verbose("Control socket: connection lost: " + e.getMessage());
        } catch (RuntimeException e) {
            log.error("Control socket: connection closed: " + e);
        } finally {
            open.remove(channel);
            free.release();
        }
    }

    /** Reads and answers one request; false when nothing more can follow. */
    private boolean answer(LineReader reader, ByteChannel channel) throws IOException {
        final ControlAnswer answer;
        try {
            final List<String> lines = reader.block();
            if (lines == null) {
                return false;
            }
            final ControlRequest request = parse(lines);
            final ControlCommand command = commands.get(request.command());
            if (command == null) {
                throw new ControlException("this daemon has no such command: " + request.command());
            }
            log.verbose("Control socket: " + request.command());
            answer = command.run(request);
        } catch (ControlException | IllegalArgumentException e) {
            return refuse(channel, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            log.error("Control socket: a command failed: " + e);
            return refuse(channel, e.toString());
        }
        final StringBuilder text = new StringBuilder("ok\n");
        answer.lines().forEach(l -> text.append(l).append('\n'));
        write(channel, text.append('\n').toString());
        if (answer.stream() != null) {
            answer.stream().run(channel);
            return false;
        }
        return true;
    }

    /** The request in lines of which none is empty; throws {@link IllegalArgumentException} for what is none. */
    static ControlRequest parse(List<String> lines) {
        final List<String> words = Arrays.asList(lines.getFirst().split("\t", -1));
        return new ControlRequest(words.getFirst(), words.subList(1, words.size()), lines.subList(1, lines.size()));
    }

    /** After a request that could not be read it is not known where the next one begins, so the connection ends with any refusal. */
    private static boolean refuse(ByteChannel channel, String reason) throws IOException {
        write(channel, "error: " + reason.replaceAll("[\\r\\n]+", " ") + "\n\n");
        return false;
    }

    private static void write(ByteChannel channel, String text) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Stops, removes the socket and drops all connections. Idempotent, any thread. */
    @Override
    public void close() {
        listener.close();
        for (final ByteChannel channel : open) {
            try {
                channel.close();
            } catch (IOException e) {
                log.verbose("Control socket: " + e.getMessage());
            }
        }
    }
}
