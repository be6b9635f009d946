package org.wgjvm.router.config;

import java.util.List;
import java.util.Locale;

/**
 * A transport protocol, and ports of it.
 *
 * @param protocol which
 * @param ports ranges of destination ports; empty for all, and always for ICMP
 */
public record Transport(Protocol protocol, List<PortRange> ports) implements Named {
    /** Transport protocols that sessions are told apart by. */
    public enum Protocol {
        TCP(6),
        UDP(17),
        ICMP(1);

        private final int number;

        Protocol(int number) {
            this.number = number;
        }

        /** The number in the IPv4 header (ICMPv6, 58, counts as ICMP). */
        public int number() {
            return number;
        }

        /** As written in the configuration: {@code tcp}. */
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Ports {@code first} to {@code last}, both included. */
    public record PortRange(int first, int last) {}

    /** Copies the list. */
    public Transport {
        ports = List.copyOf(ports);
    }

    @Override
    public String name() {
        return protocol.keyword();
    }
}
