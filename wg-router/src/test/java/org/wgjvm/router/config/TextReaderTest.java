package org.wgjvm.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.wgjvm.crypto.PublicKey;

/** The text form: structure strictly, and every value error with its line, path and reason. */
final class TextReaderTest {
    private static final String KEY = "cScVKF4nTbdDcGoZgbkNMRFhSEC0dVqdufIBBnCNvCk=";

    static ModelReader.Result read(String text) throws ConfigException {
        return ModelReader.read(TextReader.read(text));
    }

    /** Leaves and blocks within a router, whose first line is number 4. */
    static String inRouter(String body) {
        return "config\nauthority\nrouter r1\n" + body + "\nexit\nexit\nexit\n";
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(delimiter = '|', quoteCharacter = '`', resources = "wrong-structure.csv")
    void wrongStructureEndsTheReading(String text, String message) {
        final String unescaped = text.replace("\\\\", "\u0000").replace("\\n", "\n").replace('\u0000', '\\');
        assertEquals(message.replace("\\\\", "\\\\"), assertThrows(ConfigException.class, () -> TextReader.read(unescaped)).getMessage());
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(delimiter = '|', quoteCharacter = '`', resources = "wrong-values.csv")
    void everyWrongValueIsReportedWithLinePathAndReason(String statements, String message) throws ConfigException {
        final String[] lines = statements.split(";");
        final long opened = List.of(lines).stream().filter(line -> line.matches(
                "(wireguard-profile|peer|private|service-r|node|device|network-i|access|address 1.2.3$).*")).count();
        final String text = inRouter(String.join("\n", lines) + "\nexit".repeat((int) opened));
        if (message.equals("nothing")) {
            assertThrows(ConfigException.class, () -> read(text));
            return;
        }
        assertEquals(List.of(message), read(text).errors().stream().map(ConfigError::toString).toList());
    }

    @Test
    void aWrongPresharedKeyIsNotQuoted() throws ConfigException {
        final String text = inRouter("wireguard-profile p\npeer a\npublic-key " + KEY + "\npreshared-key hunter2\nexit\nexit");
        final ConfigError error = read(text).errors().getFirst();
        assertEquals("preshared key is 32 bytes as 44 characters of base64", error.reason().substring(2));
        assertFalse(error.toString().contains("hunter2"));
    }

    @Test
    void allErrorsOfValuesAreReportedAtOnce() throws ConfigException {
        assertEquals(3, read(inRouter("wireguard-profile p\nport 0\nenabled 7\ninactivity-timeout x\nexit")).errors().size());
    }

    @Test
    void commentsQuotesTabsAndWindowsLinesAreRead() throws ConfigException {
        final String text = "# a comment\r\nconfig\r\n\tauthority\r\n\r\nrouter\tr1\r\n"
                + " description \"a \\\"b\\\" \\\\ #c\\n\"  \r\nexit\r\nexit\r\nexit";
        assertEquals("a \"b\" \\ #c\n", read(text).authority().router("r1").description());
    }

    @Test
    void aBlockThatIsNamedAgainIsContinued() throws ConfigException {
        final String text = """
                config
                authority
                router r1
                description a
                exit
                exit
                exit
                config
                authority
                router r1
                node n
                exit
                exit
                exit
                exit
                """;
        final Router r1 = read(text).authority().router("r1");
        assertEquals("a", r1.description());
        assertEquals("n", r1.nodes().getFirst().name());
    }

    @Test
    void fiveThousandPeersAndALineOfTenThousandPrefixesAreRead() throws ConfigException {
        final String allowed = IntStream.range(0, 10_000).mapToObj(i -> "172.16." + (i >> 8) + "." + (i & 255) + "/32")
                .collect(Collectors.joining(" "));
        final StringBuilder peers = new StringBuilder("wireguard-profile p\npeer long\npublic-key " + KEY + "\nallowed-ip " + allowed
                + "\nexit\n");
        for (int i = 1; i < 5_000; i++) {
            final byte[] key = new byte[PublicKey.LENGTH];
            key[0] = (byte) i;
            key[1] = (byte) (i >> 8);
            peers.append("peer p").append(i).append("\npublic-key ").append(PublicKey.of(key, 0)).append("\nallowed-ip 10.0.")
                    .append(i >> 8).append('.')
                    .append(i & 255).append("/32\nexit\n");
        }
        final ModelReader.Result result = read(inRouter(peers + "exit"));
        assertEquals(List.of(), result.errors());
        final WireguardProfile profile = result.authority().router("r1").profile("p");
        assertEquals(5_000, profile.peers().size());
        assertEquals(10_000, profile.peers().getFirst().allowedIps().size());
    }

    @Test
    void aLineWithoutAnEndIsRefusedBeforeItIsHeldInMemory() {
        final Reader endless = new Reader() {
            @Override
            public int read(char[] buffer, int offset, int length) {
                Arrays.fill(buffer, offset, offset + length, 'a');
                return length;
            }

            @Override
            public void close() throws IOException {}
        };
        assertEquals(
                "line 1: config: the line is longer than " + TextReader.MAX_LINE_CHARS + " characters",
                assertThrows(ConfigException.class, () -> TextReader.read(endless)).getMessage());
    }

    @Test
    void severalConfigurationsInOneTextAddUp() throws Exception {
        assertEquals(2, Configuration.check(new StringReader(inRouter("description a") + inRouter("").replace("r1", "r2"))).committed()
                .routers().size());
    }
}
