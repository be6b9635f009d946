package org.wgjvm.endpoint.text;

import java.util.Locale;

/** Strings as JSON has them (RFC 8259). */
public final class JsonText {
    private JsonText() {}

    /** {@code text} in quotes, with what must be escaped escaped. */
    public static String of(String text) {
        final StringBuilder to = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // A lone surrogate cannot be written, and half of a pair is as good escaped.
                to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                to.append(c);
            }
        }
        return to.append('"').toString();
    }
}
