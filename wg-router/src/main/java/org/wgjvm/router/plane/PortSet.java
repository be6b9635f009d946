package org.wgjvm.router.plane;

import java.util.List;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.router.config.Transport;

/** Which transports and destination ports something is for. Immutable. */
final class PortSet {
    /** Everything. */
    static final PortSet ALL = new PortSet(List.of(), true);

    private final boolean everything;

    /** Three for each range: protocol, first and last port. */
    private final int[] ranges;

    private PortSet(List<Transport> transports, boolean everything) {
        this.everything = everything;
        ranges = transports.stream()
                .flatMapToInt(transport -> transport.ports().isEmpty()
                        ? java.util.stream.IntStream.of(transport.protocol().number(), 0, 0xffff)
                        : transport.ports().stream()
                                .flatMapToInt(range ->
                                        java.util.stream.IntStream.of(transport.protocol().number(), range.first(), range.last())))
                .toArray();
    }

    /** Those of a service: without transports, all. */
    static PortSet ofService(List<Transport> transports) {
        return transports.isEmpty() ? ALL : new PortSet(transports, false);
    }

    /** Those of a session type: without transports, none. */
    static PortSet ofSessionType(List<Transport> transports) {
        return new PortSet(transports, false);
    }

    /** Whether a session to this port is meant; ICMPv6 counts as ICMP, and ICMP has no ports. */
    boolean contains(int protocol, int destinationPort) {
        if (everything) {
            return true;
        }
        final int wanted = protocol == IpHeader.ICMPV6 ? IpHeader.ICMP : protocol;
        for (int i = 0; i < ranges.length; i += 3) {
            if (ranges[i] == wanted
                    && (wanted == IpHeader.ICMP || (destinationPort >= ranges[i + 1] && destinationPort <= ranges[i + 2]))) {
                return true;
            }
        }
        return false;
    }
}
