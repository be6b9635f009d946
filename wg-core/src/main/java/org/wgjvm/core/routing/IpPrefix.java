package org.wgjvm.core.routing;

import org.wgjvm.core.packet.InetText;

/**
 * An IPv4 or IPv6 prefix with its host bits cleared. An IPv4 address is held in the low 32 bits of {@code low}, with {@code high} zero.
 *
 * @param v6 whether it is IPv6
 * @param high high 64 bits of an IPv6 address
 * @param low low 64 bits of an IPv6 address, or the IPv4 address
 * @param bits prefix length, 0 to 32 or 128
 */
public record IpPrefix(boolean v6, long high, long low, int bits) {
    /** Clears the host bits; throws {@link IllegalArgumentException} for a prefix length out of range. */
    public IpPrefix {
        if (bits < 0 || bits > (v6 ? 128 : 32)) {
            throw new IllegalArgumentException("prefix length " + bits + " is out of range");
        }
        if (!v6) {
            high = 0;
            low &= bits == 0 ? 0 : (0xffffffffL << (32 - bits)) & 0xffffffffL;
        } else if (bits <= 64) {
            high &= bits == 0 ? 0 : -1L << (64 - bits);
            low = 0;
        } else {
            low &= -1L << (128 - bits);
        }
    }

    /** An IPv4 prefix. */
    public static IpPrefix v4(int address, int bits) {
        return new IpPrefix(false, 0, address & 0xffffffffL, bits);
    }

    /** An IPv6 prefix. */
    public static IpPrefix v6(long high, long low, int bits) {
        return new IpPrefix(true, high, low, bits);
    }

    /** {@code 192.0.2.0/24} or {@code 2001:db8::/32}. */
    @Override
    public String toString() {
        return (v6 ? InetText.v6(high, low) : InetText.v4((int) low)) + "/" + bits;
    }
}
