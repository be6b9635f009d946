package org.wgjvm.endpoint.top;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lays the table out for a screen of some size. */
final class TopScreen {
    private static final String RESET = "\u001b[0m";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String REVERSE = "\u001b[7m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String RED = "\u001b[31m";
    private static final String CYAN = "\u001b[36m";

    /** A session is renewed after two minutes and over after three. */
    private static final long FRESH_SECONDS = 135;

    private static final long STALE_SECONDS = 180;
    private static final String BLOCKS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final String PLAIN = " .:-=+*#@";

    private final int columns;
    private final boolean colour;
    private final String bars;
    private final List<Column> shown = new ArrayList<>();
    private final int peerWidth;

    /** A column; a lower rank stays longer when there is little room. */
    private enum Column {
        INTERFACE("INTERFACE", 9, 3, false),
        PEER("PEER", 10, 0, false),
        ENDPOINT("ENDPOINT", 22, 4, false),
        HANDSHAKE("HANDSHAKE", 9, 1, true),
        RECEIVED("RECEIVED/s", 12, 0, true),
        SENT("SENT/s", 12, 0, true),
        RECEIVED_ALL("RECEIVED", 10, 5, true),
        SENT_ALL("SENT", 10, 5, true),
        LOSS("LOSS", 6, 2, true),
        ACTIVITY("ACTIVITY", 20, 6, false);

        final String title;
        final int width;
        final int rank;
        final boolean right;

        Column(String title, int width, int rank, boolean right) {
            this.title = title;
            this.width = width;
            this.rank = rank;
            this.right = right;
        }
    }

    /** For lines of {@code columns} characters. */
    TopScreen(int columns, boolean colour, boolean unicode) {
        this.columns = columns;
        this.colour = colour;
        this.bars = unicode ? BLOCKS : PLAIN;
        int used = 0;
        for (int rank = 0; rank <= 6; rank++) {
            for (final Column column : Column.values()) {
                if (column.rank == rank && used + column.width + (used == 0 ? 0 : 1) <= columns) {
                    shown.add(column);
                    used += column.width + (used == 0 ? 0 : 1);
                }
            }
        }
        shown.sort(null);
        // A whole key is 44 characters.
        peerWidth = Column.PEER.width + Math.clamp(columns - used, 0, 44 - Column.PEER.width);
    }

    /** The line of titles. */
    String titles() {
        return paint(REVERSE, fit(shown.stream().map(c -> pad(c.title, c)).collect(Collectors.joining(" ")), columns));
    }

    /** The line of a peer. */
    String line(TopRow row, long nowSeconds) {
        final StringBuilder line = new StringBuilder();
        for (final Column column : shown) {
            line.append(line.isEmpty() ? "" : " ").append(cell(column, row, nowSeconds));
        }
        return line.toString();
    }

    /** The line above the table. */
    String summary(List<TopRow> rows, long nowSeconds, Map<String, Double> dropRates) {
        final long active = rows.stream()
                .filter(r -> r.handshakeEpochSeconds() != 0 && nowSeconds - r.handshakeEpochSeconds() < STALE_SECONDS)
                .count();
        final double received = rows.stream().mapToDouble(TopRow::rxRate).filter(d -> !Double.isNaN(d)).sum();
        final double sent = rows.stream().mapToDouble(TopRow::txRate).filter(d -> !Double.isNaN(d)).sum();
        final String drops = dropRates.isEmpty() ? "" : ", drops: " + dropRates.entrySet().stream()
                .map(e -> e.getKey() + " " + Math.max(1, Math.round(e.getValue())) + "/s")
                .collect(Collectors.joining(", "));
        return fit(rows.size() + (rows.size() == 1 ? " peer, " : " peers, ") + active + " with a session, received "
                + Amounts.rate(received) + ", sent " + Amounts.rate(sent) + drops, columns);
    }

    private String cell(Column column, TopRow row, long nowSeconds) {
        return switch (column) {
            case INTERFACE -> pad(row.interfaceName(), column);
            case PEER -> paint(BOLD, pad(row.name(), column));
            case ENDPOINT -> pad(row.endpoint().isEmpty() ? "-" : row.endpoint(), column);
            case HANDSHAKE -> paint(ageColour(row, nowSeconds), pad(Amounts.age(row.handshakeEpochSeconds(), nowSeconds), column));
            case RECEIVED -> pad(Amounts.rate(row.rxRate()), column);
            case SENT -> pad(Amounts.rate(row.txRate()), column);
            case RECEIVED_ALL -> pad(Amounts.bytes(row.rxBytes()), column);
            case SENT_ALL -> pad(Amounts.bytes(row.txBytes()), column);
            case LOSS -> paint(row.loss() > 0.05 ? RED : row.loss() > 0 ? YELLOW : "", pad(Amounts.share(row.loss()), column));
            case ACTIVITY -> paint(CYAN, pad(sparkline(row.history(), column.width), column));
        };
    }

    private static String ageColour(TopRow row, long nowSeconds) {
        final long age = nowSeconds - row.handshakeEpochSeconds();
        return row.handshakeEpochSeconds() == 0 ? DIM : age < FRESH_SECONDS ? GREEN : age < STALE_SECONDS ? YELLOW : DIM;
    }

    /** The newest values, each as high as its share of the largest one. */
    String sparkline(double[] values, int width) {
        final int from = Math.max(0, values.length - width);
        double largest = 1;
        for (int i = from; i < values.length; i++) {
            largest = Math.max(largest, values[i]);
        }
        final StringBuilder line = new StringBuilder();
        for (int i = from; i < values.length; i++) {
            // What is there at all is seen.
            line.append(bars.charAt(values[i] <= 0 ? 0 : Math.max(1, (int) Math.round(values[i] / largest * (bars.length() - 1)))));
        }
        return line.toString();
    }

    private String pad(String text, Column column) {
        final int width = column == Column.PEER ? peerWidth : column.width;
        final String fitting = fit(text, width);
        final String space = " ".repeat(width - fitting.codePointCount(0, fitting.length()));
        return column.right ? space + fitting : fitting + space;
    }

    private String fit(String text, int width) {
        if (text.codePointCount(0, text.length()) <= width) {
            return text;
        }
        final String more = bars.equals(BLOCKS) ? "\u2026" : "~";
        return width <= 1 ? more.substring(0, width) : text.substring(0, text.offsetByCodePoints(0, width - 1)) + more;
    }

    private String paint(String code, String text) {
        return colour && !code.isEmpty() ? code + text + RESET : text;
    }
}
