package org.wgjvm.hub.port;

import java.net.InetAddress;

/**
 * Where a device is reached: {@code host:port} or {@code [v6]:port}.
 *
 * @param host an address, or a name
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    /** Reads one; throws {@link IllegalArgumentException} with what is wrong. */
    public static HostPort parse(String text) {
        final int colon = text.lastIndexOf(':');
        final String digits = text.substring(colon + 1);
        if (colon <= 0 || !digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 65535) {
            throw new IllegalArgumentException("host:port is wanted, with a port from 1 to 65535");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (host.indexOf(':') < 0) {
                throw new IllegalArgumentException("`" + host + "' in brackets is not an IPv6 address");
            }
            Cidr.address(host);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("an IPv6 address wants brackets");
        } else if (host.matches("[0-9.]+")) {
            Cidr.address(host);
        } else if (host.length() > 253 || !host.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}"
                + "[A-Za-z0-9])?)*\\.?")) {
            throw new IllegalArgumentException("`" + host + "' is neither an address nor a host name");
        }
        return new HostPort(host, Integer.parseInt(digits));
    }

    /** Its address if it is one, else null: the name is yet to be looked up. */
    public InetAddress literal() {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+") ? Cidr.address(host) : null;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
