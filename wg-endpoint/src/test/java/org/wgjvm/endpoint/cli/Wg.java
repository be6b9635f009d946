package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The real {@code wg(8)}, run so that it sees the sockets of one directory as {@code /var/run/wireguard}: needs root. */
final class Wg {
    private static final Path SOCKETS = Path.of("/var/run/wireguard");

    private Wg() {}

    static void assumePresent(Class<?> test) throws IOException {
        final boolean there = Files.isExecutable(Path.of("/usr/bin/wg"));
        final boolean root = Files.isWritable(Path.of("/var/run")) && System.getProperty("user.name").equals("root");
        if (!there || !root) {
            final String why = test.getSimpleName() + " SKIPPED: " + (there ? "not root" : "wireguard-tools is not installed");
            System.err.println(why);
            Assumptions.abort(why);
        }
        Files.createDirectories(SOCKETS);
    }

    static Run run(Path sockets, Map<String, String> environment, String input, String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of(
                "unshare", "-m", "sh", "-c", "mount --bind \"$0\" " + SOCKETS + " && exec wg \"$@\"", sockets.toString()));
        command.addAll(List.of(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        final Process process = builder.start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        final String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, err);
    }
}
