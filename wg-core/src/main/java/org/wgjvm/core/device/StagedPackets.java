package org.wgjvm.core.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.session.Limits;

/** Inner packets of one peer that wait for a session: copies, at most {@link Limits#MAX_STAGED_PACKETS}; the oldest makes room. */
final class StagedPackets {
    private final ArrayDeque<byte[]> packets = new ArrayDeque<>(1);

    boolean isEmpty() {
        return packets.isEmpty();
    }

    int size() {
        return packets.size();
    }

    /** Copies a packet in; one of length 0 is a keepalive. Returns whether an older one had to go. */
    boolean add(MemorySegment slab, int offset, int length) {
        final boolean full = packets.size() == Limits.MAX_STAGED_PACKETS;
        if (full) {
            packets.removeFirst();
        }
        final byte[] copy = new byte[length];
        MemorySegment.copy(slab, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
        packets.addLast(copy);
        return full;
    }

    /** Stages a keepalive: nothing else waits. */
    void addKeepalive() {
        packets.addLast(new byte[0]);
    }

    /** Writes all that waits. */
    void writeTo(StateWriter out) {
        out.u8(packets.size());
        for (byte[] packet : packets) {
            out.u16(packet.length).bytes(packet);
        }
    }

    /** Takes on what was written; nothing waits yet. */
    void readFrom(StateReader in) throws StateException {
        final int count = in.u8();
        if (count > Limits.MAX_STAGED_PACKETS) {
            throw new StateException(count + " packets wait");
        }
        for (int i = 0; i < count; i++) {
            packets.addLast(in.bytes(in.u16()));
        }
    }

    /** The oldest packet, or null. */
    byte[] peek() {
        return packets.peekFirst();
    }

    /** Removes and returns the oldest packet, or null. */
    byte[] poll() {
        return packets.pollFirst();
    }

    /** Drops all; returns how many there were. */
    int clear() {
        final int n = packets.size();
        packets.clear();
        return n;
    }
}
