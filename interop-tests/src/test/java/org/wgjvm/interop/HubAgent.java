package org.wgjvm.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code bin/wg-hub agent} with a namespace of the test as that of its node. Namespaces that it makes are in the machine's own list. */
final class HubAgent implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Namespace node;
    private final Path directory;
    private final Path log;
    private final List<String> options;
    private final boolean hasItsOwnNames;
    private Process process;

    /** An answer of the API. */
    record Reply(int status, String body) {
        /** The value of the first field of that name, without quotes. */
        String field(String name) {
            final Matcher found = Pattern.compile("\"" + Pattern.quote(name) + "\":\"?([^\",}\\]]*)").matcher(body);
            if (!found.find()) {
                throw new AssertionError("no " + name + " in " + body);
            }
            return found.group(1);
        }

        Reply expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError(status + " and not " + wanted + ": " + body);
            }
            return this;
        }
    }

    HubAgent(Namespace node, Path directory, String publicAddress, String... more) {
        this(node, directory, "net1", publicAddress, false, more);
    }

    private HubAgent(Namespace node, Path directory, String host, String publicAddress, boolean hasItsOwnNames, String... more) {
        this.node = node;
        this.directory = directory;
        this.hasItsOwnNames = hasItsOwnNames;
        log = Lab.logs().resolve("hub-" + node.name() + ".log");
        options = new ArrayList<>(List.of("--host", host, "--public-address", publicAddress, "--resync", "2"));
        options.addAll(List.of(more));
    }

    /** One whose namespaces have names that only it sees, as those of another machine would. */
    static HubAgent onAMachineOfItsOwn(Namespace node, Path directory, String host, String publicAddress, String... more) {
        return new HubAgent(node, directory, host, publicAddress, true, more);
    }

    private Path socket() {
        return directory.resolve("agent.sock");
    }

    Path state() {
        return directory.resolve("state");
    }

    /** Starts it, and waits until it answers. */
    void start() {
        launch();
        Await.until("the agent answers", PATIENCE, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the agent has ended: " + logText());
            }
            return answers();
        });
    }

    private void launch() {
        // Not ip netns exec: that would give it a view of /run/netns of its own.
        final List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + node.name()));
        if (hasItsOwnNames) {
            words.addAll(List.of("unshare", "--mount", "sh", "-c", "mount -t tmpfs none /run/netns && exec \"$@\"", "sh"));
        }
        words.addAll(List.of(Lab.root().resolve("bin/wg-hub").toString(), "agent", "--state", state().toString(), "--socket",
                socket().toString()));
        words.addAll(options);
        create(directory);
        process = Command.start(log, Map.of(), words);
    }

    private static void create(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try {
            return ask("GET", "/healthz", null).status() > 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    String logText() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request of its API; {@code body} may be null. */
    Reply ask(String method, String path, String body) {
        final byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket()));
            channel.write(ByteBuffer.wrap((method + " " + path + " HTTP/1.1\r\nHost: agent\r\nConnection: close\r\nContent-Length: "
                    + content.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
            channel.write(ByteBuffer.wrap(content));
            Channels.newInputStream(channel).transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        final String text = out.toString(StandardCharsets.UTF_8);
        if (!text.contains("\r\n\r\n")) {
            throw new UncheckedIOException(new IOException("no answer"));
        }
        return new Reply(Integer.parseInt(text.split(" ", 3)[1]), text.substring(text.indexOf("\r\n\r\n") + 4));
    }

    Reply put(String port, String json) {
        return ask("PUT", "/v1/ports/" + port, json);
    }

    Reply get(String port) {
        return ask("GET", "/v1/ports/" + port, null).expect(200);
    }

    /** Where an interface is, seen with the agent's names: its index, or empty when it is not there. */
    String interfaceIndex(String namespace, String name) {
        if (process == null || !process.isAlive()) {
            return "";
        }
        final String line = Command.run(PATIENCE, "", List.of(
                "nsenter", "--mount=/proc/" + process.pid() + "/ns/mnt", "ip", "-n", namespace, "-o", "link", "show", "dev", name)).out();
        return line.contains(name) ? line.split(":", 2)[0] : "";
    }

    /** SIGKILL; returns when it is gone. */
    void kill() {
        Command.killTree(process.toHandle());
        Await.until("the agent is gone", PATIENCE, () -> !process.isAlive());
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            process.destroy();
            try {
                Await.until("the agent ends", PATIENCE, () -> !process.isAlive());
            } catch (AssertionError e) {
                kill();
            }
        }
    }
}
