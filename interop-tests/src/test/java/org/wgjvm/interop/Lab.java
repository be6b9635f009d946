package org.wgjvm.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the things of the interop tests are. */
final class Lab {
    private Lab() {}

    /** The root of the source tree. */
    static Path root() {
        final String given = System.getProperty("wgjvm.root");
        return given == null ? Path.of("").toAbsolutePath().getParent() : Path.of(given);
    }

    /** A script under {@code interop-tests/lab}. */
    static String script(String name) {
        return root().resolve("interop-tests/lab").resolve(name).toString();
    }

    /** The directory where {@code get-peers.sh} puts the other implementations. */
    static Path cache() {
        final String lab = System.getenv("WGJVM_LAB");
        if (lab != null) {
            return Path.of(lab);
        }
        final String xdg = System.getenv("XDG_CACHE_HOME");
        return (xdg == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg)).resolve("wg-jvm");
    }

    /** Where the logs of daemons and guests go; kept after the run. */
    static Path logs() {
        final Path directory = root().resolve("interop-tests/target/interop-logs");
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
