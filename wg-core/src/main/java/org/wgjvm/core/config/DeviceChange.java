package org.wgjvm.core.config;

import java.util.List;
import org.wgjvm.crypto.PrivateKey;

/**
 * One transaction on a device, with the meaning of a UAPI {@code set}: nothing else happens on the device between its parts. Null means:
 * leave as it is.
 *
 * @param privateKey new private key; an all-zero one clears it
 * @param listenPort new port; 0 chooses a free one
 * @param fwmark new mark for outer packets; 0 is none
 * @param replacePeers peers that are not in the list below are removed; those that are keep their sessions
 * @param peers changes in order
 */
public record DeviceChange(PrivateKey privateKey, Integer listenPort, Integer fwmark, boolean replacePeers, List<PeerChange> peers) {
    /** Copies the list. */
    public DeviceChange {
        peers = List.copyOf(peers);
    }
}
