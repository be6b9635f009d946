package org.wgjvm.hub.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.hub.port.HostPort;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.state.EndpointFile;
import org.wgjvm.hub.state.EndpointFile.Place;
import org.wgjvm.hub.state.EndpointFile.Spoke;
import org.wgjvm.hub.state.PortEntry;

/**
 * Where spokes were heard last, so that a hub whose interface is made anew can call a device that has moved, or that was never configured
 * with an endpoint, and need not wait for it. What is configured counts again as soon as it is changed. One thread at a time.
 */
final class KnownEndpoints {
    private final EndpointFile file;
    private final boolean dryRun;
    private final Consumer<String> log;
    private Map<Spoke, Place> known;

    KnownEndpoints(EndpointFile file, boolean dryRun, Consumer<String> log) throws IOException {
        this.file = file;
        this.dryRun = dryRun;
        this.log = log;
        known = file.read();
    }

    /** Where a spoke was heard last by a hub, or null when that is not known or no longer counts. */
    Endpoint find(String hubId, Port spoke) {
        final Place place = known.get(new Spoke(hubId, spoke.profile().publicKey().toBase64()));
        return place == null || !place.configured().equals(configured(spoke))
                ? null
                : Endpoint.of(new InetSocketAddress(place.last().literal(), place.last().port()));
    }

    private static String configured(Port spoke) {
        return spoke.profile().endpoint() == null ? "" : spoke.profile().endpoint().toString();
    }

    /** Asks the tunnels, and writes down what is new. What a hub that does not work now has known is kept. */
    void refresh(Inventory inventory, Reconciler reconciler) {
        final Map<Spoke, Place> now = new LinkedHashMap<>();
        for (final PortEntry entry : inventory.hubs()) {
            final String hubId = entry.port().id();
            final Map<String, Port> spokes = new HashMap<>();
            inventory.spokes(entry.port().networkId()).forEach(s -> spokes.put(s.port().profile().publicKey().toBase64(), s.port()));
            final Set<String> seen = new HashSet<>();
            final DeviceStatistics counted = AgentMetrics.statistics(reconciler.hub(hubId));
            if (counted != null) {
                for (final PeerStatistics peer : counted.peers()) {
                    final String key = peer.publicKey().toBase64();
                    // Which interface a link-local address belongs to may be another one next time.
                    if (peer.endpoint() != null && peer.endpoint().scopeId() == 0 && spokes.containsKey(key)) {
                        seen.add(key);
                        now.put(new Spoke(hubId, key), new Place(place(peer.endpoint()), configured(spokes.get(key))));
                    }
                }
            }
            for (final String key : spokes.keySet()) {
                final Spoke spoke = new Spoke(hubId, key);
                if (!seen.contains(key) && known.containsKey(spoke)) {
                    now.put(spoke, known.get(spoke));
                }
            }
        }
        if (now.equals(known)) {
            return;
        }
        known = now;
        if (!dryRun) {
            try {
                file.write(now);
            } catch (IOException e) {
                log.accept("where spokes are was not written down: " + e.getMessage());
            }
        }
    }

    private static HostPort place(Endpoint endpoint) {
        return HostPort.parse(endpoint.toString());
    }
}
