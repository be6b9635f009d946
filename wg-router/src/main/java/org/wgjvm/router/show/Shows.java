package org.wgjvm.router.show;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.AccessPolicy;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.DeviceInterface;
import org.wgjvm.router.config.InterfaceAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.Node;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.config.ServiceRoute;
import org.wgjvm.router.config.Tenant;
import org.wgjvm.router.config.TenantMember;
import org.wgjvm.router.config.Transport;
import org.wgjvm.router.plane.InterfaceId;
import org.wgjvm.router.plane.InterfaceSnapshot;
import org.wgjvm.router.plane.PairSnapshot;
import org.wgjvm.router.plane.PlaneSnapshot;
import org.wgjvm.router.plane.RouterDropReason;
import org.wgjvm.router.plane.SessionSnapshot;
import org.wgjvm.router.profile.ProfileStatus;
import org.wgjvm.router.profile.RunningRouter;

/** The show commands, on a running router. */
public final class Shows {
    private final RunningRouter running;

    /** Of that router. */
    public Shows(RunningRouter running) {
        this.running = running;
    }

    private PlaneSnapshot plane() {
        return running.plane().snapshot().toCompletableFuture().join();
    }

    private static InterfaceSnapshot traffic(PlaneSnapshot plane, InterfaceId id) {
        return plane.interfaces().stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    }

    /** Every profile that runs, or the one of that name. */
    public List<ProfileView> profiles(String nameOrNull) {
        final PlaneSnapshot plane = plane();
        final List<ProfileView> views = new ArrayList<>();
        for (final ProfileStatus status : running.profiles()) {
            if (nameOrNull == null || nameOrNull.equals(status.profile().name())) {
                final InterfaceId inside = new InterfaceId(status.node(), status.profile().interfaceName());
                views.add(ProfileView.of(running.name(), status, traffic(plane, inside), Instant.now().getEpochSecond()));
            }
        }
        return views;
    }

    /** {@code show device-interface}: one profile, or all of them. Null when there is none of that name. */
    public Shown deviceInterface(String nameOrNull) {
        final List<ProfileView> views = profiles(nameOrNull);
        if (views.isEmpty() && nameOrNull != null) {
            return null;
        }
        return new Shown(views.stream().map(ShowDeviceInterface::text).collect(Collectors.joining("\n")), nameOrNull == null ? views
                : views.getFirst());
    }

    /** {@code show network-interface}: configured and generated ones, with their gateways. */
    public Shown networkInterface() {
        final PlaneSnapshot plane = plane();
        final Table table = new Table("Node", "Device", "Name", "Neighborhoods", "Address", "Gateway", "Status", "Generated");
        final List<Map<String, Object>> data = new ArrayList<>();
        final Router router = running.router();
        for (final Node node : router == null ? List.<Node>of() : router.nodes()) {
            for (final DeviceInterface device : node.deviceInterfaces()) {
                for (final NetworkInterface network : device.networkInterfaces()) {
                    final InterfaceSnapshot traffic = traffic(plane, new InterfaceId(node.name(), network.name()));
                    final String status = traffic == null ? null : traffic.up() ? "up" : "down";
                    final String neighborhoods = network.neighborhoods().isEmpty() ? null : String.join(", ", network.neighborhoods());
                    final Map<String, Object> one = new LinkedHashMap<>();
                    one.put("node", node.name());
                    one.put("device", device.name());
                    one.put("name", network.name());
                    one.put("neighborhoods", network.neighborhoods());
                    one.put("addresses", network.addresses().stream().map(a -> a.prefix().toString()).toList());
                    one.put("gateways", network.addresses().stream().filter(a -> a.gateway() != null).map(a -> a.gateway().toString())
                            .toList());
                    one.put("dhcp", network.dhcp());
                    one.put("status", status);
                    one.put("generated", network.generated());
                    data.add(one);
                    if (network.addresses().isEmpty()) {
                        table.row(
                                node.name(), device.name(), network.name(), neighborhoods, network.dhcp() ? "dhcp" : null, null, status,
                                        network.generated());
                    }
                    for (final InterfaceAddress address : network.addresses()) {
                        table.row(
                                node.name(), device.name(), network.name(), neighborhoods, address.prefix(), address.gateway(), status,
                                        network.generated());
                    }
                }
            }
        }
        return new Shown(table.toString(), data);
    }

    /** {@code show tenant members}. */
    public Shown tenantMembers() {
        final Table table = new Table("Tenant", "Neighborhood", "Address", "Generated");
        final List<Map<String, Object>> data = new ArrayList<>();
        for (final Tenant tenant : running.authority().tenants()) {
            for (final TenantMember member : tenant.members()) {
                for (final IpPrefix address : member.addresses()) {
                    table.row(tenant.name(), member.neighborhood(), address, member.generated());
                    final Map<String, Object> one = new LinkedHashMap<>();
                    one.put("tenant", tenant.name());
                    one.put("neighborhood", member.neighborhood());
                    one.put("address", address.toString());
                    one.put("generated", member.generated());
                    data.add(one);
                }
            }
        }
        return new Shown(table.toString(), data);
    }

    /** {@code show service}: who may use each, its ways, and what came of it. */
    public Shown service() {
        final Authority authority = running.authority();
        final PlaneSnapshot plane = plane();
        final Table table = new Table("Service", "Address", "Transport", "Allowed", "Denied", "Next Hop", "NAT Target", "Sessions",
                "Packets", "Drops");
        final List<Map<String, Object>> data = new ArrayList<>();
        for (final Service service : authority.services()) {
            final List<PairSnapshot> pairs = plane.pairs().stream().filter(p -> service.name().equals(p.service())).toList();
            final List<ServiceRoute> routes = running.router() == null
                    ? List.of()
                    : running.router().serviceRoutes().stream().filter(r -> r.serviceName().equals(service.name())).toList();
            final Map<String, Object> one = new LinkedHashMap<>();
            one.put("service", service.name());
            one.put("enabled", service.enabled());
            one.put("addresses", service.addresses().stream().map(IpPrefix::toString).toList());
            one.put("transports", service.transports().stream().map(Shows::transport).toList());
            one.put("allowed", sources(service, true));
            one.put("denied", sources(service, false));
            one.put("nextHops", routes.stream().flatMap(r -> r.nextHops().stream()).map(h -> h.nodeName() + " " + h.interfaceName())
                    .toList());
            one.put("natTargets", routes.stream().filter(r -> r.natTarget() != null).map(r -> r.natTarget().toString()).toList());
            one.put("activeSessions", pairs.stream().mapToInt(PairSnapshot::activeSessions).sum());
            one.put("packets", pairs.stream().mapToLong(PairSnapshot::packets).sum());
            one.put("drops", pairs.stream().mapToLong(PairSnapshot::allDrops).sum());
            data.add(one);
            table.row(
                    service.name(),
                    list(one.get("addresses")),
                    service.transports().isEmpty() ? "any" : list(one.get("transports")),
                    list(one.get("allowed")),
                    list(one.get("denied")),
                    list(one.get("nextHops")),
                    list(one.get("natTargets")),
                    one.get("activeSessions"),
                    one.get("packets"),
                    one.get("drops"));
        }
        return new Shown(table.toString(), data);
    }

    private static String list(Object values) {
        return ((List<?>) values).isEmpty() ? null : ((List<?>) values).stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private static List<String> sources(Service service, boolean allow) {
        final List<String> all = new ArrayList<>();
        service.accessPolicies().stream().filter(p -> p.allow() == allow).map(AccessPolicy::source).forEach(all::add);
        if (allow && service.scope() == Service.Scope.PUBLIC) {
            all.add("<global>");
        }
        return all;
    }

    private static String transport(Transport transport) {
        return transport.protocol().keyword()
                + transport.ports().stream().map(r -> r.first() == r.last() ? "" + r.first() : r.first() + "-" + r.last())
                        .collect(Collectors.joining(",", transport.ports().isEmpty() ? "" : "/", ""));
    }

    /** {@code show sessions}: {@code limit} at most. */
    public Shown sessions(int limit) {
        final List<SessionSnapshot> sessions = running.plane().sessions(limit).toCompletableFuture().join();
        final Table table = new Table("Tenant", "Service", "Proto", "Source", "Destination", "NAT Target", "In", "Out", "Packets",
                "Answers", "Timeout");
        for (final SessionSnapshot each : sessions) {
            table.row(
                    each.tenant(),
                    each.service(),
                    protocol(each.protocol()),
                    at(each.source(), each.sourcePort()),
                    at(each.destination(), each.destinationPort()),
                    each.natTarget(),
                    each.ingress() == null ? null : each.ingress().name(),
                    each.egress() == null ? null : each.egress().name(),
                    each.packets(),
                    each.answers(),
                    (each.timeoutMs() - each.idleMs()) / 1000 + " s");
        }
        final PlaneSnapshot plane = plane();
        return new Shown(table + "\n " + plane.sessions() + " sessions, room for " + plane.maxSessions() + " of each address family\n",
                sessions);
    }

    private static String protocol(int number) {
        return switch (number) {
            case 1, 58 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            default -> Integer.toString(number);
        };
    }

    private static String at(Object address, int port) {
        return address.toString().indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
    }

    /** {@code show plugins state}: of each profile in a line, or with detail. */
    public Shown pluginsState(boolean detail) {
        final List<ProfileView> views = profiles(null);
        final Table table = new Table("Profile", "Node", "State", "Endpoint", "Address Changes", "Peers", "Peers With Session", "Reason");
        for (final ProfileView view : views) {
            final String endpoint = view.addresses().isEmpty() ? null : String.join(",", view.addresses()) + ":" + view.listeningPort();
            final long shaken = view.peers().stream().filter(p -> p.latestHandshakeSecondsAgo() != null
                    && p.latestHandshakeSecondsAgo() < 180).count();
            table.row(
                    view.name(),
                    view.node(),
                    view.operational(),
                    endpoint,
                    view.addressChanges(),
                    view.peers().size(),
                    shaken,
                    view.reason() == null ? "" : view.reason());
        }
        final StringBuilder text = new StringBuilder(" 128T-wireguard on router " + running.name() + "\n\n" + table);
        if (detail) {
            views.forEach(view -> text.append('\n').append(ShowDeviceInterface.text(view)));
            text.append('\n').append(drops());
        }
        return new Shown(text.toString(), views);
    }

    private String drops() {
        final PlaneSnapshot plane = plane();
        final Table table = new Table("Tenant", "Service", "Reason", "Drops");
        for (final PairSnapshot pair : plane.pairs()) {
            for (final RouterDropReason reason : RouterDropReason.values()) {
                if (pair.drops(reason) > 0) {
                    table.row(pair.tenant(), pair.service(), reason.label(), pair.drops(reason));
                }
            }
        }
        return table.toString();
    }
}
