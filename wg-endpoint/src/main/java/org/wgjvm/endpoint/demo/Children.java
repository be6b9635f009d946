package org.wgjvm.endpoint.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes and namespaces that end with the demonstration, whatever ends it. Any thread. */
final class Children implements AutoCloseable {
    private static final long GRACE_SECONDS = 5;

    private final Deque<Process> processes = new ArrayDeque<>();
    private final Deque<String> namespaces = new ArrayDeque<>();
    private boolean closed;

    /** Starts a process that is stopped with the rest. */
    synchronized Process start(ProcessBuilder builder) throws DemoException {
        if (closed) {
            throw new DemoException("interrupted");
        }
        try {
            final Process process = builder.start();
            processes.push(process);
            return process;
        } catch (IOException e) {
            throw new DemoException("cannot run " + builder.command().getFirst() + ": " + e.getMessage());
        }
    }

    /** Makes a network namespace that is removed with the rest. */
    void namespace(String name) throws DemoException {
        synchronized (this) {
            namespaces.push(name);
        }
        run("ip", "netns", "add", name);
        run("ip", "-n", name, "link", "set", "lo", "up");
    }

    /** Runs a command that must succeed. */
    void run(String... command) throws DemoException {
        synchronized (this) {
            if (closed) {
                throw new DemoException("interrupted");
            }
        }
        runAnyway(List.of(command));
    }

    private static void runAnyway(List<String> command) throws DemoException {
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new DemoException("`" + String.join(" ", command) + "' failed: " + said);
            }
        } catch (IOException e) {
            throw new DemoException("cannot run " + command.getFirst() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted");
        }
    }

    /** Stops everything, the last first; nothing is left when it returns. */
    @Override
    public synchronized void close() {
        closed = true;
        final List<Process> stopping = new ArrayList<>(processes);
        processes.clear();
        stopping.forEach(Process::destroy);
        for (final Process process : stopping) {
            try {
                if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        while (!namespaces.isEmpty()) {
            final String name = namespaces.pop();
            if (Files.exists(Path.of("/run/netns", name))) {
                try {
                    runAnyway(List.of("ip", "netns", "delete", name));
                } catch (DemoException e) {
                    System.err.println(e.getMessage());
                }
            }
        }
    }
}
