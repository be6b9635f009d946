package org.wgjvm.router.profile;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.device.EndpointFilter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.DeviceInterface;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.Named;
import org.wgjvm.router.config.Node;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.Router.Attachment;
import org.wgjvm.router.config.ServiceClass;
import org.wgjvm.router.config.WireguardProfile;
import org.wgjvm.router.log.RouterLog;
import org.wgjvm.router.plane.InterfaceId;
import org.wgjvm.router.plane.RouterPlane;
import org.wgjvm.sys.Errno;
import org.wgjvm.transport.BindOptions;
import org.wgjvm.transport.LinuxUdpBind;
import org.wgjvm.transport.UdpBind;

/**
 * A profile and its data plane. It is there from the first commit that has the profile to the first that has not; in between it changes no
 * more than the configuration does, so sessions outlive commits, a disabled time, and a change of address. One thread, the router's control
 * thread, calls; events come on the event loop.
 */
final class RunningProfile implements DataPlaneEvents {
    private static final int ADDRESS_IN_USE = -Errno.EADDRINUSE;

    /** More changes at once than that are a line. */
    private static final int MAX_LOGGED_CHANGES = 100;

    private final String name;
    private final InterfaceId inside;
    private final RouterListener listener;
    private final RouterLog log;
    private final PublicKey publicKey;
    private final RouterPlane router;
    private final DataPlane plane;
    private final Map<PublicKey, String> peerNames = new ConcurrentHashMap<>();
    private volatile List<InetAddress> wanted = List.of();
    private volatile Inet4Address loopback;
    private volatile WireguardProfile profile;
    private List<Attachment> attachments = List.of();
    private volatile List<InetAddress> bound = List.of();
    private ProfileStatus.State state;
    private String reason;
    private String lastEndpoint;
    private long addressChanges;

    private RunningProfile(
            WireguardProfile profile, InterfaceId inside, PrivateKey key, RouterPlane router, RouterListener listener, RouterLog log)
            throws IOException {
        this.name = profile.name();
        this.inside = inside;
        this.listener = listener;
        this.log = log;
        this.router = router;
        publicKey = key.publicKey();
        plane = DataPlane.builder(router.profilePort(inside, name))
                .binds(this::bind)
                .events(this)
                .eventLoop(router.eventLoop())
                .enforceMtu(true)
                .start();
    }

    /** Starts a profile, which {@link #follow} then configures. */
    static RunningProfile start(
            WireguardProfile profile, InterfaceId inside, ProfileKeys keys, RouterPlane router, RouterListener listener, RouterLog log)
            throws IOException {
        try (PrivateKey key = keys.privateKey(profile.name())) {
            final RunningProfile running = new RunningProfile(profile, inside, key, router, listener, log);
            running.apply(new DeviceChange(key, null, null, false, List.of()));
            return running;
        }
    }

    InterfaceId inside() {
        return inside;
    }

    private UdpBind bind() {
        final List<InetAddress> at = wanted;
        if (at.isEmpty()) {
            return new SilentBind();
        }
        final UdpBind sockets = new LinuxUdpBind(BindOptions.fromEnvironment().boundTo(at.toArray(InetAddress[]::new)));
        return loopback == null ? sockets : router.outbound(inside, loopback, sockets);
    }

    /** The profile's own address on the network between it and the router, on the other side of its generated interface. */
    private Inet4Address loopback(Router configuration) {
        final Node node = configuration.node(inside.node());
        final DeviceInterface device = node == null ? null : Named.find(node.deviceInterfaces(), name);
        if (device == null || !device.generated()) {
            return null;
        }
        final IpAddress gateway = device.networkInterfaces().getFirst().addresses().getFirst().gateway();
        return gateway != null && gateway.toInetAddress() instanceof Inet4Address v4 ? v4 : null;
    }

    /** Takes up a configuration: only what differs from the one before is touched. */
    void follow(WireguardProfile next, Router configuration, Authority authority) {
        final WireguardProfile before = profile;
        profile = next;
        attachments = configuration.attachments().stream().filter(at -> at.profile().equals(name)).toList();
        final ServiceClass serviceClass = next.serviceClass() == null ? null : authority.serviceClass(next.serviceClass());
        final AccessFilter filter = attachments.isEmpty()
                ? null
                : AccessFilter.of(next.accessPolicies(), authority, attachments.getFirst().network());
        plane.outer(withAnswers(filter), serviceClass == null ? 0 : serviceClass.dscp()).toCompletableFuture().join();
        final List<PeerChange> changes = PeerDiff.between(before == null ? List.of() : before.peers(), next.peers());
        if (!changes.isEmpty()) {
            apply(new DeviceChange(null, null, null, false, changes));
            logPeers(changes, before == null ? List.of() : before.peers(), next.peers());
        }
        final Inet4Address from = loopback(configuration);
        final boolean loopbackChanged = !Objects.equals(from, loopback);
        loopback = from;
        moveTo(addresses(new ArrayList<>()), before == null || before.listenPort() != next.listenPort(), loopbackChanged);
    }

    /** The access policy is for those who come; who answers a session of the profile's own need not be named in it. */
    private static EndpointFilter withAnswers(AccessFilter filter) {
        return filter == null ? null : source -> RouterPlane.isAnswerToOutbound(source) || filter.accepts(source);
    }

    private void logPeers(List<PeerChange> changes, List<PeerEntry> before, List<PeerEntry> after) {
        before.forEach(peer -> peerNames.put(peer.publicKey(), peer.name()));
        final Map<PublicKey, String> now = after.stream().collect(Collectors.toMap(PeerEntry::publicKey, PeerEntry::name));
        final boolean first = before.isEmpty();
        peerNames.putAll(now);
        if (changes.size() > MAX_LOGGED_CHANGES) {
            log.peer(name, changes.size() + " peers " + (first ? "configured" : "changed"));
        }
        for (final PeerChange change : changes.size() > MAX_LOGGED_CHANGES ? List.<PeerChange>of() : changes) {
            final String what = change.remove() ? "removed" : first ? "configured" : "changed";
            log.peer(name, "'" + peerNames.get(change.publicKey()) + "' " + what);
        }
        peerNames.keySet().retainAll(now.keySet());
    }

    private List<InetAddress> addresses(List<String> waitsFor) {
        return profile.enabled() ? OuterAddresses.of(attachments, waitsFor) : List.of();
    }

    /** Addresses of this host have changed. */
    void followAddresses() {
        final List<InetAddress> now = addresses(new ArrayList<>());
        if (!now.equals(bound) || state == ProfileStatus.State.FAILED) {
            moveTo(now, false, false);
        }
    }

    private void moveTo(List<InetAddress> addresses, boolean portChanged, boolean loopbackChanged) {
        int error = 0;
        if (portChanged || loopbackChanged || !addresses.equals(bound)) {
            error = open(addresses, portChanged);
            if (error != 0) {
                open(List.of(), portChanged);
            }
        }
        final List<String> waitsFor = new ArrayList<>();
        addresses(waitsFor);
        if (!profile.enabled()) {
            become(ProfileStatus.State.DISABLED, "disabled by configuration");
        } else if (error == ADDRESS_IN_USE) {
            become(ProfileStatus.State.FAILED, "port " + profile.listenPort() + " of " + text(addresses) + " is busy");
        } else if (error != 0 && error != -Errno.EADDRNOTAVAIL) {
            become(ProfileStatus.State.FAILED, "cannot listen on " + text(addresses) + ": error " + -error);
        } else if (bound.isEmpty()) {
            become(ProfileStatus.State.PENDING, "waits for " + String.join(" and ", waitsFor));
        } else {
            become(ProfileStatus.State.UP, null);
        }
    }

    private int open(List<InetAddress> addresses, boolean withPort) {
        wanted = addresses;
        final int error = withPort
                ? apply(new DeviceChange(null, profile.listenPort(), null, false, List.of()))
                : plane.rebind().toCompletableFuture().join();
        if (error == 0) {
            bound = addresses;
            final String endpoint = addresses.isEmpty() ? null : text(addresses) + ":" + profile.listenPort();
            if (endpoint != null && !endpoint.equals(lastEndpoint)) {
                addressChanges += lastEndpoint == null ? 0 : 1;
                lastEndpoint = endpoint;
                log.config("'" + name + "' listens on " + endpoint);
                listener.onProfileAddress(name, endpoint);
            }
        }
        return error;
    }

    private static String text(List<InetAddress> addresses) {
        return addresses.stream().map(a -> IpAddress.of(a).v6() ? "[" + IpAddress.of(a) + "]" : a.getHostAddress())
                .collect(Collectors.joining(","));
    }

    private void become(ProfileStatus.State now, String why) {
        if (now != state || !Objects.equals(why, reason)) {
            state = now;
            reason = why;
            log.config("'" + name + "' is " + now.name().toLowerCase(Locale.ROOT) + (why == null ? "" : ": " + why));
            listener.onProfileState(name, now, why);
        }
    }

    private int apply(DeviceChange change) {
        return plane.apply(change).toCompletableFuture().join();
    }

    /** Whether the profile has that address and port for itself already. */
    boolean listensOn(InetAddress address, int port) {
        return bound.contains(address) && profile.listenPort() == port;
    }

    ProfileStatus status() {
        return new ProfileStatus(
                profile,
                inside.node(),
                state,
                reason,
                bound.stream().map(a -> IpAddress.of(a).toString()).toList(),
                addressChanges,
                publicKey,
                plane.snapshot().toCompletableFuture().join(),
                plane.drops().toCompletableFuture().join());
    }

    void close() {
        plane.close();
    }

    // What the data plane says, on the event loop.

    private void peer(PublicKey peer, String text) {
        log.peer(name, "'" + peerNames.getOrDefault(peer, peer.toBase64()) + "' " + text);
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        peer(peer, "has a session, " + (initiator ? "asked for by us" : "asked for by it"));
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        peer(peer, "does not answer, given up");
    }

    @Override
    public void onEndpointChanged(PublicKey peer, Endpoint endpoint) {
        peer(peer, "is at " + endpoint);
    }

    @Override
    public void onDegraded(String what, Exception why) {
        listener.onTrouble(name + ": " + what, why);
    }
}
