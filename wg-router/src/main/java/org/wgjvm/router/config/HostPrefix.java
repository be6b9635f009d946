package org.wgjvm.router.config;

import org.wgjvm.core.routing.IpPrefix;

/**
 * An address together with the length of its network's prefix, host bits kept: {@code 10.10.10.1/24}.
 *
 * @param address the address itself
 * @param bits length of the prefix, 0 to 32 or 128
 */
public record HostPrefix(IpAddress address, int bits) {
    /** Refuses a length out of range with {@link IllegalArgumentException}. */
    public HostPrefix {
        if (bits < 0 || bits > address.width()) {
            throw new IllegalArgumentException("prefix length " + bits + " is out of range");
        }
    }

    /** Reads {@code address/bits}; throws {@link IllegalArgumentException} for anything else. */
    public static HostPrefix parse(String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a prefix needs a length: ADDRESS/BITS");
        }
        final String bits = text.substring(slash + 1);
        if (!bits.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("not a prefix length: " + bits);
        }
        return new HostPrefix(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(bits));
    }

    /** The network: host bits cleared. */
    public IpPrefix network() {
        return new IpPrefix(address.v6(), address.high(), address.low(), bits);
    }

    @Override
    public String toString() {
        return address + "/" + bits;
    }
}
