package org.wgjvm.router.plane;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.wgjvm.core.packet.PacketBatch;

/** The ports, and which of them each packet of the batch at hand leaves by. One thread owns it. */
final class Departures {
    /** Whether the interface of a number can take packets. */
    final IntPredicate isUp = this::isUp;

    private PlanePort[] ports = new PlanePort[16];
    private int[] egress = new int[256];

    /** Lengths of the packets, while the batch has those only that go to one of several ports. */
    private int[] lengths = new int[256];

    private int[] leaving = new int[16];
    private int leavingCount;
    private int lastOpened = -1;
    private int passed;

    void attach(PlanePort port) {
        if (port.number >= ports.length) {
            ports = Arrays.copyOf(ports, Integer.highestOneBit(port.number) << 1);
        }
        ports[port.number] = port;
    }

    void detach(PlanePort port) {
        if (port.equals(port(port.number))) {
            ports[port.number] = null;
        }
    }

    PlanePort port(int number) {
        return number < ports.length ? ports[number] : null;
    }

    private boolean isUp(int number) {
        final PlanePort port = port(number);
        return port != null && port.isUp();
    }

    /** Begins a batch of {@code size} packets, none of which leaves yet. */
    void begin(int size) {
        if (size > egress.length) {
            egress = new int[size];
            lengths = new int[size];
        }
        Arrays.fill(egress, 0, size, -1);
        leavingCount = 0;
        lastOpened = -1;
        passed = 0;
    }

    /** Packets are to leave by the interface {@code number}. Returns whether it can take them. */
    boolean open(int number) {
        if (number == lastOpened) {
            return true;
        }
        if (!isUp(number)) {
            return false;
        }
        lastOpened = number;
        for (int k = 0; k < leavingCount; k++) {
            if (leaving[k] == number) {
                return true;
            }
        }
        if (leavingCount == leaving.length) {
            leaving = Arrays.copyOf(leaving, 2 * leavingCount);
        }
        leaving[leavingCount++] = number;
        return true;
    }

    /** Packet {@code i} leaves by the interface {@code number}, which is {@link #open}. Returns its length. */
    int add(PacketBatch batch, int i, int number) {
        egress[i] = number;
        passed++;
        return batch.length[i];
    }

    /** As {@link #add}, but {@link #added} tells later how many there were. */
    void addOne(int i, int number) {
        egress[i] = number;
    }

    /** Packets were added by {@link #addOne} since the last call, all for the interface {@code number}. */
    void added(int packets, int number, long bytes) {
        passed += packets;
        ports[number].outBytes += bytes;
    }

    /** No more packets of the batch leave: the others are dropped. */
    void end(PacketBatch batch) {
        final int size = batch.size();
        if (passed < size) {
            for (int i = 0; i < size; i++) {
                if (egress[i] < 0) {
                    batch.length[i] = 0;
                }
            }
        }
        if (leavingCount > 1) {
            System.arraycopy(batch.length, 0, lengths, 0, size);
        }
    }

    /** Sends what leaves, and returns how many packets were accepted; the others are counted under {@code dropped}. */
    int send(PacketBatch batch, PairCounters dropped) {
        int accepted = 0;
        for (int k = 0; k < leavingCount; k++) {
            accepted += send(batch, leaving[k], dropped);
        }
        return accepted;
    }

    /** The port that the batch itself is to be handed to, after {@link #sendAllBut}, or null. */
    PlanePort taker() {
        for (int k = 0; k < leavingCount; k++) {
            final PlanePort port = ports[leaving[k]];
            if (port != null && port.takesBatches()) {
                return port;
            }
        }
        return null;
    }

    /** Sends what leaves by other ports than {@code taker}, or all when that is null. */
    void sendAllBut(PlanePort taker, PacketBatch batch, PairCounters dropped) {
        for (int k = 0; k < leavingCount; k++) {
            if (taker == null || leaving[k] != taker.number) {
                send(batch, leaving[k], dropped);
            }
        }
    }

    private int send(PacketBatch batch, int number, PairCounters dropped) {
        final PlanePort port = ports[number];
        if (port == null) {
            return 0;
        }
        final int wanted = select(batch, number);
        port.outPackets += wanted;
        final int accepted = port.send(batch);
        if (accepted < wanted) {
            port.outDrops += wanted - accepted;
            for (int i = accepted; i < wanted; i++) {
                dropped.drop(RouterDropReason.EGRESS_OVERFLOW);
            }
        }
        return accepted;
    }

    /** Leaves a length to those packets only that go to one port. Returns how many. */
    int select(PacketBatch batch, int number) {
        if (leavingCount == 1) {
            return passed; // as they are
        }
        int count = 0;
        final int size = batch.size();
        for (int i = 0; i < size; i++) {
            final boolean wanted = egress[i] == number;
            batch.length[i] = wanted ? lengths[i] : 0;
            count += wanted ? 1 : 0;
        }
        return count;
    }
}
