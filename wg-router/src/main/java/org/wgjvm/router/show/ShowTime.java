package org.wgjvm.router.show;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The first and the last line of everything that is shown.
 *
 * @param at when it was asked for
 * @param tookNs how long it took, in nanoseconds
 */
public record ShowTime(Instant at, long tookNs) {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    String header() {
        return FORMAT.format(at);
    }

    String footer() {
        return String.format(Locale.ROOT, "Completed in %.2f seconds", tookNs / 1e9);
    }

    /** {@code body} between the two. */
    public String around(String body) {
        return header() + "\n\n" + body + "\n" + footer() + "\n";
    }
}
