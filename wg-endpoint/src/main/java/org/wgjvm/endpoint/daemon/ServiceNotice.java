package org.wgjvm.endpoint.daemon;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.sys.NotifySocket;

/**
 * What the service manager that started this process wants to hear, as sd_notify(3) has it: that the daemon is ready, that it stops, and,
 * if it asked for that by {@code WATCHDOG_USEC}, twice in each such time that the event loop still turns. Without a {@code NOTIFY_SOCKET}
 * all of it does nothing.
 */
final class ServiceNotice implements AutoCloseable {
    /** Shorter than this makes no sense, and would be a way to keep the loop from its work. */
    private static final long SHORTEST_WATCHDOG_US = 100_000;

    /** Where the messages go. */
    @FunctionalInterface
    interface Line {
        /** Sends a message without waiting; a failure cannot be helped. */
        void send(String message);

        /** No more messages. */
        default void close() {}
    }

    /** Opens the line to an address. */
    @FunctionalInterface
    interface Opener {
        Line open(String address) throws IOException;
    }

    private final Line line;
    private final ScheduledExecutorService clock;
    private volatile String stopping = "STOPPING=1";
    private final AtomicBoolean asked = new AtomicBoolean();

    private ServiceNotice(Line line, ScheduledExecutorService clock) {
        this.line = line;
        this.clock = clock;
    }

    /**
     * Follows the environment.
     *
     * @param turn completes when the event loop has come round: the watchdog hears of that, and of nothing else, so that a loop that is
     *     stuck is noticed
     */
    static ServiceNotice of(Map<String, String> environment, Supplier<CompletionStage<Void>> turn, Log log) {
        return of(environment, turn, log, ServiceNotice::socket);
    }

    private static Line socket(String address) throws IOException {
        final NotifySocket socket = NotifySocket.to(address);
        return new Line() {
            @Override
            public void send(String message) {
                socket.send(message);
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    static ServiceNotice of(Map<String, String> environment, Supplier<CompletionStage<Void>> turn, Log log, Opener opener) {
        final String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (address.isEmpty()) {
            return new ServiceNotice(null, null);
        }
        final Line line;
        try {
            line = opener.open(address);
        } catch (IOException e) {
            log.error("NOTIFY_SOCKET: " + e.getMessage());
            return new ServiceNotice(null, null);
        }
        final long watchdogUs = watchdogUs(environment, log);
        if (watchdogUs == 0) {
            return new ServiceNotice(line, null);
        }
        final ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("watchdog").factory());
        final ServiceNotice notice = new ServiceNotice(line, clock);
        clock.scheduleAtFixedRate(() -> notice.ask(turn), watchdogUs / 2, watchdogUs / 2, TimeUnit.MICROSECONDS);
        return notice;
    }

    /** 0 for none: not asked for, or meant for another process, as WATCHDOG_PID says. */
    private static long watchdogUs(Map<String, String> environment, Log log) {
        final String text = environment.getOrDefault("WATCHDOG_USEC", "");
        final String pid = environment.getOrDefault("WATCHDOG_PID", "");
        if (text.isEmpty() || !pid.isEmpty() && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return 0;
        }
        try {
            final long us = Long.parseLong(text);
            if (us >= SHORTEST_WATCHDOG_US) {
                return us;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        log.error("WATCHDOG_USEC=" + text + " is not a time in microseconds of at least " + SHORTEST_WATCHDOG_US + ": no watchdog");
        return 0;
    }

    private void ask(Supplier<CompletionStage<Void>> turn) {
        // While the loop owes an answer, no more questions are put in its queue.
        if (asked.compareAndSet(false, true)) {
            turn.get().whenComplete((nothing, e) -> {
                if (e == null) {
                    line.send("WATCHDOG=1");
                }
                asked.set(false);
            });
        }
    }

    /** The daemon's socket answers. */
    void ready(String status) {
        if (line != null) {
            line.send("READY=1\nSTATUS=" + status);
        }
    }

    /** Another process has taken this one's place, and is the one to look after. */
    void handedOver(long pid) {
        if (line != null) {
            line.send("MAINPID=" + pid);
            stopping = "STATUS=handed over to process " + pid;
        }
    }

    /** The daemon ends. Idempotent. */
    @Override
    public void close() {
        if (clock != null) {
            clock.shutdownNow();
        }
        if (line != null) {
            line.send(stopping);
            line.close();
        }
    }
}
