package org.wgjvm.hub.port;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.wgjvm.core.routing.IpPrefix;

/**
 * An address with a prefix length; host bits are kept.
 *
 * @param address IPv4 or IPv6
 * @param bits 0 to 32 or 128
 */
public record Cidr(InetAddress address, int bits) {
    /** An address alone: /32 or /128. */
    public static Cidr host(InetAddress address) {
        return new Cidr(address, address.getAddress().length * 8);
    }

    /** Reads {@code address/bits}, or an address alone; throws {@link IllegalArgumentException} with what is wrong. */
    public static Cidr parse(String text) {
        final int slash = text.indexOf('/');
        final InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
        final int most = address.getAddress().length * 8;
        final String digits = slash < 0 ? Integer.toString(most) : text.substring(slash + 1);
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > most) {
            throw new IllegalArgumentException("`" + text + "' has no prefix length from 0 to " + most);
        }
        return new Cidr(address, Integer.parseInt(digits));
    }

    /** Reads an address, and no name or abbreviation; throws {@link IllegalArgumentException}. */
    public static InetAddress address(String text) {
        final boolean v4 = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        if (v4 || text.indexOf(':') >= 0 && text.indexOf('%') < 0 && text.length() <= 45) {
            try {
                return InetAddress.ofLiteral(text);
            } catch (IllegalArgumentException e) {
                // Said below, in the same words as for the rest.
            }
        }
        throw new IllegalArgumentException("`" + text + "' is not an IP address");
    }

    /** Whether it is IPv6. */
    public boolean isV6() {
        return address.getAddress().length == 16;
    }

    /** Without host bits. */
    public Cidr network() {
        final byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length * 8; i++) {
            if (i >= bits) {
                bytes[i / 8] &= (byte) ~(0x80 >> i % 8);
            }
        }
        try {
            return new Cidr(InetAddress.getByAddress(bytes), bits);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether all of {@code other} lies in this. */
    public boolean contains(Cidr other) {
        return other.bits >= bits && other.isV6() == isV6()
                && Arrays.equals(new Cidr(other.address, bits).network().address.getAddress(), network().address.getAddress());
    }

    /** As a prefix of the routing trie. */
    public IpPrefix prefix() {
        final ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return isV6() ? IpPrefix.v6(bytes.getLong(0), bytes.getLong(8), bits) : IpPrefix.v4(bytes.getInt(0), bits);
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
