package org.wgjvm.endpoint.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wgjvm.core.config.PeerChange.AllowedIp;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.text.Decimal;
import org.wgjvm.endpoint.text.InetReader;

/** The values of keys, as {@code wg(8)} and {@code wg-quick(8)} describe them. All throw a {@link ConfigException} without a place. */
public final class Values {
    private Values() {}

    private static ConfigException bad(Reason reason, String text) {
        return new ConfigException(null, 0, null, null, reason, text);
    }

    /** A private key. */
    public static PrivateKey privateKey(String text) throws ConfigException {
        return PrivateKey.fromBase64(keyText(text));
    }

    /** A preshared key. */
    public static PresharedKey presharedKey(String text) throws ConfigException {
        return PresharedKey.fromBase64(keyText(text));
    }

    /** A public key. */
    public static PublicKey publicKey(String text) throws ConfigException {
        return PublicKey.fromBase64(keyText(text));
    }

    /** Base64 has four spellings of a 32-byte key's last character; {@code wg(8)} accepts the one with zero bits at its end. */
    private static String keyText(String text) throws ConfigException {
        try {
            if (!PublicKey.fromBase64(text).toBase64().equals(text)) {
                throw bad(Reason.BAD_KEY, null);
            }
            return text;
        } catch (IllegalArgumentException e) {
            throw bad(Reason.BAD_KEY, null);
        }
    }

    /** A port from 0 to 65535. */
    public static int port(String text) throws ConfigException {
        final long port = decimal(text, 65535);
        if (port < 0) {
            throw bad(Reason.BAD_PORT, text);
        }
        return (int) port;
    }

    /** A mark: {@code off}, decimal, or hexadecimal after {@code 0x}. */
    public static int fwmark(String text) throws ConfigException {
        if (text.equalsIgnoreCase("off")) {
            return 0;
        }
        long mark = -1;
        if (text.startsWith("0x") && text.length() > 2 && text.length() <= 18) {
            mark = text.substring(2).chars().allMatch(c -> Character.digit(c, 16) >= 0) ? Long.parseUnsignedLong(text.substring(2),
                    16) : -1;
        } else if (!text.startsWith("0x")) {
            mark = decimal(text, 0xffffffffL);
        }
        if (mark < 0 || mark > 0xffffffffL) {
            throw bad(Reason.BAD_FWMARK, text);
        }
        return (int) mark;
    }

    /** {@code off} or seconds. */
    public static int keepalive(String text) throws ConfigException {
        final long seconds = text.equalsIgnoreCase("off") ? 0 : decimal(text, 65535);
        if (seconds < 0) {
            throw bad(Reason.BAD_KEEPALIVE, text);
        }
        return (int) seconds;
    }

    /** A list of prefixes; a sign makes one a change to what is there rather than a part of what is to be there. */
    public static AllowedIpList allowedIps(String text) throws ConfigException {
        final List<AllowedIp> ips = new ArrayList<>();
        boolean replace = true;
        if (!text.isEmpty()) {
            for (final String part : text.split(",", -1)) {
                final boolean sign = part.startsWith("-") || part.startsWith("+");
                replace &= !sign;
                final String bare = sign ? part.substring(1) : part;
                final InetReader reader = new InetReader();
                final IpPrefix prefix = bare.indexOf('/') < 0 ? reader.host(bare) : reader.prefix(bare);
                if (prefix == null) {
                    throw bad(Reason.BAD_ALLOWED_IP, part);
                }
                ips.add(new AllowedIp(prefix, part.startsWith("-")));
            }
        }
        return new AllowedIpList(ips, replace);
    }

    /**
     * What {@link #allowedIps} read.
     *
     * @param ips additions and removals in order
     * @param replace whether they are all there is to be
     */
    public record AllowedIpList(List<AllowedIp> ips, boolean replace) {}

    /** {@code host:port}, {@code 192.0.2.1:port} or {@code [2001:db8::1]:port}; names are not looked up. */
    public static HostPort hostPort(String text) throws ConfigException {
        final int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[")) {
            host = host.endsWith("]") ? host.substring(1, host.length() - 1) : "";
        }
        final long port = colon < 0 ? -1 : decimal(text.substring(colon + 1), 65535);
        if (host.isEmpty() || port < 0 || host.chars().anyMatch(c -> c <= ' ' || c == '[' || c == ']' || c == '/')) {
            throw bad(Reason.BAD_ENDPOINT, text);
        }
        return new HostPort(host, (int) port);
    }

    static String address(String text) throws ConfigException {
        final InetReader reader = new InetReader();
        if ((text.indexOf('/') < 0 ? reader.host(text) : reader.prefix(text)) == null) {
            throw bad(Reason.BAD_ADDRESS, text);
        }
        return text;
    }

    static boolean isAddress(String text) {
        return new InetReader().host(text) != null;
    }

    static String dns(String text) throws ConfigException {
        final boolean domain = text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_' || c == '~');
        final boolean numbers = text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.');
        if (!isAddress(text) && (!domain || numbers || text.isEmpty())) {
            throw bad(Reason.BAD_DNS, text);
        }
        return text;
    }

    static int mtu(String text) throws ConfigException {
        final long mtu = decimal(text, 65535);
        if (mtu < 68) {
            throw bad(Reason.BAD_MTU, text);
        }
        return (int) mtu;
    }

    static String table(String text) throws ConfigException {
        final String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("off") || lower.equals("auto")) {
            return lower;
        }
        final boolean number = text.chars().allMatch(c -> c >= '0' && c <= '9');
        final boolean name = text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.');
        if (!name || (number && decimal(text, 0xffffffffL) <= 0) || text.startsWith("-")) {
            throw bad(Reason.BAD_TABLE, text);
        }
        return text;
    }

    static boolean bool(String text) throws ConfigException {
        if (text.equalsIgnoreCase("true")) {
            return true;
        }
        if (text.equalsIgnoreCase("false")) {
            return false;
        }
        throw bad(Reason.BAD_BOOLEAN, text);
    }

    private static long decimal(String text, long max) {
        final byte[] digits = text.getBytes(StandardCharsets.UTF_8);
        return Decimal.read(digits, 0, digits.length, max);
    }
}
