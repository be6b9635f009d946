package org.wgjvm.endpoint.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.PublicKey;

final class LogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final PublicKey peer = PublicKey.of(new byte[32], 0);

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void aPeerIsNamedAsWithWireguardGo() {
        Log.to(out, Log.Level.VERBOSE, "wg0").verbose(peer, "Hello");
        assertTrue(text().matches("DEBUG: \\(wg0\\) [0-9/]{10} [0-9:]{8}\\.\\d{3} peer\\(AAAA\u2026AAAA\\) - Hello"), text());
    }

    @Test
    void jsonIsOneObjectALineWhateverIsInIt() {
        Log.to(out, Log.Level.VERBOSE, true, "wg0").error(peer, "a \"b\" \\ c\nd\te \ud800");
        final String text = text();
        assertEquals(1, text.lines().count());
        assertTrue(text.matches("\\{\"time\":\"[0-9T:.Z-]+\",\"level\":\"error\",\"interface\":\"wg0\",\"peer\":\"AAAA\u2026AAAA\","
                + "\"message\":\"a \\\\\"b\\\\\" \\\\\\\\ c\\\\u000ad\\\\u0009e \\\\ud800\"\\}"), text);
    }

    @Test
    void theLevelDecides() {
        final Log log = Log.to(out, Log.Level.ERROR, true, "wg0");
        log.verbose("no");
        log.verbose(peer, "no");
        Log.to(out, Log.Level.SILENT, "wg0").error(peer, "no");
        assertEquals("", text());
    }
}
