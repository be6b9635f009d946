package org.wgjvm.endpoint.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManPageTest {
    @TempDir
    Path directory;

    @Test
    void everyCommandOfTheHelpIsInTheManual() {
        final ByteArrayOutputStream help = new ByteArrayOutputStream();
        new Cli(Surroundings.ofProcess()).usage(new PrintStream(help, true, StandardCharsets.UTF_8));
        final String text = help.toString(StandardCharsets.UTF_8);
        final Run manual = Run.command(directory, Map.of(), "", "manual");
        assertEquals(0, manual.code(), manual.err());
        final List<String> commands = Pattern.compile("(?m)^  ([a-z][a-z-]+)  ").matcher(text).results()
                .map(m -> m.group(1)).toList();
        assertTrue(commands.size() > 10, text);
        for (final String command : commands) {
            assertTrue(manual.out().contains("\n.It Cm " + command.replace("-", "\\-")), command);
        }
        assertFalse(manual.out().contains("commit\\-guard"), "what is hidden stays so");
        assertFalse(manual.out().contains("${"), "nothing is left to be filled in");
    }

    @Test
    void aRehearsalDoesNothing() {
        final Run run = Run.command(directory, Map.of(), "", "rehearse");
        assertEquals(0, run.code());
        assertEquals("", run.out() + run.err());
    }
}
