package org.wgjvm.router.config;

/** Writes the text form of a router. */
final class RouterWriter {
    private final TextWriter out;

    RouterWriter(TextWriter out) {
        this.out = out;
    }

    void router(Router router) {
        out.openNamed("router", router.name());
        out.leaf("description", router.description());
        router.profiles().forEach(this::profile);
        for (final Node node : router.nodes()) {
            out.openNamed("node", node.name());
            node.deviceInterfaces().forEach(this::deviceInterface);
            out.close();
        }
        router.serviceRoutes().forEach(this::serviceRoute);
        out.close();
    }

    private void profile(WireguardProfile profile) {
        out.openNamed("wireguard-profile", profile.name());
        out.leaf("description", profile.description());
        if (!profile.enabled()) {
            out.leaf("enabled", false);
        }
        out.leaf("loopback-address", profile.loopbackAddress());
        out.leaf("port", profile.port());
        out.leaf("inactivity-timeout", profile.inactivityTimeoutMs());
        out.leaf("service-class", profile.serviceClass());
        profile.accessPolicies().forEach(out::accessPolicy);
        if (profile.privateNetwork() != null) {
            out.open("private-network");
            out.leaf("neighborhood", profile.privateNetwork().neighborhood());
            out.leaf("tenant-name", profile.privateNetwork().tenantName());
            out.leaf("address", profile.privateNetwork().address());
            out.close();
        }
        profile.peers().forEach(this::peer);
        out.close();
    }

    private void peer(PeerEntry peer) {
        out.openNamed("peer", peer.name());
        out.leaf("public-key", peer.publicKey());
        out.leaf("preshared-key", peer.presharedKey() == null ? null : peer.presharedKey().toBase64());
        if (peer.persistentKeepaliveSeconds() > 0) {
            out.leaf("persistent-keepalive", peer.persistentKeepaliveSeconds());
        }
        peer.allowedIps().forEach(prefix -> out.leaf("allowed-ip", prefix));
        if (peer.endpoint() != null) {
            out.open("endpoint");
            out.leaf("ip", peer.endpoint().ip());
            out.leaf("port", peer.endpoint().port());
            out.close();
        }
        out.close();
    }

    private void deviceInterface(DeviceInterface device) {
        out.openNamed("device-interface", device.name());
        out.leaf("description", device.description());
        if (device.type() == DeviceInterface.Type.HOST) {
            out.leaf("type", "host");
        }
        if (!device.enabled()) {
            out.leaf("enabled", false);
        }
        out.leaf("target-interface", device.targetInterface());
        out.generated(device.generated());
        device.networkInterfaces().forEach(this::networkInterface);
        out.close();
    }

    private void networkInterface(NetworkInterface network) {
        out.openNamed("network-interface", network.name());
        out.leaf("description", network.description());
        out.leaf("tenant", network.tenant());
        if (network.dhcp()) {
            out.leaf("dhcp", "v4");
        }
        out.leaf("wireguard-profile", network.wireguardProfile());
        out.generated(network.generated());
        for (final String neighborhood : network.neighborhoods()) {
            out.openNamed("neighborhood", neighborhood);
            out.close();
        }
        for (final InterfaceAddress address : network.addresses()) {
            out.open("address", address.ip().toString());
            out.leaf("ip-address", address.ip());
            out.leaf("prefix-length", address.prefixLength());
            out.leaf("gateway", address.gateway());
            out.leaf("wireguard-profile", address.wireguardProfile());
            out.close();
        }
        out.close();
    }

    private void serviceRoute(ServiceRoute route) {
        out.openNamed("service-route", route.name());
        out.leaf("service-name", route.serviceName());
        out.leaf("nat-target", route.natTarget());
        out.generated(route.generated());
        for (final NextHop hop : route.nextHops()) {
            out.open("next-hop", hop.nodeName(), hop.interfaceName());
            out.leaf("node-name", hop.nodeName());
            out.leaf("interface", hop.interfaceName());
            out.leaf("gateway-ip", hop.gatewayIp());
            out.close();
        }
        out.close();
    }
}
