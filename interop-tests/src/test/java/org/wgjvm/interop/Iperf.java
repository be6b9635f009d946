package org.wgjvm.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A finished iperf3 run, seen by the receiver.
 *
 * @param bitsPerSecond payload received
 * @param lostPercent of the datagrams, or 0 for TCP
 */
record Iperf(double bitsPerSecond, double lostPercent) {
    private static final Pattern RECEIVED = Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.e+]+)");
    private static final Pattern DATAGRAMS = Pattern.compile(
            "\"sum\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.e+]+)[^}]*\"lost_percent\":\\s*([-0-9.e+]+)");

    /** From {@code client} to {@code address} on {@code server}, or the other way with {@code -R} among the options. */
    static Iperf run(Host server, String address, Host client, int seconds, String... options) {
        server.sh("iperf3 -s -1 -D");
        final List<String> words = new ArrayList<>(List.of("iperf3", "-J", "-c", address, "-t", "" + seconds));
        words.addAll(List.of(options));
        final Outcome outcome = Await.until(
                "an iperf3 server at " + address,
                Duration.ofSeconds(10),
                () -> client.run(Duration.ofSeconds(seconds + 60L), "", words),
                o -> !o.out().contains("Connection refused"));
        final boolean udp = List.of(options).contains("-u");
        final Matcher figures = (udp ? DATAGRAMS : RECEIVED).matcher(outcome.orFail().out());
        Iperf last = null;
        while (figures.find()) {
            last = new Iperf(Double.parseDouble(figures.group(1)), udp ? Double.parseDouble(figures.group(2)) : 0);
        }
        if (last == null) {
            throw new AssertionError("no figures in: " + outcome.out());
        }
        return last;
    }

    @Override
    public String toString() {
        return String.format("%8.1f Mbit/s, %5.2f %% lost", bitsPerSecond / 1e6, lostPercent);
    }
}
