package org.wgjvm.interop;

/**
 * A peer section of a configuration, as {@code wg setconf} reads it.
 *
 * @param publicKey base64
 * @param presharedKey base64, or null
 * @param endpoint host and port, or null
 * @param allowedIps comma-separated prefixes
 * @param keepaliveSeconds persistent keepalive; 0 for off
 */
record PeerSpec(String publicKey, String presharedKey, String endpoint, String allowedIps, int keepaliveSeconds) {
    static PeerSpec of(String publicKey, String allowedIps) {
        return new PeerSpec(publicKey, null, null, allowedIps, 0);
    }

    PeerSpec at(String newEndpoint) {
        return new PeerSpec(publicKey, presharedKey, newEndpoint, allowedIps, keepaliveSeconds);
    }

    PeerSpec withPresharedKey(String key) {
        return new PeerSpec(publicKey, key, endpoint, allowedIps, keepaliveSeconds);
    }

    PeerSpec keepalive(int seconds) {
        return new PeerSpec(publicKey, presharedKey, endpoint, allowedIps, seconds);
    }

    String text() {
        return "[Peer]\nPublicKey = " + publicKey + "\nAllowedIPs = " + allowedIps + "\n"
                + (presharedKey == null ? "" : "PresharedKey = " + presharedKey + "\n")
                + (endpoint == null ? "" : "Endpoint = " + endpoint + "\n")
                + (keepaliveSeconds == 0 ? "" : "PersistentKeepalive = " + keepaliveSeconds + "\n");
    }
}
