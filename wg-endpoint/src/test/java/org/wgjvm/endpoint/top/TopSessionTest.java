package org.wgjvm.endpoint.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.dataplane.Tunnel;
import org.wgjvm.endpoint.control.ControlAnswer;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.control.StatisticsLines;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.uapi.PathListener;
import org.wgjvm.endpoint.uapi.UapiServer;
import org.wgjvm.endpoint.uapi.UapiSocket;
import org.wgjvm.sys.Terminal;

/** The live table over the sockets of a real data plane. */
@Timeout(60)
final class TopSessionTest {
    @TempDir
    Path directory;

    private Tunnel tunnel;
    private UapiServer uapi;
    private ControlServer control;

    @BeforeEach
    void start() throws Exception {
        tunnel = new Tunnel();
        tunnel.cross(3);
        uapi = UapiServer.start(PathListener.open(UapiSocket.path(directory, "wg0")), tunnel.left.plane, Log.silent());
        control = ControlServer.start(ControlServer.path(directory, "wg0"), Log.silent());
        control.add(StatisticsLines.COMMAND, request -> ControlAnswer.of(
                StatisticsLines.of(tunnel.left.plane.statistics().toCompletableFuture().join())));
        Files.writeString(
                directory.resolve("wg0.conf"),
                "[Peer]\n# friendly_name = Right end\nPublicKey = " + tunnel.right.key.publicKey().toBase64());
    }

    @AfterEach
    void stop() {
        control.close();
        uapi.close();
        tunnel.close();
    }

    private TopSession session(long intervalNs) {
        return new TopSession(directory, directory, List.of(), intervalNs, false, true);
    }

    @Test
    void onceIsOneTableWithRates() throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        session(100_000_000).once(new PrintStream(out, true, StandardCharsets.UTF_8));
        final List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith("1 peer, 1 with a session"), lines.get(0));
        assertTrue(lines.get(2).startsWith("wg0       Right end"), lines.get(2));
        assertTrue(lines.get(2).contains("127.0.0.1:") && lines.get(2).contains(" 0%") && lines.get(2).contains("bit/s"), lines.get(2));
    }

    /** Keys are pressed when what they are to change is on the screen; the size changes under way; q ends it and clears up. */
    @Test
    void keysAndSizesAreFollowed() throws Exception {
        final ByteArrayOutputStream screen = new ByteArrayOutputStream();
        final AtomicReference<Terminal.Size> size = new AtomicReference<>(new Terminal.Size(150, 20));
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        try (PipedOutputStream keys = new PipedOutputStream();
                PipedInputStream keyboard = new PipedInputStream(keys)) {
            final Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    session(50_000_000).run(keyboard, new PrintStream(screen, true, StandardCharsets.UTF_8), size::get);
                } catch (IOException | InterruptedException | RuntimeException e) {
                    failure.set(e);
                }
            });
            await(screen, s -> s.contains("Right end") && s.contains("order: received"));
            press(keys, "n");
            await(screen, s -> s.contains("order: name"));
            press(keys, "n");
            await(screen, s -> s.contains("order: name, reversed"));
            assertTrue(text(screen).contains("ACTIVITY"));
            final int before = screen.size();
            size.set(new Terminal.Size(60, 10));
            await(screen, s -> s.length() > before && s.contains("\u001b[10;1H"));
            press(keys, "\u001b[A\u001b[B zq");
            thread.join(10_000);
            assertEquals(null, failure.get());
            assertTrue(!thread.isAlive(), "q ends it");
        }
        assertTrue(text(screen).startsWith("\u001b[?1049h"), "another screen");
        assertTrue(text(screen).endsWith("\u001b[?25h\u001b[?1049l"), "and back");
    }

    private static void press(PipedOutputStream keys, String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private static String text(ByteArrayOutputStream screen) {
        return screen.toString(StandardCharsets.UTF_8);
    }

    private static void await(ByteArrayOutputStream screen, Predicate<String> condition) throws InterruptedException {
        final long endNs = System.nanoTime() + 20_000_000_000L;
        while (!condition.test(text(screen))) {
            assertTrue(System.nanoTime() < endNs, text(screen));
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void utf8IsShownWhereTheEnvironmentSaysSo() {
        assertTrue(TopSession.unicode(Map.of("LANG", "de_DE.UTF-8")));
        assertTrue(TopSession.unicode(Map.of("LC_CTYPE", "C.utf8", "LANG", "C")));
        assertTrue(!TopSession.unicode(Map.of("LC_ALL", "C", "LANG", "de_DE.UTF-8")));
        assertTrue(!TopSession.unicode(Map.of()));
    }

    @Test
    void statisticsSurviveTheirWayOverTheWire() {
        final var statistics = tunnel.left.plane.statistics().toCompletableFuture().join();
        final StatisticsLines.Counts counts = StatisticsLines.read(StatisticsLines.of(statistics));
        assertEquals(
                new StatisticsLines.PeerCounts(statistics.peers().getFirst().rxPackets(), statistics.peers().getFirst().rxMissing()),
                counts.peers().get(tunnel.right.key.publicKey()));
    }
}
