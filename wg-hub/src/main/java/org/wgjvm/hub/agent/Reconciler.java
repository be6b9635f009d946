package org.wgjvm.hub.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.hub.machine.LinkPlan;
import org.wgjvm.hub.machine.Machine;
import org.wgjvm.hub.machine.PortHold;
import org.wgjvm.hub.machine.Stray;
import org.wgjvm.hub.port.Cidr;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.state.KeyStore;
import org.wgjvm.hub.state.NamespaceRecord;
import org.wgjvm.hub.state.PortEntry;

/**
 * Brings what is there to what is wanted, from whatever state it finds: each pass looks at everything that a hub needs, does what is
 * missing, and nothing else. What fails is tried again, later and later. One thread at a time.
 */
final class Reconciler {
    private static final int LONGEST_BACKOFF_SECONDS = 60;

    private final Settings settings;
    private final Machine machine;
    private final Inventory inventory;
    private final KeyStore keys;
    private final NamespaceRecord namespaces;
    private final EndpointLookup lookup;
    private final KnownEndpoints endpoints;
    private final Consumer<String> log;
    private final Consumer<String> onGone;
    private final Rights rights;
    private final UdpPorts ports;
    private final Map<String, Hub> hubs = new LinkedHashMap<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Set<String> made = new LinkedHashSet<>();
    private long passes;
    private long failures;

    /**
     * Nothing is there yet.
     *
     * @param rights which hubs may be had here
     * @param onGone told, on some thread, the id of a hub whose interface was taken away
     */
    Reconciler(
            Settings settings, Machine machine, Inventory inventory, KeyStore keys, NamespaceRecord namespaces, EndpointLookup lookup,
            KnownEndpoints endpoints, Consumer<String> log, Rights rights, Consumer<String> onGone) {
        this.settings = settings;
        this.machine = machine;
        this.inventory = inventory;
        this.keys = keys;
        this.namespaces = namespaces;
        this.lookup = lookup;
        this.endpoints = endpoints;
        this.log = log;
        this.rights = rights;
        ports = new UdpPorts(settings, machine, inventory);
        this.onGone = onGone;
    }

    /** The hubs that are to be here. */
    List<PortEntry> here() {
        return inventory.hubs().stream().filter(rights::has).toList();
    }

    /** What is there of a hub, or null. */
    Hub hub(String id) {
        return hubs.get(id);
    }

    /** Namespaces to have beside those of projects. */
    Set<String> wanted() {
        return wanted;
    }

    long passes() {
        return passes;
    }

    long failures() {
        return failures;
    }

    /** Takes a port for a hub that is about to be wanted, and holds it. */
    int choosePort(String id) throws ApiException, IOException {
        final PortHold hold = ports.choose();
        if (hold == null) {
            hubs.remove(id);
            throw new ApiException(409, "", ports.noneFree());
        }
        final Hub hub = hubs.computeIfAbsent(id, i -> new Hub());
        hub.close();
        hub.hold = hold;
        return hold.port();
    }

    /** Looks at everything. */
    void all() {
        removeStrays();
        for (final String id : new ArrayList<>(hubs.keySet())) {
            if (inventory.get(id) == null) {
                hubs.remove(id).close();
                rights.leave(id);
            }
        }
        for (final String name : wanted) {
            try {
                ensureNamespace(name);
            } catch (IOException e) {
                failures++;
                log.accept("namespace " + name + ": " + e.getMessage());
            }
        }
        for (final PortEntry entry : inventory.hubs()) {
            hub(entry);
        }
        removeNamespaces();
    }

    /** Looks at the hubs of a network. */
    void network(String networkId) {
        inventory.hubs(networkId).forEach(this::hub);
    }

    /** Tries again what has waited long enough. Returns in how many nanoseconds the next one is due; a negative number for never. */
    long retry(long nowNs) {
        long next = -1;
        for (final PortEntry entry : inventory.hubs()) {
            final Hub hub = hubs.get(entry.port().id());
            if (hub != null && hub.error != null) {
                if (hub.retryAtNs - nowNs <= 0) {
                    hub(entry);
                }
                if (hub.error != null) {
                    final long inNs = Math.max(1, hub.retryAtNs - nowNs);
                    next = next < 0 ? inNs : Math.min(next, inNs);
                }
            }
        }
        return next;
    }

    /** Looks at one hub. */
    void hub(PortEntry entry) {
        if (!rights.has(entry)) {
            letGo(entry.port().id());
            return;
        }
        passes++;
        final Hub hub = hubs.computeIfAbsent(entry.port().id(), i -> new Hub());
        try {
            realise(entry, hub);
            if (hub.error != null && hub.failures > 0) {
                log.accept(entry.port().deviceName() + ": is as it should be again");
            }
            hub.error = null;
            hub.failures = 0;
        } catch (IOException | RuntimeException e) {
            failures++;
            final String why = e.getMessage() == null ? e.toString() : e.getMessage();
            if (!why.equals(hub.error)) {
                log.accept(entry.port().deviceName() + ": " + why);
            }
            hub.error = why;
            hub.failures++;
            final int seconds = Math.min(LONGEST_BACKOFF_SECONDS, 1 << Math.min(hub.failures - 1, 10));
            hub.retryAtNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        }
    }

    private void realise(PortEntry entry, Hub hub) throws IOException {
        final Port port = entry.port();
        if (hub.hold != null && (hub.hold.isBroken() || ports.isHome(entry) && hub.hold.port() != entry.listenPort())) {
            hub.close();
        }
        if (hub.hold == null) {
            hub.hold = ports.hold(entry);
        }
        if (hub.tunnel != null && hub.tunnel.isGone()) {
            hub.forgetTunnel();
        }
        ensureNamespace(port.projectNamespace());
        final String place = entry.attachment() == null ? port.projectNamespace() : entry.attachment().namespace();
        if (!machine.hasNamespace(place)) {
            // Its router is gone, or not there yet: the hub waits where it belongs.
            if (hub.tunnel != null) {
                put(hub, port.projectNamespace());
            }
            throw new IOException("there is no network namespace " + place);
        }
        if (hub.tunnel == null) {
            hub.tunnel = machine.makeTunnel(port.deviceName(), settings.mtu(), hub.hold, () -> onGone.accept(port.id()));
            if (!rights.enter(entry, hub.tunnel::close)) {
                hub.forgetTunnel();
                throw new IOException("it may not be here any more");
            }
        }
        if (!place.equals(hub.place)) {
            // Down before it goes anywhere, so that nothing is up where it does not belong.
            hub.tunnel.link(LinkPlan.DOWN);
            hub.up = false;
        }
        put(hub, place);
        configure(port, hub);
        final boolean up = port.adminStateUp() && (entry.attachment() != null || settings.upAtOnce());
        hub.tunnel.link(up ? new LinkPlan(true, port.interfaceAddresses(), routes(port)) : LinkPlan.DOWN);
        hub.up = up;
    }

    private static void put(Hub hub, String place) throws IOException {
        hub.tunnel.place(place);
        hub.place = place;
    }

    private void ensureNamespace(String name) throws IOException {
        if (!machine.hasNamespace(name)) {
            namespaces.add(name);
            machine.makeNamespace(name);
            made.add(name);
        } else if (namespaces.has(name) && !made.contains(name)) {
            // One of ours from before: whoever made it may have been killed half-way.
            machine.makeNamespace(name);
            made.add(name);
        }
    }

    /** Only what has changed, and removals first, so that a prefix is free before another peer gets it. */
    private void configure(Port port, Hub hub) throws IOException {
        final Map<PublicKey, PeerPlan> wanted = new LinkedHashMap<>();
        final Map<PublicKey, String> owners = new LinkedHashMap<>();
        for (final PortEntry spoke : inventory.spokes(port.networkId())) {
            if (spoke.port().adminStateUp()) {
                final PeerPlan plan = plan(spoke.port());
                wanted.put(plan.publicKey(), plan);
                owners.put(plan.publicKey(), spoke.port().id());
            }
        }
        final List<PeerChange> changes = new ArrayList<>();
        for (final PublicKey known : hub.applied.keySet()) {
            if (!wanted.containsKey(known)) {
                changes.add(new PeerChange(known, true, false, null, null, null, false, List.of()));
            }
        }
        for (final PeerPlan plan : wanted.values()) {
            final PeerPlan before = hub.applied.get(plan.publicKey());
            if (!plan.equals(before)) {
                changes.add(change(port.id(), plan, before, inventory.get(owners.get(plan.publicKey())).port()));
            }
        }
        if (changes.isEmpty() && hub.keyed) {
            return;
        }
        try (PrivateKey key = hub.keyed ? null : privateKey(port)) {
            hub.tunnel.configure(new DeviceChange(key, hub.keyed ? null : hub.hold.port(), null, false, changes));
        }
        hub.keyed = true;
        hub.applied.clear();
        hub.applied.putAll(wanted);
    }

    /** The key is made when the port is first accepted: another one would lock every device out. */
    private PrivateKey privateKey(Port port) throws IOException {
        final PrivateKey key = keys.derivedPrivateKey(port.id());
        if (key == null && settings.dryRun()) {
            return PrivateKey.generate(new SecureRandom()::nextBytes);
        }
        if (key == null) {
            throw new IOException("the private key of port " + port.id() + " is missing from the state directory");
        }
        final String published = port.binding().hostId().equals(settings.host()) ? "" : rights.publishedKey(port.id());
        if (!published.isEmpty() && !published.equals(key.publicKey().toBase64())) {
            key.close();
            throw new IOException("the private key here is not that of the public key that devices know, " + published);
        }
        return key;
    }

    private PeerPlan plan(Port spoke) throws IOException {
        final InetSocketAddress endpoint = spoke.profile().endpoint() == null ? null : lookup.find(spoke.profile().endpoint());
        final PresharedKey psk = keys.presharedKey(spoke.id());
        final String secret = psk == null ? "" : digest(psk);
        if (psk != null) {
            psk.close();
        }
        return new PeerPlan(spoke.profile().publicKey(), secret, endpoint, spoke.profile().keepaliveSeconds(), spoke.allowedIps());
    }

    private static String digest(PresharedKey key) {
        final byte[] bytes = new byte[PresharedKey.LENGTH];
        key.copyTo(bytes, 0);
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } finally {
            java.util.Arrays.fill(bytes, (byte) 0);
        }
    }

    private PeerChange change(String hubId, PeerPlan plan, PeerPlan before, Port spoke) throws IOException {
        final PresharedKey psk =
                plan.secret().isEmpty() ? PresharedKey.of(new byte[PresharedKey.LENGTH], 0) : keys.presharedKey(spoke.id());
        return new PeerChange(
                plan.publicKey(), false, false, psk, endpoint(hubId, plan, before, spoke), plan.keepaliveSeconds(), true,
                plan.allowedIps().stream().map(c -> new PeerChange.AllowedIp(c.prefix(), false)).toList());
    }

    /**
     * The endpoint that a device is told: a new peer's is where it was heard last; later on it is what is configured, when that is new, and
     * a device that has moved since is not called back.
     */
    private Endpoint endpoint(String hubId, PeerPlan plan, PeerPlan before, Port spoke) {
        // A name whose address becomes known later counts as new only then.
        if (before == null || before.endpoint() == null) {
            final Endpoint last = endpoints.find(hubId, spoke);
            if (last != null) {
                return before == null ? last : null;
            }
        }
        final boolean isNew = plan.endpoint() != null && (before == null || !plan.endpoint().equals(before.endpoint()));
        return isNew ? Endpoint.of(plan.endpoint()) : null;
    }

    /** What the prefixes of the hub's own addresses do not cover. */
    private List<Cidr> routes(Port hub) {
        final List<Cidr> own = hub.interfaceAddresses();
        final Set<Cidr> routes = new LinkedHashSet<>();
        for (final PortEntry spoke : inventory.spokes(hub.networkId())) {
            if (spoke.port().adminStateUp()) {
                spoke.port().allowedIps().stream().filter(c -> own.stream().noneMatch(o -> o.contains(c))).forEach(routes::add);
            }
        }
        return List.copyOf(routes);
    }

    private void removeStrays() {
        final Set<String> places = new LinkedHashSet<>(namespaces.names());
        inventory.hubs().stream().filter(e -> e.attachment() != null).forEach(e -> places.add(e.attachment().namespace()));
        final Set<String> known = new LinkedHashSet<>();
        hubs.forEach((id, hub) -> {
            if (hub.tunnel != null && inventory.get(id) != null) {
                known.add(inventory.get(id).port().deviceName());
            }
        });
        try {
            for (final Stray stray : machine.strays(places, known)) {
                if (!settings.ignores(stray.name())) {
                    log.accept("removing interface " + stray + ", which belongs to no port");
                    machine.remove(stray);
                }
            }
        } catch (IOException e) {
            failures++;
            log.accept("looking for interfaces that belong to no port: " + e.getMessage());
        }
    }

    /** A namespace goes with its project's last hub. */
    private void removeNamespaces() {
        final Set<String> used = here().stream().map(e -> e.port().projectNamespace()).collect(Collectors.toSet());
        for (final String name : namespaces.names()) {
            if (!used.contains(name) && !wanted.contains(name)) {
                try {
                    if (machine.removeNamespace(name)) {
                        made.remove(name);
                        namespaces.remove(name);
                    }
                } catch (IOException e) {
                    failures++;
                    log.accept("namespace " + name + ": " + e.getMessage());
                }
            }
        }
    }

    /** A port is not wanted any more; its file is gone. */
    void removed(PortEntry entry) {
        letGo(entry.port().id());
        removeNamespaces();
    }

    /** Lets go of a port that was chosen for nothing. */
    void abandon(String id) {
        letGo(id);
    }

    private void letGo(String id) {
        final Hub hub = hubs.remove(id);
        if (hub != null) {
            hub.close();
        }
        rights.leave(id);
    }

    /** Takes everything down; what is wanted stays wanted. */
    void close() {
        hubs.values().forEach(Hub::close);
        hubs.clear();
    }
}
