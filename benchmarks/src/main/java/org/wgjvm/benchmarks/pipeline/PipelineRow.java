package org.wgjvm.benchmarks.pipeline;

import java.util.List;
import java.util.Locale;
import org.wgjvm.benchmarks.pipeline.PipelineRun.Stage;

/**
 * One line of the table.
 *
 * @param traffic what the packets are
 * @param size bytes of an inner packet
 * @param batch packets of a batch
 * @param stageNs nanoseconds a packet, in the order of {@link Stage}
 * @param garbageBytes of a packet, out and in together
 */
record PipelineRow(String traffic, int size, int batch, double[] stageNs, double garbageBytes) {
    static PipelineRow of(String traffic, int size, int batch, PipelineRun run) {
        final double[] ns = new double[Stage.values().length];
        for (Stage stage : Stage.values()) {
            ns[stage.ordinal()] = run.ns(stage);
        }
        return new PipelineRow(traffic, size, batch, ns, run.garbageBytes());
    }

    double outNs() {
        return stageNs[Stage.SPLIT.ordinal()] + stageNs[Stage.OUT.ordinal()] + stageNs[Stage.SEAL.ordinal()];
    }

    double inNs() {
        return stageNs[Stage.OPEN.ordinal()] + stageNs[Stage.IN.ordinal()] + stageNs[Stage.COALESCE.ordinal()];
    }

    double outGbits() {
        return size * 8 / outNs();
    }

    double inGbits() {
        return size * 8 / inNs();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-10s %4d B x %3d  out %7.1f ns (%5.2f Gbit/s, %5.2f Mpps)  in %7.1f ns (%5.2f Gbit/s, %5.2f Mpps)  %.2f B/op",
                traffic, size, batch, outNs(), outGbits(), 1e3 / outNs(), inNs(), inGbits(), 1e3 / inNs(), garbageBytes);
    }

    static String markdown(List<PipelineRow> rows) {
        final StringBuilder out = new StringBuilder("| traffic | bytes | batch |");
        final StringBuilder rule = new StringBuilder("|---|--:|--:|");
        for (Stage stage : Stage.values()) {
            out.append(' ').append(stage.label).append(" |");
            rule.append("--:|");
        }
        out.append(" out, Gbit/s | in, Gbit/s | B/op |\n").append(rule).append("--:|--:|--:|\n");
        for (PipelineRow r : rows) {
            out.append(String.format(Locale.ROOT, "| %s | %d | %d |", r.traffic, r.size, r.batch));
            for (double ns : r.stageNs) {
                out.append(String.format(Locale.ROOT, " %.1f |", ns));
            }
            out.append(String.format(Locale.ROOT, " %.2f | %.2f | %.2f |%n", r.outGbits(), r.inGbits(), r.garbageBytes));
        }
        return out.toString();
    }

    static String json(List<PipelineRow> rows) {
        final StringBuilder out = new StringBuilder("[\n");
        for (PipelineRow r : rows) {
            for (Stage stage : Stage.values()) {
                append(out, r.traffic + ": " + stage.label, r, r.stageNs[stage.ordinal()], "ns");
            }
            append(out, r.traffic + ": out", r, r.outGbits(), "Gbit/s");
            append(out, r.traffic + ": in", r, r.inGbits(), "Gbit/s");
            append(out, r.traffic + ": garbage", r, r.garbageBytes, "B/op");
        }
        return out.replace(out.length() - 2, out.length(), "\n]\n").toString();
    }

    private static void append(StringBuilder out, String name, PipelineRow r, double value, String unit) {
        out.append(String.format(
                Locale.ROOT, "  {\"name\": \"%s\", \"size\": %d, \"batch\": %d, \"impl\": \"wg-jvm\", \"ours\": %.3f, \"theirs\": null,"
                        + " \"unit\": \"%s\", \"ratio\": null},%n", name, r.size, r.batch, value, unit));
    }

    /** Bars of stacked stages, out and in, for the rows. */
    static String svg(List<PipelineRow> rows) {
        final String[] colours = {"#7a5195", "#2a6fb0", "#6fa8dc", "#dddddd", "#e0b84c", "#c9781f", "#a33b20"};
        final double widest = rows.stream().mapToDouble(r -> r.outNs() + r.inNs()).max().orElse(1);
        final int left = 190;
        final int width = 520;
        final StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                        + "<text x=\"12\" y=\"22\" font-size=\"15\">Nanoseconds a packet on one core, in memory</text>%n",
                110 + 24 * rows.size()));
        int x = 12;
        int y = 36;
        for (Stage stage : Stage.values()) {
            if (stage == Stage.WIRE) {
                continue;
            }
            if (x > 620) {
                x = 12;
                y += 18;
            }
            out.append(String.format(
                    Locale.ROOT, "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>%n",
                    x, y, colours[stage.ordinal()], x + 16, y + 10, stage.label));
            x += 40 + 6 * stage.label.length();
        }
        y += 30;
        for (PipelineRow r : rows) {
            out.append(String.format(
                    Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s, %d B x %d</text>%n",
                    left - 8, y + 12, r.traffic, r.size, r.batch));
            double at = left;
            for (Stage stage : Stage.values()) {
                if (stage != Stage.WIRE) {
                    final double w = width * r.stageNs[stage.ordinal()] / widest;
                    out.append(String.format(
                            Locale.ROOT, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>%n",
                            at, y, w, colours[stage.ordinal()]));
                    at += w;
                }
            }
            out.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%.0f</text>%n", at + 5, y + 12, r.outNs() + r.inNs()));
            y += 24;
        }
        return out.append("</svg>\n").toString();
    }
}
