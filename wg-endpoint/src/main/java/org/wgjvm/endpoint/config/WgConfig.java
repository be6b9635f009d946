package org.wgjvm.endpoint.config;

import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PrivateKey;

/**
 * A configuration file. Null stands for what is not written.
 *
 * @param file its name, for errors
 * @param privateKey the private key
 * @param listenPort the UDP port
 * @param fwmark the mark of outer packets
 * @param peers the {@code [Peer]} sections in order
 * @param quick what {@code wg-quick(8)} adds
 * @param stripped the text without what {@code wg-quick(8)} adds
 */
public record WgConfig(
        String file, PrivateKey privateKey, Integer listenPort, Integer fwmark, List<PeerConfig> peers, QuickOptions quick,
                String stripped) {
    /** Copies the list. */
    public WgConfig {
        peers = List.copyOf(peers);
    }

    /** What {@code wg setconf} does: the device has this configuration afterwards and no other. Resolves names. */
    public DeviceChange toSetconf(HostResolver resolver) throws ConfigException {
        return new DeviceChange(
                privateKey == null ? PrivateKey.of(new byte[PrivateKey.LENGTH], 0) : privateKey,
                listenPort == null ? 0 : listenPort,
                fwmark == null ? 0 : fwmark,
                true,
                peerChanges(resolver));
    }

    /** What {@code wg addconf} does: this is added to what there is. Resolves names. */
    public DeviceChange toAddconf(HostResolver resolver) throws ConfigException {
        return new DeviceChange(privateKey, listenPort, fwmark, false, peerChanges(resolver));
    }

    private List<PeerChange> peerChanges(HostResolver resolver) throws ConfigException {
        final List<PeerChange> changes = new ArrayList<>(peers.size());
        for (final PeerConfig p : peers) {
            Endpoint endpoint = null;
            if (p.endpoint() != null) {
                try {
                    endpoint = resolver.resolve(p.endpoint());
                } catch (ConfigException e) {
                    throw e.at(file, p.endpointLine(), "Peer", "Endpoint");
                }
            }
            changes.add(new PeerChange(
                    p.publicKey(),
                    false,
                    false,
                    p.presharedKey(),
                    endpoint,
                    p.persistentKeepaliveSeconds(),
                    p.replaceAllowedIps(),
                    p.allowedIps()));
        }
        return changes;
    }
}
