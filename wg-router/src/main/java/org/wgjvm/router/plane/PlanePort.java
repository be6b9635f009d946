package org.wgjvm.router.plane;

import org.wgjvm.core.packet.PacketBatch;

/** An interface of the packet path, as seen by it. Everything happens on the event loop. */
abstract class PlanePort {
    final int number;

    /** Traffic, as the router sees it: in is what comes from there. */
    long inPackets;

    long inBytes;
    long outPackets;
    long outBytes;

    /** What the other side did not take. */
    long outDrops;

    PlanePort(int number) {
        this.number = number;
    }

    /** Whether it can take packets. */
    abstract boolean isUp();

    /**
     * Sends every packet whose length is over 0. The batch belongs to the caller again on return; its packets may be changed, its arrays
     * are not. Returns how many were taken.
     */
    abstract int send(PacketBatch batch);

    /** Whether {@link #hand} spares a copy. */
    boolean takesBatches() {
        return false;
    }

    /** Sends every packet whose length is over 0, and takes the batch. Returns one to fill, empty, often the same. */
    PacketBatch hand(PacketBatch batch) {
        send(batch);
        batch.clear();
        return batch;
    }
}
