package org.wgjvm.benchmarks.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** One of the figures that are to be reached on a processor with AVX-512, and what the rows say of it. */
record Goal(String text, double wanted, double found, boolean reached) {
    private static final int LARGE_BATCH = 32;

    /** Those of which there are rows. */
    static List<Goal> of(List<Row> rows) {
        final List<Goal> goals = new ArrayList<>();
        for (String name : new String[] {"seal", "open"}) {
            final Predicate<Row> ours = r -> r.name().equals(name) && isVector(r);
            atLeast(goals, name + ", 1420 bytes, batches of 32 and more, by OpenSSL", 1.5, rows,
                    ours.and(r -> r.size() == 1420 && r.batch() >= LARGE_BATCH));
            atLeast(goals, name + ", 64 bytes, batches of 32 and more, by OpenSSL", 1.5, rows,
                    ours.and(r -> r.size() == 64 && r.batch() >= LARGE_BATCH));
            atLeast(goals, name + ", 1420 bytes, one packet, by OpenSSL", 0.8, rows, ours.and(r -> r.size() == 1420 && r.batch() == 1));
            atLeast(goals, name + ", 1420 bytes, batch, AVX2, by OpenSSL with AVX2", 1.0, rows, r -> r.name().equals(name + " (AVX2)"));
            final double jdk = least(rows, r -> r.name().equals(name) && r.size() == 64 && r.implementation().equals("jca"), Row::ours);
            final double one = least(rows, ours.and(r -> r.size() == 64 && r.batch() == 1), Row::ours);
            add(goals, name + ", 64 bytes, one packet, by the JDK's cipher", 4, jdk / one, jdk / one >= 4);
        }
        final double x25519 = least(rows, r -> r.name().equals("x25519") && isVector(r), Row::ratio);
        add(goals, "x25519 by OpenSSL", 1 / 1.5, x25519, x25519 >= 1 / 1.5);
        final double garbage = rows.stream().filter(Goal::isVector).filter(r -> r.name().startsWith("seal") || r.name().startsWith("open"))
                .mapToDouble(Row::garbage).max().orElse(Double.NaN);
        add(goals, "garbage of seal and open, bytes, at most", 0, garbage, garbage < 0.01);
        return goals;
    }

    private static boolean isVector(Row r) {
        return r.implementation().startsWith("vector");
    }

    private static double least(List<Row> rows, Predicate<Row> which, java.util.function.ToDoubleFunction<Row> what) {
        return rows.stream().filter(which).mapToDouble(what).min().orElse(Double.NaN);
    }

    private static void atLeast(List<Goal> goals, String text, double wanted, List<Row> rows, Predicate<Row> which) {
        final double found = least(rows, which, Row::ratio);
        add(goals, text, wanted, found, found >= wanted);
    }

    private static void add(List<Goal> goals, String text, double wanted, double found, boolean reached) {
        if (!Double.isNaN(found)) {
            goals.add(new Goal(text, wanted, found, reached));
        }
    }

    static String table(List<Goal> goals) {
        final StringBuilder out = new StringBuilder("\nGoals on a processor with AVX-512 (the least favourable row of each):\n");
        goals.forEach(
                g -> out.append(
                        String.format(
                                Locale.ROOT, "%-66s wanted %5.2f  found %6.2f  %s%n", g.text, g.wanted, g.found,
                                g.reached ? "reached" : "NOT REACHED")));
        return out.toString();
    }

    static String markdown(List<Goal> goals) {
        final StringBuilder out = new StringBuilder("\nGoals on a processor with AVX-512; the least favourable row of each.\n\n");
        out.append("| goal | wanted | found | |\n|---|---|---|---|\n");
        goals.forEach(
                g -> out.append(
                        String.format(
                                Locale.ROOT, "| %s | %.2f | %.2f | %s |%n", g.text, g.wanted, g.found,
                                g.reached ? "" : "not reached")));
        return out.toString();
    }
}
