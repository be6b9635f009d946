package org.wgjvm.endpoint.ui;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.crypto.PublicKey;

/** Makes rates and a history of throughput from one sample after another. Of one thread; time is an argument. */
final class PageState {
    /** Points of the history, of a sample each. */
    static final int HISTORY = 300;

    /** Most peers that are shown: those with the most traffic. */
    static final int MOST_PEERS = 500;

    private static final long SESSION_MS = 180_000;

    private final Deque<Point> history = new ArrayDeque<>();
    private Map<PublicKey, PeerStatistics> before = Map.of();
    private Map<DropReason, Long> dropsBefore = Map.of();
    private long sampledMs;

    /** Throughput in bytes a second. */
    record Point(long epochMs, double rxRate, double txRate) {}

    /** A peer and its rates in bytes a second; what is not yet known is null. */
    record PeerView(PeerStatistics peer, Double rxRate, Double txRate, Double loss) {
        private double traffic() {
            return (rxRate == null ? 0 : rxRate) + (txRate == null ? 0 : txRate);
        }
    }

    /** Drops for one reason, in all and a second. */
    record DropView(DropReason reason, long total, double rate) {}

    /**
     * What is shown.
     *
     * @param peers at most {@link #MOST_PEERS}
     * @param activePeers how many of all peers had a handshake within three minutes
     */
    record View(
            long epochMs,
            DeviceStatistics device,
            List<PeerView> peers,
            int activePeers,
            long rxBytes,
            long txBytes,
            List<Point> history,
            List<DropView> drops) {}

    /** Takes the next sample, of the moment {@code epochMs}. */
    View update(DeviceStatistics now, long epochMs) {
        final double seconds = sampledMs == 0 ? 0 : (epochMs - sampledMs) / 1000.0;
        final List<PeerView> peers = new ArrayList<>();
        final Map<PublicKey, PeerStatistics> present = new HashMap<>();
        int active = 0;
        long rxBytes = 0;
        long txBytes = 0;
        double rxRate = 0;
        double txRate = 0;
        for (final PeerStatistics peer : now.peers()) {
            present.put(peer.publicKey(), peer);
            final PeerView view = view(peer, before.get(peer.publicKey()), seconds);
            peers.add(view);
            active += peer.lastHandshakeEpochNs() != 0 && epochMs - peer.lastHandshakeEpochNs() / 1_000_000 < SESSION_MS ? 1 : 0;
            rxBytes += peer.rxBytes();
            txBytes += peer.txBytes();
            rxRate += view.rxRate == null ? 0 : view.rxRate;
            txRate += view.txRate == null ? 0 : view.txRate;
        }
        if (seconds > 0) {
            history.addLast(new Point(epochMs, rxRate, txRate));
            if (history.size() > HISTORY) {
                history.removeFirst();
            }
        }
        if (peers.size() > MOST_PEERS) {
            peers.sort(Comparator.comparingDouble(PeerView::traffic).reversed());
            peers.subList(MOST_PEERS, peers.size()).clear();
        }
        final List<DropView> drops = new ArrayList<>();
        now.drops().forEach((reason, total) -> {
            final long more = total - dropsBefore.getOrDefault(reason, total);
            drops.add(new DropView(reason, total, seconds > 0 ? more / seconds : 0));
        });
        before = present;
        dropsBefore = new EnumMap<>(now.drops());
        sampledMs = epochMs;
        return new View(epochMs, now, List.copyOf(peers), active, rxBytes, txBytes, List.copyOf(history), List.copyOf(drops));
    }

    private static PeerView view(PeerStatistics now, PeerStatistics before, double seconds) {
        if (before == null || !(seconds > 0)) {
            return new PeerView(now, null, null, null);
        }
        final long missing = Math.max(0, now.rxMissing() - before.rxMissing());
        final long received = now.rxPackets() - before.rxPackets();
        return new PeerView(
                now,
                Math.max(0, now.rxBytes() - before.rxBytes()) / seconds,
                Math.max(0, now.txBytes() - before.txBytes()) / seconds,
                missing + received <= 0 ? 0.0 : (double) missing / (missing + received));
    }
}
