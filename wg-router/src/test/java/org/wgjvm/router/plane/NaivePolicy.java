package org.wgjvm.router.plane;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.AccessPolicy;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.NextHop;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.config.ServiceRoute;
import org.wgjvm.router.config.Transport;

/** What the configuration says, read from beginning to end for every packet: what {@link Policy} must decide. */
final class NaivePolicy {
    /** What is decided; null where nothing is. */
    record Verdict(RouterDropReason reason, String tenant, String service, InterfaceId egress, IpAddress natTarget) {}

    private final Authority authority;
    private final Router router;

    NaivePolicy(Authority authority, Router router) {
        this.authority = authority;
        this.router = router;
    }

    private static boolean isUnder(String tenant, String ancestor) {
        String at = tenant;
        while (at != null) {
            if (at.equals(ancestor)) {
                return true;
            }
            final int dot = at.indexOf('.');
            at = dot < 0 ? null : at.substring(dot + 1);
        }
        return false;
    }

    private Stream<NetworkInterface> networks() {
        return router.nodes().stream().flatMap(n -> n.deviceInterfaces().stream()).flatMap(d -> d.networkInterfaces().stream());
    }

    private NetworkInterface network(String name) {
        return networks().filter(n -> n.name().equals(name)).findFirst().orElse(null);
    }

    String tenant(NetworkInterface ingress, IpAddress source) {
        record Match(String tenant, int bits) {}
        final String own = ingress.tenant();
        return authority.tenants().stream()
                .filter(tenant -> own == null || isUnder(tenant.name(), own))
                .flatMap(tenant -> tenant.members().stream()
                        .filter(member -> ingress.neighborhoods().contains(member.neighborhood()))
                        .flatMap(member -> member.addresses().stream())
                        .filter(source::isIn)
                        .map(prefix -> new Match(tenant.name(), prefix.bits())))
                .min(Comparator.comparingInt(Match::bits).reversed().thenComparing(Match::tenant))
                .map(Match::tenant)
                .orElse(own == null ? "<global>" : own);
    }

    /** Whether a service says yes, no, or nothing of a source. */
    static Boolean access(Service service, String tenant, IpAddress source) {
        record Rule(int bits, int depth, boolean allow) {}
        final Predicate<AccessPolicy> concerns = policy -> (policy.tenant() == null || isUnder(tenant, policy.tenant()))
                && (policy.prefix() == null || source.isIn(policy.prefix()));
        final Stream<Rule> said = service.accessPolicies().stream()
                .filter(concerns)
                .map(policy -> new Rule(
                        policy.prefix() == null ? -1 : policy.prefix().bits(),
                        policy.tenant() == null ? 0 : policy.tenant().split("\\.", -1).length,
                        policy.allow()));
        final Stream<Rule> unsaid = service.scope() == Service.Scope.PUBLIC && tenant.equals("<global>")
                ? Stream.of(new Rule(-1, 0, true))
                : Stream.empty();
        return Stream.concat(said, unsaid)
                .min(Comparator.comparingInt(Rule::bits).reversed()
                        .thenComparing(Comparator.comparingInt(Rule::depth).reversed())
                        .thenComparing(Rule::allow))
                .map(Rule::allow)
                .orElse(null);
    }

    private static boolean isFor(Service service, int protocol, int port) {
        return service.transports().isEmpty()
                || service.transports().stream().anyMatch(t -> isFor(t, protocol == 58 ? 1 : protocol, port));
    }

    private static boolean isFor(Transport transport, int protocol, int port) {
        return transport.protocol().number() == protocol
                && (protocol == 1
                        || transport.ports().isEmpty()
                        || transport.ports().stream().anyMatch(r -> r.first() <= port && port <= r.last()));
    }

    Verdict decide(InterfaceId ingress, IpAddress source, IpAddress destination, int protocol, int port, Predicate<InterfaceId> isUp) {
        record Match(Service service, int bits, boolean allow) {}
        final NetworkInterface network = network(ingress.name());
        if (network == null) {
            return new Verdict(RouterDropReason.NO_INTERFACE, null, null, null, null);
        }
        final String tenant = tenant(network, source);
        final Match match = authority.services().stream()
                .filter(service -> service.enabled() && isFor(service, protocol, port) && access(service, tenant, source) != null)
                .flatMap(service -> service.addresses().stream()
                        .filter(destination::isIn)
                        .map(prefix -> new Match(service, prefix.bits(), access(service, tenant, source))))
                .min(Comparator.comparingInt(Match::bits).reversed().thenComparing(m -> m.service().name()))
                .orElse(null);
        if (match == null) {
            return new Verdict(RouterDropReason.NO_SERVICE, tenant, null, null, null);
        }
        final String service = match.service().name();
        if (!match.allow()) {
            return new Verdict(RouterDropReason.ACCESS_DENIED, tenant, service, null, null);
        }
        boolean down = false;
        final List<ServiceRoute> routes = router.serviceRoutes().stream()
                .filter(r -> r.serviceName().equals(service))
                .sorted(Comparator.comparing(ServiceRoute::name))
                .toList();
        for (final ServiceRoute route : routes) {
            if (route.natTarget() != null && route.natTarget().v6() != destination.v6()) {
                continue;
            }
            final Set<InterfaceId> ways = new HashSet<>();
            for (final NextHop hop : route.nextHops()) {
                final InterfaceId way = new InterfaceId(hop.nodeName(), hop.interfaceName());
                if (network(hop.interfaceName()) != null && ways.add(way)) {
                    if (isUp.test(way)) {
                        return new Verdict(null, tenant, service, way, route.natTarget());
                    }
                    down = true;
                }
            }
            final InterfaceId on = route.nextHops().isEmpty() && route.natTarget() != null ? connected(route.natTarget()) : null;
            if (on != null && isUp.test(on)) {
                return new Verdict(null, tenant, service, on, route.natTarget());
            }
            down |= on != null;
        }
        final InterfaceId on = routes.isEmpty() ? connected(destination) : null;
        if (on != null && isUp.test(on)) {
            return new Verdict(null, tenant, service, on, null);
        }
        final RouterDropReason reason = down || on != null ? RouterDropReason.EGRESS_DOWN : RouterDropReason.NO_NEXT_HOP;
        return new Verdict(reason, tenant, service, null, null);
    }

    private InterfaceId connected(IpAddress address) {
        record Match(InterfaceId id, int bits) {}
        final Stream<Match> all = router.nodes().stream()
                .flatMap(node -> node.deviceInterfaces().stream()
                        .flatMap(d -> d.networkInterfaces().stream())
                        .flatMap(network -> prefixes(network)
                                .filter(address::isIn)
                                .map(prefix -> new Match(new InterfaceId(node.name(), network.name()), prefix.bits()))));
        // Of equals the first.
        return all.reduce((a, b) -> b.bits() > a.bits() ? b : a).map(Match::id).orElse(null);
    }

    private Stream<IpPrefix> prefixes(NetworkInterface network) {
        final Stream<IpPrefix> own = network.addresses().stream().map(a -> a.prefix().network());
        final Stream<IpPrefix> inside = router.profiles().stream()
                .filter(p -> network.generated() && p.interfaceName().equals(network.name()))
                .filter(Objects::nonNull)
                .flatMap(p -> Stream.concat(
                        Stream.of(p.privateNetwork().address().network()), p.peers().stream().flatMap(e -> e.allowedIps().stream())));
        return Stream.concat(own, inside);
    }
}
