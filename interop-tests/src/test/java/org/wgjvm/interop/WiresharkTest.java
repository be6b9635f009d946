package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wireshark reads our captures and decrypts them with our key log: its dissector is an implementation of the protocol that we did not
 * write, and so a check of what we put on the wire.
 */
@Interop(value = Implementation.GO_NEWEST, programs = "tshark")
final class WiresharkTest extends PairCases {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int INSIDE = 0;
    private static final int OUTSIDE = 1;
    private static final String PSK = "DzvpUhhqdtPyvJOMwhUSBnDoJYxJ0VoKnDFGTC8lmXE=";

    @TempDir
    static Path directory;

    private Path keys;
    private Path capture;

    /** A tunnel with traffic of every kind, in both roles, captured on our side; then everything that the cases look at is there. */
    private void captureOnce() throws IOException, InterruptedException {
        if (keys != null) {
            return;
        }
        assumeTrue(!left().implementation().isWireguardGo(), "wireguard-go has neither captures nor key logs");
        keys = directory.resolve("keys");
        capture = directory.resolve("capture.pcapng");
        left().restart(Map.of("WGJVM_KEYLOG", keys.toString(), "LOG_FORMAT", "json"));
        final Process capturing = startCapture(left().name(), "-w", capture.toString());
        connect();
        pair().expectTraffic();
        pair().rightNamespace().sh("iperf3 -s -1 -D -B " + Pair.RIGHT_INSIDE);
        Await.until("iperf3 listens", LIMIT, () -> !pair().rightHost().sh("ss -Htln sport = :5201").isEmpty());
        pair().leftHost().sh("iperf3 -c " + Pair.RIGHT_INSIDE + " -n 200K");
        // Once more, with the other side as the initiator.
        connect();
        // An initiation that comes before we are configured is repeated after 5 s, which is as long as a ping waits.
        Ping.untilAnswered(pair().rightHost(), Pair.LEFT_INSIDE, LIMIT);
        Ping.expectReplies(pair().rightHost(), Pair.LEFT_INSIDE);
        Ping.expectReplies(pair().rightHost(), Pair.LEFT_INSIDE_V6);
        // What must not be in a log: requests with keys where they do not belong, and handshakes that fail.
        refusedRequest("private_key=" + HexFormat.of().formatHex(Base64.getDecoder().decode(left().privateKey())) + "0");
        refusedRequest("preshared_key=" + HexFormat.of().formatHex(Base64.getDecoder().decode(PSK)));
        capturing.destroy();
        assertTrue(capturing.waitFor(60, TimeUnit.SECONDS), "the capture ends when it is told to");
    }

    @BeforeEach
    void captured() throws IOException, InterruptedException {
        captureOnce();
    }

    private void connect() {
        pair().configure(pair().rightPeer().at(Pair.rightEndpoint()).withPresharedKey(PSK),
                pair().leftPeer().at(Pair.leftEndpoint()).withPresharedKey(PSK));
    }

    private Process startCapture(String... arguments) {
        final List<String> words = new ArrayList<>(List.of(Lab.root().resolve("bin/wg-jvm").toString(), "capture"));
        words.addAll(List.of(arguments));
        final Process process = pair().leftHost().start(Lab.logs().resolve(left().name() + "-capture.log"), Map.of(), words);
        Await.until("the capture has begun", LIMIT, () -> {
            assertTrue(process.isAlive(), "the capture ended");
            return Files.exists(capture) && capture.toFile().length() > 0;
        });
        return process;
    }

    private void refusedRequest(String line) {
        pair().leftHost().run(LIMIT, "set=1\n" + line + "\n\n", List.of("nc", "-N", "-U", "/var/run/wireguard/" + left().name() + ".sock"));
    }

    /** The fields of the packets that match {@code filter}, each packet a line. */
    private List<String> tshark(boolean withKeys, String filter, String... fields) {
        final List<String> words = new ArrayList<>(List.of("tshark", "-r", capture.toString(), "-T", "fields", "-Y", filter,
                "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"));
        if (withKeys) {
            words.addAll(List.of("-o", "wg.keylog_file:" + keys));
        }
        for (final String field : fields) {
            words.addAll(List.of("-e", field));
        }
        return Command.run(LIMIT, "", words).orFail().out().lines()
                .filter(l -> !l.startsWith("Running as user") && !l.isBlank()).toList();
    }

    private static String on(int networkInterface, String filter) {
        return "frame.interface_id == " + networkInterface + " && (" + filter + ")";
    }

    @Test
    void everyDatagramIsDecryptedInEitherRole() {
        assertFalse(tshark(true, on(OUTSIDE, "wg.type == 4 && icmp.type == 8"), "frame.number").isEmpty());
        assertFalse(tshark(true, on(OUTSIDE, "wg.type == 4 && icmpv6.type == 129"), "frame.number").isEmpty());
        assertFalse(tshark(true, on(OUTSIDE, "wg.type == 4 && tcp"), "frame.number").isEmpty());
        final List<String> sealed = tshark(true, on(OUTSIDE, "wg.type == 4 && !wg.keepalive && !icmp && !icmpv6 && !tcp"),
                "frame.number", "ip.src", "frame.len", "wg.counter", "_ws.col.Info");
        assertEquals(List.of(), sealed, "datagrams that are no keepalive and were not decrypted");
        assertEquals(List.of(), tshark(true, "wg.decryption_error", "frame.number"));
        assertEquals(List.of(), tshark(true, on(OUTSIDE, "wg.type == 1 && !wg.static"), "frame.number"), "initiations that stay sealed");
        assertEquals(List.of(), tshark(true, on(OUTSIDE, "wg.type == 2 && !(wg.handshake_ok == 1)"), "frame.number"));
        for (final String type : List.of("1", "2")) {
            assertEquals(2, new TreeSet<>(tshark(true, on(OUTSIDE, "wg.type == " + type), "ip.src")).size(), "from both sides: " + type);
        }
    }

    @Test
    void whatIsInsideIsWhatWasDecryptedOutside() {
        for (final String filter : List.of("icmp", "icmpv6.type == 128 || icmpv6.type == 129", "tcp")) {
            final String[] fields = {"icmp.seq", "icmp.ident", "icmpv6.echo.sequence_number", "tcp.seq_raw", "tcp.len"};
            final List<String> inside = tshark(true, on(INSIDE, filter), fields);
            final List<String> outside = tshark(true, on(OUTSIDE, filter), fields);
            assertFalse(inside.isEmpty());
            assertEquals(inside.stream().sorted().toList(), outside.stream().sorted().toList(), filter);
        }
    }

    @Test
    void withoutTheKeyLogNothingIsDecrypted() {
        assertEquals(List.of(), tshark(false, on(OUTSIDE, "icmp || icmpv6 || tcp"), "frame.number"));
        assertFalse(tshark(false, on(OUTSIDE, "wg.type == 4"), "frame.number").isEmpty());
    }

    @Test
    void addressesAndChecksumsAreRightAndNothingIsMalformed() {
        assertEquals(List.of(), tshark(true, "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0", "frame.number"));
        assertEquals(List.of("10.66.0.1\t10.66.0.2\t" + Pair.LEFT_PORT + "\t" + Pair.RIGHT_PORT, "10.66.0.2\t10.66.0.1\t"
                        + Pair.RIGHT_PORT + "\t" + Pair.LEFT_PORT),
                List.copyOf(new TreeSet<>(tshark(false, on(OUTSIDE, "udp"), "ip.src", "ip.dst", "udp.srcport", "udp.dstport"))));
    }

    @Test
    void theKeyLogIsForItsOwnerAndNoSecretOfItIsInTheDaemonsLog() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)));
        final String log = left().logText();
        assertTrue(log.contains("KEY LOG"), "the warning");
        assertTrue(log.contains("\"message\":\"Sending handshake initiation\""), "a noisy log");
        int secrets = 0;
        for (final String line : Files.readAllLines(keys)) {
            if (!line.startsWith("REMOTE")) {
                final String base64 = line.substring(line.indexOf('=') + 1);
                final String hex = HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
                assertFalse(log.contains(base64), line.substring(0, line.indexOf('=')));
                assertFalse(log.toLowerCase(Locale.ROOT).contains(hex), line.substring(0, line.indexOf('=')));
                secrets++;
            }
        }
        assertTrue(secrets >= 6, "secrets that were looked for: " + secrets);
    }

    @Test
    void aCaptureOfOnePeerEndsWithItsCount() {
        final String privateKey = Command.run(LIMIT, "", List.of("wg", "genkey")).out();
        final String other = Command.run(LIMIT, privateKey, List.of("wg", "pubkey")).out().strip();
        for (final String peer : List.of(right().publicKey(), other)) {
            final Path file = directory.resolve("peer-" + peer.hashCode());
            final Process process = pair().leftHost().start(Lab.logs().resolve(left().name() + "-capture-peer.log"), Map.of(),
                    List.of(Lab.root().resolve("bin/wg-jvm").toString(), "capture", left().name(), "--inner", "--peer", peer,
                            "--count", "4", "--seconds", "20", "-w", file.toString()));
            Await.until("the capture has begun", LIMIT, () -> file.toFile().length() > 0);
            Ping.expectReplies(pair().leftHost(), Pair.RIGHT_INSIDE);
            if (peer.equals(other)) {
                process.destroy();
            }
            Await.until("the capture has ended", LIMIT, () -> !process.isAlive());
            final List<String> words = List.of("tshark", "-r", file.toString(), "-T", "fields", "-e", "icmp.type");
            final List<String> packets = Command.run(LIMIT, "", words).orFail().out().lines().filter(l -> l.matches("[08]")).toList();
            assertEquals(peer.equals(other) ? List.of() : List.of("8", "0", "8", "0"), packets);
        }
    }

    @Test
    void aDaemonThatIsNotOursIsSaidToBeSo() {
        final Outcome outcome = pair().leftHost().run(
                Lab.root().resolve("bin/wg-jvm").toString(), "capture", right().name(), "-w", directory.resolve("none").toString());
        assertFalse(outcome.ok());
        assertTrue(outcome.out().contains("no daemon of ours"), outcome.out());
    }
}
