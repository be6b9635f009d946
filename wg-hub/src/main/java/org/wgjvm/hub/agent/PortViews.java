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
import org.wgjvm.hub.share.Records;
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
    private final Neighbours neighbours;
    private final Map<String, String> publicKeys = new LinkedHashMap<>();

    PortViews(Settings settings, Inventory inventory, Reconciler reconciler, KeyStore keys, Neighbours neighbours) {
        this.settings = settings;
        this.inventory = inventory;
        this.reconciler = reconciler;
        this.keys = keys;
        this.neighbours = neighbours;
    }

    /** What the agents of other hosts say of the hubs that they have. */
    interface Neighbours {
        /** There are none. */
        Neighbours NONE = hub -> null;

        /** What is said of a hub that another host has or had; null when nothing is, or when it is to be here. */
        Records.Status status(PortEntry hub);
    }

    /** What is known of a hub, wherever it is. */
    Records.Status look(PortEntry entry) throws IOException {
        final Records.Status elsewhere = neighbours.status(entry);
        return elsewhere == null ? report(entry) : elsewhere;
    }

    /** What the others are to know of a hub that is here. */
    Records.Status report(PortEntry entry) throws IOException {
        final Hub hub = reconciler.hub(entry.port().id());
        return new Records.Status(
                settings.host(), publicKey(entry), endpoint(entry), isActive(entry), link(hub), hub == null ? 0 : hub.applied.size(),
                hub == null || hub.error == null ? "" : hub.error);
    }

    private static String link(Hub hub) {
        return hub != null && hub.up && hub.isRealised() ? "up" : "down";
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
            final Records.Status elsewhere = neighbours.status(entry);
            final Hub hub = reconciler.hub(port.id());
            return elsewhere != null ? elsewhere.active() : hub != null && hub.isRealised();
        }
        return inventory.hubs(port.networkId()).stream().anyMatch(h -> {
            final Hub hub = reconciler.hub(h.port().id());
            // Another host's agent does not say which spokes its hub knows: it knows all, or is not active.
            return isActive(h) && (neighbours.status(h) != null || hub.applied.containsKey(port.profile().publicKey()));
        });
    }

    /** Forgets what is known of a port. */
    void forget(String id) {
        publicKeys.remove(id);
    }

    /** The public key of a hub, in base64; empty while there is none. */
    String publicKey(PortEntry hub) throws IOException {
        final Records.Status elsewhere = neighbours.status(hub);
        if (elsewhere != null) {
            return elsewhere.publicKey();
        }
        final String hubId = hub.port().id();
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

    /** Where devices reach a hub; empty while nobody knows. */
    String endpoint(PortEntry entry) {
        final Records.Status elsewhere = neighbours.status(entry);
        if (elsewhere != null) {
            return elsewhere.endpoint();
        }
        final Hub hub = reconciler.hub(entry.port().id());
        final boolean home = entry.port().binding().hostId().equals(settings.host());
        final int port = hub != null && hub.hold != null ? hub.hold.port() : home ? entry.listenPort() : 0;
        if (port == 0) {
            return "";
        }
        final InetAddress address = settings.publicAddress();
        final String text = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port;
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
        details.addProperty("public_key", publicKey(entry));
        details.addProperty("endpoint", endpoint(entry));
        details.addProperty("mtu", settings.mtu());
        return details;
    }

    private JsonObject hubState(PortEntry entry) {
        final JsonObject state = new JsonObject();
        final Hub hub = reconciler.hub(entry.port().id());
        final Records.Status elsewhere = neighbours.status(entry);
        state.addProperty("host", elsewhere == null ? settings.host() : elsewhere.host());
        state.addProperty("listen_port", hub != null && hub.hold != null ? hub.hold.port() : entry.listenPort());
        state.addProperty("namespace", hub == null ? "" : hub.place);
        state.addProperty("link", elsewhere == null ? link(hub) : elsewhere.link());
        state.addProperty("spokes", elsewhere != null ? elsewhere.spokes() : hub == null ? 0 : hub.applied.size());
        if (entry.attachment() != null) {
            final JsonObject at = new JsonObject();
            at.addProperty("namespace", entry.attachment().namespace());
            at.addProperty("router_id", entry.attachment().routerId());
            state.add("attachment", at);
        }
        final String error = elsewhere != null ? elsewhere.error() : hub == null ? "" : hub.error;
        if (error != null && !error.isEmpty()) {
            state.addProperty("error", error);
        }
        return state;
    }

    private JsonArray peers(Port spoke) throws IOException {
        final JsonArray peers = new JsonArray();
        final List<PortEntry> hubs = inventory.hubs(spoke.networkId());
        for (final PortEntry hub : hubs.subList(0, Math.min(MOST_PEERS, hubs.size()))) {
            if (endpoint(hub).isEmpty()) {
                // Another host's, which has not said anything yet.
                continue;
            }
            final JsonObject peer = new JsonObject();
            peer.addProperty("port_id", hub.port().id());
            peer.addProperty("public_key", publicKey(hub));
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
