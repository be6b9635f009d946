package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A daemon that has become nobody: what it may still do, and that everything goes on. */
@Interop(Implementation.GO_NEWEST)
final class PrivilegesTest extends PairCases {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String NET_ADMIN = "0000000000001000";
    private static final String NOTHING = "0000000000000000";

    @BeforeEach
    void supported() {
        assumeTrue(!left().implementation().isWireguardGo(), "wireguard-go stays who it is");
    }

    private static String user(String option) {
        return Command.run(LIMIT, "", List.of("id", option, "nobody")).orFail().out().strip();
    }

    /** A line of the status of every thread: its values, without its name. */
    private Set<String> ofThreads(String field) throws IOException {
        return ofThreads(field, Long.toString(left().process().pid()));
    }

    private static Set<String> ofThreads(String field, String pid) throws IOException {
        final Set<String> values = new HashSet<>();
        for (final String status : statuses(pid)) {
            status.lines().filter(l -> l.startsWith(field + ":")).forEach(l -> values.add(l.substring(field.length() + 1).strip()));
        }
        return values;
    }

    private List<String> statuses() throws IOException {
        return statuses(Long.toString(left().process().pid()));
    }

    private static List<String> statuses(String pid) throws IOException {
        final List<String> all = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (final Path task : tasks) {
                try {
                    all.add(Files.readString(task.resolve("status")));
                } catch (IOException e) {
                    // A thread that has ended meanwhile.
                }
            }
        }
        assertTrue(all.size() > 5, "threads: " + all.size());
        return all;
    }

    private int sessions() {
        return left().logText().split("Session confirmed", -1).length;
    }

    private void expectUser() throws IOException {
        final String uid = user("-u");
        final String gid = user("-g");
        assertEquals(Set.of(String.join("\t", uid, uid, uid, uid)), ofThreads("Uid"));
        assertEquals(Set.of(String.join("\t", gid, gid, gid, gid)), ofThreads("Gid"));
        assertEquals(Set.of(gid), ofThreads("Groups"));
    }

    @Test
    void theEventLoopAloneKeepsOneCapabilityAndTheTunnelGoesOn() throws IOException {
        left().restart(Map.of("WGJVM_USER", "nobody"));
        expectUser();
        for (final String set : List.of("CapPrm", "CapEff")) {
            assertEquals(Set.of(NET_ADMIN, NOTHING), ofThreads(set), set);
            final List<String> holders = statuses().stream().filter(s -> s.contains(set + ":\t" + NET_ADMIN)).toList();
            assertEquals(1, holders.size(), set);
            assertTrue(holders.getFirst().startsWith("Name:\twg-"), holders.getFirst());
        }
        assertEquals(Set.of(NOTHING), ofThreads("CapInh"));
        assertEquals(Set.of(NOTHING), ofThreads("CapAmb"));
        pair().connect();
        pair().expectTraffic();
        // Sockets that are opened and marked afterwards.
        left().set("listen-port 51999 fwmark 0x7");
        assertTrue(left().listensOn(51999));
        pair().expectTraffic();
        // Roaming, and a session after this one.
        pair().leftHost().sh("ip -4 addr flush dev eth0; ip addr add 10.66.0.5/24 dev eth0");
        pair().expectTraffic();
        final int before = sessions();
        right().set("peer '" + left().publicKey() + "' remove");
        right().set("peer '" + left().publicKey() + "' endpoint 10.66.0.5:51999 allowed-ips " + Pair.LEFT_INSIDE + "/32,"
                + Pair.LEFT_INSIDE_V6 + "/128");
        Ping.untilAnswered(pair().rightHost(), Pair.LEFT_INSIDE, Duration.ofMinutes(1));
        assertTrue(sessions() > before, "a session after this one");
        pair().leftHost().sh("ip -4 addr flush dev eth0; ip addr add 10.66.0.1/24 dev eth0");
        // Another daemon's socket that comes and goes in the directory into which this one no longer sees.
        final String other = "/var/run/wireguard/." + left().name();
        Command.run(LIMIT, "", List.of("bash", "-c", "touch " + other + "; rm " + other));
        assertTrue(Ping.answered(pair().leftHost(), Pair.RIGHT_INSIDE));
        assertTrue(left().process().isAlive());
    }

    @Test
    void withNoCapabilityAFwmarkIsRefusedAndTheRestGoesOn() throws IOException {
        left().restart(Map.of("WGJVM_USER", "nobody", "WGJVM_CAPABILITIES", "none"));
        expectUser();
        assertEquals(Set.of(NOTHING), ofThreads("CapPrm"));
        pair().connect();
        pair().expectTraffic();
        assertFalse(pair().leftHost().run("wg", "set", left().name(), "fwmark", "9").ok());
        left().set("listen-port 51998");
        pair().expectTraffic();
    }

    @ParameterizedTest
    @CsvSource({"net_admin, " + NET_ADMIN, "none, " + NOTHING})
    void anUpgradeStaysThatUsersAndMayWhatTheOldProcessMight(String capabilities, String set) throws IOException {
        left().restart(Map.of("WGJVM_USER", "nobody", "WGJVM_CAPABILITIES", capabilities));
        pair().connect();
        pair().expectTraffic();
        final Path program = copyForAll();
        try {
            final String pid = Upgrade.succeed(pair(), "--to", program.resolve("bin/wg-jvm").toString());
            final String uid = user("-u");
            assertEquals(Set.of(String.join("\t", uid, uid, uid, uid)), ofThreads("Uid", pid));
            assertEquals(Set.of(set), ofThreads("CapEff", pid));
            pair().expectTraffic();
            assertEquals(capabilities.equals("net_admin"), pair().leftHost().run("wg", "set", left().name(), "fwmark", "9").ok());
            left().set("listen-port 51997");
            Await.until("it listens on another port", LIMIT, () -> left().listensOn(51997));
            pair().expectTraffic();
            // And once more, by a process that never was root's.
            Upgrade.succeed(pair(), "--to", program.resolve("bin/wg-jvm").toString());
            assertEquals(Set.of(set), ofThreads("CapEff", Upgrade.owner(pair())));
            pair().expectTraffic();
        } finally {
            Upgrade.end(pair());
            Command.run(LIMIT, "", List.of("rm", "-r", program.toString()));
        }
    }

    /** The program where everybody can read it, which need not be so of the tree that is tested. */
    private static Path copyForAll() {
        final String from = Lab.root().toString();
        return Path.of(Command.run(LIMIT, "", List.of("bash", "-c",
                "to=$(mktemp -d) && chmod 755 $to && mkdir -p $to/wg-endpoint/target && cp -r " + from + "/bin " + from + "/pom.xml $to/"
                        + " && cp -r " + from + "/wg-endpoint/target/app $to/wg-endpoint/target/ && chmod -R go+rX $to && echo $to"))
                .orFail().out().strip());
    }

    @Test
    void itStillEndsWithItsInterfaceAndTheNextDaemonReplacesItsSocket() {
        left().restart(Map.of("WGJVM_USER", "nobody"));
        pair().leftHost().sh("ip link del " + left().name());
        Await.until("the daemon has ended", LIMIT, () -> !left().process().isAlive());
        left().start();
        pair().connect();
        pair().expectTraffic();
    }

    @Test
    void aUserThatDoesNotExistIsRefused() {
        final Outcome outcome = pair().leftHost().run(
                Lab.root().resolve("bin/wg-jvm").toString(), "-f", "--user", "no-such-user", Leftovers.freshName());
        assertFalse(outcome.ok());
        assertTrue(outcome.out().contains("there is no user no-such-user"), outcome.out());
    }
}
