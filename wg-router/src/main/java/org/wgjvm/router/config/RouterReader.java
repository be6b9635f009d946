package org.wgjvm.router.config;

import java.util.List;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.PeerEntry.PeerEndpoint;

/** Makes the typed model of a router from its tree. */
final class RouterReader {
    Router router(NodeReader in) {
        return new Router(
                in.name(),
                in.text("description"),
                in.each("node", this::node),
                in.each("wireguard-profile", this::profile),
                in.each("service-route", this::serviceRoute));
    }

    private Node node(NodeReader in) {
        return new Node(in.name(), in.each("device-interface", this::deviceInterface));
    }

    private DeviceInterface deviceInterface(NodeReader in) {
        final DeviceInterface.Type type = in.value("type", text -> switch (text) {
            case "ethernet" -> DeviceInterface.Type.ETHERNET;
            case "host" -> DeviceInterface.Type.HOST;
            default -> throw new IllegalArgumentException("ethernet or host is wanted");
        });
        final String target = in.value("target-interface", text -> {
            if (!text.matches("[!-.0-~]{1,15}")) {
                throw new IllegalArgumentException("an interface of the operating system has 1 to 15 characters without space and slash");
            }
            return text;
        });
        return new DeviceInterface(
                in.name(),
                in.text("description"),
                type == null ? DeviceInterface.Type.ETHERNET : type,
                in.flag("enabled", true),
                target,
                in.each("network-interface", this::networkInterface),
                in.flag("generated", false));
    }

    private NetworkInterface networkInterface(NodeReader in) {
        final Boolean dhcp = in.value("dhcp", text -> switch (text) {
            case "v4" -> true;
            case "disabled" -> false;
            default -> throw new IllegalArgumentException("v4 or disabled is wanted");
        });
        return new NetworkInterface(
                in.name(),
                in.text("description"),
                in.each("neighborhood", NodeReader::name),
                in.reference("tenant"),
                dhcp != null && dhcp,
                in.text("wireguard-profile"),
                in.each("address", this::address),
                in.flag("generated", false));
    }

    private InterfaceAddress address(NodeReader in) {
        final IpAddress ip;
        try {
            ip = IpAddress.parse(in.key(0));
        } catch (IllegalArgumentException e) {
            in.keyError(e.getMessage());
            return null;
        }
        in.sameAsKey("ip-address", in.key(0));
        return new InterfaceAddress(
                ip, in.number("prefix-length", 0, ip.width()), in.value("gateway", IpAddress::parse), in.text("wireguard-profile"));
    }

    private ServiceRoute serviceRoute(NodeReader in) {
        final String service = in.reference("service-name");
        if (service == null) {
            in.missing("service-name");
        }
        return new ServiceRoute(
                in.name(), service, in.value("nat-target", IpAddress::parse), in.each("next-hop", this::nextHop),
                        in.flag("generated", false));
    }

    private NextHop nextHop(NodeReader in) {
        in.sameAsKey("node-name", in.key(0));
        in.sameAsKey("interface", in.key(1));
        return new NextHop(in.key(0), in.key(1), in.value("gateway-ip", IpAddress::parse));
    }

    private WireguardProfile profile(NodeReader in) {
        in.sameAsKey("name", in.key(0));
        final NodeReader network = in.only("private-network");
        return new WireguardProfile(
                in.key(0),
                in.text("description"),
                in.flag("enabled", true),
                in.value("loopback-address", RouterReader::loopback),
                in.number("port", 1, 65535),
                in.number("inactivity-timeout", 1, 30L * 24 * 3600 * 1000),
                in.reference("service-class"),
                in.each("access-policy", NodeReader::accessPolicy),
                network == null
                        ? null
                        : new PrivateNetwork(
                                network.reference("neighborhood"),
                                network.reference("tenant-name"),
                                network.value("address", HostPrefix::parse)),
                in.each("peer", this::peer));
    }

    private static HostPrefix loopback(String text) {
        final HostPrefix prefix = HostPrefix.parse(text);
        if (prefix.address().v6()) {
            throw new IllegalArgumentException("an IPv4 prefix is wanted");
        }
        if (prefix.bits() > 30 || prefix.bits() == 0) {
            throw new IllegalArgumentException("a prefix with room for two addresses is wanted, such as /30");
        }
        return prefix;
    }

    private PeerEntry peer(NodeReader in) {
        if (in.text("public-key") == null) {
            in.missing("public-key");
        }
        final Integer keepalive = in.number("persistent-keepalive", 0, 65535);
        return new PeerEntry(
                in.name(),
                in.value("public-key", RouterReader::publicKey),
                in.value("preshared-key", RouterReader::sharedSecret),
                keepalive == null ? 0 : keepalive,
                in.values("allowed-ip", NodeReader::prefixOrAddress),
                endpoint(in.only("endpoint")));
    }

    private static PublicKey publicKey(String text) {
        final PublicKey key;
        try {
            key = PublicKey.fromBase64(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a key is 32 bytes as 44 characters of base64", e);
        }
        if (key.isZero()) {
            throw new IllegalArgumentException("a key of zeros belongs to nobody");
        }
        return key;
    }

    private static SharedSecret sharedSecret(String text) {
        try {
            return SharedSecret.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a preshared key is 32 bytes as 44 characters of base64", e);
        }
    }

    private PeerEndpoint endpoint(NodeReader in) {
        if (in == null) {
            return null;
        }
        final IpAddress ip = in.value("ip", IpAddress::parse);
        final Integer port = in.number("port", 1, 65535);
        for (final String leaf : List.of("ip", "port")) {
            if (in.text(leaf) == null) {
                in.missing(leaf);
            }
        }
        return ip == null || port == null ? null : new PeerEndpoint(ip, port);
    }
}
