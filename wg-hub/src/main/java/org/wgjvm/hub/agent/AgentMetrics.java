package org.wgjvm.hub.agent;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.state.PortEntry;

/** What Prometheus reads of an agent. No key but public ones, and no name that a user chose. */
final class AgentMetrics {
    /** A spoke is counted as connected for as long as its session can still be good. */
    private static final long SESSION_NS = 180_000_000_000L;

    private AgentMetrics() {}

    static byte[] text(Inventory inventory, Reconciler reconciler, PortViews views, long nowEpochNs) throws IOException {
        final List<MetricSnapshot> all = new ArrayList<>();
        all.add(gauge("wghub_ports", "Ports that are wanted", List.of(
                point(Labels.of("kind", "hub"), inventory.count(PortKind.HUB)),
                point(Labels.of("kind", "spoke"), inventory.count(PortKind.SPOKE)))));
        final List<PortEntry> hubs = reconciler.here();
        all.add(gauge("wghub_hubs_active", "Hubs that are as they should be", List.of(
                point(Labels.EMPTY, hubs.stream().filter(views::isActive).count()))));
        all.add(gauge("wghub_hubs_failing", "Hubs for which something could not be done, and is tried again", List.of(
                point(Labels.EMPTY, hubs.stream().map(h -> reconciler.hub(h.port().id())).filter(h -> h == null || h.failures > 0)
                        .count()))));
        all.add(counter("wghub_reconciliations", "Looks at a hub", List.of(count(Labels.EMPTY, reconciler.passes()))));
        all.add(counter("wghub_failures", "Attempts that failed", List.of(count(Labels.EMPTY, reconciler.failures()))));
        final List<CounterSnapshot.CounterDataPointSnapshot> sent = new ArrayList<>();
        final List<CounterSnapshot.CounterDataPointSnapshot> received = new ArrayList<>();
        final List<GaugeSnapshot.GaugeDataPointSnapshot> connected = new ArrayList<>();
        for (final PortEntry entry : hubs) {
            final Hub hub = reconciler.hub(entry.port().id());
            final DeviceStatistics counted = statistics(hub);
            if (counted != null) {
                final Labels labels = Labels.of("interface", entry.port().deviceName(), "port_id", entry.port().id());
                sent.add(count(labels, counted.peers().stream().mapToLong(PeerStatistics::txBytes).sum()));
                received.add(count(labels, counted.peers().stream().mapToLong(PeerStatistics::rxBytes).sum()));
                connected.add(point(labels, counted.peers().stream()
                        .filter(p -> p.lastHandshakeEpochNs() != 0 && nowEpochNs - p.lastHandshakeEpochNs() < SESSION_NS).count()));
            }
        }
        all.add(counter("wghub_sent_bytes", "Bytes sent to the spokes of a hub", sent));
        all.add(counter("wghub_received_bytes", "Bytes received from the spokes of a hub", received));
        all.add(gauge("wghub_spokes_connected", "Spokes of a hub that have a session", connected));
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, new MetricSnapshots(all));
        return out.toByteArray();
    }

    /** What a hub has counted; null while there is nothing of it. */
    static DeviceStatistics statistics(Hub hub) {
        try {
            return hub == null || !hub.isRealised() ? null : hub.tunnel.statistics();
        } catch (IOException e) {
            return null;
        }
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, long value) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value((double) value).build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot count(Labels labels, long value) {
        return CounterSnapshot.CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
    }

    private static MetricSnapshot gauge(String name, String help, List<GaugeSnapshot.GaugeDataPointSnapshot> points) {
        final GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        points.forEach(builder::dataPoint);
        return builder.build();
    }

    private static MetricSnapshot counter(String name, String help, List<CounterSnapshot.CounterDataPointSnapshot> points) {
        final CounterSnapshot.Builder builder = CounterSnapshot.builder().name(name).help(help);
        points.forEach(builder::dataPoint);
        return builder.build();
    }
}
