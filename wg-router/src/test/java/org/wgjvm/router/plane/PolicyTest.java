package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wgjvm.router.plane.Models.INSIDE;
import static org.wgjvm.router.plane.Models.LAN;
import static org.wgjvm.router.plane.Models.access;
import static org.wgjvm.router.plane.Models.authority;
import static org.wgjvm.router.plane.Models.ip;
import static org.wgjvm.router.plane.Models.network;
import static org.wgjvm.router.plane.Models.ports;
import static org.wgjvm.router.plane.Models.profile;
import static org.wgjvm.router.plane.Models.route;
import static org.wgjvm.router.plane.Models.router;
import static org.wgjvm.router.plane.Models.service;
import static org.wgjvm.router.plane.Models.tenant;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.config.SessionType;
import org.wgjvm.router.config.Tenant;
import org.wgjvm.router.config.Transport;

final class PolicyTest {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final InterfaceNumbers numbers = new InterfaceNumbers();
    private final PairTable pairs = new PairTable();
    private final TimeoutTable timeouts = new TimeoutTable();
    private Policy policy = Policy.empty(pairs);

    private void commit(Authority authority) {
        policy = PolicyCompiler.compile(authority, authority.router("r1"), numbers, pairs, timeouts);
    }

    private Decision decide(InterfaceId ingress, IpAddress source, IpAddress destination, int protocol, int port) {
        return decide(ingress, source, destination, protocol, port, number -> true);
    }

    private Decision decide(
            InterfaceId ingress, IpAddress source, IpAddress destination, int protocol, int port, IntPredicate isUp) {
        final Decision decision = new Decision();
        if (source.v6()) {
            policy.decideV6(
                    numbers.of(ingress),
                    source.high(),
                    source.low(),
                    destination.high(),
                    destination.low(),
                    protocol,
                    port,
                    isUp,
                    decision);
        } else {
            policy.decideV4(numbers.of(ingress), (int) source.low(), (int) destination.low(), protocol, port, isUp, decision);
        }
        return decision;
    }

    private String said(InterfaceId ingress, String source, String destination, int protocol, int port) {
        final Decision decision = decide(ingress, ip(source), ip(destination), protocol, port);
        return decision.allowed()
                ? decision.tenant.name + ">" + decision.entry.service + ">" + numbers.id(decision.egress).name()
                : decision.reason.label();
    }

    /** Random configurations and packets: the compiled policy decides as one that reads the configuration from beginning to end. */
    @Property(tries = 400)
    void decidesAsTheNaiveTwin(@ForAll boolean v6, @ForAll long seed) {
        final Random random = new Random(seed);
        final Authority authority = Models.random(random, v6);
        final Router router = authority.router("r1");
        commit(authority);
        final NaivePolicy naive = new NaivePolicy(authority, router);
        final int down = random.nextInt(8);
        for (int i = 0; i < 60; i++) {
            final InterfaceId ingress = new InterfaceId(
                    Models.NODE, List.of("if0", "if1", "if2", "if3", "w0-intf", "w1-intf", "if9").get(random.nextInt(7)));
            final IpAddress source = Models.randomAddress(random, v6, random.nextInt(8) == 0 ? 11 : 10);
            final IpAddress destination = Models.randomAddress(random, v6, random.nextInt(8) == 0 ? 11 : 20);
            final int protocol = List.of(TCP, UDP, v6 ? 58 : 1, 47).get(random.nextInt(4));
            final int port = protocol == TCP || protocol == UDP ? random.nextInt(10) : 0;
            final Decision decision =
                    decide(ingress, source, destination, protocol, port, n -> !numbers.id(n).name().equals("if" + down));
            final NaivePolicy.Verdict verdict =
                    naive.decide(ingress, source, destination, protocol, port, id -> !id.name().equals("if" + down));
            assertEquals(
                    verdict,
                    new NaivePolicy.Verdict(
                            decision.reason,
                            decision.tenant == null ? null : decision.tenant.name,
                            decision.entry == null ? null : decision.entry.service,
                            decision.allowed() ? numbers.id(decision.egress) : null,
                            decision.allowed() && decision.path.nat
                                    ? new IpAddress(decision.path.v6, decision.path.targetHigh, decision.path.targetLow)
                                    : null));
            assertEquals(verdict.tenant(), decision.counters.tenant);
            assertEquals(verdict.service(), decision.counters.service);
        }
    }

    // The document's sentences.

    private static Authority workers(List<Service> services, List<NetworkInterface> more, Tenant... tenants) {
        final NetworkInterface inside = network(INSIDE.name(), "remote", null, null, true);
        final NetworkInterface lan = network("lan", null, null, "172.16.1.1/24", false);
        final List<NetworkInterface> networks = new ArrayList<>(List.of(inside, lan));
        networks.addAll(more);
        return authority(
                List.of(tenants), List.of(), services, router(networks, List.of(profile(Models.PROFILE, "remote", "10.10.10.1/24", null))));
    }

    @Test
    void theTenantOfAnEndpointIsItsLongestMember() {
        commit(workers(
                List.of(service("lab", "172.16.1.0/24", access("remote-worker", true), access("engineering", true))),
                List.of(),
                tenant("remote-worker", "remote", "10.10.10.0/24"),
                tenant("engineering", "remote", "10.10.10.4/32")));
        assertEquals("remote-worker>lab>lan", said(INSIDE, "10.10.10.2", "172.16.1.9", TCP, 80));
        assertEquals("remote-worker>lab>lan", said(INSIDE, "10.10.10.3", "172.16.1.9", TCP, 80));
        assertEquals("engineering>lab>lan", said(INSIDE, "10.10.10.4", "172.16.1.9", TCP, 80));
    }

    @Test
    void aProfileGivesNoAccessByItself() {
        commit(workers(List.of(service("lab", "172.16.1.0/24")), List.of()));
        assertEquals("no-service", said(INSIDE, "10.10.10.2", "172.16.1.9", TCP, 80));
        assertEquals("<global>", decide(INSIDE, ip("10.10.10.2"), ip("172.16.1.9"), TCP, 80).counters.tenant);
    }

    @Test
    void aMemberOfAnotherNeighborhoodIsNobodyHere() {
        commit(workers(
                List.of(service("lab", "172.16.1.0/24", access("staff", true))), List.of(), tenant("staff", "office", "10.10.10.0/24")));
        assertEquals("no-service", said(INSIDE, "10.10.10.2", "172.16.1.9", TCP, 80));
    }

    @Test
    void aPolicyOnTheParentCoversItsChildrenAndNotTheReverse() {
        final Tenant[] tenants = {tenant("corp", "remote", "10.10.10.0/24"), tenant("lab.corp", "remote", "10.10.10.64/26")};
        commit(workers(
                List.of(
                        service("for-all", "172.16.1.1/32", access("corp", true)),
                        service("for-lab", "172.16.1.2/32", access("lab.corp", true)),
                        service("not-for-lab", "172.16.1.3/32", access("corp", true), access("lab.corp", false))),
                List.of(),
                tenants));
        assertEquals("corp>for-all>lan", said(INSIDE, "10.10.10.2", "172.16.1.1", TCP, 80));
        assertEquals("lab.corp>for-all>lan", said(INSIDE, "10.10.10.65", "172.16.1.1", TCP, 80));
        assertEquals("no-service", said(INSIDE, "10.10.10.2", "172.16.1.2", TCP, 80));
        assertEquals("lab.corp>for-lab>lan", said(INSIDE, "10.10.10.65", "172.16.1.2", TCP, 80));
        assertEquals("corp>not-for-lab>lan", said(INSIDE, "10.10.10.2", "172.16.1.3", TCP, 80));
        assertEquals("access-denied", said(INSIDE, "10.10.10.65", "172.16.1.3", TCP, 80));
    }

    @Test
    void anInterfaceTenantIsRefinedToItsChildrenOnly() {
        final InterfaceId office = new InterfaceId(Models.NODE, "office");
        commit(workers(
                List.of(service("all", "172.16.1.0/24", access("corp", true), access("guest", true))),
                List.of(network("office", "hall", "corp", "192.168.0.1/24", false)),
                tenant("lab.corp", "hall", "192.168.0.64/26"),
                tenant("guest", "hall", "192.168.0.0/24", "192.168.0.65/32")));
        assertEquals("corp>all>lan", said(office, "192.168.0.2", "172.16.1.9", UDP, 53));
        assertEquals("lab.corp>all>lan", said(office, "192.168.0.65", "172.16.1.9", UDP, 53));
        assertEquals("corp>all>lan", said(office, "8.8.8.8", "172.16.1.9", UDP, 53));
    }

    @Test
    void publicScopeAllowsTheGlobalTenant() {
        final Service open = new Service(
                "open", null, true, Service.Scope.PUBLIC, List.of(Models.prefix("172.16.1.0/24")), List.of(), List.of(), false);
        commit(workers(List.of(open), List.of(), tenant("staff", "remote", "10.10.10.4/32")));
        assertEquals("<global>>open>lan", said(INSIDE, "10.10.10.2", "172.16.1.9", TCP, 80));
        assertEquals("no-service", said(INSIDE, "10.10.10.4", "172.16.1.9", TCP, 80));
    }

    @Test
    void servicesAreByTransportAndPortTheLongestPrefixFirstAndThenTheFirstByName() {
        final List<Transport> web = List.of(ports(Transport.Protocol.TCP, 80, 80), ports(Transport.Protocol.TCP, 443, 443));
        commit(workers(
                List.of(
                        service("zz-wide", "172.16.0.0/16", access("staff", true)),
                        service("web", "172.16.1.0/24", web, access("staff", true)),
                        service("b-same", "172.16.1.9/32", web, access("staff", true)),
                        service("a-same", "172.16.1.9/32", web, access("staff", true))),
                List.of(),
                tenant("staff", "remote", "10.10.10.0/24")));
        assertEquals("staff>web>lan", said(INSIDE, "10.10.10.2", "172.16.1.7", TCP, 443));
        assertEquals("staff>zz-wide>lan", said(INSIDE, "10.10.10.2", "172.16.1.7", TCP, 444));
        assertEquals("staff>zz-wide>lan", said(INSIDE, "10.10.10.2", "172.16.1.7", UDP, 443));
        assertEquals("staff>a-same>lan", said(INSIDE, "10.10.10.2", "172.16.1.9", TCP, 80));
        assertEquals("no-next-hop", said(INSIDE, "10.10.10.2", "172.16.2.9", TCP, 80));
    }

    @Test
    void accessIsByTenantByPrefixAndByTenantInAPrefix() {
        commit(workers(
                List.of(service(
                        "lab",
                        "172.16.1.0/24",
                        access("staff@10.10.10.0/28", true),
                        access("10.10.10.6/32", false),
                        access("10.10.10.128/25", true))),
                List.of(),
                tenant("staff", "remote", "10.10.10.0/24")));
        assertEquals("staff>lab>lan", said(INSIDE, "10.10.10.5", "172.16.1.7", TCP, 1));
        assertEquals("access-denied", said(INSIDE, "10.10.10.6", "172.16.1.7", TCP, 1));
        assertEquals("no-service", said(INSIDE, "10.10.10.20", "172.16.1.7", TCP, 1));
        assertEquals("staff>lab>lan", said(INSIDE, "10.10.10.200", "172.16.1.7", TCP, 1));
        assertEquals("no-service", said(LAN, "10.10.10.5", "172.16.1.7", TCP, 1));
        assertEquals("<global>>lab>lan", said(LAN, "10.10.10.200", "172.16.1.7", TCP, 1));
    }

    @Test
    void anExplicitRefusalIsNotRoundedUpByAWiderService() {
        commit(workers(
                List.of(
                        service("everything", "0.0.0.0/0", access("staff", true)),
                        service("payroll", "172.16.1.5/32", access("staff", false))),
                List.of(),
                tenant("staff", "remote", "10.10.10.0/24")));
        assertEquals("access-denied", said(INSIDE, "10.10.10.2", "172.16.1.5", TCP, 1));
        assertEquals("staff>everything>lan", said(INSIDE, "10.10.10.2", "172.16.1.6", TCP, 1));
    }

    @Test
    void aServiceRouteBeatsWhereTheAddressIs() {
        final NetworkInterface inside = network(INSIDE.name(), "remote", null, null, true);
        final NetworkInterface lan = network("lan", null, "technician", "192.168.5.1/24", false);
        commit(authority(
                List.of(tenant("technician", "x")),
                List.of(),
                List.of(service("thing", "128.128.128.128/32", access("technician", true))),
                router(
                        List.of(inside, lan),
                        List.of(profile(Models.PROFILE, "remote", "10.10.10.1/24", null)),
                        route("thing", "10.10.10.2", INSIDE))));
        final Decision decision = decide(LAN, ip("192.168.5.9"), ip("128.128.128.128"), TCP, 80);
        assertEquals("technician", decision.tenant.name);
        assertEquals(INSIDE, numbers.id(decision.egress));
        assertEquals(ip("10.10.10.2").low(), decision.path.targetLow);
        assertEquals(RouterDropReason.EGRESS_DOWN, decide(LAN, ip("192.168.5.9"), ip("128.128.128.128"), TCP, 80, n -> false).reason);
    }

    @Test
    void timeoutsAreOfTheSessionTypeElseOfTheProfileElseTheDefault() {
        final NetworkInterface inside = network(INSIDE.name(), "remote", null, null, true);
        final NetworkInterface lan = network("lan", "hall", null, "172.16.1.1/24", false);
        final SessionType dns =
                new SessionType("dns", null, 5_000L, List.of(ports(Transport.Protocol.UDP, 53, 53)), false);
        final SessionType outer =
                new SessionType("a-generated", null, 9_000L, List.of(ports(Transport.Protocol.UDP, 0, 65535)), true);
        commit(authority(
                List.of(tenant("staff", "remote", "10.10.10.0/24"), tenant("hall", "hall", "172.16.1.0/24")),
                List.of(dns, outer),
                List.of(service("lan", "172.16.1.0/24", access("staff", true), access("hall", true))),
                router(List.of(inside, lan), List.of(profile(Models.PROFILE, "remote", "10.10.10.1/24", 60_000L)))));
        assertEquals(5_000, timeoutMs(decide(INSIDE, ip("10.10.10.2"), ip("172.16.1.9"), UDP, 53)));
        assertEquals(60_000, timeoutMs(decide(INSIDE, ip("10.10.10.2"), ip("172.16.1.9"), UDP, 54)));
        assertEquals(180_000, timeoutMs(decide(LAN, ip("172.16.1.7"), ip("172.16.1.9"), UDP, 54)));
    }

    private long timeoutMs(Decision decision) {
        return timeouts.timeoutMs(SessionKind.timeout(decision.kind));
    }
}
