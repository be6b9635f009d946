package org.wgjvm.endpoint.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/wg-jvm} of a distribution whose JVM prints the arguments that it is given. */
final class LauncherTest {
    private static final String JAVA = """
            #!/bin/bash
            for each; do
              case $each in -XX:AOTCacheOutput=*) echo cache > "${each#*=}" ;; esac
            done
            echo "$@"
            """;

    @TempDir
    Path root;

    private Path daemonJar;

    @BeforeEach
    void distribution() throws IOException {
        program("runtime/bin/java", JAVA);
        program("bin/wg-jvm", Files.readString(Path.of("..", "bin", "wg-jvm")));
        Files.createDirectories(root.resolve("cache"));
        Files.writeString(root.resolve("jvm.flags"), "-XX:+UseSerialGC\n");
        daemonJar = Files.writeString(Files.createDirectories(root.resolve("app")).resolve("wg-dataplane-1.jar"), "old");
    }

    private void program(String name, String text) throws IOException {
        final Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder(root.resolve("bin/wg-jvm").toString()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        final Process process = builder.start();
        process.getOutputStream().close();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out;
    }

    @Test
    void whatAJvmHasLearntIsUsedForTheJarsItLearntFromAndNoOthers() throws Exception {
        assertFalse(run("-f", "wg0").contains("AOTCache"), "nothing is learnt yet");
        run("rehearse");
        assertTrue(run("-f", "wg0").contains("-XX:AOTCache=" + root.resolve("cache/daemon.aot")));
        assertTrue(run("genkey").contains("-XX:AOTCache=" + root.resolve("cache/commands.aot")));

        Files.writeString(daemonJar, "a new one");
        assertFalse(run("-f", "wg0").contains("AOTCache"), "the JVM would run the old classes");
        assertFalse(run("genkey").contains("AOTCache"));
        run("rehearse");
        assertTrue(run("-f", "wg0").contains("AOTCache"));
    }
}
