package org.wgjvm.router.plane;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.AccessPolicy;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.DeviceInterface;
import org.wgjvm.router.config.InterfaceAddress;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.NextHop;
import org.wgjvm.router.config.Node;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.config.ServiceRoute;
import org.wgjvm.router.config.SessionType;
import org.wgjvm.router.config.Tenant;
import org.wgjvm.router.config.TenantMember;
import org.wgjvm.router.config.WireguardProfile;

/**
 * Makes a {@link Policy} of what a commit has generated for one router. Takes time in proportion to the configuration without the peers
 * whose addresses are in the private network of their profile, and runs on the thread of whoever commits.
 */
final class PolicyCompiler {
    private static final AllowedIps.Snapshot<Candidates> NO_SERVICES = new AllowedIps<Candidates>().snapshot();
    private static final AllowedIps.Snapshot<TenantPolicy> NO_MEMBERS = new AllowedIps<TenantPolicy>().snapshot();

    private final Authority authority;
    private final Router router;
    private final InterfaceNumbers numbers;
    private final PairTable pairs;
    private final TimeoutTable timeouts;
    private final Map<String, TenantPolicy> tenants = new HashMap<>();

    private PolicyCompiler(Authority authority, Router router, InterfaceNumbers numbers, PairTable pairs, TimeoutTable timeouts) {
        this.authority = authority;
        this.router = router;
        this.numbers = numbers;
        this.pairs = pairs;
        this.timeouts = timeouts;
    }

    /** Compiles; what refers to something that does not exist is left out, since a commit refuses it. */
    static Policy compile(Authority authority, Router router, InterfaceNumbers numbers, PairTable pairs, TimeoutTable timeouts) {
        return new PolicyCompiler(authority, router, numbers, pairs, timeouts).policy();
    }

    private Policy policy() {
        compileTenants();
        final Map<IpPrefix, InterfacePolicy> connected = new LinkedHashMap<>();
        final List<InterfacePolicy> found = new ArrayList<>();
        for (final Node node : router.nodes()) {
            for (final DeviceInterface device : node.deviceInterfaces()) {
                for (final NetworkInterface network : device.networkInterfaces()) {
                    if (device.enabled()) {
                        final InterfaceId id = new InterfaceId(node.name(), network.name());
                        found.add(compileInterface(id, network, connected));
                        if (profileOf(network) != null) {
                            found.add(outbound(id, found.getLast()));
                        }
                    }
                }
            }
        }
        final InterfacePolicy[] byNumber = new InterfacePolicy[numbers.count()];
        for (final InterfacePolicy each : found) {
            byNumber[each.number] = each;
        }
        final AllowedIps<InterfacePolicy> routes = new AllowedIps<>();
        final AllowedIps<InterfacePolicy>.Transaction edit = routes.begin();
        connected.forEach(edit::insert);
        edit.commit();
        return new Policy(byNumber, routes.snapshot(), timeoutRules(), pairs.of(null, null));
    }

    // Interfaces.

    private InterfacePolicy compileInterface(InterfaceId id, NetworkInterface network, Map<IpPrefix, InterfacePolicy> connected) {
        final WireguardProfile profile = profileOf(network);
        final List<IpAddress> own = new ArrayList<>();
        final List<IpPrefix> reached = new ArrayList<>();
        for (final InterfaceAddress address : network.addresses()) {
            own.add(address.ip());
            reached.add(address.prefix().network());
        }
        if (profile != null) {
            final IpPrefix inside = profile.privateNetwork().address().network();
            own.add(profile.privateNetwork().address().address());
            reached.add(inside);
            for (final PeerEntry peer : profile.peers()) {
                peer.allowedIps().stream().filter(ip -> !covers(inside, ip)).forEach(reached::add);
            }
        }
        final TenantPolicy base = tenants.get(network.tenant() == null ? TenantPolicy.GLOBAL : network.tenant());
        final int timeout = profile == null ? 0 : timeouts.number(profile.timeoutMs());
        final InterfacePolicy compiled =
                new InterfacePolicy(id, numbers.of(id), base, members(network), own.toArray(IpAddress[]::new), timeout, false);
        reached.forEach(prefix -> connected.putIfAbsent(prefix, compiled));
        return compiled;
    }

    /** Where a profile's own sessions come in: tenants are those of its inside. Nothing is routed there but answers. */
    private InterfacePolicy outbound(InterfaceId inside, InterfacePolicy policy) {
        final InterfaceId id = inside.outbound();
        return new InterfacePolicy(id, numbers.of(id), policy.base, policy.members, new IpAddress[0], policy.timeout, true);
    }

    private WireguardProfile profileOf(NetworkInterface network) {
        for (final WireguardProfile profile : router.profiles()) {
            if (network.generated() && profile.interfaceName().equals(network.name()) && profile.privateNetwork() != null) {
                return profile;
            }
        }
        return null;
    }

    /** Who sources on the interface are: of equal prefixes the tenant first in lexical order; under a tenant only its children. */
    private AllowedIps.Snapshot<TenantPolicy> members(NetworkInterface network) {
        if (network.neighborhoods().isEmpty()) {
            return NO_MEMBERS;
        }
        final Map<IpPrefix, TenantPolicy> members = new LinkedHashMap<>();
        for (final Tenant tenant : sorted(authority.tenants(), Comparator.comparing(Tenant::name))) {
            if (network.tenant() != null && !covers(network.tenant(), tenant.name())) {
                continue;
            }
            for (final TenantMember member : tenant.members()) {
                if (network.neighborhoods().contains(member.neighborhood())) {
                    member.addresses().forEach(prefix -> members.putIfAbsent(prefix, tenants.get(tenant.name())));
                }
            }
        }
        final AllowedIps<TenantPolicy> table = new AllowedIps<>();
        final AllowedIps<TenantPolicy>.Transaction edit = table.begin();
        members.forEach(edit::insert);
        edit.commit();
        return table.snapshot();
    }

    // Tenants and services.

    private void compileTenants() {
        final TreeSet<String> names = new TreeSet<>();
        names.add(TenantPolicy.GLOBAL);
        authority.tenants().forEach(tenant -> names.add(tenant.name()));
        router.nodes().stream()
                .flatMap(node -> node.deviceInterfaces().stream())
                .flatMap(device -> device.networkInterfaces().stream())
                .filter(network -> network.tenant() != null)
                .forEach(network -> names.add(network.tenant()));
        final List<Service> services =
                sorted(authority.services().stream().filter(Service::enabled).toList(), Comparator.comparing(Service::name));
        final Map<String, ServiceEntry.Path[]> paths = new HashMap<>();
        services.forEach(service -> paths.put(service.name(), paths(service)));
        for (final String name : names) {
            tenants.put(name, compileTenant(name, services, paths));
        }
    }

    private TenantPolicy compileTenant(String name, List<Service> services, Map<String, ServiceEntry.Path[]> paths) {
        final Map<IpPrefix, List<ServiceEntry>> entries = new HashMap<>();
        for (final Service service : services) {
            final SourceRule[] rules = rules(service, name);
            if (rules.length == 0) {
                continue;
            }
            final ServiceEntry entry = new ServiceEntry(
                    service.name(),
                    PortSet.ofService(service.transports()),
                    rules,
                    paths.get(service.name()),
                    pairs.of(name, service.name()));
            service.addresses().forEach(prefix -> entries.computeIfAbsent(prefix, p -> new ArrayList<>(1)).add(entry));
        }
        return new TenantPolicy(name, table(entries), pairs.of(name, null));
    }

    /** What the access policies of a service say of a tenant, in the order in which they decide. */
    private static SourceRule[] rules(Service service, String tenant) {
        final List<SourceRule> rules = new ArrayList<>();
        for (final AccessPolicy policy : service.accessPolicies()) {
            if (policy.tenant() == null) {
                rules.add(new SourceRule(policy.prefix(), 0, policy.allow()));
            } else if (covers(policy.tenant(), tenant)) {
                rules.add(new SourceRule(policy.prefix(), policy.tenant().split("\\.", -1).length, policy.allow()));
            }
        }
        if (service.scope() == Service.Scope.PUBLIC && tenant.equals(TenantPolicy.GLOBAL)) {
            rules.add(new SourceRule(null, 0, true));
        }
        return rules.stream().sorted().toArray(SourceRule[]::new);
    }

    private static AllowedIps.Snapshot<Candidates> table(Map<IpPrefix, List<ServiceEntry>> entries) {
        if (entries.isEmpty()) {
            return NO_SERVICES;
        }
        final AllowedIps<Candidates> table = new AllowedIps<>();
        final AllowedIps<Candidates>.Transaction edit = table.begin();
        final Map<IpPrefix, Candidates> made = new HashMap<>();
        // The shorter ones first, so that what is around a prefix is there before it.
        for (final IpPrefix prefix : sorted(List.copyOf(entries.keySet()), Comparator.comparingInt(IpPrefix::bits))) {
            Candidates wider = null;
            for (int bits = prefix.bits() - 1; bits >= 0 && wider == null; bits--) {
                wider = made.get(new IpPrefix(prefix.v6(), prefix.high(), prefix.low(), bits));
            }
            final Candidates candidates = new Candidates(entries.get(prefix).toArray(ServiceEntry[]::new), wider);
            made.put(prefix, candidates);
            edit.insert(prefix, candidates);
        }
        edit.commit();
        return table.snapshot();
    }

    /** The ways to a service: those of its service-routes in lexical order of their names; without any, where its address is connected. */
    private ServiceEntry.Path[] paths(Service service) {
        final List<ServiceEntry.Path> paths = new ArrayList<>();
        boolean routed = false;
        for (final ServiceRoute route : sorted(router.serviceRoutes(), Comparator.comparing(ServiceRoute::name))) {
            if (!route.serviceName().equals(service.name())) {
                continue;
            }
            routed = true;
            if (route.nextHops().isEmpty() && route.natTarget() != null) {
                paths.add(path(-1, route.natTarget()));
            }
            for (final NextHop hop : route.nextHops()) {
                if (hasInterface(hop)) {
                    paths.add(path(numbers.of(new InterfaceId(hop.nodeName(), hop.interfaceName())), route.natTarget()));
                }
            }
        }
        return routed ? paths.toArray(ServiceEntry.Path[]::new) : new ServiceEntry.Path[] {ServiceEntry.CONNECTED};
    }

    private static ServiceEntry.Path path(int egress, IpAddress target) {
        return target == null
                ? new ServiceEntry.Path(egress, false, false, 0, 0)
                : new ServiceEntry.Path(egress, true, target.v6(), target.high(), target.low());
    }

    private boolean hasInterface(NextHop hop) {
        final Node node = router.node(hop.nodeName());
        return node != null
                && node.deviceInterfaces().stream()
                        .flatMap(device -> device.networkInterfaces().stream())
                        .anyMatch(network -> network.name().equals(hop.interfaceName()));
    }

    private Policy.TimeoutRule[] timeoutRules() {
        final TreeMap<String, Policy.TimeoutRule> rules = new TreeMap<>();
        for (final SessionType type : authority.sessionTypes()) {
            // Those that a commit generates are for the encrypted sessions of a profile.
            if (type.timeoutMs() != null && !type.generated()) {
                rules.put(
                        type.name(),
                        new Policy.TimeoutRule(PortSet.ofSessionType(type.transports()), timeouts.number(type.timeoutMs())));
            }
        }
        return rules.values().toArray(Policy.TimeoutRule[]::new);
    }

    /** Whether {@code tenant} is {@code ancestor} or a child of it, or a child's child. */
    static boolean covers(String ancestor, String tenant) {
        return tenant.equals(ancestor) || tenant.endsWith("." + ancestor);
    }

    private static boolean covers(IpPrefix wide, IpPrefix narrow) {
        return wide.v6() == narrow.v6()
                && wide.bits() <= narrow.bits()
                && new IpPrefix(narrow.v6(), narrow.high(), narrow.low(), wide.bits()).equals(wide);
    }

    private static <T> List<T> sorted(List<T> list, Comparator<T> order) {
        return list.stream().sorted(order).toList();
    }
}
