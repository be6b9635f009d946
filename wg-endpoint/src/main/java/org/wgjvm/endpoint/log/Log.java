package org.wgjvm.endpoint.log;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.text.JsonText;

/**
 * The daemon's log: one line each on a stream, with the interface's name, a level and a time. Any thread. What is logged never contains a
 * key other than a public one.
 *
 * <p>With {@code LOG_FORMAT=json} each line is an object with {@code time}, {@code level}, {@code interface}, {@code message}, and
 * {@code peer} where one is meant.
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
    private final boolean json;
    private final String name;
    private final PrintStream out;

    private Log(Level level, boolean json, String name, PrintStream out) {
        this.level = level;
        this.json = json;
        this.name = name;
        this.out = out;
    }

    /** A log of the interface {@code name} on {@code out}. */
    public static Log to(PrintStream out, Level level, String name) {
        return new Log(level, false, name, out);
    }

    /** The same with each line a JSON object, if {@code json}. */
    public static Log to(PrintStream out, Level level, boolean json, String name) {
        return new Log(level, json, name, out);
    }

    /** A peer as it stands in a log: the first four and the last four characters of its key, as with wireguard-go. */
    public static String abbreviated(PublicKey peer) {
        final String key = peer.toBase64();
        return key.substring(0, 4) + "\u2026" + key.substring(39, 43);
    }

    /** A log that writes nothing. */
    public static Log silent() {
        return new Log(Level.SILENT, false, "", System.err);
    }

    /** Whether {@link #verbose} writes: ask before building a costly line. */
    public boolean isVerbose() {
        return level == Level.VERBOSE;
    }

    /** What is going on. */
    public void verbose(String text) {
        if (level == Level.VERBOSE) {
            line("debug", null, text);
        }
    }

    /** What is going on with a peer. */
    public void verbose(PublicKey peer, String text) {
        if (level == Level.VERBOSE) {
            line("debug", peer, text);
        }
    }

    /** What went wrong. */
    public void error(String text) {
        if (level != Level.SILENT) {
            line("error", null, text);
        }
    }

    /** What went wrong with a peer. */
    public void error(PublicKey peer, String text) {
        if (level != Level.SILENT) {
            line("error", peer, text);
        }
    }

    private void line(String kind, PublicKey peer, String text) {
        if (!json) {
            final String whose = peer == null ? "" : "peer(" + abbreviated(peer) + ") - ";
            out.println(kind.toUpperCase(Locale.ROOT) + ": (" + name + ") " + ZonedDateTime.now(ZONE).format(TIME) + " " + whose + text);
            return;
        }
        final StringBuilder line = new StringBuilder("{\"time\":\"").append(Instant.now()).append("\",\"level\":\"").append(kind);
        line.append("\",\"interface\":");
        line.append(JsonText.of(name));
        if (peer != null) {
            line.append(",\"peer\":").append(JsonText.of(abbreviated(peer)));
        }
        out.println(line.append(",\"message\":").append(JsonText.of(text)).append('}'));
    }
}
