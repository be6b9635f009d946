package org.wgjvm.endpoint.demo;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a demonstration measured.
 *
 * @param handshakeNs from the first packet to its answer, the handshake between
 * @param bytes carried through the tunnel, one way
 * @param transferNs in this time
 * @param transferOf what they were
 * @param roundTripsNs one value per round trip
 * @param lost round trips without an answer
 */
public record Summary(long handshakeNs, long bytes, long transferNs, String transferOf, Histogram roundTripsNs, long lost) {
    /** For people, a few lines. */
    public String text() {
        final StringBuilder s = new StringBuilder("\nSummary\n");
        s.append(String.format(Locale.ROOT, "  handshake and first answer   %.2f ms%n", handshakeNs / 1e6));
        s.append(String.format(
                Locale.ROOT, "  %-28s %s (%s in %.1f s)%n", transferOf, rate(bytes, transferNs), amount(bytes), transferNs / 1e9));
        s.append(String.format(
                Locale.ROOT,
                "  round trip                   50%% %.3f ms, 90%% %.3f, 99%% %.3f, 99.9%% %.3f, longest %.3f (%d measured, %d lost)%n",
                ms(50), ms(90), ms(99), ms(99.9), roundTripsNs.getMaxValue() / 1e6, roundTripsNs.getTotalCount(), lost));
        return s.toString();
    }

    private double ms(double percentile) {
        return roundTripsNs.getValueAtPercentile(percentile) / 1e6;
    }

    static Histogram histogram() {
        return new Histogram(60_000_000_000L, 3);
    }

    static String rate(long bytes, long ns) {
        final double gbit = ns == 0 ? 0 : bytes * 8.0 / ns;
        return gbit >= 1 ? String.format(Locale.ROOT, "%.2f Gbit/s", gbit) : String.format(Locale.ROOT, "%.0f Mbit/s", gbit * 1000);
    }

    static String amount(long bytes) {
        return bytes >= 1_000_000_000L
                ? String.format(Locale.ROOT, "%.2f GB", bytes / 1e9)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
