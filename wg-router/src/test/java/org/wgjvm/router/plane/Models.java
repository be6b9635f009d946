package org.wgjvm.router.plane;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.AccessPolicy;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.DeviceInterface;
import org.wgjvm.router.config.HostPrefix;
import org.wgjvm.router.config.InterfaceAddress;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.NextHop;
import org.wgjvm.router.config.Node;
import org.wgjvm.router.config.PrivateNetwork;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.config.ServiceRoute;
import org.wgjvm.router.config.SessionType;
import org.wgjvm.router.config.Tenant;
import org.wgjvm.router.config.TenantMember;
import org.wgjvm.router.config.Transport;
import org.wgjvm.router.config.WireguardProfile;

/** Configurations for tests, short to write; and random ones, of few names and addresses, so that everything overlaps. */
final class Models {
    static final String NODE = "node1";
    static final String PROFILE = "wg-profile-1";
    static final InterfaceId INSIDE = new InterfaceId(NODE, PROFILE + "-intf");
    static final InterfaceId LAN = new InterfaceId(NODE, "lan");
    private static final List<String> TENANTS = List.of("a", "b", "c.a", "d.c.a", "e.b");

    private Models() {}

    static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    static IpPrefix prefix(String text) {
        return text.indexOf('/') < 0 ? ip(text).host() : HostPrefix.parse(text).network();
    }

    /** {@code tenant}, {@code prefix} or {@code tenant@prefix}. */
    static AccessPolicy access(String source, boolean allow) {
        final int at = source.indexOf('@');
        if (at >= 0) {
            return new AccessPolicy(source, source.substring(0, at), prefix(source.substring(at + 1)), allow);
        }
        final boolean address = source.indexOf('/') >= 0;
        return new AccessPolicy(source, address ? null : source, address ? prefix(source) : null, allow);
    }

    static Tenant tenant(String name, String neighborhood, String... prefixes) {
        return new Tenant(
                name, null, List.of(new TenantMember(neighborhood, Stream.of(prefixes).map(Models::prefix).toList(), false)), false);
    }

    static Service service(String name, String address, AccessPolicy... access) {
        return service(name, address, List.of(), access);
    }

    static Service service(String name, String address, List<Transport> transports, AccessPolicy... access) {
        return new Service(
                name, null, true, Service.Scope.PRIVATE, List.of(prefix(address)), transports, List.of(access), false);
    }

    static Transport ports(Transport.Protocol protocol, int first, int last) {
        return new Transport(protocol, List.of(new Transport.PortRange(first, last)));
    }

    static ServiceRoute route(String service, String natTarget, InterfaceId... hops) {
        return new ServiceRoute(
                "to-" + service,
                service,
                natTarget == null ? null : ip(natTarget),
                Stream.of(hops).map(id -> new NextHop(id.node(), id.name(), null)).toList(),
                false);
    }

    static NetworkInterface network(String name, String neighborhood, String tenant, String address, boolean generated) {
        final List<InterfaceAddress> addresses = new ArrayList<>();
        if (address != null) {
            final HostPrefix parsed = HostPrefix.parse(address);
            addresses.add(new InterfaceAddress(parsed.address(), parsed.bits(), null, null));
        }
        return new NetworkInterface(
                name, null, neighborhood == null ? List.of() : List.of(neighborhood), tenant, false, null, addresses, generated);
    }

    static DeviceInterface device(NetworkInterface network) {
        final DeviceInterface.Type type = network.generated() ? DeviceInterface.Type.HOST : DeviceInterface.Type.ETHERNET;
        return new DeviceInterface("dev-" + network.name(), null, type, true, null, List.of(network), network.generated());
    }

    static WireguardProfile profile(String name, String neighborhood, String address, Long timeoutMs) {
        return new WireguardProfile(
                name, null, true, null, null, timeoutMs, null, List.of(),
                new PrivateNetwork(neighborhood, null, HostPrefix.parse(address)), List.of());
    }

    static Router router(List<NetworkInterface> networks, List<WireguardProfile> profiles, ServiceRoute... routes) {
        return new Router(
                "r1", null, List.of(new Node(NODE, networks.stream().map(Models::device).toList())), profiles, List.of(routes));
    }

    static Authority authority(List<Tenant> tenants, List<SessionType> types, List<Service> services, Router router) {
        return new Authority(tenants, List.of(), types, services, List.of(router));
    }

    // Random ones.

    /**
     * The document's two uses on one router: endpoints of the private network 10.10.10.0/24 (and fd10::/64) with services on the LAN, and
     * the service {@code thing} at 128.128.128.128 (and fd80::80), which the technicians on the LAN reach at the targets.
     */
    static Authority bothUses(String target, String targetV6, Service... more) {
        final List<Service> services = new ArrayList<>(List.of(
                service("lab", "172.16.1.0/24", access("remote-worker", true)),
                service("lab6", "fd01::/64", access("remote-worker", true)),
                service("thing", "128.128.128.128/32", access("technician", true)),
                service("thing6", "fd80::80/128", access("technician", true))));
        services.addAll(List.of(more));
        return authority(
                List.of(
                        tenant("remote-worker", "remote", "10.10.10.0/24", "fd10::/64"),
                        tenant("technician", "hall", "172.16.1.0/24", "fd01::/64")),
                List.of(),
                services,
                router(
                        List.of(
                                network(INSIDE.name(), "remote", null, null, true),
                                new NetworkInterface(
                                        "lan",
                                        null,
                                        List.of("hall"),
                                        null,
                                        false,
                                        null,
                                        List.of(
                                                new InterfaceAddress(ip("172.16.1.1"), 24, null, null),
                                                new InterfaceAddress(ip("fd01::1"), 64, null, null)),
                                        false)),
                        List.of(profile(PROFILE, "remote", "10.10.10.1/24", null)),
                        route("thing", target, INSIDE),
                        route("thing6", targetV6, INSIDE)));
    }

    static IpAddress randomAddress(Random random, boolean v6, int net) {
        final int host = random.nextInt(16);
        return v6 ? new IpAddress(true, (long) net << 56, host) : IpAddress.v4(net << 24 | host);
    }

    private static IpPrefix randomPrefix(Random random, boolean v6, int net) {
        final IpAddress address = randomAddress(random, v6, net);
        final int width = v6 ? 128 : 32;
        final int bits = random.nextInt(8) == 0 ? 0 : width - random.nextInt(6);
        return new IpPrefix(v6, address.high(), address.low(), bits);
    }

    private static String pick(Random random, List<String> among) {
        return among.get(random.nextInt(among.size()));
    }

    private static List<Transport> randomTransports(Random random) {
        final List<Transport> transports = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            final Transport.Protocol protocol = Transport.Protocol.values()[random.nextInt(3)];
            final int first = random.nextInt(8);
            final boolean all = protocol == Transport.Protocol.ICMP || random.nextBoolean();
            transports.add(all ? new Transport(protocol, List.of()) : ports(protocol, first, first + random.nextInt(4)));
        }
        return transports;
    }

    private static AccessPolicy randomAccess(Random random, boolean v6) {
        final int kind = random.nextInt(3);
        final String tenant = kind == 1 ? null : random.nextInt(8) == 0 ? "<global>" : pick(random, TENANTS);
        final IpPrefix prefix = kind == 0 ? null : randomPrefix(random, v6, 10);
        return new AccessPolicy("p" + random.nextInt(1 << 30), tenant, prefix, random.nextInt(3) > 0);
    }

    /** A configuration with interfaces if0 to if3 and profiles w0 and w1, of one address family or the other. */
    static Authority random(Random random, boolean v6) {
        final List<NetworkInterface> networks = new ArrayList<>();
        final List<WireguardProfile> profiles = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final IpAddress address = randomAddress(random, v6, random.nextBoolean() ? 20 : 10);
            networks.add(new NetworkInterface(
                    "if" + i,
                    null,
                    random.nextBoolean() ? List.of("n1") : random.nextBoolean() ? List.of("n1", "n2") : List.of(),
                    random.nextInt(3) == 0 ? pick(random, TENANTS) : null,
                    false,
                    null,
                    List.of(new InterfaceAddress(address, address.width() - random.nextInt(6), null, null)),
                    false));
        }
        for (int i = 0; i < 2; i++) {
            final WireguardProfile profile = new WireguardProfile(
                    "w" + i, null, true, null, null, null, null, List.of(),
                    new PrivateNetwork("n2", null, new HostPrefix(randomAddress(random, v6, 10), (v6 ? 128 : 32) - 3)), List.of());
            profiles.add(profile);
            networks.add(network(profile.interfaceName(), "n2", null, null, true));
        }
        final List<Tenant> tenants = new ArrayList<>();
        for (final String name : TENANTS) {
            final List<TenantMember> members = new ArrayList<>();
            for (final String neighborhood : List.of("n1", "n2")) {
                if (random.nextBoolean()) {
                    members.add(new TenantMember(
                            neighborhood,
                            Stream.generate(() -> randomPrefix(random, v6, 10)).limit(1 + random.nextInt(3)).toList(),
                            false));
                }
            }
            tenants.add(new Tenant(name, null, members, false));
        }
        final List<Service> services = new ArrayList<>();
        final List<ServiceRoute> routes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            services.add(new Service(
                    "s" + (5 - i),
                    null,
                    random.nextInt(8) > 0,
                    random.nextInt(4) == 0 ? Service.Scope.PUBLIC : Service.Scope.PRIVATE,
                    Stream.generate(() -> randomPrefix(random, v6, 20)).limit(1 + random.nextInt(3)).distinct().toList(),
                    randomTransports(random),
                    Stream.generate(() -> randomAccess(random, v6)).limit(random.nextInt(4)).toList(),
                    false));
            if (random.nextBoolean()) {
                final List<NextHop> hops = Stream.generate(() -> new NextHop(NODE, "if" + random.nextInt(5), null))
                        .limit(random.nextInt(3))
                        .toList();
                routes.add(new ServiceRoute(
                        "r" + random.nextInt(100) + "-" + i,
                        "s" + random.nextInt(6),
                        random.nextBoolean() ? randomAddress(random, random.nextInt(8) == 0 ? !v6 : v6, 20) : null,
                        hops,
                        false));
            }
        }
        return authority(tenants, List.of(), services, router(networks, profiles, routes.toArray(ServiceRoute[]::new)));
    }
}
