package org.wgjvm.router.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.config.PeerEntry.PeerEndpoint;

/** What a device has to be told when a profile's peers change: of peers that are as they were, nothing. */
final class PeerDiff {
    private PeerDiff() {}

    /** The changes that make {@code after} of {@code before}. */
    static List<PeerChange> between(List<PeerEntry> before, List<PeerEntry> after) {
        final Map<PublicKey, PeerEntry> gone = new LinkedHashMap<>();
        before.forEach(peer -> gone.put(peer.publicKey(), peer));
        final List<PeerChange> changes = new ArrayList<>();
        final List<PeerChange> additions = new ArrayList<>();
        for (final PeerEntry peer : after) {
            final PeerEntry then = gone.remove(peer.publicKey());
            if (then == null || !isSame(then, peer)) {
                additions.add(change(then, peer));
            }
        }
        for (final PublicKey key : gone.keySet()) {
            changes.add(new PeerChange(key, true, false, null, null, null, false, List.of()));
        }
        changes.addAll(additions);
        return changes;
    }

    private static boolean isSame(PeerEntry a, PeerEntry b) {
        return a.equals(b)
                || new PeerEntry(
                                b.name(), a.publicKey(), a.presharedKey(), a.persistentKeepaliveSeconds(), a.allowedIps(), a.endpoint())
                        .equals(b);
    }

    private static PeerChange change(PeerEntry before, PeerEntry after) {
        final boolean samePrefixes = before != null && before.allowedIps().equals(after.allowedIps());
        final List<PeerChange.AllowedIp> prefixes = new ArrayList<>();
        if (!samePrefixes) {
            for (final IpPrefix prefix : after.allowedIps()) {
                prefixes.add(new PeerChange.AllowedIp(prefix, false));
            }
        }
        // An endpoint that is configured as before is not set again: the peer may have roamed since.
        final boolean sameEndpoint = before != null && (after.endpoint() == null || after.endpoint().equals(before.endpoint()));
        return new PeerChange(
                after.publicKey(),
                false,
                false,
                secret(before, after),
                sameEndpoint || after.endpoint() == null ? null : endpoint(after.endpoint()),
                after.persistentKeepaliveSeconds(),
                !samePrefixes,
                prefixes);
    }

    private static PresharedKey secret(PeerEntry before, PeerEntry after) {
        if (after.presharedKey() != null) {
            return after.presharedKey().toKey();
        }
        return before != null && before.presharedKey() != null ? PresharedKey.of(new byte[PresharedKey.LENGTH], 0) : null;
    }

    static Endpoint endpoint(PeerEndpoint endpoint) {
        final IpAddress ip = endpoint.ip();
        return ip.v6() ? Endpoint.v6(ip.high(), ip.low(), endpoint.port(), 0) : Endpoint.v4((int) ip.low(), endpoint.port());
    }
}
