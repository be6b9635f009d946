package org.wgjvm.endpoint.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.wgjvm.endpoint.uapi.UapiSocket;

/**
 * What a command has around it, so that a test can give it something else.
 *
 * @param in standard input
 * @param out standard output; buffered, flushed at the end
 * @param err standard error
 * @param environment the environment variables
 * @param sockets where the sockets of devices are
 * @param configurations where {@code up wg0} looks for {@code wg0.conf}
 * @param terminal whether standard output is a terminal
 */
public record Surroundings(
        InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, Path sockets, Path configurations,
                boolean terminal) {

    /** Those of this process. The launcher says whether standard output is a terminal. */
    static Surroundings ofProcess() {
        final PrintStream out =
                new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 32 * 1024), false,
                        StandardCharsets.UTF_8);
        final PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        return new Surroundings(
                System.in, out, err, System.getenv(), UapiSocket.DIRECTORY, Path.of("/etc/wireguard"),
                        Boolean.getBoolean("wgjvm.terminal"));
    }

    /** Whether to print colours: {@code WG_COLOR_MODE}, or else on a terminal. */
    boolean colour() {
        return switch (environment.getOrDefault("WG_COLOR_MODE", "")) {
            case "always" -> true;
            case "never" -> false;
            default -> terminal;
        };
    }

    /** Whether secrets are printed: {@code WG_HIDE_KEYS=never}. */
    boolean showKeys() {
        return "never".equals(environment.get("WG_HIDE_KEYS"));
    }
}
