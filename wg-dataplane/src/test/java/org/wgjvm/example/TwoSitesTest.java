package org.wgjvm.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class TwoSitesTest {
    @Test
    @Timeout(60)
    void theExampleRuns() throws Exception {
        final PrintStream out = System.out;
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            TwoSites.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        assertEquals("hello through the tunnel", said.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void theDocumentShowsTheExampleAsItIs() throws Exception {
        final Path module = Path.of("").toAbsolutePath();
        final String source = Files.readString(module.resolve("src/test/java/org/wgjvm/example/TwoSites.java"));
        final String shown = source.substring(source.indexOf("    // begin\n") + 13, source.indexOf("    // end\n"));
        final String document = Files.readString(module.resolveSibling("docs").resolve("embedding.md"));
        assertTrue(document.contains(shown.stripTrailing().stripIndent()), "docs/embedding.md differs from TwoSites.java");
    }
}
