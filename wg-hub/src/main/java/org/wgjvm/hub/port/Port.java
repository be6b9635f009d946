package org.wgjvm.hub.port;

import java.util.ArrayList;
import java.util.List;

/**
 * A port of a network, as far as it concerns WireGuard. Immutable.
 *
 * @param id a UUID in lower case
 * @param kind hub or spoke, as it was created, whatever its device_owner has become
 * @param binding where it belongs
 * @param identity what it is called
 * @param adminStateUp whether it is to work
 * @param fixedIps its addresses
 * @param subnets those of them whose prefixes are known
 * @param profile what is said of the device
 */
public record Port(
        String id, PortKind kind, Binding binding, Identity identity, boolean adminStateUp, List<FixedIp> fixedIps, List<Subnet> subnets,
        Profile profile) {
    /** Copies the lists. */
    public Port {
        fixedIps = List.copyOf(fixedIps);
        subnets = List.copyOf(subnets);
    }

    /**
     * Where a port belongs.
     *
     * @param networkId a hub and the spokes of one network belong together
     * @param projectId whose it is; empty for nobody's
     * @param hostId the node of a hub; empty for a spoke
     */
    public record Binding(String networkId, String projectId, String hostId) {}

    /**
     * What a port is called.
     *
     * @param name for people
     * @param deviceOwner what Neutron has of who uses it; a router that it is added to overwrites it
     * @param deviceId likewise
     */
    public record Identity(String name, String deviceOwner, String deviceId) {}

    /** The network. */
    public String networkId() {
        return binding.networkId();
    }

    /** The interface of a hub. */
    public String deviceName() {
        return Names.device(id);
    }

    /** The namespace in which a hub's interface is while it is not attached. */
    public String projectNamespace() {
        return Names.namespace(binding.projectId());
    }

    /** The addresses as an interface has them: with the prefix length of the subnet, or alone where that is not known. */
    public List<Cidr> interfaceAddresses() {
        final List<Cidr> all = new ArrayList<>();
        for (final FixedIp ip : fixedIps) {
            Cidr address = Cidr.host(ip.address());
            for (final Subnet subnet : subnets) {
                if (subnet.id().equals(ip.subnetId()) && subnet.cidr().contains(address)) {
                    address = new Cidr(ip.address(), subnet.cidr().bits());
                }
            }
            all.add(address);
        }
        return all;
    }

    /** What is routed to a spoke: its addresses, each alone, and the prefixes behind it. */
    public List<Cidr> allowedIps() {
        final List<Cidr> all = new ArrayList<>();
        fixedIps.forEach(ip -> all.add(Cidr.host(ip.address())));
        profile.allowedIps().stream().map(Cidr::network).filter(c -> !all.contains(c)).forEach(all::add);
        return all;
    }
}
