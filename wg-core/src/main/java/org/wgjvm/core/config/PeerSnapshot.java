package org.wgjvm.core.config;

import java.util.List;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;

/**
 * The state of one peer at one moment, as the UAPI's {@code get} shows it.
 *
 * @param publicKey the peer
 * @param presharedKey its preshared key, or null
 * @param endpoint where it is, or null
 * @param lastHandshakeEpochNs wall time of the last handshake in nanoseconds since 1970, or 0 for never
 * @param txBytes bytes sent to it, headers of messages included, UDP and IP headers not
 * @param rxBytes authenticated bytes received from it, counted likewise
 * @param persistentKeepaliveSeconds 0 for off
 * @param allowedIps its prefixes
 */
public record PeerSnapshot(
        PublicKey publicKey,
        PresharedKey presharedKey,
        Endpoint endpoint,
        long lastHandshakeEpochNs,
        long txBytes,
        long rxBytes,
        int persistentKeepaliveSeconds,
        List<IpPrefix> allowedIps) {}
