package org.wgjvm.endpoint.top;

import java.util.Locale;

/** Amounts in a few characters. */
final class Amounts {
    private static final String[] BITS = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Amounts() {}

    /** A rate of bytes as bits, such as {@code 12.3 Mbit/s}; a dash when not known. */
    static String rate(double bytesPerSecond) {
        if (Double.isNaN(bytesPerSecond)) {
            return "-";
        }
        return scaled(bytesPerSecond * 8, 1000, BITS);
    }

    /** Bytes, such as {@code 1.2 GiB}. */
    static String bytes(long count) {
        return scaled(count >= 0 ? (double) count : (count >>> 1) * 2.0, 1024, BYTES);
    }

    private static String scaled(double value, double step, String[] units) {
        double v = value;
        int unit = 0;
        // What would be rounded up to the next unit belongs to it.
        while (unit < units.length - 1 && v >= step - 0.05) {
            v /= step;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", v, units[unit]);
    }

    /** An age, such as {@code 1m 5s}; {@code never} for no time. */
    static String age(long epochSeconds, long nowSeconds) {
        if (epochSeconds == 0) {
            return "never";
        }
        final long age = Math.max(0, nowSeconds - epochSeconds);
        if (age < 60) {
            return age + "s";
        }
        if (age < 3600) {
            return age / 60 + "m " + age % 60 + "s";
        }
        return age < 86400 ? age / 3600 + "h " + age % 3600 / 60 + "m" : age / 86400 + "d " + age % 86400 / 3600 + "h";
    }

    /** A share, such as {@code 0.3%}; a dash when not known. */
    static String share(double share) {
        return Double.isNaN(share) ? "-" : share == 0 ? "0%" : String.format(Locale.ROOT, "%.1f%%", share * 100);
    }
}
