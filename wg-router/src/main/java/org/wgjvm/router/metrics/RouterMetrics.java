package org.wgjvm.router.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.plane.InterfaceSnapshot;
import org.wgjvm.router.plane.PairSnapshot;
import org.wgjvm.router.plane.PlaneSnapshot;
import org.wgjvm.router.plane.RouterDropReason;
import org.wgjvm.router.profile.ProfileStatus;
import org.wgjvm.router.profile.RunningRouter;

/**
 * What a router has counted, as metrics. Names begin with {@code wgrouter_}; labels are names of the configuration, {@code none} where a
 * packet was dropped before it had a tenant or a service. A counter that is 0 is there only if its series is always there.
 */
public final class RouterMetrics {
    private static final double NS = 1e-9;

    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private final InfoSnapshot.Builder profiles =
            InfoSnapshot.builder().name("wgrouter_profile").help("A profile: where it listens, and its public key.");

    private RouterMetrics() {}

    /** Asks {@code router} for everything. Not on its event loop. */
    public static MetricSnapshots of(RunningRouter router) {
        final RouterMetrics metrics = new RouterMetrics();
        final PlaneSnapshot plane = router.plane().snapshot().toCompletableFuture().join();
        metrics.plane(plane);
        final List<ProfileStatus> all = router.profiles();
        all.forEach(metrics::profile);
        final MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        metrics.counters.values().forEach(builder -> snapshots.metricSnapshot(builder.build()));
        metrics.gauges.values().forEach(builder -> snapshots.metricSnapshot(builder.build()));
        if (!all.isEmpty()) {
            snapshots.metricSnapshot(metrics.profiles.build());
        }
        return snapshots.build();
    }

    private void counter(String name, String help, long value, String... labels) {
        counters.computeIfAbsent(name, n -> CounterSnapshot.builder().name(n).help(help))
                .dataPoint(CounterDataPointSnapshot.builder().value((double) value).labels(Labels.of(labels)).build());
    }

    private void gauge(String name, String help, double value, String... labels) {
        gauges.computeIfAbsent(name, n -> GaugeSnapshot.builder().name(n).help(help))
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).labels(Labels.of(labels)).build());
    }

    private void plane(PlaneSnapshot plane) {
        gauge("wgrouter_sessions", "Sessions there are.", plane.sessions());
        gauge("wgrouter_sessions_max", "Sessions that fit, of each address family.", plane.maxSessions());
        for (final InterfaceSnapshot each : plane.interfaces()) {
            final String[] in = {"node", each.id().node(), "interface", each.id().name(), "direction", "in"};
            final String[] out = {"node", each.id().node(), "interface", each.id().name(), "direction", "out"};
            final String packets = "Packets that came from an interface, and that were sent to it.";
            final String bytes = "Bytes of those packets.";
            counter("wgrouter_interface_packets", packets, each.inPackets(), in);
            counter("wgrouter_interface_packets", packets, each.outPackets(), out);
            counter("wgrouter_interface_bytes", bytes, each.inBytes(), in);
            counter("wgrouter_interface_bytes", bytes, each.outBytes(), out);
            gauge("wgrouter_interface_up", "Whether an interface can take packets.", each.up() ? 1 : 0, "node", each.id().node(),
                    "interface", each.id().name());
        }
        plane.pairs().forEach(this::pair);
    }

    private void pair(PairSnapshot pair) {
        final String tenant = pair.tenant() == null ? "none" : pair.tenant();
        final String service = pair.service() == null ? "none" : pair.service();
        final String[] labels = {"tenant", tenant, "service", service};
        if (pair.service() != null) {
            counter("wgrouter_service_sessions_begun", "Sessions that began.", pair.sessions(), labels);
            gauge("wgrouter_service_sessions", "Sessions there are, by tenant and service.", pair.activeSessions(), labels);
            counter("wgrouter_service_packets", "Packets forwarded, both directions.", pair.packets(), labels);
            counter("wgrouter_service_bytes", "Bytes forwarded, both directions.", pair.bytes(), labels);
        }
        for (final RouterDropReason reason : RouterDropReason.values()) {
            if (pair.drops(reason) > 0) {
                counter("wgrouter_dropped_packets", "Packets dropped by policy or state, by reason, tenant and service.",
                        pair.drops(reason), "tenant", tenant, "service", service, "reason", reason.label());
            }
        }
    }

    private void profile(ProfileStatus status) {
        final String name = status.profile().name();
        profiles.dataPoint(InfoDataPointSnapshot.builder()
                .labels(Labels.of(
                        "profile", name,
                        "node", status.node(),
                        "addresses", String.join(",", status.addresses()),
                        "port", Integer.toString(status.profile().listenPort()),
                        "public_key", status.publicKey().toBase64()))
                .build());
        for (final ProfileStatus.State state : ProfileStatus.State.values()) {
            gauge("wgrouter_profile_state", "1 for the state that a profile is in.", status.state() == state ? 1 : 0, "profile", name,
                    "state", state.name().toLowerCase(Locale.ROOT));
        }
        counter("wgrouter_profile_address_changes", "How often a profile came to listen at another address or port.",
                status.addressChanges(), "profile", name);
        for (final DropReason reason : DropReason.values()) {
            if (status.drops()[reason.ordinal()] > 0) {
                counter("wgrouter_profile_dropped_packets", "Packets dropped by a profile's data plane.",
                        status.drops()[reason.ordinal()], "profile", name, "reason", reason.label());
            }
        }
        final Map<PublicKey, PeerSnapshot> running = new HashMap<>();
        status.device().peers().forEach(peer -> running.put(peer.publicKey(), peer));
        for (final PeerEntry entry : status.profile().peers()) {
            final PeerSnapshot peer = running.get(entry.publicKey());
            if (peer != null) {
                final String[] labels = {"profile", name, "peer", entry.name()};
                counter("wgrouter_peer_received_bytes", "Bytes received from a peer.", peer.rxBytes(), labels);
                counter("wgrouter_peer_sent_bytes", "Bytes sent to a peer.", peer.txBytes(), labels);
                gauge("wgrouter_peer_latest_handshake_seconds", "When the latest handshake was, in seconds since 1970; 0 for never.",
                        peer.lastHandshakeEpochNs() * NS, labels);
            }
        }
    }
}
