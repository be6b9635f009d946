package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What only time heals, by the timers of section 6 of the paper. Each case waits out 15 to 130 s of real time, so they run side by side;
 * the same timers are tested in virtual time, and in far more ways, where they are written.
 */
@Interop(Implementation.GO_NEWEST)
@Execution(ExecutionMode.CONCURRENT)
final class RecoveryTest {
    /** KEEPALIVE_TIMEOUT + REKEY_TIMEOUT until the survivor begins a handshake, and one lost initiation's REKEY_TIMEOUT, with margin. */
    private static final Duration NEW_HANDSHAKE_LIMIT = Duration.ofSeconds(25);

    private static final int REKEY_AFTER_SECONDS = 120;

    @ParameterizedTest(name = "{0} is killed; the other side, {1}, notices by itself")
    @CsvSource({"OURS, GO_NEWEST", "GO_NEWEST, OURS", "OURS, OURS"})
    void trafficResumesAfterKillAndRestart(Implementation victimKind, Implementation survivorKind) {
        try (Pair pair = Pair.of(survivorKind, victimKind)) {
            pair.connect();
            pair.expectTraffic();
            final WgDevice victim = pair.right();
            victim.kill();
            victim.start();
            // It does not know where the survivor is, so it cannot begin: the survivor must, when it gets no answer.
            victim.configure(Pair.RIGHT_PORT, pair.leftPeer());
            victim.up(1420, Pair.RIGHT_INSIDE + "/24");
            Ping.untilAnswered(pair.leftHost(), Pair.RIGHT_INSIDE, NEW_HANDSHAKE_LIMIT);
            Ping.expectReplies(pair.rightHost(), Pair.LEFT_INSIDE);
        }
    }

    @ParameterizedTest(name = "initiator {0}")
    @EnumSource(names = {"OURS", "GO_NEWEST"})
    void aNewSessionTakesOverAfterTwoMinutesWithoutAPacketLost(Implementation initiatorKind) {
        final Implementation responderKind = initiatorKind == Implementation.OURS ? Implementation.GO_NEWEST : Implementation.OURS;
        try (Pair pair = Pair.of(initiatorKind, responderKind)) {
            pair.configure(pair.rightPeer().at(Pair.rightEndpoint()), pair.leftPeer());
            pair.expectTraffic();
            final long first = pair.left().latestHandshake(pair.right());
            Ping.run(pair.leftHost(), Pair.RIGHT_INSIDE, (REKEY_AFTER_SECONDS + 8) * 10, Duration.ofMillis(100)).expectNoneLost();
            final long seconds = pair.left().latestHandshake(pair.right()) - first;
            assertTrue(seconds >= REKEY_AFTER_SECONDS, "new handshake after " + seconds + " s");
        }
    }
}
