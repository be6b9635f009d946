package org.wgjvm.interop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Everything that must not outlive the run, removed at the latest when this JVM ends. A run that is killed outright is cleaned up by the
 * next one ({@code lab/sweep.sh}), which finds its things by the process id in their names.
 */
final class Leftovers {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Deque<Runnable> OPEN = new ArrayDeque<>();

    static {
        Command.run(Duration.ofSeconds(30), "", List.of(Lab.script("sweep.sh")));
        Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::removeAll, "interop-leftovers"));
    }

    private Leftovers() {}

    /** A name for a namespace or an interface that no other run uses; at most 15 characters, the limit of interface names. */
    static String freshName() {
        return "wi" + Long.toString(ProcessHandle.current().pid(), 36) + "x" + Integer.toString(NUMBER.incrementAndGet(), 36);
    }

    /** {@code removal} runs at the end of the JVM unless {@link #forget} comes first. */
    static void remember(Runnable removal) {
        synchronized (OPEN) {
            OPEN.push(removal);
        }
    }

    static void forget(Runnable removal) {
        synchronized (OPEN) {
            OPEN.remove(removal);
        }
    }

    private static void removeAll() {
        while (true) {
            final Runnable removal;
            synchronized (OPEN) {
                removal = OPEN.poll();
            }
            if (removal == null) {
                return;
            }
            removal.run();
        }
    }
}
