package org.wgjvm.benchmarks.crypto;

import java.util.List;
import java.util.Locale;

/** One measured line: nanoseconds an operation, ours and theirs, NaN where they have none; and bytes of garbage an operation of ours. */
record Row(String name, int size, int batch, String implementation, double ours, double theirs, double garbage) {
    /** How many times as fast as theirs. */
    double ratio() {
        return theirs / ours;
    }

    private static String number(double v, String format) {
        return Double.isNaN(v) ? "-" : String.format(Locale.ROOT, format, v);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%-16s %5d B  batch %3d  %-11s %9.1f ns  openssl %8s ns  ratio %5s  %5.1f B/op",
                name, size, batch, implementation, ours, number(theirs, "%.1f"), number(ratio(), "%.2f"), garbage);
    }

    static String table(List<Row> rows) {
        final StringBuilder out = new StringBuilder();
        rows.forEach(r -> out.append(r).append('\n'));
        return out.toString();
    }

    static String markdown(String machine, String command, List<Row> rows) {
        final StringBuilder out = new StringBuilder(
                String.format(
                    """
                    # Crypto, measured

                    Written by `%s`. Medians of CPU time; ours and `openssl speed` in turn in one run; one packet or
                    operation each, all in one JVM. A ratio above 1 means ours is faster. B/op is garbage. The counters of packets
                    follow each other, except in the rows "any counter".

                    """,
                        command));
        out.append(machine).append("\n\n");
        out.append("| what | bytes | batch | implementation | ns | OpenSSL ns | ratio | B/op |\n|---|---|---|---|---|---|---|---|\n");
        for (Row r : rows) {
            out.append(
                    String.format(
                            Locale.ROOT, "| %s | %d | %d | %s | %.1f | %s | %s | %.1f |%n", r.name, r.size, r.batch, r.implementation,
                            r.ours, number(r.theirs, "%.1f"), number(r.ratio(), "%.2f"), r.garbage));
        }
        return out.toString();
    }

    static String json(List<Row> rows) {
        final StringBuilder out = new StringBuilder("[\n");
        for (int i = 0; i < rows.size(); i++) {
            final Row r = rows.get(i);
            out.append(
                    String.format(
                            Locale.ROOT,
                            "  {\"name\": \"%s\", \"size\": %d, \"batch\": %d, \"impl\": \"%s\", \"ours\": %.2f, \"theirs\": %s,"
                                    + " \"unit\": \"ns\", \"ratio\": %s, \"garbageBytes\": %.2f}%s%n",
                            r.name, r.size, r.batch, r.implementation, r.ours, Double.isNaN(r.theirs) ? "null" : number(r.theirs, "%.2f"),
                            Double.isNaN(r.theirs) ? "null" : number(r.ratio(), "%.3f"), r.garbage, i + 1 < rows.size() ? "," : ""));
        }
        return out.append("]\n").toString();
    }
}
