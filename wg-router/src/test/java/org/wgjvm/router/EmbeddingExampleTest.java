package org.wgjvm.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.router.config.CommitReport;
import org.wgjvm.router.config.Documents;
import org.wgjvm.tun.MemoryPort;

/** The example of embedding compiles, works, is ten lines, and is the one in the documentation. */
final class EmbeddingExampleTest {
    @TempDir
    private Path directory;

    @Test
    void theExampleCommitsAConfiguration() throws Exception {
        final Path file = Files.writeString(directory.resolve("router.conf"), Documents.text("thing-profile.conf"));
        final CommitReport report = EmbeddingExample.embed(directory.resolve("state"), file, new MemoryPort("lan", 1420, 64));
        assertEquals(List.of(), report.errors());
        assertEquals(1, report.number());
    }

    @Test
    void theDocumentationShowsIt() throws Exception {
        final String source = Files.readString(Path.of("src/test/java/org/wgjvm/router/EmbeddingExample.java"));
        final String example = source.substring(source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("        // end"))
                .replaceAll("(?m)^ {8}", "")
                .replace("    return report;\n", "");
        assertTrue(example.lines().count() <= 10, example);
        assertTrue(Files.readString(Path.of("../docs/router.md")).contains(example), example);
    }
}
