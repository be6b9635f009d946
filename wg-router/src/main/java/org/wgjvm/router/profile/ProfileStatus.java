package org.wgjvm.router.profile;

import java.util.List;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.WireguardProfile;

/**
 * A profile at one moment. Immutable.
 *
 * @param profile as configured
 * @param node on which node
 * @param state what it is at
 * @param reason why it is not up, or null
 * @param addresses what its sockets are bound to
 * @param addressChanges how often that has changed since it was first bound
 * @param publicKey its own
 * @param device its peers and their counters
 * @param drops by {@code DropReason}
 */
public record ProfileStatus(
        WireguardProfile profile,
        String node,
        State state,
        String reason,
        List<String> addresses,
        long addressChanges,
        PublicKey publicKey,
        DeviceSnapshot device,
        long[] drops) {
    /** What a profile may be at. */
    public enum State {
        /** Its sockets are open. */
        UP,
        /** It waits for an address, and that is not an error. */
        PENDING,
        /** The configuration says so. */
        DISABLED,
        /** Its sockets cannot be opened. */
        FAILED
    }

    /** Copies the list. */
    public ProfileStatus {
        addresses = List.copyOf(addresses);
    }
}
