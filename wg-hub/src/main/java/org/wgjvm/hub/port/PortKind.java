package org.wgjvm.hub.port;

/** What a port is to WireGuard. */
public enum PortKind {
    /** The middle of a network, on a node: a device of ours. */
    HUB("channel:wireguard:hub"),
    /** A device somewhere else, which has its own private key. */
    SPOKE("channel:wireguard:spoke");

    private final String deviceOwner;

    PortKind(String deviceOwner) {
        this.deviceOwner = deviceOwner;
    }

    /** The {@code device_owner} by which it is asked for. */
    public String deviceOwner() {
        return deviceOwner;
    }

    /** In JSON and metrics. */
    public String label() {
        return this == HUB ? "hub" : "spoke";
    }

    /** The kind that a {@code device_owner} asks for, or null. */
    public static PortKind ofDeviceOwner(String owner) {
        for (final PortKind kind : values()) {
            if (kind.deviceOwner.equals(owner)) {
                return kind;
            }
        }
        return null;
    }

    /** The kind with that label, or null. */
    public static PortKind ofLabel(String label) {
        for (final PortKind kind : values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        return null;
    }
}
