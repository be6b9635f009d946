package org.wgjvm.endpoint.wg;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;

/** What {@code wg syncconf} sends: the change from what runs to what a file says, which leaves the sessions of peers that stay alone. */
public final class SyncConf {
    private SyncConf() {}

    /** {@code file} is what {@code setconf} would send. */
    public static DeviceChange of(DeviceChange file, DeviceSnapshot running) {
        if (file.peers().isEmpty() || running.peers().isEmpty()) {
            return file;
        }
        final Set<PublicKey> wanted = new HashSet<>();
        file.peers().forEach(p -> wanted.add(p.publicKey()));
        final Map<PublicKey, PeerSnapshot> present = new HashMap<>();
        final List<PeerChange> changes = new ArrayList<>();
        for (final PeerSnapshot peer : running.peers()) {
            present.put(peer.publicKey(), peer);
            if (!wanted.contains(peer.publicKey())) {
                changes.add(new PeerChange(peer.publicKey(), true, false, null, null, null, false, List.of()));
            }
        }
        for (final PeerChange peer : file.peers()) {
            changes.add(clearing(peer, present.get(peer.publicKey())));
        }
        return new DeviceChange(file.privateKey(), file.listenPort(), file.fwmark(), false, changes);
    }

    /** What the file does not say, and the running peer has, is cleared. */
    private static PeerChange clearing(PeerChange file, PeerSnapshot running) {
        if (running == null) {
            return file;
        }
        final boolean clearKey = file.presharedKey() == null && running.presharedKey() != null;
        final boolean clearKeepalive = file.persistentKeepaliveSeconds() == null && running.persistentKeepaliveSeconds() != 0;
        return new PeerChange(
                file.publicKey(),
                false,
                false,
                clearKey ? PresharedKey.of(new byte[PresharedKey.LENGTH], 0) : file.presharedKey(),
                file.endpoint(),
                clearKeepalive ? Integer.valueOf(0) : file.persistentKeepaliveSeconds(),
                file.replaceAllowedIps(),
                file.allowedIps());
    }
}
