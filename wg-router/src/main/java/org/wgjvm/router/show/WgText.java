package org.wgjvm.router.show;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times and sizes as {@code wg show} writes them. */
final class WgText {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private WgText() {}

    /** {@code 1 minute, 2 seconds ago}; {@code now} for less than a second. */
    static String ago(long seconds) {
        if (seconds <= 0) {
            return "now";
        }
        final long[] sizes = {31_536_000, 86_400, 3_600, 60, 1};
        final String[] names = {"year", "day", "hour", "minute", "second"};
        final List<String> parts = new ArrayList<>();
        long left = seconds;
        for (int i = 0; i < sizes.length; i++) {
            final long count = left / sizes[i];
            left %= sizes[i];
            if (count > 0) {
                parts.add(count + " " + names[i] + (count == 1 ? "" : "s"));
            }
        }
        return String.join(", ", parts) + " ago";
    }

    /** {@code 368.22 KiB}. */
    static String bytes(long count) {
        if (count < 1024) {
            return count + " B";
        }
        double value = count;
        int unit = -1;
        do {
            value /= 1024;
            unit++;
        } while (value >= 1024 && unit < UNITS.length - 1);
        return String.format(Locale.ROOT, "%.2f %s", value, UNITS[unit]);
    }
}
