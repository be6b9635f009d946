package org.wgjvm.endpoint.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sends what libraries log by way of {@code java.util.logging}, Netty above all, to a log of ours instead of straight to standard error.
 */
public final class LibraryLog extends Handler {
    /** Warns at start of a network namespace without interfaces, which is where a daemon may well be started. */
    private static final String HARMLESS = "io.netty.util.NetUtil";

    /** Held so that the configuration below is not collected with it. */
    private static final Logger ROOT = Logger.getLogger("");

    private final Log log;

    private LibraryLog(Log log) {
        this.log = log;
    }

    /** From now on {@code log} gets it. */
    public static void to(Log log) {
        LogManager.getLogManager().reset();
        ROOT.setLevel(Level.WARNING);
        ROOT.addHandler(new LibraryLog(log));
    }

    @Override
    public void publish(LogRecord entry) {
        final String source = String.valueOf(entry.getLoggerName());
        if (source.startsWith(HARMLESS)) {
            log.verbose(source + ": " + entry.getMessage());
            return;
        }
        final StringWriter text = new StringWriter();
        text.append(source).append(": ").append(entry.getMessage());
        if (entry.getThrown() != null) {
            text.append(System.lineSeparator());
            entry.getThrown().printStackTrace(new PrintWriter(text, true));
        }
        log.error(text.toString().strip());
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        // The log is not ours.
    }
}
