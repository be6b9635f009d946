package org.wgjvm.endpoint.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Where to listen: {@code PORT}, {@code ADDRESS:PORT} or {@code [ADDRESS]:PORT}. Without an address it is loopback. */
public final class ListenAddress {
    private ListenAddress() {}

    /** Reads one; throws {@link IllegalArgumentException} with what is wrong. */
    public static InetSocketAddress of(String text) {
        final int colon = text.lastIndexOf(':');
        final int port = port(text.substring(colon + 1), text);
        if (colon < 0) {
            return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        }
        String address = text.substring(0, colon);
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        } else if (address.indexOf(':') >= 0) {
            throw wrong(text, "an IPv6 address wants brackets");
        }
        if (address.equals("localhost")) {
            address = "127.0.0.1";
        } else if (address.indexOf(':') < 0 && !address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
            // The JDK reads 1.2.3 as 1.2.0.3.
            throw wrong(text, "`" + address + "' is not an address");
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(address), port);
        } catch (IllegalArgumentException e) {
            throw wrong(text, "`" + address + "' is not an address");
        }
    }

    private static int port(String digits, String text) {
        if (!digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > 65535) {
            throw wrong(text, "`" + digits + "' is not a port");
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("`" + text + "' is not [ADDRESS:]PORT: " + why);
    }

    /** As part of a URL. */
    public static String text(InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host.replaceAll("%.*", "") + "]" : host) + ":" + address.getPort();
    }
}
