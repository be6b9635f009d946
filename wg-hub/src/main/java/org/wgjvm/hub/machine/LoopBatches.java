package org.wgjvm.hub.machine;

import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.transport.LinuxUdpBind;

/**
 * What the tunnels of one event loop read into, each in its turn: they run to completion, so that one of each kind does for all. Without
 * this a tunnel would take a megabyte and a half.
 *
 * @param outer for datagrams
 * @param inner for packets of the inside
 */
record LoopBatches(PacketBatch outer, PacketBatch inner) {
    private static final int DATAGRAM_SLOTS = 16;

    static LoopBatches make() {
        return new LoopBatches(LinuxUdpBind.newBatch(DATAGRAM_SLOTS), DataPlane.newInnerBatch());
    }
}
