package org.wgjvm.router.config;

/**
 * An address of a network interface.
 *
 * @param ip the address
 * @param prefixLength bits of its network, or null when the configuration does not say (then only the address itself is on the link)
 * @param gateway the next router there, or null
 * @param wireguardProfile name of the profile whose UDP socket is bound to it, or null
 */
public record InterfaceAddress(IpAddress ip, Integer prefixLength, IpAddress gateway, String wireguardProfile) implements Named {
    @Override
    public String name() {
        return ip.toString();
    }

    /** The address with its network; that of the address alone when no length is configured. */
    public HostPrefix prefix() {
        return new HostPrefix(ip, prefixLength == null ? ip.width() : prefixLength);
    }
}
