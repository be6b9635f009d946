package org.wgjvm.dataplane.page;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs of others that tests need: without one a test is skipped, loudly, but in CI it fails. */
public final class Programs {
    private Programs() {}

    /** The program, from the cache of {@code interop-tests/lab/get-peers.sh} or the path. */
    public static Path need(String name, String howToGetIt) {
        final String cache = Objects.requireNonNullElseGet(System.getenv("WGJVM_LAB"), () -> Objects.requireNonNullElseGet(
                System.getenv("XDG_CACHE_HOME"), () -> System.getProperty("user.home") + "/.cache") + "/wg-jvm");
        final List<String> directories = Stream.concat(
                Stream.of(cache + "/" + name), Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))).toList();
        final Optional<Path> found = directories.stream().map(d -> Path.of(d, name)).filter(Files::isExecutable).findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        final String why = name + " is missing: " + howToGetIt;
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(why);
        }
        System.err.println("SKIPPED: " + why);
        return Assumptions.abort(why);
    }
}
