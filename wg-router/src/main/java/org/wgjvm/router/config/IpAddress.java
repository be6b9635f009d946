package org.wgjvm.router.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.wgjvm.core.packet.InetText;
import org.wgjvm.core.routing.IpPrefix;

/**
 * An IPv4 or IPv6 address without a scope. An IPv4 address is held in the low 32 bits of {@code low}, with {@code high} zero, as in
 * {@link IpPrefix}.
 *
 * @param v6 whether it is IPv6
 * @param high high 64 bits of an IPv6 address
 * @param low low 64 bits of an IPv6 address, or the IPv4 address
 */
public record IpAddress(boolean v6, long high, long low) {
    /** An IPv4 address in network order as an int. */
    public static IpAddress v4(int address) {
        return new IpAddress(false, 0, address & 0xffffffffL);
    }

    /**
     * Reads a dotted quad or an IPv6 address, strictly: no leading zeros, no scope, no IPv4-mapped form. Throws
     * {@link IllegalArgumentException} for anything else.
     */
    public static IpAddress parse(String text) {
        if (text.indexOf(':') < 0) {
            return parseV4(text);
        }
        if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            throw new IllegalArgumentException("an address without scope or brackets is wanted");
        }
        if (!(InetAddress.ofLiteral(text) instanceof Inet6Address six)) {
            throw new IllegalArgumentException("an IPv4-mapped address: write it as IPv4");
        }
        final ByteBuffer bytes = ByteBuffer.wrap(six.getAddress());
        return new IpAddress(true, bytes.getLong(0), bytes.getLong(8));
    }

    private static IpAddress parseV4(String text) {
        long address = 0;
        int at = 0;
        for (int part = 0; part < 4; part++) {
            final int start = at;
            int value = 0;
            while (at < text.length() && at - start < 3 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == start || value > 255 || (at - start > 1 && text.charAt(start) == '0')) {
                throw new IllegalArgumentException("not an IP address");
            }
            address = address << 8 | value;
            if (part < 3 && (at == text.length() || text.charAt(at++) != '.')) {
                throw new IllegalArgumentException("not an IP address");
            }
        }
        if (at != text.length()) {
            throw new IllegalArgumentException("not an IP address");
        }
        return new IpAddress(false, 0, address);
    }

    /** The address of a Java socket, its scope left out. */
    public static IpAddress of(InetAddress address) {
        final ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address ? new IpAddress(true, bytes.getLong(0), bytes.getLong(8)) : v4(bytes.getInt(0));
    }

    /** This address for a Java socket. */
    public InetAddress toInetAddress() {
        try {
            return v6
                    ? Inet6Address.getByAddress(null, ByteBuffer.allocate(16).putLong(high).putLong(low).array(), -1)
                    : InetAddress.getByAddress(ByteBuffer.allocate(4).putInt((int) low).array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Number of bits: 32 or 128. */
    public int width() {
        return v6 ? 128 : 32;
    }

    /** The prefix of this address alone. */
    public IpPrefix host() {
        return new IpPrefix(v6, high, low, width());
    }

    /** The address {@code distance} after this one; only within the low 64 bits. */
    public IpAddress plus(int distance) {
        return new IpAddress(v6, high, low + distance);
    }

    /** Whether this address is in the prefix. */
    public boolean isIn(IpPrefix prefix) {
        return v6 == prefix.v6() && new IpPrefix(v6, high, low, prefix.bits()).equals(prefix);
    }

    @Override
    public String toString() {
        return v6 ? InetText.v6(high, low) : InetText.v4((int) low);
    }
}
