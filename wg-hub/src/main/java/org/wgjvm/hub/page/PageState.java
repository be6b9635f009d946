package org.wgjvm.hub.page;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.hub.agent.Overview;
import org.wgjvm.hub.agent.Overview.HubLook;
import org.wgjvm.hub.agent.Overview.SpokeLook;

/** Makes rates and a history of throughput from one look after another. One thread at a time; time is the looks'. */
final class PageState {
    /** Points of the history, of a look each. */
    static final int HISTORY = 200;

    private final Deque<Point> history = new ArrayDeque<>();
    private Map<String, long[]> before = Map.of();
    private long beforeMs;

    /** Throughput in bytes a second. */
    record Point(long epochMs, double rxRate, double txRate) {}

    /** In bytes a second; null where it is not known yet. */
    record Rates(Double rx, Double tx) {
        static final Rates UNKNOWN = new Rates(null, null);
    }

    /** A hub, how much passes, and how many of its network's spokes are connected, of how many. */
    record HubView(HubLook hub, Rates rates, int connected, int spokes) {}

    /** A spoke, how much passes, and how it is. */
    record SpokeView(SpokeLook spoke, Rates rates, SpokeState state) {}

    /**
     * What is shown.
     *
     * @param counts spokes by state
     */
    record View(
            Overview overview, List<HubView> hubs, List<SpokeView> spokes, Map<SpokeState, Integer> counts, long rxBytes, long txBytes,
            List<Point> history) {}

    /** Takes the next look. */
    View update(Overview now) {
        final double seconds = beforeMs == 0 ? 0 : (now.epochMs() - beforeMs) / 1000.0;
        final Map<String, long[]> counted = new HashMap<>();
        final Map<SpokeState, Integer> counts = new EnumMap<>(SpokeState.class);
        final Map<String, int[]> networks = new HashMap<>();
        final List<SpokeView> spokes = new ArrayList<>(now.spokes().size());
        for (final SpokeLook spoke : now.spokes()) {
            final SpokeState state = SpokeState.of(spoke, now.epochMs());
            counts.merge(state, 1, Integer::sum);
            final int[] network = networks.computeIfAbsent(spoke.port().networkId(), n -> new int[2]);
            network[0] += state == SpokeState.CONNECTED ? 1 : 0;
            network[1]++;
            spokes.add(new SpokeView(spoke, rates(spoke.port().id(), spoke.rxBytes(), spoke.txBytes(), seconds, counted), state));
        }
        final List<HubView> hubs = new ArrayList<>(now.hubs().size());
        long rxBytes = 0;
        long txBytes = 0;
        double rxRate = 0;
        double txRate = 0;
        for (final HubLook hub : now.hubs()) {
            final Rates rates = rates(hub.port().id(), hub.rxBytes(), hub.txBytes(), seconds, counted);
            final int[] network = networks.getOrDefault(hub.port().networkId(), new int[2]);
            hubs.add(new HubView(hub, rates, network[0], network[1]));
            rxBytes += hub.rxBytes();
            txBytes += hub.txBytes();
            rxRate += rates.rx() == null ? 0 : rates.rx();
            txRate += rates.tx() == null ? 0 : rates.tx();
        }
        if (seconds > 0) {
            history.addLast(new Point(now.epochMs(), rxRate, txRate));
            if (history.size() > HISTORY) {
                history.removeFirst();
            }
        }
        before = counted;
        beforeMs = now.epochMs();
        return new View(now, List.copyOf(hubs), List.copyOf(spokes), counts, rxBytes, txBytes, List.copyOf(history));
    }

    /** A counter that is less than before is that of a new interface. */
    private Rates rates(String id, long rxBytes, long txBytes, double seconds, Map<String, long[]> counted) {
        counted.put(id, new long[] {rxBytes, txBytes});
        final long[] then = before.get(id);
        if (then == null || !(seconds > 0) || rxBytes < then[0] || txBytes < then[1]) {
            return Rates.UNKNOWN;
        }
        return new Rates((rxBytes - then[0]) / seconds, (txBytes - then[1]) / seconds);
    }
}
