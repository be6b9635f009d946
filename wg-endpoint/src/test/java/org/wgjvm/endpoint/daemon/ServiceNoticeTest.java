package org.wgjvm.endpoint.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.endpoint.log.Log;

@Timeout(60)
@SuppressWarnings("try") // Notices do their work unasked.
final class ServiceNoticeTest {
    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<CompletableFuture<Void>> turns = new LinkedBlockingQueue<>();

    private CompletionStage<Void> turn() {
        final CompletableFuture<Void> turn = new CompletableFuture<>();
        turns.add(turn);
        return turn;
    }

    private ServiceNotice notice(String... environment) {
        final Map<String, String> map = new HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            map.put(environment[i], environment[i + 1]);
        }
        return ServiceNotice.of(map, this::turn, Log.silent(), address -> {
            if (address.equals("wrong")) {
                throw new IOException("wrong");
            }
            return sent::add;
        });
    }

    @Test
    void readyAndStopping() {
        try (ServiceNotice notice = notice("NOTIFY_SOCKET", "@x")) {
            notice.ready("up");
        }
        assertEquals("[READY=1\nSTATUS=up, STOPPING=1]", sent.toString());
        assertNull(turns.poll(), "no watchdog without WATCHDOG_USEC");
    }

    @Test
    void withoutAServiceManagerNothingIsSent() {
        try (ServiceNotice notice = notice("WATCHDOG_USEC", "200000")) {
            notice.ready("up");
        }
        try (ServiceNotice notice = notice("NOTIFY_SOCKET", "wrong")) {
            notice.ready("up");
        }
        assertTrue(sent.isEmpty());
    }

    @Test
    void theWatchdogHearsOfTurnsAndNothingOfALoopThatIsStuck() throws Exception {
        try (ServiceNotice notice = notice("NOTIFY_SOCKET", "@x", "WATCHDOG_USEC", "200000")) {
            for (int i = 0; i < 3; i++) {
                final CompletableFuture<Void> turn = turns.poll(30, TimeUnit.SECONDS);
                assertTrue(sent.isEmpty(), "not before the loop has turned");
                turn.complete(null);
                assertEquals("WATCHDOG=1", sent.poll(30, TimeUnit.SECONDS));
            }
            final CompletableFuture<Void> stuck = turns.poll(30, TimeUnit.SECONDS);
            assertNull(turns.poll(500, TimeUnit.MILLISECONDS), "a stuck loop is not asked again and again");
            assertTrue(sent.isEmpty());
            stuck.completeExceptionally(new IllegalStateException("closed"));
            assertTrue(turns.poll(30, TimeUnit.SECONDS) != null);
            assertTrue(sent.isEmpty(), "a loop that refuses has not turned");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "99999", "-1", "x", "99999999999999999999"})
    void aWatchdogTimeThatMakesNoSenseIsNone(String us) throws Exception {
        try (ServiceNotice notice = notice("NOTIFY_SOCKET", "@x", "WATCHDOG_USEC", us)) {
            notice.ready("up");
            assertNull(turns.poll(150, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void aWatchdogOfAnotherProcessIsNotOurs() throws Exception {
        try (ServiceNotice notice = notice("NOTIFY_SOCKET", "@x", "WATCHDOG_USEC", "200000", "WATCHDOG_PID", "1")) {
            assertNull(turns.poll(300, TimeUnit.MILLISECONDS));
        }
        final String own = Long.toString(ProcessHandle.current().pid());
        try (ServiceNotice notice = notice("NOTIFY_SOCKET", "@x", "WATCHDOG_USEC", "200000", "WATCHDOG_PID", own)) {
            assertTrue(turns.poll(30, TimeUnit.SECONDS) != null);
        }
    }
}
