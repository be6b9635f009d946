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
import java.util.HashMap;
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
 * leaves it as it was. Crashes at every step, and how long traffic stands still, are for interop-tests/upgrade.sh.
 */
@Interop(Implementation.GO_NEWEST)
final class UpgradeTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** For printf: the message HELLO, magic, protocol versions 2 to 3, process 1, no name. */
    private static final String HELLO_OF_ANOTHER_VERSION =
            "\\000\\025\\000\\000\\000wgjvmUPG\\002\\000\\003\\000\\001\\000\\000\\000\\000\\000\\000\\000\\000";

    private static final int UPGRADES = 3;
    private static final int REKEY_AFTER_SECONDS = 120;
    private static final Pattern DONE = Pattern.compile("handed over to process (\\d+) in [0-9.]+ ms");
    /** One for each way in which it can end: all of them are tried by {@code upgrade.sh crash}. */
    private static final List<String> CRASHES = List.of("new-started=kill", "old-state-sent=kill", "old-committed=kill", "new-begun=kill");

    private static final Duration CRASHES_LIMIT = Duration.ofMinutes(10);
    private static final int METRICS_PORT = 9586;
    private static final Pattern COUNTER = Pattern.compile("(wireguard|wgjvm)_[a-z_]*(_total|_count|_bucket|_sum)\\{.*interface=");
    private static final Pattern ACKED = Pattern.compile("bytes_acked:(\\d+)");

    @TempDir
    Path directory;

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
            String owner = pair.left().process().isAlive() ? Upgrade.owner(pair) : "";
            for (int n = 1; n <= UPGRADES; n++) {
                final long handshake = pair.left().latestHandshake(pair.right());
                final long[] bytes = pair.left().transfer(pair.right());
                final Matcher done = DONE.matcher(Upgrade.run(pair).orFail().out());
                assertTrue(done.find());
                final String before = owner;
                Await.until("the old process has ended", SOON, () -> !Upgrade.owner(pair).contains(before));
                owner = Upgrade.owner(pair);
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
            Upgrade.endAndSweep(pair);
        }
    }

    @Test
    void whatIsCountedAndLoggedGoesOn() throws IOException {
        assumeFalse(Implementation.OURS.isWireguardGo(), "a stand-in for ours cannot be upgraded in place");
        try (Pair pair = Pair.of(Implementation.OURS, Implementation.GO_NEWEST)) {
            final Path keys = directory.resolve("keys");
            pair.left().restart(Map.of("WGJVM_METRICS", "127.0.0.1:" + METRICS_PORT, "WGJVM_KEYLOG", keys.toString()));
            pair.connect();
            pair.expectTraffic();
            final Map<String, Double> before = counters(pair);
            final long secrets = Files.size(keys);
            assertTrue(secrets > 0);
            Upgrade.succeed(pair);
            final Map<String, Double> after = counters(pair);
            for (final Map.Entry<String, Double> each : before.entrySet()) {
                assertTrue(after.getOrDefault(each.getKey(), -1.0) >= each.getValue(), each + " became " + after.get(each.getKey()));
            }
            assertTrue(before.keySet().stream().filter(k -> before.get(k) > 0).count() > 10, before.toString());
            // A session after this one is in the key log, too.
            pair.left().set("peer '" + pair.right().publicKey() + "' remove");
            pair.left().set("peer '" + pair.right().publicKey() + "' endpoint " + Pair.rightEndpoint() + " allowed-ips "
                    + Pair.RIGHT_INSIDE + "/32");
            Ping.untilAnswered(pair.leftHost(), Pair.RIGHT_INSIDE, SOON);
            assertTrue(Files.size(keys) > secrets);
            Upgrade.endAndSweep(pair);
        }
    }

    @Test
    void whoeverDiesInTheMiddleTheTunnelRecoversAndNoCounterIsUsedTwice() {
        assumeFalse(Implementation.OURS.isWireguardGo(), "a stand-in for ours cannot be upgraded in place");
        final List<String> words = new ArrayList<>(List.of(Lab.root().resolve("interop-tests/upgrade.sh").toString(), "crash"));
        words.addAll(CRASHES);
        final Outcome outcome = Command.run(CRASHES_LIMIT, "", words).orFail();
        assertTrue(outcome.out().contains(" 0 repeated"), outcome.out());
    }

    /** Counts of this device, which may only rise, by their lines in the metrics. Not those of the process, which is another. */
    private static Map<String, Double> counters(Pair pair) {
        final Map<String, Double> counters = new HashMap<>();
        final String url = "http://127.0.0.1:" + METRICS_PORT + "/metrics";
        Await.until("metrics at " + url, SOON, () -> pair.leftHost().run("curl", "-sf", url).ok());
        for (final String line : pair.leftHost().sh("curl -sf " + url).split("\n")) {
            final int space = line.lastIndexOf(' ');
            if (COUNTER.matcher(line).lookingAt()) {
                counters.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
            }
        }
        return counters;
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
            final String owner = Upgrade.owner(pair);
            final long handshake = pair.left().latestHandshake(pair.right());
            final Path launcher = directory.resolve("launcher");
            Files.writeString(launcher, "#!/bin/bash\n" + script + "\n");
            Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
            final Outcome outcome = Upgrade.run(pair, "--to", launcher.toString(), "--patience", "" + patience);
            assertNotEquals(0, outcome.exit(), what);
            assertTrue(outcome.out().contains(reason), outcome.out());
            assertEquals(owner, Upgrade.owner(pair));
            pair.expectTraffic();
            final long later = pair.left().latestHandshake(pair.right()) - handshake;
            assertTrue(later == 0 || later >= REKEY_AFTER_SECONDS, "a new handshake after " + later + " s");
            assertFalse(pair.leftHost().run("pgrep", "-f", launcher.toString()).ok(), "nothing is left of the new process");
            Upgrade.endAndSweep(pair);
        }
    }
}
