package org.wgjvm.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A finished ping.
 *
 * @param sent echo requests sent
 * @param replies the sequence numbers that were answered, each as often as it was
 * @param out what it printed
 */
record Ping(int sent, List<Integer> replies, String out) {
    private static final Pattern SENT = Pattern.compile("(\\d+) packets transmitted");
    private static final Pattern REPLY = Pattern.compile("bytes from .*icmp_seq=(\\d+)");
    /** After the last request, ping waits for two round trips or one interval, if that is longer: replies later than that are missed. */
    private static final int TAIL = 10;

    /** {@code count} requests, one every {@code interval}. */
    static Ping run(Host host, String address, int count, Duration interval, String... options) {
        final List<String> words = new ArrayList<>(
                List.of("ping", "-n", "-c", "" + count, "-i", "" + interval.toMillis() / 1000.0, "-W", "5"));
        words.addAll(List.of(options));
        words.add(address);
        final Outcome outcome = host.run(interval.multipliedBy(count).plusSeconds(30), "", words);
        final Matcher sent = SENT.matcher(outcome.out());
        final List<Integer> replies = REPLY.matcher(outcome.out()).results().map(r -> Integer.valueOf(r.group(1))).toList();
        return new Ping(sent.find() ? Integer.parseInt(sent.group(1)) : 0, replies, outcome.out());
    }

    /** Three requests, each of which must be answered within 5 s. */
    static void expectReplies(Host host, String address, String... options) {
        for (int i = 0; i < 3; i++) {
            final Ping ping = run(host, address, 1, Duration.ofMillis(200), options);
            if (ping.replies.size() != 1) {
                throw new AssertionError("request " + (i + 1) + " of 3: " + ping.replies.size() + " replies\n" + ping.out);
            }
        }
    }

    int received() {
        return replies.size();
    }

    /** Fails the test unless every request has exactly one reply; of the last few, those that had not come when ping ended do not count. */
    void expectNoneLost() {
        final List<Integer> sorted = replies.stream().sorted().toList();
        final List<Integer> expected = IntStream.rangeClosed(1, sorted.size()).boxed().toList();
        if (sent == 0 || sorted.size() < Math.max(1, sent - TAIL) || !sorted.equals(expected)) {
            throw new AssertionError(sorted.size() + " of " + sent + " replies\n" + out);
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
