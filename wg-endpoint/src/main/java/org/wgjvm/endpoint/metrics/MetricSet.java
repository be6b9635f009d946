package org.wgjvm.endpoint.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.dataplane.Histogram;

/** Gathers samples under the names of their metrics. Of one thread. */
final class MetricSet {
    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private final List<MetricSnapshot> infos = new ArrayList<>();
    private final Map<String, HistogramSnapshot.Builder> histograms = new LinkedHashMap<>();

    /** {@code name} ends with {@code _total}. */
    void counter(String name, String help, double value, Labels labels) {
        final String stem = name.substring(0, name.length() - "_total".length());
        counters.computeIfAbsent(stem, n -> CounterSnapshot.builder().name(n).help(help))
                .dataPoint(CounterDataPointSnapshot.builder().value(value).labels(labels).build());
    }

    void counter(String name, String help, long value, Labels labels) {
        counter(name, help, (double) value, labels);
    }

    /** Always 1: its labels say something. {@code name} ends with {@code _info}. */
    void info(String name, String help, Labels labels) {
        infos.add(InfoSnapshot.builder()
                .name(name.substring(0, name.length() - "_info".length()))
                .help(help)
                .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
                .build());
    }

    void gauge(String name, String help, long value, Labels labels) {
        gauge(name, help, (double) value, labels);
    }

    void gauge(String name, String help, double value, Labels labels) {
        gauges.computeIfAbsent(name, n -> GaugeSnapshot.builder().name(n).help(help))
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).labels(labels).build());
    }

    /** {@code unit} is what one of the histogram's numbers is in the unit of the metric. */
    void histogram(String name, String help, Histogram values, double unit, Labels labels) {
        final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < values.upperBounds().size(); i++) {
            buckets.bucket(values.upperBounds().get(i) * unit, values.counts().get(i));
        }
        buckets.bucket(Double.POSITIVE_INFINITY, values.counts().getLast());
        histograms.computeIfAbsent(name, n -> HistogramSnapshot.builder().name(n).help(help))
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(values.sum() * unit)
                        .labels(labels)
                        .build());
    }

    MetricSnapshots snapshots() {
        final MetricSnapshots.Builder all = MetricSnapshots.builder();
        counters.values().forEach(b -> all.metricSnapshot(built(b)));
        gauges.values().forEach(b -> all.metricSnapshot(built(b)));
        histograms.values().forEach(b -> all.metricSnapshot(built(b)));
        infos.forEach(all::metricSnapshot);
        return all.build();
    }

    private static MetricSnapshot built(MetricSnapshot.Builder<?> builder) {
        return builder.build();
    }
}
