package org.wgjvm.hub.agent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.state.PortEntry;

/** What is wanted: all ports, and which belong to one network. One thread at a time. */
final class Inventory {
    private final Map<String, PortEntry> entries = new LinkedHashMap<>();
    private final Map<String, Set<String>> hubs = new LinkedHashMap<>();
    private final Map<String, Set<String>> spokes = new LinkedHashMap<>();

    PortEntry get(String id) {
        return entries.get(id);
    }

    Collection<PortEntry> all() {
        return entries.values();
    }

    Set<String> ids() {
        return new LinkedHashSet<>(entries.keySet());
    }

    /** A port that is known keeps its place. */
    void put(PortEntry entry) {
        final PortEntry before = entries.put(entry.port().id(), entry);
        if (before != null) {
            forget(before);
        }
        of(entry.port().kind()).computeIfAbsent(entry.port().networkId(), n -> new LinkedHashSet<>()).add(entry.port().id());
    }

    void remove(String id) {
        final PortEntry entry = entries.remove(id);
        if (entry != null) {
            forget(entry);
        }
    }

    private void forget(PortEntry entry) {
        final Map<String, Set<String>> map = of(entry.port().kind());
        final Set<String> set = map.get(entry.port().networkId());
        set.remove(entry.port().id());
        if (set.isEmpty()) {
            map.remove(entry.port().networkId());
        }
    }

    private Map<String, Set<String>> of(PortKind kind) {
        return kind == PortKind.HUB ? hubs : spokes;
    }

    /** The hubs of a network. */
    List<PortEntry> hubs(String networkId) {
        return entries(hubs.getOrDefault(networkId, Set.of()));
    }

    /** The spokes of a network. */
    List<PortEntry> spokes(String networkId) {
        return entries(spokes.getOrDefault(networkId, Set.of()));
    }

    private List<PortEntry> entries(Set<String> ids) {
        final List<PortEntry> all = new ArrayList<>(ids.size());
        ids.forEach(id -> all.add(entries.get(id)));
        return all;
    }

    List<PortEntry> hubs() {
        return entries.values().stream().filter(e -> e.port().kind() == PortKind.HUB).toList();
    }

    int count(PortKind kind) {
        return of(kind).values().stream().mapToInt(Set::size).sum();
    }

    /** Refuses a port that cannot be beside the others. */
    void check(Port port) throws ApiException {
        for (final PortEntry other : port.kind() == PortKind.HUB ? hubs() : spokes(port.networkId())) {
            if (!other.port().id().equals(port.id())) {
                check(port, other.port());
            }
        }
    }

    private static void check(Port port, Port other) throws ApiException {
        if (port.kind() == PortKind.HUB) {
            if (port.deviceName().equals(other.deviceName())) {
                throw new ApiException(409, "id", "its interface would be called " + port.deviceName() + ", as that of port " + other.id());
            }
            return;
        }
        if (port.profile().publicKey().equals(other.profile().publicKey())) {
            throw new ApiException(409, "binding:profile.public_key", "port " + other.id() + " of the same network has the same key");
        }
        final var mine = port.allowedIps();
        for (final var theirs : other.allowedIps()) {
            if (mine.contains(theirs)) {
                throw new ApiException(409, "fixed_ips", "port " + other.id() + " of the same network has " + theirs + " already");
            }
        }
    }
}
