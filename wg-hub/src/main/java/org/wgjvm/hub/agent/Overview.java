package org.wgjvm.hub.agent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.share.Records;
import org.wgjvm.hub.state.PortEntry;

/**
 * All hubs and spokes and what their tunnels have counted, at one moment, for whoever shows them. There is no secret in it.
 *
 * @param epochMs the moment, in milliseconds since 1970
 * @param host the node
 * @param revision of the last full state, or -1
 * @param hubs in the order in which they came
 * @param spokes likewise
 */
public record Overview(long epochMs, String host, long revision, List<HubLook> hubs, List<SpokeLook> spokes) {
    /** Copies the lists. */
    public Overview {
        hubs = List.copyOf(hubs);
        spokes = List.copyOf(spokes);
    }

    /**
     * A hub.
     *
     * @param active whether it is as it should be
     * @param up whether its link is
     * @param namespace where its interface is; empty for nowhere
     * @param error what is wrong with it, or empty
     * @param publicKey in base64
     * @param endpoint where devices reach it
     * @param rxBytes received from its spokes since its interface was made
     * @param txBytes sent to them
     */
    public record HubLook(
            Port port, boolean active, boolean up, String namespace, String error, String publicKey, String endpoint, long rxBytes,
            long txBytes) {}

    /**
     * A spoke, with what all hubs of its network count of it together.
     *
     * @param served whether a hub here has it as a peer
     * @param endpoint where it was heard last, or null
     * @param lastHandshakeEpochNs in nanoseconds since 1970, or 0 for never
     * @param rxBytes received from it
     * @param txBytes sent to it
     */
    public record SpokeLook(Port port, boolean served, Endpoint endpoint, long lastHandshakeEpochNs, long rxBytes, long txBytes) {}

    static Overview take(Settings settings, long revision, Inventory inventory, Reconciler reconciler, PortViews views, long epochMs)
            throws IOException {
        final List<HubLook> hubs = new ArrayList<>();
        final Map<String, Map<PublicKey, PeerStatistics>> peers = new HashMap<>();
        for (final PortEntry entry : inventory.hubs()) {
            final Hub hub = reconciler.hub(entry.port().id());
            final DeviceStatistics counted = AgentMetrics.statistics(hub);
            long rxBytes = 0;
            long txBytes = 0;
            if (counted != null) {
                final var known = peers.computeIfAbsent(entry.port().networkId(), n -> new HashMap<>());
                for (final PeerStatistics peer : counted.peers()) {
                    rxBytes += peer.rxBytes();
                    txBytes += peer.txBytes();
                    known.merge(peer.publicKey(), peer, Overview::together);
                }
            }
            final Records.Status status = views.look(entry);
            hubs.add(new HubLook(
                    entry.port(), status.active(), status.link().equals("up"), hub == null ? "" : hub.place, status.error(),
                    status.publicKey(), status.endpoint(), rxBytes, txBytes));
        }
        final List<SpokeLook> spokes = new ArrayList<>(inventory.count(PortKind.SPOKE));
        for (final PortEntry entry : inventory.all()) {
            final Port port = entry.port();
            if (port.kind() == PortKind.SPOKE) {
                final PeerStatistics peer = peers.getOrDefault(port.networkId(), Map.of()).get(port.profile().publicKey());
                spokes.add(peer == null
                        ? new SpokeLook(port, false, null, 0, 0, 0)
                        : new SpokeLook(port, true, peer.endpoint(), peer.lastHandshakeEpochNs(), peer.rxBytes(), peer.txBytes()));
            }
        }
        return new Overview(epochMs, settings.host(), revision, hubs, spokes);
    }

    /** What two hubs of one network know of a spoke: it is where it shook hands last. */
    private static PeerStatistics together(PeerStatistics a, PeerStatistics b) {
        final PeerStatistics newer = a.lastHandshakeEpochNs() >= b.lastHandshakeEpochNs() ? a : b;
        return new PeerStatistics(
                newer.publicKey(), newer.endpoint(), newer.lastHandshakeEpochNs(), a.txBytes() + b.txBytes(), a.rxBytes() + b.rxBytes(),
                a.txPackets() + b.txPackets(), a.rxPackets() + b.rxPackets(), a.rxMissing() + b.rxMissing(),
                a.stagedPackets() + b.stagedPackets(), newer.allowedIps());
    }
}
