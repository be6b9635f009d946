package org.wgjvm.tun;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A network namespace that lives as long as a test, made and removed with ip(8). */
final class TestNamespace implements AutoCloseable {
    private static int count;

    final String name;
    private boolean deleted;

    private TestNamespace(String name) {
        this.name = name;
    }

    /** Skips the test, and says why on standard error, unless TUN devices can be made here. */
    static void assumePrivileged() {
        String reason = null;
        if (new UnixSystem().getUid() != 0) {
            reason = "needs root, for TUN devices and network namespaces";
        } else if (!Files.exists(Path.of("/dev/net/tun"))) {
            reason = "needs /dev/net/tun";
        }
        if (reason != null) {
            System.err.println("SKIPPED a test with a real TUN device: " + reason);
        }
        assumeTrue(reason == null, reason);
    }

    static TestNamespace create() throws IOException {
        final TestNamespace namespace = new TestNamespace("wgt" + ProcessHandle.current().pid() + "-" + count++);
        run(List.of("ip", "netns", "add", namespace.name));
        namespace.exec("ip", "link", "set", "lo", "up");
        return namespace;
    }

    /** Runs a command in the namespace and returns what it printed; fails if it does. */
    String exec(String... command) throws IOException {
        return run(inside(command));
    }

    /** Starts a command in the namespace. Whoever calls ends it. */
    Process start(String... command) throws IOException {
        return new ProcessBuilder(inside(command)).redirectErrorStream(true).start();
    }

    private List<String> inside(String... command) {
        final List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(command));
        return all;
    }

    static String run(List<String> command) throws IOException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0) {
                return output;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + ": " + output);
    }

    void delete() throws IOException {
        if (!deleted) {
            deleted = true;
            run(List.of("ip", "netns", "del", name));
        }
    }

    @Override
    public void close() throws IOException {
        delete();
    }
}
