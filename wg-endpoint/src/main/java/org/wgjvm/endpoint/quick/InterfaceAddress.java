package org.wgjvm.endpoint.quick;

import java.nio.charset.StandardCharsets;
import org.wgjvm.core.packet.InetText;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.endpoint.text.InetReader;

/**
 * An address of an interface with the length of its network: unlike that of a prefix, its host part counts.
 *
 * @param v6 whether it is IPv6
 * @param high high 64 bits of an IPv6 address
 * @param low low 64 bits of an IPv6 address, or the IPv4 address
 * @param bits length of the network that is on the link with it
 */
record InterfaceAddress(boolean v6, long high, long low, int bits) {
    /** The address written as {@code 10.0.0.1/24}, or without a length, which then is that of one address; null when it is none. */
    static InterfaceAddress of(String text) {
        final InetReader reader = new InetReader();
        final int slash = text.indexOf('/');
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        final int end = slash < 0 ? bytes.length : slash;
        if (!reader.address(bytes, 0, end)) {
            return null;
        }
        final boolean v6 = reader.isV6();
        final long high = reader.high();
        final long low = reader.low();
        final IpPrefix network = slash < 0 ? reader.host(text) : reader.prefix(text);
        return network == null ? null : new InterfaceAddress(v6, high, low, network.bits());
    }

    /** Whether the kernel's own route for this address covers {@code prefix}. */
    boolean covers(IpPrefix prefix) {
        return prefix.v6() == v6
                && prefix.bits() >= bits
                && new IpPrefix(v6, prefix.high(), prefix.low(), bits).equals(new IpPrefix(v6, high, low, bits));
    }

    /** {@code fe80::/10}: the kernel gives an interface one by itself. */
    boolean isLinkLocal() {
        return v6 && high >>> 54 == 0xfe80L >>> 6;
    }

    /** The option of {@code ip} for its family. */
    String family() {
        return v6 ? "-6" : "-4";
    }

    @Override
    public String toString() {
        return (v6 ? InetText.v6(high, low) : InetText.v4((int) low)) + "/" + bits;
    }
}
