package org.wgjvm.router.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.router.config.Documents;
import org.wgjvm.router.profile.RouterListener;
import org.wgjvm.router.profile.RunningRouter;

/** The command line, on a state directory and against a running router. */
@Timeout(120)
final class RouterCliTest {
    /** The document's private key of p1 does not belong to its public key of p1, so p1 has a pair of its own here. */
    private static final String DOCUMENT_PRIVATE_KEY = "kLbzfaAMMn1Nen3zZ+LreKCglYJuBgdvy/fFNgIZxHk=";

    private static final String DOCUMENT_PUBLIC_KEY = "cScVKF4nTbdDcGoZgbkNMRFhSEC0dVqdufIBBnCNvCk=";
    private static final PrivateKey P1 = PrivateKey.generate(new SecureRandom()::nextBytes);

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String state;

    @BeforeEach
    void names() {
        state = directory.resolve("state").toString();
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return new RouterCli(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String file(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    /** The document's dc1 and its tenants and a service, on a loopback address and a free port. */
    private String dc1() throws Exception {
        final int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.2"))) {
            port = free.getLocalPort();
        }
        final String services = """
                config
                  authority
                    service app
                      address 172.16.1.0/24
                      access-policy remote-worker
                        permission allow
                      exit
                    exit
                  exit
                exit
                """;
        return Documents.text("dc1.conf").replace(DOCUMENT_PUBLIC_KEY, P1.publicKey().toBase64()).replace("1.1.1.1", "127.0.0.2")
                .replace("        peer             p1", "        port " + port
                + "\n        peer             p1") + Documents.text("tenants.conf") + services;
    }

    @Test
    void checkSaysWhatIsWrongByPathAndHasAnExitCode() throws Exception {
        assertEquals(0, run("check", file("right.conf", Documents.text("dc1.conf"))));
        assertTrue(out().endsWith("right.conf: correct\n"), out());
        assertEquals(1, run("check", file("wrong.conf", Documents.text("dc1.conf").replace("10.10.10.3/32", "10.10.10.2/32"))));
        assertEquals(
                "error: line 21: authority > router dc1 > wireguard-profile wg-profile-1 > peer p2 > allowed-ip: "
                        + "'10.10.10.2/32': overlaps 10.10.10.2/32 of peer p1\n",
                err());
        assertEquals(1, run("check", file("dc2.conf", Documents.text("dc2.conf"))));
        assertTrue(err().contains("line 32: authority: 'node': is not an element of authority"), err());
        assertEquals(1, run("check", directory.resolve("none").toString()));
        assertTrue(err().startsWith("wg-router check: cannot read "), err());
    }

    @Test
    void configurationsAreCommittedWhileNoRouterRuns() throws Exception {
        assertEquals(0, run("commit", file("a.conf", Documents.text("dc1.conf")), "--state", state, "-m", "first"));
        assertEquals("committed version 1\n", out());
        assertEquals(0, run("commit", "--merge", file("t.conf", Documents.text("tenants.conf")), "--state", state));
        assertEquals(0, run("import", file("b.conf", Documents.text("dc1.conf")), "--state", state));
        assertEquals(0, run("compare", "--state", state));
        assertTrue(out().contains("-     tenant remote-worker\n"), out());
        assertEquals(0, run("compare", "1", "2", "--state", state));
        assertTrue(out().contains("+     tenant engineering\n"), out());
        assertEquals(0, run("discard", "--state", state));
        run("compare", "--state", state);
        assertEquals("", out());
        assertEquals(0, run("rollback", "1", "--state", state));
        assertEquals("committed version 3\n", out());
        assertEquals(0, run("history", "--state", state));
        assertTrue(out().matches("(?s)1  [0-9TZ:-]+  first\n2  [0-9TZ:-]+\n3  [0-9TZ:-]+  rollback 1\n"), out());
        assertEquals(0, run("export", "--state", state));
        assertTrue(out().contains("wg-profile-1-intf"), out());
        assertEquals(1, run("show", "service", "--state", state));
        assertTrue(err().contains("no router runs in "), err());
    }

    @Test
    void anErrorOfOneRouterHasAnExitCodeOfItsOwn() throws Exception {
        final String both = Documents.text("dc1.conf") + Documents.text("thing-profile.conf").replaceFirst(" *neighborhood .*\n", "");
        assertEquals(2, run("commit", file("both.conf", both), "--state", state));
        assertTrue(err().contains("not committed: r1 (in force as before)"), err());
        assertEquals("committed version 1\n", out());
    }

    @Test
    void commandsReachTheRunningRouterThroughASocketForItsOwnerOnly() throws Exception {
        try (RunningRouter router = RunningRouter.start("dc1", Path.of(state), RouterListener.SILENT);
                ControlServer server = new ControlServer(router, Path.of(state))) {
            final Path socket = Path.of(state, ControlServer.FILE);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)), server.path().toString());
            assertEquals(0, run("commit", file("a.conf", dc1()), "--state", state), err());
            assertEquals(3, router.router().profile("wg-profile-1").peers().size());

            assertEquals(0, run("show", "device-interface", "router", "dc1", "name", "wg-profile-1", "--state", state), err());
            assertTrue(
                    out().replace('\n', '|')
                            .matches("[A-Z][a-z]{2} [0-9-]{10} [0-9:]{8} UTC[|]{2}=+[|] node1.dc1:wg-profile-1[|]=+[|]"
                                    + ".*in [0-9.]+ seconds[|]"),
                    out());
            assertTrue(out().contains("   number of peers:   3\n   peers:\n       peer#1 - p1:\n         allowed ips: 10.10.10.2/32\n"),
                    out());
            assertTrue(out().contains("     public key:      " + router.publicKey("wg-profile-1") + "\n"), out());
            assertTrue(out().contains(" Operational Status:  up\n"), out());
            assertEquals(1, run("show", "device-interface", "name", "other", "--state", state));
            assertEquals(1, run("show", "device-interface", "router", "dc2", "--state", state));
            assertEquals("wg-router show: router dc2 does not run here, but dc1\n", err());

            assertEquals(0, run("show", "network-interface", "--state", state));
            assertTrue(out().matches("(?s).* wg-profile-1-intf +remote +169.254.140.130/30 +169.254.140.129 .*"), out());
            assertEquals(0, run("show", "tenant", "members", "--state", state));
            assertTrue(out().matches("(?s).* engineering +remote +10.10.10.4/32 .*"), out());
            assertEquals(0, run("show", "service", "--state", state));
            assertTrue(out().matches("(?s).* app +172.16.1.0/24 +any +remote-worker .*"), out());
            assertEquals(0, run("show", "sessions", "--state", state));
            assertTrue(out().contains(" 0 sessions, room for "), out());
            assertEquals(0, run("export-sessions", "--state", state), err());
            assertEquals("0 sessions in " + Path.of(state, "sessions.csv") + "\n", out());
            assertEquals(0, run("show", "plugins", "state", "router", "dc1", "detail", "128T-wireguard", "--state", state));
            assertTrue(out().matches("(?s).* wg-profile-1 +node1 +up +127.0.0.2:[0-9]+ +0 +3 +0.*"), out());
            assertEquals(0, run("show", "log", "--state", state));
            assertTrue(out().contains("'wg-profile-1' created"), out());

            for (final String[] words : new String[][] {
                {"device-interface"}, {"network-interface"}, {"tenant", "members"}, {"service"}, {"sessions"}, {"plugins", "state"}, {"log"}
            }) {
                final String[] arguments = new String[words.length + 4];
                arguments[0] = "show";
                System.arraycopy(words, 0, arguments, 1, words.length);
                arguments[words.length + 1] = "--json";
                arguments[words.length + 2] = "--state";
                arguments[words.length + 3] = state;
                assertEquals(0, run(arguments), err());
                assertTrue(JsonParser.parseString(out()).isJsonArray(), out());
            }
            assertFalse(out().contains(P1.toBase64()));
        }
    }

    @Test
    void exportPeerPrintsAWgQuickFileAndAQrCodeOfIt() throws Exception {
        try (RunningRouter router = RunningRouter.start("dc1", Path.of(state), RouterListener.SILENT);
                ControlServer server = new ControlServer(router, Path.of(state))) {
            assertEquals(0, run("commit", file("a.conf", dc1()), "--state", state), server.path() + err());
            final String key = file("p1.key", P1.toBase64() + "\n");
            assertEquals(0, run("export-peer", "wg-profile-1", "p1", "--private-key", key, "--endpoint", "1.1.1.1:12800", "--no-qr",
                    "--state", state), err());
            final String expected = Documents.text("endpoint-p1.conf")
                    .replace(DOCUMENT_PRIVATE_KEY, P1.toBase64())
                    .replace("lV8egtiC8AKNh+DawkSM6G8t4x6BMFCsz8m48ToxHyA=", router.publicKey("wg-profile-1").toBase64());
            assertEquals(expected.substring(0, expected.indexOf("\n[Peer]\n# dc2")), out(),
                    "the document's own file, but for the router's key");
            assertEquals(0, run("export-peer", "wg-profile-1", "p1", "--private-key", key, "--state", state), err());
            final int qr = out().indexOf("\n\u001b[30;47m");
            assertEquals(out().substring(0, qr), decoded(out().substring(qr + 1)));
            assertEquals(0, run("export-peer", "wg-profile-1", "p2", "--no-qr", "--state", state));
            assertTrue(out().contains("# PrivateKey = the private half of 4uXibv7XeeTxYhc5clp0G4cIYicvY03RQGxLwDNCCEY=\n"), out());
            assertEquals(1, run("export-peer", "wg-profile-1", "p2", "--private-key", key, "--state", state));
            assertTrue(err().contains("is not the key of p2"), err());
        }
    }

    /** Reads the code from what the terminal shows; the reader need not search for it, which fails with one faultless code in a hundred. */
    private static String decoded(String terminal) throws Exception {
        final String[] lines = terminal.replaceAll("\u001b\\[[0-9;]*m", "").split("\n");
        final int scale = 4;
        final int width = lines[0].length() * scale;
        final int height = lines.length * 2 * scale;
        final int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                final char c = lines[y / scale / 2].charAt(x / scale);
                final boolean upper = y / scale % 2 == 0;
                final boolean dark = c == '\u2588' || c == (upper ? '\u2580' : '\u2584');
                pixels[y * width + x] = dark ? 0 : 0xffffff;
            }
        }
        return new QRCodeReader()
                .decode(
                        new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels))),
                        Map.of(DecodeHintType.PURE_BARCODE, true))
                .getText();
    }

    @Test
    void theSecondRouterInAStateDirectoryIsRefused() throws Exception {
        try (RunningRouter router = RunningRouter.start("dc1", Path.of(state), RouterListener.SILENT);
                ControlServer server = new ControlServer(router, Path.of(state))) {
            assertEquals(1, run("run", "--router", "dc1", "--state", state), server.path().toString());
            assertEquals("wg-router run: a router runs in " + state + " already\n", err());
        }
    }

    @Test
    void everyCommandHasHelp() {
        assertEquals(0, run("--help"));
        for (final String command : new String[] {
            "check", "run", "commit", "import", "export", "validate", "compare", "discard", "rollback", "history", "show", "export-peer",
            "export-sessions"
        }) {
            assertEquals(0, run(command, "--help"));
            assertTrue(out().startsWith("Usage: wg-router " + command), out());
        }
        assertEquals(1, run("chekc"));
    }
}
