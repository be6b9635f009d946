package org.wgjvm.router.config;

import java.util.List;

/**
 * An instance of WireGuard on a router.
 *
 * @param name at most 12 characters of {@code [A-Za-z0-9_-]}: it is a device's name too
 * @param description or null
 * @param enabled a disabled one keeps its key pair and is silent
 * @param loopbackAddress addresses between the instance and the router's packet path, or null: a commit then chooses
 * @param port UDP port, or null for {@link #DEFAULT_PORT}
 * @param inactivityTimeoutMs milliseconds without a packet after which a session ends, or null for the default
 * @param serviceClass name of the traffic class of what it sends and receives, or null
 * @param accessPolicies which outer sources may speak to it at all; empty for any
 * @param privateNetwork the network of the peers; never null in a valid configuration
 * @param peers who may connect
 */
public record WireguardProfile(
        String name,
        String description,
        boolean enabled,
        HostPrefix loopbackAddress,
        Integer port,
        Long inactivityTimeoutMs,
        String serviceClass,
        List<AccessPolicy> accessPolicies,
        PrivateNetwork privateNetwork,
        List<PeerEntry> peers)
        implements Named {
    /** The UDP port of profiles that name none. */
    public static final int DEFAULT_PORT = 12800;

    /** Copies the lists. */
    public WireguardProfile {
        accessPolicies = List.copyOf(accessPolicies);
        peers = List.copyOf(peers);
    }

    /** The UDP port in effect. */
    public int listenPort() {
        return port == null ? DEFAULT_PORT : port;
    }

    /** The inactivity timeout in effect, in milliseconds. */
    public long timeoutMs() {
        return inactivityTimeoutMs == null ? SessionType.DEFAULT_TIMEOUT_MS : inactivityTimeoutMs;
    }

    /** Name of the generated network interface of decrypted packets. */
    public String interfaceName() {
        return name + "-intf";
    }

    /** The peer of that name, or null. */
    public PeerEntry peer(String peerName) {
        return Named.find(peers, peerName);
    }
}
