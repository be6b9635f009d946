package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.List;

/**
 * One router.
 *
 * @param name unique in the authority
 * @param description or null
 * @param nodes its nodes and their interfaces
 * @param profiles its WireGuard profiles
 * @param serviceRoutes where it sends sessions of services
 */
public record Router(
        String name, String description, List<Node> nodes, List<WireguardProfile> profiles, List<ServiceRoute> serviceRoutes)
        implements Named {
    /** Copies the lists. */
    public Router {
        nodes = List.copyOf(nodes);
        profiles = List.copyOf(profiles);
        serviceRoutes = List.copyOf(serviceRoutes);
    }

    /** The profile of that name, or null. */
    public WireguardProfile profile(String profileName) {
        return Named.find(profiles, profileName);
    }

    /** The node of that name, or null. */
    public Node node(String nodeName) {
        return Named.find(nodes, nodeName);
    }

    /** Every place where an interface refers to a profile, whether or not there is such a profile. */
    public List<Attachment> attachments() {
        final List<Attachment> found = new ArrayList<>();
        for (final Node node : nodes) {
            for (final DeviceInterface device : node.deviceInterfaces()) {
                for (final NetworkInterface network : device.networkInterfaces()) {
                    if (network.wireguardProfile() != null) {
                        found.add(new Attachment(network.wireguardProfile(), node, device, network, null));
                    }
                    for (final InterfaceAddress address : network.addresses()) {
                        if (address.wireguardProfile() != null) {
                            found.add(new Attachment(address.wireguardProfile(), node, device, network, address));
                        }
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    /**
     * A profile on an interface: its UDP socket is bound to that interface's address.
     *
     * @param profile name of the profile
     * @param node where
     * @param device where
     * @param network where
     * @param address the configured address, or null when it comes by DHCP
     */
    public record Attachment(
            String profile, Node node, DeviceInterface device, NetworkInterface network, InterfaceAddress address) {}
}
