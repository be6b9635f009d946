package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What a kernel may answer when the daemon sends, put in its place by strace: the errors that drivers, full queues and small links give are
 * hard to come by on a machine that has none of them.
 */
@Interop(value = Implementation.GO_NEWEST, programs = "strace")
final class SystemCallFaultTest extends PairCases {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SENDING = "sendmmsg,sendmsg,sendto";

    /** Lets calls {@code when} (as strace counts them) of the daemon's sending fail with {@code error} while {@code during} runs. */
    private void failing(String error, String when, Runnable during) {
        final Path log = Lab.logs().resolve(left().name() + "-" + error + ".strace");
        final Process strace = Command.start(
                Lab.logs().resolve(left().name() + "-" + error + ".log"),
                Map.of(),
                List.of("strace", "-f", "-p", "" + left().process().pid(), "-e", "trace=" + SENDING, "-e", "signal=none",
                        "-e", "inject=" + SENDING + ":error=" + error + ":when=" + when, "-o", log.toString()));
        try {
            // It is attached when the kernel says so of the thread that it was told of; the others follow at once.
            Await.until("strace is attached", LIMIT, () -> traced(left().process().pid()));
            during.run();
        } finally {
            // An end by which the daemon is let go.
            strace.destroy();
            Await.until("strace has let go", LIMIT, () -> !strace.isAlive());
        }
        final long injected = read(log).lines().filter(l -> l.contains("(INJECTED)")).count();
        assertTrue(injected > 0, "no call failed: " + read(log));
        assertTrue(left().process().isAlive());
        pair().expectTraffic();
    }

    private static boolean traced(long pid) {
        return read(Path.of("/proc/" + pid + "/status")).lines().anyMatch(l -> l.matches("TracerPid:\\s+[1-9]\\d*"));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tcp() {
        final Iperf tcp = Iperf.run(pair().rightHost(), Pair.RIGHT_INSIDE, pair().leftHost(), 2);
        assertTrue(tcp.bitsPerSecond() > 1e6, "TCP: " + tcp);
    }

    @Test
    void aFullSendQueueIsWaitedForAndNothingIsLost() {
        pair().connect();
        pair().expectTraffic();
        failing("ENOBUFS", "1+3", () -> Ping.run(pair().leftHost(), Pair.RIGHT_INSIDE, 100, Duration.ofMillis(20)).expectNoneLost());
    }

    @Test
    void aFullSocketBufferIsWaitedForAndNothingIsLost() {
        pair().connect();
        pair().expectTraffic();
        failing("EAGAIN", "1+3", () -> Ping.run(pair().leftHost(), Pair.RIGHT_INSIDE, 100, Duration.ofMillis(20)).expectNoneLost());
    }

    @Test
    void aDriverThatCannotSegmentIsServedWithoutGso() {
        pair().connect();
        pair().expectTraffic();
        failing("EIO", "1+20", this::tcp);
        tcp();
    }

    @Test
    void aPathThatIsTooNarrowForSegmentsIsServedWithSmallerOnes() {
        pair().connect();
        pair().expectTraffic();
        failing("EMSGSIZE", "1+20", this::tcp);
        tcp();
    }

    @Test
    void aFirewallThatRefusesNowAndThenCostsOnlyWhatItRefuses() {
        pair().connect();
        pair().expectTraffic();
        failing("EPERM", "5+10", this::tcp);
    }
}
