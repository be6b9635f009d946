package org.wgjvm.router.config;

import java.util.List;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;

/**
 * A peer of a profile.
 *
 * @param name unique in the profile
 * @param publicKey who it is; never null in a valid configuration
 * @param presharedKey or null
 * @param persistentKeepaliveSeconds 0 for none
 * @param allowedIps inner addresses that are sent to it, and that it may send from
 * @param endpoint where to reach it, or null: then it must come to us first
 */
public record PeerEntry(
        String name,
        PublicKey publicKey,
        SharedSecret presharedKey,
        int persistentKeepaliveSeconds,
        List<IpPrefix> allowedIps,
        PeerEndpoint endpoint)
        implements Named {
    /** Copies the list. */
    public PeerEntry {
        allowedIps = List.copyOf(allowedIps);
    }

    /** A configured address and UDP port. */
    public record PeerEndpoint(IpAddress ip, int port) {}
}
