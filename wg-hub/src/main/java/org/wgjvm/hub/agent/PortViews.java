package org.wgjvm.hub.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.hub.port.Cidr;
import org.wgjvm.hub.port.FixedIp;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.port.PortReader;
import org.wgjvm.hub.port.PortWriter;
import org.wgjvm.hub.port.Subnet;
import org.wgjvm.hub.state.KeyStore;
import org.wgjvm.hub.state.PortEntry;

/**
 * Ports as answers show them: what was asked for, with what became of it. {@code vif_details} stays under Neutron's limit of 4095
 * characters: a spoke has its hubs there, and a hub never its spokes. One thread at a time.
 */
final class PortViews {
    private static final int MOST_PEERS = 12;

    private final Settings settings;
    private final Inventory inventory;
    private final Reconciler reconciler;
    private final KeyStore keys;
    private final Map<String, String> publicKeys = new LinkedHashMap<>();

    PortViews(Settings settings, Inventory inventory, Reconciler reconciler, KeyStore keys) {
        this.settings = settings;
        this.inventory = inventory;
        this.reconciler = reconciler;
        this.keys = keys;
    }

    /** A port with its status. */
    JsonObject view(PortEntry entry) throws IOException {
        final Port port = entry.port();
        final JsonObject json = PortWriter.write(port);
        json.addProperty("status", isActive(entry) ? "ACTIVE" : "DOWN");
        json.addProperty("binding:vif_type", "wireguard");
        json.addProperty("binding:vnic_type", "normal");
        if (port.kind() == PortKind.HUB) {
            json.add("binding:vif_details", hubDetails(entry));
            json.add("wireguard", hubState(entry));
        } else {
            try (var psk = keys.presharedKey(port.id())) {
                if (psk != null) {
                    json.getAsJsonObject("binding:profile").addProperty("preshared_key", PortReader.HIDDEN);
                }
            }
            final JsonObject details = new JsonObject();
            details.add("peers", peers(port));
            details.addProperty("mtu", settings.mtu());
            json.add("binding:vif_details", details);
        }
        return json;
    }

    /** Whether a port works: a hub that is as it should be, and a spoke that such a hub knows. */
    boolean isActive(PortEntry entry) {
        final Port port = entry.port();
        if (!port.adminStateUp()) {
            return false;
        }
        if (port.kind() == PortKind.HUB) {
            final Hub hub = reconciler.hub(port.id());
            return hub != null && hub.isRealised();
        }
        return inventory.hubs(port.networkId()).stream().anyMatch(h -> {
            final Hub hub = reconciler.hub(h.port().id());
            return isActive(h) && hub.applied.containsKey(port.profile().publicKey());
        });
    }

    /** Forgets what is known of a port. */
    void forget(String id) {
        publicKeys.remove(id);
    }

    /** The public key of a hub, in base64; empty while there is none. */
    String publicKey(String hubId) throws IOException {
        String known = publicKeys.get(hubId);
        if (known == null) {
            try (PrivateKey key = keys.knownPrivateKey(hubId)) {
                if (key == null) {
                    return "";
                }
                known = key.publicKey().toBase64();
                publicKeys.put(hubId, known);
            }
        }
        return known;
    }

    /** Where devices reach a hub. */
    String endpoint(PortEntry hub) {
        final InetAddress address = settings.publicAddress();
        final String text = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + hub.listenPort();
    }

    /** What a spoke routes to a hub: the subnets that the hub is in, so that the other spokes are reached too, or its addresses. */
    static Set<Cidr> reachable(Port hub) {
        final Set<Cidr> all = new LinkedHashSet<>();
        for (final FixedIp ip : hub.fixedIps()) {
            Cidr reached = Cidr.host(ip.address());
            for (final Subnet subnet : hub.subnets()) {
                if (subnet.id().equals(ip.subnetId())) {
                    reached = subnet.cidr();
                }
            }
            all.add(reached);
        }
        return all;
    }

    private JsonObject hubDetails(PortEntry entry) throws IOException {
        final JsonObject details = new JsonObject();
        details.addProperty("device_name", entry.port().deviceName());
        details.addProperty("public_key", publicKey(entry.port().id()));
        details.addProperty("endpoint", endpoint(entry));
        details.addProperty("mtu", settings.mtu());
        return details;
    }

    private JsonObject hubState(PortEntry entry) {
        final JsonObject state = new JsonObject();
        final Hub hub = reconciler.hub(entry.port().id());
        state.addProperty("listen_port", entry.listenPort());
        state.addProperty("namespace", hub == null ? "" : hub.place);
        state.addProperty("link", hub != null && hub.up && hub.isRealised() ? "up" : "down");
        state.addProperty("spokes", hub == null ? 0 : hub.applied.size());
        if (entry.attachment() != null) {
            final JsonObject at = new JsonObject();
            at.addProperty("namespace", entry.attachment().namespace());
            at.addProperty("router_id", entry.attachment().routerId());
            state.add("attachment", at);
        }
        if (hub != null && hub.error != null && !hub.error.isEmpty()) {
            state.addProperty("error", hub.error);
        }
        return state;
    }

    private JsonArray peers(Port spoke) throws IOException {
        final JsonArray peers = new JsonArray();
        final List<PortEntry> hubs = inventory.hubs(spoke.networkId());
        for (final PortEntry hub : hubs.subList(0, Math.min(MOST_PEERS, hubs.size()))) {
            final JsonObject peer = new JsonObject();
            peer.addProperty("port_id", hub.port().id());
            peer.addProperty("public_key", publicKey(hub.port().id()));
            peer.addProperty("endpoint", endpoint(hub));
            final JsonArray addresses = new JsonArray();
            hub.port().fixedIps().forEach(ip -> addresses.add(ip.address().getHostAddress()));
            peer.add("addresses", addresses);
            final JsonArray allowed = new JsonArray();
            reachable(hub.port()).forEach(c -> allowed.add(c.toString()));
            peer.add("allowed_ips", allowed);
            peers.add(peer);
        }
        return peers;
    }
}
