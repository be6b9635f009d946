package org.wgjvm.endpoint.config;

/** A configuration that makes no sense: which place, which key, why, and the offending text unless that may be a secret. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final int line;
    private final String section;
    private final String key;
    private final Reason reason;
    private final String text;

    /**
     * Null, or 0 for the line, stands for what does not apply.
     *
     * @param text what was found, or null where it may be a secret
     */
    public ConfigException(String file, int line, String section, String key, Reason reason, String text) {
        super(message(file, line, section, key, reason, text));
        this.file = file;
        this.line = line;
        this.section = section;
        this.key = key;
        this.reason = reason;
        this.text = text;
    }

    private static String message(String file, int line, String section, String key, Reason reason, String text) {
        final StringBuilder s = new StringBuilder();
        if (file != null) {
            s.append(file);
            if (line > 0) {
                s.append(':').append(line);
            }
            s.append(": ");
        }
        if (section != null) {
            s.append('[').append(section).append("] ");
        }
        if (key != null) {
            s.append(key).append(": ");
        }
        if (text != null) {
            s.append('`').append(text).append("' ");
        }
        return s.append(reason.text()).toString();
    }

    /** The same, now that the place is known. */
    ConfigException at(String newFile, int newLine, String newSection, String newKey) {
        return new ConfigException(newFile, newLine, newSection, newKey, reason, text);
    }

    /** The file, or null. */
    public String file() {
        return file;
    }

    /** The line, counted from 1, or 0. */
    public int line() {
        return line;
    }

    /** {@code Interface} or {@code Peer}, or null. */
    public String section() {
        return section;
    }

    /** The key as it should be written, or null. */
    public String key() {
        return key;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** What was found, or null: keys are never shown. */
    public String text() {
        return text;
    }
}
