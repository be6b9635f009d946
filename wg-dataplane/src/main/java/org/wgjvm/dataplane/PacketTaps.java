package org.wgjvm.dataplane;

import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.device.PacketOwners;
import org.wgjvm.core.packet.PacketBatch;

/** Those that look at the packets of a data plane, at least one. On its event loop. */
final class PacketTaps {
    private final PacketTap[] taps;
    private final PacketOwners owners;

    private PacketTaps(List<PacketTap> taps, PacketOwners owners) {
        this.taps = taps.toArray(PacketTap[]::new);
        this.owners = owners;
    }

    /** {@code before}, which may be null, and one more. */
    static PacketTaps with(PacketTaps before, PacketTap tap, PacketOwners owners) {
        final List<PacketTap> all = new ArrayList<>(before == null ? List.of() : List.of(before.taps));
        all.add(tap);
        return new PacketTaps(all, owners);
    }

    /** {@code before}, which may be null, without one; null when none is left. */
    static PacketTaps without(PacketTaps before, PacketTap tap) {
        if (before == null) {
            return null;
        }
        final List<PacketTap> all = new ArrayList<>(List.of(before.taps));
        all.remove(tap);
        return all.isEmpty() ? null : new PacketTaps(all, before.owners);
    }

    void inner(PacketBatch batch, boolean outgoing) {
        for (final PacketTap tap : taps) {
            tap.onInner(batch, outgoing, owners);
        }
    }

    void outer(PacketBatch batch, boolean outgoing) {
        for (final PacketTap tap : taps) {
            tap.onOuter(batch, outgoing, owners);
        }
    }
}
