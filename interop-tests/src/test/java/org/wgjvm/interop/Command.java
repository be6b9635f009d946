package org.wgjvm.interop;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs run as processes of this machine. */
final class Command {
    private Command() {}

    /** Runs to the end; what runs on for {@code limit} (of an idle machine) is killed with its children, and the exit code is 124. */
    static Outcome run(Duration limit, String stdin, List<String> words) {
        final Path output = temporaryFile("out");
        try {
            final Process process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(stdin.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The program ended without reading all of it: its exit code and output tell why.
            }
            final boolean inTime = process.waitFor(Await.onBusyMachine(limit).toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) {
                killTree(process.toHandle());
                process.waitFor();
            }
            return new Outcome(words, inTime ? process.exitValue() : 124, Files.readString(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", words), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", words), e);
        } finally {
            delete(output);
        }
    }

    /** Starts a program whose output goes to {@code log}. */
    static Process start(Path log, Map<String, String> environment, List<String> words) {
        final ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", words), e);
        }
    }

    /** SIGKILL to a process and to all that descend from it. */
    static void killTree(ProcessHandle process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static Path temporaryFile(String suffix) {
        try {
            return Files.createTempFile("wgjvm-interop-", "." + suffix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
