package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A router of {@code bin/wg-router run} in a namespace of its own, and the commands that operate it. */
final class RouterProcess implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Where the examples of the document are, to the letter. */
    private static final Path DOCUMENT = Lab.root().resolve("wg-router/src/test/resources/document");

    private final Namespace namespace;
    private final String name;
    private final Path state;
    private final Path log;
    private final Process process;

    private RouterProcess(Namespace namespace, String name, Path state, Path log, Process process) {
        this.namespace = namespace;
        this.name = name;
        this.state = state;
        this.log = log;
        this.process = process;
    }

    /** Starts router {@code name} of a configuration; its state lies in {@code directory}. Returns when it runs. */
    static RouterProcess start(Namespace namespace, String name, Path file, Path directory) throws IOException {
        final Path state = directory.resolve("state-" + name);
        final Path log = Lab.logs().resolve("router-" + name + "-" + namespace.name() + ".log");
        final Process process = namespace.start(
                log, Map.of(), List.of(program(), "run", file.toString(), "--router", name, "--state", state.toString()));
        FailureReport.watch(log);
        final RouterProcess router = new RouterProcess(namespace, name, state, log, process);
        Await.until("router " + name + " runs; " + log, PATIENCE, () -> {
            assertTrue(process.isAlive(), "router " + name + " ended; see " + log);
            return router.hasLogged("router " + name + " runs");
        });
        return router;
    }

    static String program() {
        return Lab.root().resolve("bin/wg-router").toString();
    }

    /** The text of an example of the document. */
    static String document(String file) throws IOException {
        return Files.readString(DOCUMENT.resolve(file));
    }

    Namespace namespace() {
        return namespace;
    }

    /** Runs a command against the router; its exit code is the caller's. */
    Outcome run(String... words) {
        final List<String> command = new ArrayList<>(List.of(program()));
        command.addAll(List.of(words));
        command.addAll(List.of("--state", state.toString()));
        return namespace.run(PATIENCE, "", command);
    }

    /** Runs a command that must succeed; returns what it said. */
    String ask(String... words) {
        return run(words).orFail().out();
    }

    /** What {@code show WORDS --json} says. */
    JsonElement show(String... words) {
        final List<String> all = new ArrayList<>(List.of("show"));
        all.addAll(List.of(words));
        all.add("--json");
        return JsonParser.parseString(ask(all.toArray(String[]::new)));
    }

    /** The public key of a profile, as an operator reads it. */
    String publicKey(String profile) {
        return show("device-interface", "name", profile).getAsJsonObject().get("publicKey").getAsString();
    }

    boolean hasLogged(String text) {
        try {
            return Files.readString(log).contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Gives the router's inside interface {@code link} to {@code host}, which is then what stands behind it: it has {@code address} and
     * sends everything there.
     */
    void standBehind(String link, Namespace host, String address) {
        Await.until(link + " is there", PATIENCE, () -> namespace.run("ip", "link", "show", link).ok());
        namespace.sh("ip link set " + link + " netns " + host.name());
        host.sh("ip addr add " + address + " dev " + link + "; ip link set " + link + " up; ip route add default dev " + link);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                Command.killTree(process.toHandle());
            }
        } catch (InterruptedException e) {
            Command.killTree(process.toHandle());
            Thread.currentThread().interrupt();
        }
        FailureReport.forget(log);
    }

    @Override
    public String toString() {
        return "router " + name;
    }
}
