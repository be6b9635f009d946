package org.wgjvm.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every row of the feature table of docs/router.md names a test that is there. */
final class FeatureTableTest {
    private static final Pattern TEST = Pattern.compile("`([a-z-]+)/([A-Z][A-Za-z0-9]+)\\.([a-z][A-Za-z0-9]+)`");

    @Test
    void everyRowNamesATestThatIsThere() throws IOException {
        final List<String> missing = new ArrayList<>();
        int rows = 0;
        final String text = Files.readString(Path.of("../docs/router.md"));
        for (final String line : text.substring(text.indexOf("\n## What it does")).split("\n")) {
            if (!line.startsWith("| ") || line.startsWith("| Behaviour")) {
                continue;
            }
            rows++;
            final Matcher tests = TEST.matcher(line);
            boolean named = false;
            while (tests.find()) {
                named = true;
                if (!exists(tests.group(1), tests.group(2), tests.group(3))) {
                    missing.add(tests.group());
                }
            }
            if (!named) {
                missing.add("no test: " + line);
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(rows >= 40, rows + " rows");
    }

    private static boolean exists(String module, String className, String method) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("..", module, "src/test/java"))) {
            final Path file = files.filter(f -> f.getFileName().toString().equals(className + ".java")).findFirst().orElse(null);
            return file != null && Pattern.compile("\\b" + method + "\\(").matcher(Files.readString(file)).find();
        }
    }
}
