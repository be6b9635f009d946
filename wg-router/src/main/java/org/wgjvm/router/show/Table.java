package org.wgjvm.router.show;

import java.util.ArrayList;
import java.util.List;

/** Columns under rules, each as wide as its widest value. */
final class Table {
    private final String[] titles;
    private final List<String[]> rows = new ArrayList<>();

    Table(String... titles) {
        this.titles = titles;
    }

    /** Adds a row; null shows as {@code n/a}. */
    Table row(Object... values) {
        final String[] row = new String[titles.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = values[i] == null ? "n/a" : values[i].toString();
        }
        rows.add(row);
        return this;
    }

    @Override
    public String toString() {
        final int[] widths = new int[titles.length];
        final List<String[]> all = new ArrayList<>(rows);
        all.add(titles);
        for (final String[] row : all) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        final StringBuilder rule = new StringBuilder();
        for (final int width : widths) {
            rule.append("=".repeat(width + 2)).append(' ');
        }
        final StringBuilder out = new StringBuilder();
        out.append(rule.toString().stripTrailing()).append('\n');
        line(out, titles, widths);
        out.append(rule.toString().stripTrailing()).append('\n');
        rows.forEach(row -> line(out, row, widths));
        return out.toString();
    }

    private static void line(StringBuilder out, String[] row, int[] widths) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            line.append(' ').append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }
}
