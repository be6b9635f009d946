package org.wgjvm.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A finished ping.
 *
 * @param sent echo requests sent
 * @param received echo replies received
 * @param out what it printed
 */
record Ping(int sent, int received, String out) {
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    /** {@code count} requests, one every {@code interval}; waits up to 5 s for the last reply. */
    static Ping run(Host host, String address, int count, Duration interval, String... options) {
        final List<String> words = new ArrayList<>(
                List.of("ping", "-n", "-c", "" + count, "-i", "" + interval.toMillis() / 1000.0, "-W", "5"));
        words.addAll(List.of(options));
        words.add(address);
        final Outcome outcome = host.run(interval.multipliedBy(count).plusSeconds(30), "", words);
        final Matcher counts = COUNTS.matcher(outcome.out());
        return counts.find()
                ? new Ping(Integer.parseInt(counts.group(1)), Integer.parseInt(counts.group(2)), outcome.out())
                : new Ping(0, 0, outcome.out());
    }

    /** Three requests, 50 ms apart: fails the test unless each has its reply. */
    static void expectReplies(Host host, String address, String... options) {
        run(host, address, 3, Duration.ofMillis(50), options).expectNoneLost();
    }

    void expectNoneLost() {
        if (sent == 0 || received != sent) {
            throw new AssertionError(received + " of " + sent + " replies\n" + out);
        }
    }

    /** Whether one request is answered within a second. */
    static boolean answered(Host host, String address, String... options) {
        final List<String> words = new ArrayList<>(List.of("ping", "-n", "-q", "-c", "1", "-W", "1"));
        words.addAll(List.of(options));
        words.add(address);
        return host.run(Duration.ofSeconds(10), "", words).ok();
    }

    /** Asks again and again until an answer comes. */
    static void untilAnswered(Host host, String address, Duration limit) {
        Await.until("an answer from " + address, limit, () -> answered(host, address));
    }
}
