package org.wgjvm.endpoint.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlaneStatistics;
import org.wgjvm.dataplane.Stage;
import org.wgjvm.transport.UdpStatistics;
import org.wgjvm.tun.PortCounter;

/** Which metrics there are, and where each comes from. The first three have the names and labels that dashboards for WireGuard know. */
final class WireguardMetrics {
    private static final double SECONDS_PER_NS = 1e-9;

    private final MetricSet set = new MetricSet();
    private final String interfaceName;

    private WireguardMetrics(String interfaceName) {
        this.interfaceName = interfaceName;
    }

    /** The metrics of one interface; {@code names} are those of peers that have one. */
    static MetricSnapshots of(String interfaceName, DataPlaneStatistics statistics, Map<PublicKey, String> names) {
        final WireguardMetrics metrics = new WireguardMetrics(interfaceName);
        for (final PeerStatistics peer : statistics.device().peers()) {
            metrics.peer(peer, names.getOrDefault(peer.publicKey(), ""));
        }
        metrics.device(statistics.device());
        metrics.handshakes(statistics.device().handshakes());
        metrics.pools(statistics.device());
        metrics.inside(statistics);
        metrics.udp(statistics.udp());
        metrics.loop(statistics);
        ProcessMetrics.addTo(metrics.set);
        return metrics.set.snapshots();
    }

    private Labels labels(String... more) {
        final Labels own = Labels.of("interface", interfaceName);
        return more.length == 0 ? own : own.merge(Labels.of(more));
    }

    private void peer(PeerStatistics peer, String name) {
        final String allowedIps = peer.allowedIps().stream().map(Object::toString).collect(Collectors.joining(","));
        final Labels labels =
                labels("public_key", peer.publicKey().toBase64(), "allowed_ips", allowedIps, "friendly_name", name);
        set.counter("wireguard_sent_bytes_total", "Bytes sent to the peer", unsigned(peer.txBytes()), labels);
        set.counter("wireguard_received_bytes_total", "Bytes received from the peer", unsigned(peer.rxBytes()), labels);
        set.gauge("wireguard_latest_handshake_seconds", "Time of the last handshake in seconds since 1970, 0 for never",
                peer.lastHandshakeEpochNs() / 1_000_000_000L, labels);
        final Labels key = labels("public_key", peer.publicKey().toBase64(), "friendly_name", name);
        set.counter("wgjvm_peer_sent_packets_total", "Transport messages sent to the peer", peer.txPackets(), key);
        set.counter("wgjvm_peer_received_packets_total", "Authentic, new transport messages from the peer", peer.rxPackets(), key);
        // Not a counter: what came late is missing for a moment only.
        set.gauge("wgjvm_peer_missing_packets", "Messages that the peer numbered and that did not arrive", peer.rxMissing(), key);
    }

    private void device(DeviceStatistics device) {
        set.gauge("wgjvm_up", "Whether the interface is up", device.up() ? 1 : 0, labels());
        set.gauge("wgjvm_mtu_bytes", "MTU of the interface", device.mtu(), labels());
        set.gauge("wgjvm_peers", "Configured peers", device.peers().size(), labels());
        device.drops().forEach((reason, count) ->
                set.counter("wgjvm_drops_total", "Packets dropped, by reason", count, labels("reason", reason.label())));
    }

    private void handshakes(DeviceStatistics.Handshakes made) {
        handshake("initiation-sent", made.initiationsSent());
        handshake("response-sent", made.responsesSent());
        handshake("completed-as-initiator", made.completedAsInitiator());
        handshake("completed-as-responder", made.completedAsResponder());
        handshake("given-up", made.givenUp());
        handshake("cookie-sent", made.cookieRepliesSent());
    }

    private void handshake(String outcome, long count) {
        set.counter("wgjvm_handshakes_total", "Handshakes, by what became of them", count, labels("outcome", outcome));
    }

    private void pools(DeviceStatistics device) {
        set.gauge("wgjvm_handshake_queue_messages", "Handshake messages that wait", device.handshakes().queued(), labels());
        set.gauge("wgjvm_handshake_queue_capacity", "Most handshake messages that may wait",
                DeviceStatistics.Handshakes.QUEUE_CAPACITY, labels());
        set.gauge("wgjvm_staged_packets", "Packets that wait for a session", device.stagedPackets(), labels());
        set.gauge("wgjvm_receiver_indices", "Indices in use by handshakes and sessions", device.receiverIndices(), labels());
    }

    private void inside(DataPlaneStatistics statistics) {
        for (final PortCounter counter : PortCounter.values()) {
            final String name = "wgjvm_tun_" + counter.name().toLowerCase(Locale.ROOT) + "_total";
            set.counter(name, counter.description(), statistics.port().get(counter), labels());
        }
    }

    private void udp(UdpStatistics udp) {
        final UdpStatistics.Received in = udp.received();
        set.counter("wgjvm_udp_received_datagrams_total", "Datagrams received", in.datagrams(), labels());
        set.counter("wgjvm_udp_received_bytes_total", "Their payload", in.bytes(), labels());
        set.counter("wgjvm_udp_receive_calls_total", "System calls that brought at least one", in.calls(), labels());
        set.counter("wgjvm_udp_received_joined_total", "Messages that the kernel joined from several", in.joined(), labels());
        set.counter("wgjvm_udp_received_truncated_total", "Messages lost because they did not fit", in.truncated(), labels());
        set.counter("wgjvm_udp_receive_errors_total", "System calls that failed", in.errors(), labels());
        final UdpStatistics.Sent out = udp.sent();
        set.counter("wgjvm_udp_sent_datagrams_total", "Datagrams that the kernel took", out.datagrams(), labels());
        set.counter("wgjvm_udp_sent_bytes_total", "Their payload", out.bytes(), labels());
        set.counter("wgjvm_udp_send_calls_total", "System calls that send", out.calls(), labels());
        set.counter("wgjvm_udp_sent_segmented_total", "Messages that carried several", out.segmented(), labels());
        set.counter("wgjvm_udp_sticky_sources_dropped_total", "Source addresses that stopped working",
                out.stickySourcesDropped(), labels());
        set.counter("wgjvm_udp_gso_retreats_total", "Messages refused with UDP_SEGMENT and sent without", out.gsoRetreats(), labels());
        unsent("no-socket", udp.drops().noSocket());
        unsent("unreachable", udp.drops().unreachable());
        unsent("too-long", udp.drops().tooLong());
        unsent("refused", udp.drops().refused());
        unsent("congested", udp.drops().congested());
        unsent("other", udp.drops().other());
    }

    private void unsent(String reason, long count) {
        set.counter("wgjvm_udp_unsent_datagrams_total", "Datagrams that were not sent, by reason", count, labels("reason", reason));
    }

    private void loop(DataPlaneStatistics statistics) {
        set.histogram("wgjvm_batch_packets", "Packets in a batch, by direction",
                statistics.loop().outboundPackets(), 1, labels("direction", "outbound"));
        set.histogram("wgjvm_batch_packets", "", statistics.loop().inboundPackets(), 1, labels("direction", "inbound"));
        for (final Stage stage : Stage.values()) {
            set.histogram("wgjvm_stage_seconds", "How long each stage of a batch took",
                    statistics.loop().durationNs().get(stage), SECONDS_PER_NS, labels("stage", stage.label()));
        }
    }

    private static double unsigned(long value) {
        return value >= 0 ? value : (value >>> 1) * 2.0;
    }
}
