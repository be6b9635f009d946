package org.wgjvm.endpoint.config;

import java.util.List;
import org.wgjvm.core.config.PeerChange.AllowedIp;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;

/**
 * A {@code [Peer]} section. Null stands for what is not written.
 *
 * @param line line of its head, counted from 1
 * @param publicKey the peer
 * @param presharedKey its preshared key
 * @param endpoint where it is, a name not yet resolved
 * @param endpointLine the line of that
 * @param persistentKeepaliveSeconds 0 for off
 * @param replaceAllowedIps whether the list below is all there is to be
 * @param allowedIps its prefixes
 */
public record PeerConfig(
        int line,
        PublicKey publicKey,
        PresharedKey presharedKey,
        HostPort endpoint,
        int endpointLine,
        Integer persistentKeepaliveSeconds,
        boolean replaceAllowedIps,
        List<AllowedIp> allowedIps) {
    /** Copies the list. */
    public PeerConfig {
        allowedIps = List.copyOf(allowedIps);
    }
}
