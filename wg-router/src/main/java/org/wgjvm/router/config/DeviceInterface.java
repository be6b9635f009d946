package org.wgjvm.router.config;

import java.util.List;

/**
 * A device of a node. {@link Type#ETHERNET} stands for an interface of the operating system, {@link Type#HOST} for the inside of a profile.
 *
 * @param name unique on the node; of a generated one, the profile's name
 * @param description or null
 * @param type what it is
 * @param enabled a disabled one carries nothing
 * @param targetInterface name of the operating system's interface, or null when it is that of the device
 * @param networkInterfaces the networks on it
 * @param generated whether a commit made it
 */
public record DeviceInterface(
        String name,
        String description,
        Type type,
        boolean enabled,
        String targetInterface,
        List<NetworkInterface> networkInterfaces,
        boolean generated)
        implements Named {
    /** Kinds of devices. */
    public enum Type {
        ETHERNET,
        HOST
    }

    /** Copies the list. */
    public DeviceInterface {
        networkInterfaces = List.copyOf(networkInterfaces);
    }

    /** Name of the operating system's interface. */
    public String linkName() {
        return targetInterface == null ? name : targetInterface;
    }
}
