package org.wgjvm.endpoint.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wgjvm.crypto.PublicKey;

class TopScreenTest {
    private static final PublicKey KEY = PublicKey.of(new byte[32], 0);

    private static TopRow row(String name) {
        return new TopRow(
                "wg0", KEY, name, "[2001:db8:1234:5678::1]:51820", 1000, 1_250_000, 0, 5L << 30, 1023, 0.125, new double[] {0, 1, 50, 100});
    }

    /** A line never wraps: it is as wide as the screen or narrower, whatever it has to show. */
    @Property
    void linesFit(@ForAll @IntRange(min = 1, max = 250) int columns, @ForAll String name, @ForAll boolean unicode) {
        final TopScreen screen = new TopScreen(columns, false, unicode);
        final TopRow row = row(name);
        for (final String line : List.of(
                screen.titles(), screen.line(row, 1060), screen.summary(List.of(row), 1060, Map.of("no-peer", 3.0)))) {
            assertTrue(line.codePointCount(0, line.length()) <= columns, line);
        }
        assertEquals(screen.titles().length(), screen.line(row("x"), 1060).codePointCount(0, screen.line(row("x"), 1060).length()));
    }

    @Test
    void everythingIsShownWhenThereIsRoom() {
        final TopScreen screen = new TopScreen(200, false, true);
        assertEquals(
                "wg0       " + KEY.toBase64() + " [2001:db8:1234:5678::…     1m 0s  10.0 Mbit/s      0 bit/s    5.0 GiB     1023 B  12.5%"
                        + "  \u2581\u2584\u2588",
                screen.line(row(KEY.toBase64()), 1060).stripTrailing());
        assertTrue(screen.titles().startsWith("INTERFACE PEER"));
        assertEquals("1 peer, 1 with a session, received 10.0 Mbit/s, sent 0 bit/s, drops: forged 1/s",
                screen.summary(List.of(row("x")), 1060, Map.of("forged", 0.2)));
    }

    @Test
    void theImportantStaysWhenThereIsLittleRoom() {
        final String titles = new TopScreen(50, false, true).titles();
        assertTrue(titles.contains("PEER") && titles.contains("RECEIVED/s") && titles.contains("HANDSHAKE"), titles);
        assertFalse(titles.contains("ACTIVITY") || titles.contains("ENDPOINT"), titles);
    }

    @Test
    void withoutColourThereIsNoEscape() {
        assertFalse(new TopScreen(200, false, true).line(row("x"), 1060).contains("\u001b"));
        assertTrue(new TopScreen(200, true, true).line(row("x"), 1060).contains("\u001b["));
    }

    @Test
    void sparklinesShowTheNewestAndEverythingThatIsNotNothing() {
        final TopScreen ascii = new TopScreen(80, false, false);
        assertEquals(" .@", ascii.sparkline(new double[] {0, 1, 1_000_000}, 20));
        assertEquals("@", ascii.sparkline(new double[] {7, 100}, 1));
        assertEquals("", ascii.sparkline(new double[0], 20));
    }

    @ParameterizedTest
    @CsvSource({"0, 5, never", "100, 100, 0s", "100, 159, 59s", "100, 225, 2m 5s", "100, 7400, 2h 1m", "100, 180100, 2d 2h", "100, 50, 0s"})
    void ages(long then, long now, String expected) {
        assertEquals(expected, Amounts.age(then, now));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 bit/s", "124.9, 999 bit/s", "125, 1.0 kbit/s", "124999, 1.0 Mbit/s", "1e9, 8.0 Gbit/s", "NaN, -"})
    void rates(double bytesPerSecond, String expected) {
        assertEquals(expected, Amounts.rate(bytesPerSecond));
    }
}
