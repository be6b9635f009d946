package org.wgjvm.endpoint.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.endpoint.config.ConfigParser;
import org.wgjvm.endpoint.config.WgConfig;

/** What the documents tell people to type exists. */
final class DocumentsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern COMMAND = Pattern.compile("wg-jvm ([a-z][a-z-]*)((?: +(?:--?[a-z-]+|[\\w./-]+))*)");
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");
    private static final Pattern BLOCK = Pattern.compile("(?s)```\\n(.*?)```");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/tutorial.md", "docs/operations/guide.md", "docs/migration.md", "docs/embedding.md",
        "SECURITY.md", "docs/threat-model.md"})
    void everyCommandOptionAndLinkExists(String document) throws Exception {
        final String text = Files.readString(ROOT.resolve(document));
        final Cli cli = new Cli(Surroundings.ofProcess());
        final String manual = cli.manual().replace("\\-", "-");
        final Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            for (final String line : blocks.group(1).lines().toList()) {
                final Matcher command = COMMAND.matcher(line.replaceAll("#.*", ""));
                while (command.find()) {
                    final String word = command.group(1);
                    assertTrue(cli.knows(word) || word.startsWith("wg"), document + ": wg-jvm " + word);
                    final Matcher option = OPTION.matcher(command.group(2));
                    while (option.find()) {
                        assertTrue(manual.contains("Fl " + option.group().substring(1)), document + ": " + option.group());
                    }
                }
            }
        }
        final Matcher links = LINK.matcher(text);
        while (links.find()) {
            assertTrue(Files.exists(ROOT.resolve(document).getParent().resolve(links.group(1))), document + ": " + links.group(1));
        }
    }

    @Test
    void theFilesOfTheTutorialAreGoodOnes() throws Exception {
        final String text = Files.readString(ROOT.resolve("docs/tutorial.md"));
        final List<String> files = BLOCK.matcher(text).results().map(m -> m.group(1)).filter(b -> b.startsWith("[Interface]")).toList();
        assertEquals(2, files.size());
        for (final String file : files) {
            final WgConfig config = ConfigParser.parse(
                    "tutorial", file.replaceAll("\\(.*key\\)", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEA="), true);
            assertEquals(1, config.peers().size());
            assertEquals(1, config.quick().addresses().size());
        }
    }
}
