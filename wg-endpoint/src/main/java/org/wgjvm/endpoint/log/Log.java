package org.wgjvm.endpoint.log;

import java.io.PrintStream;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * The daemon's log: one line each on a stream, with the interface's name, a level and a time. Any thread. What is logged never contains a
 * key other than a public one.
 *
 * <p>The levels are those of {@code LOG_LEVEL}: {@code verbose} (or {@code debug}), {@code error} (the default) and {@code silent}.
 */
public final class Log {
    private static final ZoneId ZONE = ZoneId.systemDefault();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSS");

    /** How much is written. */
    public enum Level {
        SILENT,
        ERROR,
        VERBOSE;

        /** The level that a value of {@code LOG_LEVEL} names; null and unknown ones mean {@link #ERROR}. */
        public static Level of(String text) {
            return switch (text == null ? "" : text) {
                case "verbose", "debug" -> VERBOSE;
                case "silent" -> SILENT;
                default -> ERROR;
            };
        }
    }

    private final Level level;
    private final String name;
    private final PrintStream out;

    private Log(Level level, String name, PrintStream out) {
        this.level = level;
        this.name = name;
        this.out = out;
    }

    /** A log of the interface {@code name} on {@code out}. */
    public static Log to(PrintStream out, Level level, String name) {
        return new Log(level, name, out);
    }

    /** A log that writes nothing. */
    public static Log silent() {
        return new Log(Level.SILENT, "", System.err);
    }

    /** Whether {@link #verbose} writes: ask before building a costly line. */
    public boolean isVerbose() {
        return level == Level.VERBOSE;
    }

    /** What is going on. */
    public void verbose(String text) {
        if (level == Level.VERBOSE) {
            line("DEBUG: ", text);
        }
    }

    /** What went wrong. */
    public void error(String text) {
        if (level != Level.SILENT) {
            line("ERROR: ", text);
        }
    }

    private void line(String kind, String text) {
        out.println(kind + "(" + name + ") " + ZonedDateTime.now(ZONE).format(TIME) + " " + text);
    }
}
