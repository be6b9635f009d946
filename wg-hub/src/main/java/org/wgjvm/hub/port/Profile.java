package org.wgjvm.hub.port;

import java.util.List;
import org.wgjvm.crypto.PublicKey;

/**
 * What {@code binding:profile} says of a spoke. The preshared key is not in it: it is a secret, and kept apart.
 *
 * @param publicKey the device's key; null for a hub
 * @param endpoint where the device is reached, or null
 * @param keepaliveSeconds how often the device says that it is there, 0 for not
 * @param allowedIps prefixes behind the device, beside its own addresses
 */
public record Profile(PublicKey publicKey, HostPort endpoint, int keepaliveSeconds, List<Cidr> allowedIps) {
    /** That of a hub. */
    public static final Profile NONE = new Profile(null, null, 0, List.of());

    /** Copies the list. */
    public Profile {
        allowedIps = List.copyOf(allowedIps);
    }
}
