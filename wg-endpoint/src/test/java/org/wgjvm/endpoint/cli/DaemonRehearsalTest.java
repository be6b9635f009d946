package org.wgjvm.endpoint.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a build runs for the JVM to learn from: were it to fail, daemons would merely start slowly, and nobody would know. */
final class DaemonRehearsalTest {
    @Test
    void twoDaemonsAreConfiguredAndCarryPacketsWithoutAnyPrivilege() throws Exception {
        final List<Path> before = leftBehind();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
        final Path nowhere = Path.of("/nonexistent");
        final Surroundings around = new Surroundings(
                new ByteArrayInputStream(new byte[0]), print, print, Map.of(), nowhere, nowhere, false);
        assertEquals(0, DaemonRehearsal.run(around, 0), () -> err.toString(StandardCharsets.UTF_8));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        assertEquals(before, leftBehind());
    }

    private static List<Path> leftBehind() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().startsWith("wg-jvm-rehearsal")).sorted().toList();
        }
    }
}
