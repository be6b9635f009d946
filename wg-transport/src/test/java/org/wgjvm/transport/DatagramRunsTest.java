package org.wgjvm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;

class DatagramRunsTest {
    /** A datagram by what matters here; the destination is made anew each time, so that equal ones are different objects. */
    record Item(int destination, boolean sticky, int tos, int length) {
        Endpoint endpoint() {
            final Endpoint remote = destination % 2 == 0 ? Endpoint.v4(destination, 9) : Endpoint.v6(0x20010db8L << 32, destination, 9, 0);
            return sticky ? remote.withLocal(0, 7, 3) : remote;
        }
    }

    @Provide
    Arbitrary<List<Item>> batches() {
        final Arbitrary<Item> item = Combinators.combine(
                        Arbitraries.frequency(Tuple.of(6, 2), Tuple.of(1, 3), Tuple.of(1, 4)),
                        Arbitraries.frequency(Tuple.of(9, true), Tuple.of(1, false)),
                        Arbitraries.frequency(Tuple.of(9, 0), Tuple.of(1, 3)),
                        Arbitraries.frequency(
                                Tuple.of(10, 1452),
                                Tuple.of(1, 0),
                                Tuple.of(1, 333),
                                Tuple.of(1, 1453)))
                .as(Item::new);
        return item.list().ofMinSize(1).ofMaxSize(200);
    }

    @Property
    void runsAreThoseOfTheNaiveTwin(
            @ForAll("batches") List<Item> items,
            @ForAll @IntRange(min = 1, max = 70) int maxSegments,
            @ForAll @IntRange(min = 1453, max = 65507) int maxBytes) {
        final PacketBatch batch = new PacketBatch(items.size(), 64);
        for (final Item item : items) {
            batch.endpoint[batch.add(0, item.length, 0)] = item.endpoint();
            batch.tos[batch.size() - 1] = (byte) item.tos;
        }
        final List<List<Integer>> got = new ArrayList<>();
        for (int i = 0; i < batch.size(); ) {
            if (batch.length[i] == 0) {
                i++;
                continue;
            }
            final int end = DatagramRuns.end(batch, i, maxSegments, maxBytes);
            final List<Integer> run = new ArrayList<>();
            for (; i < end; i++) {
                if (batch.length[i] != 0) {
                    run.add(i);
                }
            }
            got.add(run);
        }
        assertEquals(naive(items, maxSegments, maxBytes), got);
    }

    /** Adds one datagram after the other to the last run for as long as the run, written out, remains one that the kernel would take. */
    private static List<List<Integer>> naive(List<Item> items, int maxSegments, int maxBytes) {
        final List<List<Integer>> runs = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).length == 0) {
                continue;
            }
            if (!runs.isEmpty()) {
                final List<Integer> longer = new ArrayList<>(runs.getLast());
                longer.add(i);
                if (isOneMessage(longer.stream().map(items::get).toList(), maxSegments, maxBytes)) {
                    runs.set(runs.size() - 1, longer);
                    continue;
                }
            }
            runs.add(new ArrayList<>(List.of(i)));
        }
        return runs;
    }

    private static boolean isOneMessage(List<Item> run, int maxSegments, int maxBytes) {
        final int segment = run.getFirst().length;
        return run.size() <= maxSegments
                && run.stream().mapToInt(Item::length).sum() <= maxBytes
                && run.stream().map(i -> List.of(i.destination, i.sticky, i.tos)).distinct().count() == 1
                && run.subList(0, run.size() - 1).stream().allMatch(i -> i.length == segment)
                && run.getLast().length <= segment;
    }
}
