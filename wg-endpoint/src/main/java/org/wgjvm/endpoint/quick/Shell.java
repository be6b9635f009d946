package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs other programs, and says which as {@code wg-quick} does: {@code [#] ip link set up dev wg0}. */
final class Shell {
    private final PrintStream err;
    private final List<String> prefix;

    Shell(PrintStream err) {
        this(err, List.of());
    }

    /** Every command is run by another one, such as {@code ip netns exec NAME}. */
    Shell(PrintStream err, List<String> prefix) {
        this.err = err;
        this.prefix = List.copyOf(prefix);
    }

    /** Where it says what it runs. */
    PrintStream err() {
        return err;
    }

    private List<String> prefixed(String... command) {
        final List<String> all = new ArrayList<>(prefix);
        all.addAll(List.of(command));
        return all;
    }

    /** Runs a command that must succeed. */
    void run(String... command) throws QuickException {
        feed("", command);
    }

    /** Runs a command that must succeed, with {@code input} as its standard input. */
    void feed(String input, String... command) throws QuickException {
        err.println("[#] " + String.join(" ", command));
        final Result result = execute(input, prefixed(command));
        if (!result.err().isEmpty()) {
            err.print(result.err());
        }
        if (result.code() != 0) {
            throw new QuickException("`" + String.join(" ", command) + "' ended with " + result.code() + lastLine(result.err()));
        }
    }

    /** Runs a hook in a shell of its own, its output ours. */
    void hook(String script) throws QuickException {
        err.println("[#] " + script);
        try {
            final Process process = new ProcessBuilder(prefixed("bash", "-c", script)).inheritIO().start();
            final int code = process.waitFor();
            if (code != 0) {
                throw new QuickException("hook `" + script + "' ended with " + code);
            }
        } catch (IOException e) {
            throw new QuickException("hook cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QuickException("interrupted");
        }
    }

    /** What a question prints; nothing when it fails. */
    String ask(String... command) throws QuickException {
        final Result result = execute("", prefixed(command));
        return result.code() == 0 ? result.out() : "";
    }

    /** Whether there is such a program. */
    boolean has(String program) {
        final String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        return Arrays.stream(path.split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, program)));
    }

    private record Result(int code, String out, String err) {}

    private static Result execute(String input, List<String> command) throws QuickException {
        try {
            final Process process = new ProcessBuilder(command).start();
            final CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> {
                try {
                    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    return "";
                }
            });
            try {
                process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().close();
            } catch (IOException e) {
                // It does not read: its exit code tells whether that was right.
            }
            final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), out, err.join());
        } catch (IOException e) {
            throw new QuickException("`" + command.getFirst() + "' cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QuickException("interrupted");
        }
    }

    private static String lastLine(String text) {
        return text.isBlank() ? "" : ": " + text.strip().lines().reduce((a, b) -> b).orElse("");
    }
}
