package org.wgjvm.core.config;

import java.util.List;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;

/**
 * What is to change of one peer, with the meaning of the UAPI's keys of the same names. Null means: leave as it is.
 *
 * @param publicKey which peer
 * @param remove remove it; the rest is then ignored
 * @param updateOnly do nothing when there is no such peer
 * @param presharedKey new preshared key; an all-zero one clears it
 * @param endpoint new endpoint
 * @param persistentKeepaliveSeconds 0 (off) to 65535
 * @param replaceAllowedIps the list below replaces what was there, atomically
 * @param allowedIps prefixes to add or remove, in order
 */
public record PeerChange(
        PublicKey publicKey,
        boolean remove,
        boolean updateOnly,
        PresharedKey presharedKey,
        Endpoint endpoint,
        Integer persistentKeepaliveSeconds,
        boolean replaceAllowedIps,
        List<AllowedIp> allowedIps) {
    /** Copies the list. */
    public PeerChange {
        allowedIps = List.copyOf(allowedIps);
    }

    /** Adds or removes a prefix. Adding one that another peer has moves it here; removing one that this peer does not have does nothing. */
    public record AllowedIp(IpPrefix prefix, boolean remove) {}
}
