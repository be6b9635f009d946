package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wgjvm.router.config.ConfigError.Path;
import org.wgjvm.router.config.Transport.PortRange;
import org.wgjvm.router.config.Transport.Protocol;

/** Makes the typed model from a tree, and finds every value in it that cannot be one. What those are part of is then not to be used. */
final class ModelReader {
    private final List<ConfigError> errors = new ArrayList<>();

    /** Everything that could be read, and everything that could not. */
    record Result(Authority authority, List<ConfigError> errors) {}

    private ModelReader() {}

    static Result read(ConfigNode config) {
        final ModelReader reader = new ModelReader();
        final ConfigNode node = config.only("authority");
        final Authority authority =
                node == null ? Authority.EMPTY : reader.authority(new NodeReader(node, Path.of("authority"), reader.errors));
        return new Result(authority, List.copyOf(reader.errors));
    }

    private Authority authority(NodeReader in) {
        return new Authority(
                in.each("tenant", this::tenant),
                in.each("service-class", this::serviceClass),
                in.each("session-type", this::sessionType),
                in.each("service", this::service),
                in.each("router", new RouterReader()::router));
    }

    private Tenant tenant(NodeReader in) {
        return new Tenant(in.name(), in.text("description"), in.each("member", this::member), in.flag("generated", false));
    }

    private TenantMember member(NodeReader in) {
        return new TenantMember(
                in.name("neighborhood"), in.values("address", NodeReader::prefixOrAddress), in.flag("generated", false));
    }

    private ServiceClass serviceClass(NodeReader in) {
        final Integer dscp = in.number("dscp", 0, 63);
        if (in.text("dscp") == null) {
            in.missing("dscp");
        }
        return new ServiceClass(in.name(), dscp == null ? 0 : dscp);
    }

    private SessionType sessionType(NodeReader in) {
        return new SessionType(
                in.name(),
                in.reference("service-class"),
                in.number("timeout", 1, 30L * 24 * 3600 * 1000),
                in.each("transport", this::transport),
                in.flag("generated", false));
    }

    private Service service(NodeReader in) {
        final Service.Scope scope = in.value("scope", text -> switch (text) {
            case "private" -> Service.Scope.PRIVATE;
            case "public" -> Service.Scope.PUBLIC;
            default -> throw new IllegalArgumentException("private or public is wanted");
        });
        return new Service(
                in.name(),
                in.text("description"),
                in.flag("enabled", true),
                scope == null ? Service.Scope.PRIVATE : scope,
                in.values("address", NodeReader::prefixOrAddress),
                in.each("transport", this::transport),
                in.each("access-policy", NodeReader::accessPolicy),
                in.flag("generated", false));
    }

    private Transport transport(NodeReader in) {
        in.sameAsKey("protocol", in.key(0));
        for (final Protocol protocol : Protocol.values()) {
            if (protocol.keyword().equals(in.key(0).toLowerCase(Locale.ROOT))) {
                final List<PortRange> ports = in.each("port-range", this::portRange);
                if (protocol == Protocol.ICMP && !ports.isEmpty()) {
                    in.keyError("icmp has no ports");
                }
                return new Transport(protocol, ports);
            }
        }
        in.keyError("tcp, udp or icmp is wanted");
        return null;
    }

    private PortRange portRange(NodeReader in) {
        try {
            NodeReader.parseNumber(in.key(0), 0, 65535);
        } catch (IllegalArgumentException e) {
            in.keyError(e.getMessage());
            return null;
        }
        in.sameAsKey("start-port", in.key(0));
        final int first = Integer.parseInt(in.key(0));
        final Integer last = in.number("end-port", first, 65535);
        return new PortRange(first, last == null ? first : last);
    }
}
