package org.wgjvm.endpoint.doctor;

import java.util.Locale;
import org.wgjvm.endpoint.text.JsonText;

/**
 * One line of the doctor's.
 *
 * @param level how bad
 * @param name what was looked at, in a word
 * @param text what was found
 * @param fix what to do, or empty
 */
public record Finding(Level level, String name, String text, String fix) {
    /** How bad it is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** It works, though not as well as it could, or it may be wrong. */
        WARN,
        /** It does not work. */
        FAIL
    }

    static Finding ok(String name, String text) {
        return new Finding(Level.OK, name, text, "");
    }

    static Finding warn(String name, String text, String fix) {
        return new Finding(Level.WARN, name, text, fix);
    }

    static Finding fail(String name, String text, String fix) {
        return new Finding(Level.FAIL, name, text, fix);
    }

    /** For people. */
    public String toText() {
        final String word = level == Level.FAIL ? "FAIL" : level.name().toLowerCase(Locale.ROOT);
        return String.format(Locale.ROOT, "%-5s %-14s %s", word, name, text) + (fix.isEmpty() ? "" : "\n" + " ".repeat(21) + "-> " + fix);
    }

    /** For programs: an object. */
    public String toJson() {
        return "{\"level\":" + JsonText.of(level.name().toLowerCase(Locale.ROOT)) + ",\"name\":" + JsonText.of(name) + ",\"text\":"
                + JsonText.of(text) + ",\"fix\":" + JsonText.of(fix) + "}";
    }
}
