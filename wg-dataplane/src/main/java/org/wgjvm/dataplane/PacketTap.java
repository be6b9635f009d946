package org.wgjvm.dataplane;

import org.wgjvm.core.device.PacketOwners;
import org.wgjvm.core.packet.PacketBatch;

/**
 * Looks at the packets of a data plane on its event loop: whatever it does, it does to the tunnel's speed. It changes nothing, keeps
 * nothing of a batch, and returns at once. A packet of length 0 has been dropped and is not there.
 */
public interface PacketTap {
    /**
     * Inner packets.
     *
     * @param outgoing whether they have just been read from the inside, so that their peer is yet to be found; else they are about to be
     *     written to it, and {@code batch.peer} says from whom they are
     */
    void onInner(PacketBatch batch, boolean outgoing, PacketOwners owners);

    /**
     * Datagrams.
     *
     * @param outgoing whether they are about to be sent ({@code batch.peer} says to whom, and is null for a cookie reply); else they were
     *     just received, and nothing in them is known to be authentic
     */
    void onOuter(PacketBatch batch, boolean outgoing, PacketOwners owners);
}
