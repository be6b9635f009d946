package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wgjvm.router.config.ConfigError.Path;

/** What cannot be committed of one router. */
final class RouterChecks {
    private final Validator report;
    private final Router router;
    private final Path path;

    RouterChecks(Validator report, Router router, Path path) {
        this.report = report;
        this.router = router;
        this.path = path;
    }

    void all() {
        for (final WireguardProfile profile : router.profiles()) {
            new ProfileChecks(report, router, profile, path.then("wireguard-profile " + profile.name())).all();
        }
        loopbacks();
        interfaces();
        attachments();
        for (final ServiceRoute route : router.serviceRoutes()) {
            route(route, path.then("service-route " + route.name()));
        }
    }

    private void loopbacks() {
        final List<WireguardProfile> profiles = router.profiles();
        for (int i = 0; i < profiles.size(); i++) {
            for (int j = 0; j < i; j++) {
                final HostPrefix mine = profiles.get(i).loopbackAddress();
                final HostPrefix theirs = profiles.get(j).loopbackAddress();
                if (mine != null && theirs != null && Overlaps.overlap(mine.network(), theirs.network())) {
                    report.error(
                            path.then("wireguard-profile " + profiles.get(i).name()).then("loopback-address"),
                            mine.toString(),
                            "overlaps that of wireguard-profile " + profiles.get(j).name());
                }
            }
        }
    }

    private void interfaces() {
        final Map<IpAddress, String> addresses = new HashMap<>();
        for (final Node node : router.nodes()) {
            final Path nodePath = path.then("node " + node.name());
            final Set<String> devices = new HashSet<>();
            final Set<String> networks = new HashSet<>();
            for (final DeviceInterface device : node.deviceInterfaces()) {
                final Path devicePath = nodePath.then("device-interface " + device.name());
                if (!device.generated() && router.profile(device.name()) != null) {
                    report.error(devicePath, device.name(), "is the name of a wireguard-profile, which makes a device of that name");
                } else if (!devices.add(device.name())) {
                    report.error(devicePath, device.name(), "there is another of that name");
                }
                for (final NetworkInterface network : device.networkInterfaces()) {
                    final Path networkPath = devicePath.then("network-interface " + network.name());
                    if (!networks.add(network.name())) {
                        report.error(
                                network.generated() ? path.then("wireguard-profile " + device.name()) : networkPath,
                                network.name(),
                                "there is another network-interface of that name on " + node.name());
                    }
                    if (network.tenant() != null && report.authority().tenant(network.tenant()) == null) {
                        report.error(networkPath.then("tenant"), network.tenant(), "there is no such tenant");
                    }
                    for (final InterfaceAddress address : network.addresses()) {
                        final String other = addresses.putIfAbsent(address.ip(), network.name());
                        if (other != null && !network.generated()) {
                            report.error(
                                    networkPath.then("address " + address.ip()), address.ip().toString(), "is an address of " + other
                                            + " too");
                        }
                    }
                }
            }
        }
    }

    private void attachments() {
        final Map<String, List<Router.Attachment>> byProfile = new HashMap<>();
        final Map<String, String> sockets = new HashMap<>();
        for (final Router.Attachment attachment : router.attachments()) {
            final Path at = pathOf(attachment);
            final WireguardProfile profile = router.profile(attachment.profile());
            if (profile == null) {
                report.error(at.then("wireguard-profile"), attachment.profile(), "there is no such wireguard-profile on router "
                        + router.name());
                continue;
            }
            if (attachment.address() == null && !attachment.network().dhcp()) {
                report.error(
                        at.then("wireguard-profile"),
                        attachment.profile(),
                        "only an interface with dhcp v4 takes a profile as a whole: put it on one of the addresses");
                continue;
            }
            final boolean v6 = attachment.address() != null && attachment.address().ip().v6();
            for (final Router.Attachment other : byProfile.computeIfAbsent(profile.name(), p -> new ArrayList<>())) {
                if (v6 == (other.address() != null && other.address().ip().v6())) {
                    report.error(
                            at.then("wireguard-profile"),
                            profile.name(),
                            "is on " + other.network().name() + " already: one address of a family for each profile");
                }
            }
            byProfile.get(profile.name()).add(attachment);
            final String socket = (attachment.address() == null
                            ? "the address of " + attachment.network().name()
                            : attachment.address().ip().toString())
                    + " port "
                    + profile.listenPort();
            final String owner = sockets.putIfAbsent(socket, profile.name());
            final String busy = owner != null
                    ? "wireguard-profile " + owner + " listens there"
                    : attachment.address() == null || !profile.enabled()
                            ? null
                            : report.around().busy(router.name(), profile.name(), attachment.address().ip(), profile.listenPort());
            if (busy != null) {
                report.error(path.then("wireguard-profile " + profile.name()).then("port"), socket, "is busy: " + busy);
            }
        }
    }

    private Path pathOf(Router.Attachment attachment) {
        final Path network = path.then("node " + attachment.node().name())
                .then("device-interface " + attachment.device().name())
                .then("network-interface " + attachment.network().name());
        return attachment.address() == null ? network : network.then("address " + attachment.address().ip());
    }

    private void route(ServiceRoute route, Path at) {
        if (report.authority().service(route.serviceName()) == null) {
            report.error(at.then("service-name"), route.serviceName(), "there is no such service");
        }
        for (final NextHop hop : route.nextHops()) {
            final Path hopPath = at.then("next-hop " + hop.nodeName() + " " + hop.interfaceName());
            final Node node = router.node(hop.nodeName());
            if (node == null) {
                report.error(hopPath, hop.nodeName(), "there is no such node");
                continue;
            }
            final NetworkInterface network = node.deviceInterfaces().stream()
                    .flatMap(device -> device.networkInterfaces().stream())
                    .filter(each -> each.name().equals(hop.interfaceName()))
                    .findFirst()
                    .orElse(null);
            if (network == null) {
                report.error(hopPath, hop.interfaceName(), "there is no such network-interface on " + hop.nodeName());
            } else if (network.generated()) {
                toPeer(route, hop, network, hopPath);
            }
        }
    }

    private void toPeer(ServiceRoute route, NextHop hop, NetworkInterface network, Path at) {
        final IpAddress gateway = network.addresses().getFirst().gateway();
        if (hop.gatewayIp() != null && !hop.gatewayIp().equals(gateway)) {
            report.error(at.then("gateway-ip"), hop.gatewayIp().toString(), "the gateway of " + network.name() + " is " + gateway);
        }
        final WireguardProfile profile = router.profiles().stream()
                .filter(each -> each.interfaceName().equals(network.name()))
                .findFirst()
                .orElse(null);
        if (route.natTarget() != null
                && profile != null
                && profile.peers().stream()
                        .flatMap(peer -> peer.allowedIps().stream())
                        .noneMatch(prefix -> route.natTarget().isIn(prefix))) {
            report.warning(
                    at.parent().then("nat-target"), route.natTarget().toString(), "no peer of " + profile.name()
                            + " has it as an allowed-ip");
        }
    }
}
