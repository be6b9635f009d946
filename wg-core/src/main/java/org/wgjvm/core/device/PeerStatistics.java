package org.wgjvm.core.device;

import java.util.List;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;

/**
 * What has been counted of one peer. There is no secret in it.
 *
 * @param publicKey the peer
 * @param endpoint where it is, or null
 * @param lastHandshakeEpochNs wall time of the last handshake in nanoseconds since 1970, or 0 for never
 * @param txBytes bytes sent to it, as {@code wg show} counts them
 * @param rxBytes bytes received from it, likewise
 * @param txPackets transport messages sent to it, keepalives included
 * @param rxPackets authentic and new transport messages received from it, keepalives included
 * @param rxMissing messages that it numbered and that have not arrived: loss on the way, or late
 * @param stagedPackets packets that wait for a session with it now
 * @param allowedIps its prefixes
 */
public record PeerStatistics(
        PublicKey publicKey,
        Endpoint endpoint,
        long lastHandshakeEpochNs,
        long txBytes,
        long rxBytes,
        long txPackets,
        long rxPackets,
        long rxMissing,
        int stagedPackets,
        List<IpPrefix> allowedIps) {
    /** Copies the list. */
    public PeerStatistics {
        allowedIps = List.copyOf(allowedIps);
    }
}
