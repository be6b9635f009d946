package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that is wrong with a configuration.
 *
 * @param line line of the text it was read from, from 1; 0 when it came from none
 * @param path where in the configuration
 * @param value what is wrong there, or null; never a secret
 * @param reason why it is wrong, in words
 */
public record ConfigError(int line, Path path, String value, String reason) {
    private static final int SHOWN_CHARS = 60;

    /** Name of the router it concerns alone, or null when it concerns all. */
    public String router() {
        return path.router();
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        if (line > 0) {
            text.append("line ").append(line).append(": ");
        }
        text.append(path).append(": ");
        if (value != null) {
            text.append('\'').append(value.length() <= SHOWN_CHARS ? value : value.substring(0, SHOWN_CHARS) + "...").append("': ");
        }
        return text.append(reason).toString();
    }

    /**
     * Where an element is: {@code authority > router r1 > wireguard-profile wg0 > peer p1}.
     *
     * @param steps from the outside in, each a keyword and its keys
     */
    public record Path(List<String> steps) {
        /** The top. */
        public static final Path TOP = new Path(List.of());

        /** Copies the list. */
        public Path {
            steps = List.copyOf(steps);
        }

        /** The path {@code a > b} of the given steps. */
        public static Path of(String... steps) {
            return new Path(List.of(steps));
        }

        /** An element of this one. */
        public Path then(String step) {
            final List<String> longer = new ArrayList<>(steps);
            longer.add(step);
            return new Path(longer);
        }

        /** What this is an element of. */
        public Path parent() {
            return new Path(steps.subList(0, steps.size() - 1));
        }

        String router() {
            return steps.size() > 1 && steps.get(1).startsWith("router ") ? steps.get(1).substring("router ".length()) : null;
        }

        @Override
        public String toString() {
            return steps.isEmpty() ? "config" : String.join(" > ", steps);
        }
    }
}
