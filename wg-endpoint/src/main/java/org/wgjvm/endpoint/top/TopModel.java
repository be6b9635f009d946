package org.wgjvm.endpoint.top;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.control.StatisticsLines;
import org.wgjvm.endpoint.control.StatisticsLines.PeerCounts;
import org.wgjvm.endpoint.wg.WgText;

/** Makes rates of samples. Of one thread; time is an argument. */
final class TopModel {
    private static final int HISTORY = 60;

    private record Id(String interfaceName, PublicKey publicKey) {}

    /** What is remembered of a peer. */
    private static final class Past {
        long rxBytes;
        long txBytes;
        PeerCounts counts;
        double[] history = new double[0];
    }

    private Map<Id, Past> past = new HashMap<>();
    private Map<String, Map<String, Long>> pastDrops = new HashMap<>();
    private final Map<String, Double> dropRates = new TreeMap<>();
    private long sampledNs;
    private List<TopRow> rows = List.of();

    /** Takes the next samples, of the moment {@code nowNs}. */
    void update(Map<String, Sample> samples, long nowNs) {
        final double seconds = past.isEmpty() && rows.isEmpty() ? Double.NaN : (nowNs - sampledNs) / 1e9;
        final Map<Id, Past> present = new HashMap<>();
        final Map<String, Map<String, Long>> drops = new HashMap<>();
        final List<TopRow> fresh = new ArrayList<>();
        dropRates.clear();
        samples.forEach((name, sample) -> {
            for (final PeerSnapshot peer : sample.snapshot().peers()) {
                final PeerCounts counts = sample.counts() == null ? null : sample.counts().peers().get(peer.publicKey());
                final Id id = new Id(name, peer.publicKey());
                final String label = sample.names().getOrDefault(peer.publicKey(), peer.publicKey().toBase64());
                fresh.add(row(id, label, peer, counts, seconds, present));
            }
            if (sample.counts() != null) {
                drops.put(name, sample.counts().drops());
                dropRates(name, sample.counts(), seconds);
            }
        });
        past = present;
        pastDrops = drops;
        sampledNs = nowNs;
        rows = List.copyOf(fresh);
    }

    private TopRow row(Id id, String label, PeerSnapshot peer, PeerCounts counts, double seconds, Map<Id, Past> present) {
        final Past before = past.get(id);
        // A count that went back is that of a daemon that was started again.
        final boolean known = before != null && seconds > 0
                && Long.compareUnsigned(peer.rxBytes(), before.rxBytes) >= 0
                && Long.compareUnsigned(peer.txBytes(), before.txBytes) >= 0;
        final double rx = known ? (peer.rxBytes() - before.rxBytes) / seconds : Double.NaN;
        final double tx = known ? (peer.txBytes() - before.txBytes) / seconds : Double.NaN;
        final Past now = new Past();
        now.rxBytes = peer.rxBytes();
        now.txBytes = peer.txBytes();
        now.counts = counts;
        now.history = before == null ? new double[0] : before.history;
        if (known) {
            final int keep = Math.min(now.history.length, HISTORY - 1);
            final double[] longer = Arrays.copyOfRange(now.history, now.history.length - keep, now.history.length + 1);
            longer[keep] = rx + tx;
            now.history = longer;
        }
        present.put(id, now);
        return new TopRow(
                id.interfaceName,
                id.publicKey,
                label,
                peer.endpoint() == null ? "" : WgText.endpoint(peer.endpoint()),
                peer.lastHandshakeEpochNs() / 1_000_000_000L,
                rx,
                tx,
                peer.rxBytes(),
                peer.txBytes(),
                known ? loss(before.counts, counts) : Double.NaN,
                now.history);
    }

    private static double loss(PeerCounts before, PeerCounts now) {
        if (before == null || now == null) {
            return Double.NaN;
        }
        // What was late has come since: then less is missing than before.
        final long missing = Math.max(0, now.missing() - before.missing());
        final long received = Math.max(0, now.received() - before.received());
        return missing + received == 0 ? 0 : (double) missing / (missing + received);
    }

    private void dropRates(String name, StatisticsLines.Counts counts, double seconds) {
        final Map<String, Long> before = pastDrops.get(name);
        if (before == null || !(seconds > 0)) {
            return;
        }
        counts.drops().forEach((reason, count) -> {
            final long more = count - before.getOrDefault(reason, 0L);
            if (more > 0) {
                dropRates.merge(reason, more / seconds, Double::sum);
            }
        });
    }

    /** The peers, interface by interface. */
    List<TopRow> rows() {
        return rows;
    }

    /** Packets dropped a second, by reason, of all interfaces that tell. */
    Map<String, Double> dropRates() {
        return new TreeMap<>(dropRates);
    }
}
