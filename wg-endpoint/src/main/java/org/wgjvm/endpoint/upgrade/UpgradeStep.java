package org.wgjvm.endpoint.upgrade;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import org.wgjvm.sys.BootClock;

/**
 * The moments of a hand-over, in their order in each process. {@value #VARIABLE}, for tests, names one and what is to happen there: {@code
 * kill} (as kill -9 would), {@code exit} or {@code hang}. It is inherited, and a step belongs to one of the two processes.
 */
enum UpgradeStep {
    OLD_STARTED,
    OLD_INTRODUCED,
    OLD_WARM,
    OLD_FROZEN,
    OLD_STATE_SENT,
    OLD_PREPARED,
    OLD_COMMITTED,
    OLD_YOURS_SENT,
    OLD_RUNNING,
    NEW_STARTED,
    NEW_OPENED,
    NEW_WARM,
    NEW_STATE_RECEIVED,
    NEW_IMPORTED,
    NEW_PREPARED,
    NEW_YOURS_RECEIVED,
    NEW_BEGUN,
    NEW_RUNNING;

    /** {@code STEP=ACTION}, such as {@code new-warm=kill}. */
    static final String VARIABLE = "WGJVM_UPGRADE_FAULT";

    private static final int EXIT_CODE = 9;

    private static final BootClock CLOCK = new BootClock();
    private static final AtomicLongArray REACHED_NS = new AtomicLongArray(values().length);

    /** The name in the variable, such as {@code old-frozen}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Goes on, unless a test wants something else. */
    void reached() {
        REACHED_NS.set(ordinal(), CLOCK.nowNs());
        final String wanted = System.getenv(VARIABLE);
        if (wanted == null || !wanted.startsWith(label() + "=")) {
            return;
        }
        System.err.println("wg-jvm: " + wanted);
        switch (wanted.substring(label().length() + 1)) {
            case "kill" -> {
                ProcessHandle.of(ProcessHandle.current().pid()).ifPresent(UpgradeStep::kill);
                hang();
            }
            case "exit" -> Runtime.getRuntime().halt(EXIT_CODE);
            case "hang" -> hang();
            default -> throw new IllegalArgumentException(VARIABLE + ": " + wanted);
        }
    }

    /** The steps of this process from {@code sinceNs} of the {@link BootClock} on, with the milliseconds after it, for the log. */
    static String since(long sinceNs) {
        final StringBuilder text = new StringBuilder();
        for (final UpgradeStep step : values()) {
            final long ns = REACHED_NS.get(step.ordinal());
            if (ns >= sinceNs && ns != 0) {
                text.append(text.isEmpty() ? "" : ", ").append(step.label());
                text.append(String.format(Locale.ROOT, " %.1f", (ns - sinceNs) / 1e6));
            }
        }
        return text.append(" ms").toString();
    }

    private static void kill(ProcessHandle self) {
        org.wgjvm.sys.ProcessStart.kill((int) self.pid());
    }

    private static void hang() {
        final Object never = new Object();
        synchronized (never) {
            while (true) {
                try {
                    never.wait();
                } catch (InterruptedException e) {
                    // A test wants it to hang.
                }
            }
        }
    }
}
