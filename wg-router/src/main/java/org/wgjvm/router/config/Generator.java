package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.Transport.PortRange;
import org.wgjvm.router.config.Transport.Protocol;

/**
 * Makes the elements that follow from profiles, afresh at each commit: a device and its network interface for decrypted packets, the tenant
 * of a private network and its member, and the session type of a profile that has a timeout or class of its own.
 */
final class Generator {
    /** The loopback networks are the /30s from here on, one for each profile of a router; the first is the one of the document. */
    private static final IpAddress FIRST_LOOPBACK = IpAddress.parse("169.254.140.128");

    private static final int LOOPBACK_BITS = 30;
    private static final int LOOPBACK_COUNT = 8192;

    private Generator() {}

    /** The name of the session type that is generated for a profile. */
    static String sessionTypeName(Router router, WireguardProfile profile) {
        return router.name() + "-" + profile.name();
    }

    /** Without anything that a commit made. */
    static Authority strip(Authority from) {
        final List<Tenant> tenants = new ArrayList<>();
        for (final Tenant tenant : from.tenants()) {
            if (!tenant.generated()) {
                tenants.add(new Tenant(
                        tenant.name(), tenant.description(), tenant.members().stream().filter(m -> !m.generated()).toList(), false));
            }
        }
        return new Authority(
                tenants,
                from.serviceClasses(),
                from.sessionTypes().stream().filter(t -> !t.generated()).toList(),
                from.services().stream().filter(s -> !s.generated()).toList(),
                from.routers().stream().map(Generator::strip).toList());
    }

    private static Router strip(Router router) {
        final List<Node> nodes = new ArrayList<>();
        for (final Node node : router.nodes()) {
            nodes.add(new Node(
                    node.name(), node.deviceInterfaces().stream().filter(d -> !d.generated()).toList()));
        }
        return new Router(
                router.name(),
                router.description(),
                nodes,
                router.profiles(),
                router.serviceRoutes().stream().filter(r -> !r.generated()).toList());
    }

    /**
     * With everything that follows from it.
     *
     * @param from without generated elements
     * @param previous what was committed before: a profile keeps the loopback network it was given
     */
    static Authority generate(Authority from, Authority previous) {
        final Map<String, Tenant> tenants = new LinkedHashMap<>();
        from.tenants().forEach(tenant -> tenants.put(tenant.name(), tenant));
        final List<SessionType> sessionTypes = new ArrayList<>(from.sessionTypes());
        final List<Router> routers = new ArrayList<>();
        for (final Router router : from.routers()) {
            routers.add(withInterfaces(router, previous.router(router.name())));
            for (final WireguardProfile profile : router.profiles()) {
                generateTenant(profile.privateNetwork(), tenants);
                if (profile.timeoutMs() != SessionType.DEFAULT_TIMEOUT_MS || profile.serviceClass() != null) {
                    sessionTypes.add(sessionType(router, profile));
                }
            }
        }
        return new Authority(List.copyOf(tenants.values()), from.serviceClasses(), sessionTypes, from.services(), routers);
    }

    private static SessionType sessionType(Router router, WireguardProfile profile) {
        final PortRange port = new PortRange(profile.listenPort(), profile.listenPort());
        return new SessionType(
                sessionTypeName(router, profile),
                profile.serviceClass(),
                profile.timeoutMs(),
                List.of(new Transport(Protocol.UDP, List.of(port))),
                true);
    }

    private static void generateTenant(PrivateNetwork network, Map<String, Tenant> tenants) {
        if (network == null || network.tenantName() == null || network.neighborhood() == null || network.address() == null) {
            return;
        }
        final IpPrefix prefix = network.address().network();
        final Tenant known = tenants.getOrDefault(network.tenantName(), new Tenant(network.tenantName(), null, List.of(), true));
        final TenantMember member = Named.find(known.members(), network.neighborhood());
        if (member != null && (member.addresses().contains(prefix) || !member.generated())) {
            return; // it is there, or the administrator's own member decides
        }
        final List<TenantMember> members = new ArrayList<>(known.members());
        final List<IpPrefix> addresses = new ArrayList<>();
        if (member != null) {
            members.remove(member);
            addresses.addAll(member.addresses());
        }
        addresses.add(prefix);
        members.add(new TenantMember(network.neighborhood(), addresses, true));
        tenants.put(known.name(), new Tenant(known.name(), known.description(), members, known.generated()));
    }

    private static Router withInterfaces(Router router, Router previous) {
        final Map<String, HostPrefix> loopbacks = loopbacks(router, previous);
        final Map<String, List<DeviceInterface>> byNode = new HashMap<>();
        final Set<String> made = new HashSet<>();
        for (final Router.Attachment attachment : router.attachments()) {
            final WireguardProfile profile = router.profile(attachment.profile());
            if (profile != null
                    && profile.privateNetwork() != null
                    && profile.privateNetwork().neighborhood() != null
                    && loopbacks.get(profile.name()) != null
                    && made.add(profile.name())) {
                byNode.computeIfAbsent(attachment.node().name(), n -> new ArrayList<>())
                        .add(device(profile, loopbacks.get(profile.name())));
            }
        }
        final List<Node> nodes = new ArrayList<>();
        for (final Node node : router.nodes()) {
            final List<DeviceInterface> devices = new ArrayList<>(node.deviceInterfaces());
            devices.addAll(byNode.getOrDefault(node.name(), List.of()));
            nodes.add(new Node(node.name(), devices));
        }
        return new Router(router.name(), router.description(), nodes, router.profiles(), router.serviceRoutes());
    }

    private static DeviceInterface device(WireguardProfile profile, HostPrefix loopback) {
        final IpPrefix network = loopback.network();
        final IpAddress base = new IpAddress(network.v6(), network.high(), network.low());
        final InterfaceAddress address = new InterfaceAddress(base.plus(2), loopback.bits(), base.plus(1), null);
        return new DeviceInterface(
                profile.name(),
                null,
                DeviceInterface.Type.HOST,
                true,
                null,
                List.of(new NetworkInterface(
                        profile.interfaceName(),
                        null,
                        List.of(profile.privateNetwork().neighborhood()),
                        null,
                        false,
                        null,
                        List.of(address),
                        true)),
                true);
    }

    /** The configured networks, then those that were given before, then the first free ones. */
    private static Map<String, HostPrefix> loopbacks(Router router, Router previous) {
        final Map<String, HostPrefix> chosen = new HashMap<>();
        final Set<IpPrefix> taken = new HashSet<>();
        for (final WireguardProfile profile : router.profiles()) {
            if (profile.loopbackAddress() != null) {
                chosen.put(profile.name(), profile.loopbackAddress());
                taken.add(profile.loopbackAddress().network());
            }
        }
        for (final WireguardProfile profile : router.profiles()) {
            final HostPrefix before = previous == null ? null : given(previous, profile);
            if (!chosen.containsKey(profile.name()) && before != null && isFree(before.network(), taken)) {
                chosen.put(profile.name(), before);
                taken.add(before.network());
            }
        }
        int next = 0;
        for (final WireguardProfile profile : router.profiles()) {
            while (!chosen.containsKey(profile.name()) && next < LOOPBACK_COUNT) {
                final HostPrefix candidate = new HostPrefix(FIRST_LOOPBACK.plus(4 * next++), LOOPBACK_BITS);
                if (isFree(candidate.network(), taken)) {
                    chosen.put(profile.name(), candidate);
                    taken.add(candidate.network());
                }
            }
        }
        return chosen;
    }

    private static HostPrefix given(Router previous, WireguardProfile profile) {
        for (final Node node : previous.nodes()) {
            final DeviceInterface device = Named.find(node.deviceInterfaces(), profile.name());
            if (device != null && device.generated()) {
                final WireguardProfile then = previous.profile(profile.name());
                return then != null && then.loopbackAddress() != null
                        ? null // that was configured, and no longer is
                        : device.networkInterfaces().getFirst().addresses().getFirst().prefix();
            }
        }
        return null;
    }

    private static boolean isFree(IpPrefix wanted, Set<IpPrefix> taken) {
        return taken.stream().noneMatch(other -> Overlaps.overlap(wanted, other));
    }
}
