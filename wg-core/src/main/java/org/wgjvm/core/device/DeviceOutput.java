package org.wgjvm.core.device;

import org.wgjvm.core.packet.PacketBatch;

/** Where a device puts what it makes. Called on the device's thread, from within its methods; batches are lent for the call. */
public interface DeviceOutput {
    /**
     * Sends each datagram that has a length over 0 to its endpoint with its TOS. What could not be sent has length 0 on return, so that
     * byte counters stay exact.
     */
    void send(PacketBatch datagrams);

    /** Hands each inner packet that has a length over 0 to the inside. Returns how many were accepted. */
    int deliver(PacketBatch inner);
}
