package org.wgjvm.router.plane;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The counters of every tenant with every service that packets were ever seen for, each with a small number that sessions hold: so that a
 * session can be named, and is counted where it began, after a commit that changed everything. Any thread may add; the loop reads.
 */
final class PairTable {
    private record Key(String tenant, String service) {}

    private final Map<Key, PairCounters> pairs = new HashMap<>();
    private volatile PairCounters[] byNumber = new PairCounters[16];
    private int size;

    /** The counters for both names, made when there are none. */
    synchronized PairCounters of(String tenant, String service) {
        final Key key = new Key(tenant, service);
        final PairCounters present = pairs.get(key);
        if (present != null) {
            return present;
        }
        if (size > SessionKind.MAX_PAIR) {
            throw new IllegalStateException("more than " + SessionKind.MAX_PAIR + " pairs of a tenant and a service");
        }
        final PairCounters made = new PairCounters(tenant, service, size);
        PairCounters[] numbers = byNumber;
        if (size == numbers.length) {
            numbers = java.util.Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = made;
        byNumber = numbers;
        pairs.put(key, made);
        return made;
    }

    PairCounters get(int number) {
        return byNumber[number];
    }

    /** Those in use. */
    synchronized List<PairCounters> all() {
        return Stream.of(byNumber).limit(size).toList();
    }
}
