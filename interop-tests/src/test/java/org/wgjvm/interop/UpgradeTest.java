package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The daemon is replaced by another process, over and over, and the other side, wireguard-go, cannot tell; and what cannot replace it
 * leaves it as it was. Crashes at every step are tried by interop-tests/upgrade.sh.
 */
@Interop(Implementation.GO_NEWEST)
final class UpgradeTest {
    private static final Duration UPGRADE_LIMIT = Duration.ofMinutes(4);
    private static final Duration SOON = Duration.ofSeconds(30);
    /** For printf: the message HELLO, magic, protocol versions 2 to 3, process 1, no name. */
    private static final String HELLO_OF_ANOTHER_VERSION =
            "\\000\\025\\000\\000\\000wgjvmUPG\\002\\000\\003\\000\\001\\000\\000\\000\\000\\000\\000\\000\\000";

    private static final int UPGRADES = 3;
    private static final int REKEY_AFTER_SECONDS = 120;
    private static final Pattern DONE = Pattern.compile("handed over to process (\\d+) in [0-9.]+ ms");
    private static final Pattern ACKED = Pattern.compile("bytes_acked:(\\d+)");

    @TempDir
    Path directory;

    private static Outcome upgrade(Pair pair, String... options) {
        final List<String> words = new ArrayList<>(Implementation.OURS.command());
        words.addAll(List.of("upgrade", pair.left().name()));
        words.addAll(List.of(options));
        return pair.leftHost().run(UPGRADE_LIMIT, "", words);
    }

    /** The process that has the TUN device of our side. */
    private static String owner(Pair pair) {
        return pair.leftHost().sh("for p in $(ip netns pids " + pair.leftHost().name() + "); do"
                + " grep -qsx \"iff:[[:space:]]*" + pair.left().name() + "\" /proc/$p/fdinfo/* && echo $p; done; true");
    }

    /** The TCP connections to the other side through the tunnel, by their local ports. */
    private static String connections(Pair pair) {
        return pair.leftHost()
                .sh("ss -Htn state established dst " + Pair.RIGHT_INSIDE)
                .lines()
                .map(l -> l.strip().split("\\s+")[2])
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static long acknowledged(Pair pair) {
        final Matcher m = ACKED.matcher(pair.leftHost().sh("ss -Htni state established dst " + Pair.RIGHT_INSIDE));
        return m.results().mapToLong(r -> Long.parseLong(r.group(1))).sum();
    }

    private static void removeLeft(Pair pair) {
        pair.leftHost().sh("ip link del " + pair.left().name());
        Await.until("both sockets are gone", SOON,
                () -> !Files.exists(Path.of("/run/wireguard", pair.left().name() + ".sock"))
                        && !Files.exists(Path.of("/run/wireguard", pair.left().name() + ".wgjvm")));
    }

    @Test
    void trafficRunsThroughThreeUpgradesAndNobodyShakesHands() throws IOException {
        assumeFalse(Implementation.OURS.isWireguardGo(), "a stand-in for ours cannot be upgraded in place");
        try (Pair pair = Pair.of(Implementation.OURS, Implementation.GO_NEWEST)) {
            pair.connect();
            pair.expectTraffic();
            pair.rightHost().sh("iperf3 -s -D");
            final Process transfer = pair.leftHost().start(
                    Lab.logs().resolve(pair.left().name() + "-iperf3.log"), Map.of(),
                    List.of("sh", "-c", "until iperf3 -c " + Pair.RIGHT_INSIDE + " -t 3600 -b 10M; do :; done"));
            Await.until("a connection that carries data", SOON, () -> acknowledged(pair) > 1_000_000);
            final String connections = connections(pair);
            assertEquals(2, connections.split(" ").length, connections);
            String owner = pair.left().process().isAlive() ? owner(pair) : "";
            for (int n = 1; n <= UPGRADES; n++) {
                final long handshake = pair.left().latestHandshake(pair.right());
                final long[] bytes = pair.left().transfer(pair.right());
                final Matcher done = DONE.matcher(upgrade(pair).orFail().out());
                assertTrue(done.find());
                final String before = owner;
                Await.until("the old process has ended", SOON, () -> !owner(pair).contains(before));
                owner = owner(pair);
                assertEquals(done.group(1), owner);
                final long later = pair.left().latestHandshake(pair.right()) - handshake;
                assertTrue(later == 0 || later >= REKEY_AFTER_SECONDS, "a new handshake after " + later + " s");
                final long acknowledged = acknowledged(pair);
                Await.until("the connection goes on", SOON, () -> acknowledged(pair) > acknowledged + 1_000_000);
                assertEquals(connections, connections(pair), "the same connections after upgrade " + n);
                assertTrue(pair.left().transfer(pair.right())[1] > bytes[1], "bytes are counted on");
                pair.expectTraffic();
            }
            assertTrue(transfer.isAlive());
            // The successor does all that the first one did.
            assertEquals("" + Pair.LEFT_PORT, pair.leftHost().sh("wg show " + pair.left().name() + " listen-port"));
            pair.left().set("listen-port 51999");
            Await.until("it listens on another port", SOON, () -> pair.left().listensOn(51999));
            Ping.expectReplies(pair.leftHost(), Pair.RIGHT_INSIDE);
            removeLeft(pair);
        }
    }

    @ParameterizedTest(name = "the new process {0}")
    @CsvSource(delimiter = '|', value = {
        "ends at once        | exit 1 | 30 | the new process ended",
        "hangs               | exec sleep 1000 | 2 | did not answer in time",
        "speaks something else | printf '\\000\\005\\000\\000\\000hello' >&3; exec sleep 1000 | 30 | does not understand",
        "speaks another version | printf '" + HELLO_OF_ANOTHER_VERSION + "' >&3; exec sleep 1000 | 30 | speaks versions 2 to 3",
    })
    void whatCannotTakeOverLeavesTheOldProcessAsItWas(String what, String script, int patience, String reason) throws IOException {
        assumeFalse(Implementation.OURS.isWireguardGo(), "a stand-in for ours cannot be upgraded in place");
        try (Pair pair = Pair.of(Implementation.OURS, Implementation.GO_NEWEST)) {
            pair.connect();
            pair.expectTraffic();
            final String owner = owner(pair);
            final long handshake = pair.left().latestHandshake(pair.right());
            final Path launcher = directory.resolve("launcher");
            Files.writeString(launcher, "#!/bin/bash\n" + script + "\n");
            Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
            final Outcome outcome = upgrade(pair, "--to", launcher.toString(), "--patience", "" + patience);
            assertNotEquals(0, outcome.exit(), what);
            assertTrue(outcome.out().contains(reason), outcome.out());
            assertEquals(owner, owner(pair));
            pair.expectTraffic();
            final long later = pair.left().latestHandshake(pair.right()) - handshake;
            assertTrue(later == 0 || later >= REKEY_AFTER_SECONDS, "a new handshake after " + later + " s");
            assertFalse(pair.leftHost().run("pgrep", "-f", launcher.toString()).ok(), "nothing is left of the new process");
            removeLeft(pair);
        }
    }
}
