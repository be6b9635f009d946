package org.wgjvm.hub.agent;

import java.net.InetSocketAddress;
import java.util.List;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.hub.port.Cidr;

/**
 * What a hub's device is to know of a spoke.
 *
 * @param publicKey the spoke's key
 * @param secret the spoke's preshared key, by a digest that tells whether it has changed; empty for none
 * @param endpoint where it is reached, or null
 * @param keepaliveSeconds 0 for off
 * @param allowedIps what is routed to it
 */
record PeerPlan(PublicKey publicKey, String secret, InetSocketAddress endpoint, int keepaliveSeconds, List<Cidr> allowedIps) {
    PeerPlan {
        allowedIps = List.copyOf(allowedIps);
    }
}
