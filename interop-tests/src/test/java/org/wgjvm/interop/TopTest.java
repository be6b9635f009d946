package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code wg-jvm top} and {@code show --json} over the sockets of both daemons, ours and one that is not. */
@Interop(Implementation.GO_NEWEST)
final class TopTest extends PairCases {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String LAUNCHER = Lab.root().resolve("bin/wg-jvm").toString();

    private void connect() {
        pair().connect();
        pair().expectTraffic();
    }

    @Test
    void onceIsATableOfThePeersOfBoth() {
        connect();
        final String table = Command.run(LIMIT, "", List.of(
                LAUNCHER, "top", "--once", "--interval", "0.5", left().name(), right().name())).orFail().out();
        final List<String> lines = table.lines().toList();
        assertEquals(4, lines.size(), table);
        assertTrue(lines.get(0).startsWith("2 peers, 2 with a session"), table);
        assertTrue(lines.stream().anyMatch(l -> l.startsWith(left().name()) && l.contains(right().publicKey())), table);
        assertTrue(lines.stream().anyMatch(l -> l.startsWith(right().name()) && l.contains(left().publicKey())), table);
    }

    /** At a real terminal: a key before the end, then q; the screen is given back. */
    @Test
    void atATerminalItIsLiveAndEndsWithQ() {
        connect();
        final String screen = Command.run(LIMIT, "", List.of(
                "sh", "-c", "(sleep 3; printf n; sleep 2; printf q) | TERM=xterm LANG=C.UTF-8 script -qec '" + LAUNCHER + " top "
                        + right().name() + "' /dev/null")).orFail().out();
        assertTrue(screen.contains("\u001b[?1049h") && screen.contains("\u001b[?1049l"), screen);
        assertTrue(screen.contains("order: received") && screen.contains("1 peer, 1 with a session"), screen);
    }

    @Test
    void jsonHasTheInterfacesOfBothAndNoSecret() {
        connect();
        for (final WgDevice device : List.of(left(), right())) {
            final String json = Command.run(LIMIT, "", List.of(LAUNCHER, "show", device.name(), "--json")).orFail().out();
            assertTrue(json.contains("\"" + device.name() + "\"") && json.contains("\"privateKey\": \"(hidden)\""), json);
            assertTrue(!json.contains(device.privateKey().strip()), "the private key");
        }
    }
}
