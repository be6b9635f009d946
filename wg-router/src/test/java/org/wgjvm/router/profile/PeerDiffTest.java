package org.wgjvm.router.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.config.PeerEntry.PeerEndpoint;
import org.wgjvm.router.config.SharedSecret;

/** What is told to a device when the peers of a profile change, and what is not. */
final class PeerDiffTest {
    private static PublicKey key(int i) {
        final byte[] bytes = new byte[32];
        bytes[0] = (byte) i;
        bytes[1] = (byte) (i >> 8);
        bytes[2] = 1;
        return PublicKey.of(bytes, 0);
    }

    private static PeerEntry peer(int i) {
        return new PeerEntry("p" + i, key(i), null, 0, List.of(IpPrefix.v4(0x0a000000 + i, 32)), null);
    }

    /** PLUGIN-1839. */
    @Test
    void ofTenThousandPeersOnlyTheChangedOneIsTold() {
        final List<PeerEntry> before = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            before.add(peer(i));
        }
        final List<PeerEntry> after = new ArrayList<>(before);
        after.set(7_000, new PeerEntry("p7000", key(7_000), null, 25, before.get(7_000).allowedIps(), null));
        final List<PeerChange> changes = PeerDiff.between(before, after);
        assertEquals(1, changes.size());
        assertEquals(key(7_000), changes.getFirst().publicKey());
        assertEquals(25, changes.getFirst().persistentKeepaliveSeconds());
        assertFalse(changes.getFirst().replaceAllowedIps());
        assertEquals(List.of(), PeerDiff.between(before, new ArrayList<>(before)));
    }

    @Test
    void aPeerThatIsRenamedIsNotTouched() {
        final PeerEntry renamed = new PeerEntry("other", key(1), null, 0, peer(1).allowedIps(), null);
        assertEquals(List.of(), PeerDiff.between(List.of(peer(1)), List.of(renamed)));
    }

    @Test
    void peersComeAndGo() {
        final List<PeerChange> changes = PeerDiff.between(List.of(peer(1), peer(2)), List.of(peer(2), peer(3)));
        assertEquals(2, changes.size());
        assertTrue(changes.get(0).remove());
        assertEquals(key(1), changes.get(0).publicKey());
        assertEquals(key(3), changes.get(1).publicKey());
        assertTrue(changes.get(1).replaceAllowedIps());
    }

    @Test
    void aConfiguredEndpointIsSetAgainOnlyWhenItChanges() {
        final PeerEndpoint at = new PeerEndpoint(IpAddress.parse("192.0.2.1"), 5);
        final PeerEntry before = new PeerEntry("p", key(1), null, 0, List.of(), at);
        final PeerEntry keepalive = new PeerEntry("p", key(1), null, 9, List.of(), at);
        assertNull(PeerDiff.between(List.of(before), List.of(keepalive)).getFirst().endpoint(), "the peer may have roamed");
        final PeerEntry moved = new PeerEntry("p", key(1), null, 0, List.of(), new PeerEndpoint(IpAddress.parse("192.0.2.1"), 6));
        assertEquals(6, PeerDiff.between(List.of(before), List.of(moved)).getFirst().endpoint().port());
        assertEquals(5, PeerDiff.between(List.of(), List.of(before)).getFirst().endpoint().port());
    }

    @Test
    void aKeepaliveOfZeroTurnsItOff() {
        final PeerEntry off = new PeerEntry("p1", key(1), null, 0, peer(1).allowedIps(), null);
        final PeerEntry on = new PeerEntry("p1", key(1), null, 25, peer(1).allowedIps(), null);
        assertEquals(25, PeerDiff.between(List.of(off), List.of(on)).getFirst().persistentKeepaliveSeconds());
        assertEquals(0, PeerDiff.between(List.of(on), List.of(off)).getFirst().persistentKeepaliveSeconds());
        assertEquals(0, PeerDiff.between(List.of(), List.of(off)).getFirst().persistentKeepaliveSeconds());
    }

    @Test
    void aPresharedKeyThatIsGoneIsCleared() {
        final SharedSecret secret = SharedSecret.parse(PresharedKey.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3,
                4,
            5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8}, 0).toBase64());
        final PeerEntry with = new PeerEntry("p", key(1), secret, 0, List.of(), null);
        final PeerEntry without = new PeerEntry("p", key(1), null, 0, List.of(), null);
        assertTrue(PeerDiff.between(List.of(with), List.of(without)).getFirst().presharedKey().isZero());
        assertEquals(secret.toBase64(), PeerDiff.between(List.of(without), List.of(with)).getFirst().presharedKey().toBase64());
    }
}
