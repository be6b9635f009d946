package org.wgjvm.router.config;

import java.util.List;

/**
 * A network on a device.
 *
 * @param name unique on the node; of a generated one, {@code PROFILE-intf}
 * @param description or null
 * @param neighborhoods the named networks it is part of; their members give sources a tenant
 * @param tenant the tenant of all that comes in here, which members may refine to a child; or null
 * @param dhcp whether its IPv4 address comes by DHCP
 * @param wireguardProfile profile attached to whatever address DHCP gives, or null
 * @param addresses configured addresses
 * @param generated whether a commit made it
 */
public record NetworkInterface(
        String name,
        String description,
        List<String> neighborhoods,
        String tenant,
        boolean dhcp,
        String wireguardProfile,
        List<InterfaceAddress> addresses,
        boolean generated)
        implements Named {
    /** Copies the lists. */
    public NetworkInterface {
        neighborhoods = List.copyOf(neighborhoods);
        addresses = List.copyOf(addresses);
    }
}
