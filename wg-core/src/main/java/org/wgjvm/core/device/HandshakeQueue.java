package org.wgjvm.core.device;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.noise.Messages;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.session.Limits;

/**
 * Handshake messages that wait for their turn: a bounded ring. What does not fit is dropped and counted, before anything is spent on it.
 * Messages are taken out a few at a time between batches of data, so that a flood of them does not hold up a tunnel.
 */
final class HandshakeQueue {
    private static final int CAPACITY = Limits.MAX_QUEUED_HANDSHAKES;

    private final DeviceCounters counters;
    private final byte[][] messages = new byte[CAPACITY][];
    private final Endpoint[] sources = new Endpoint[CAPACITY];
    private int head;
    private int size;

    HandshakeQueue(DeviceCounters counters) {
        this.counters = counters;
    }

    /** Copies a message in, or counts its loss. */
    void offer(MemorySegment slab, int offset, int length, Endpoint source) {
        if (size == CAPACITY) {
            counters.drop(DropReason.HANDSHAKE_QUEUE_FULL);
            return;
        }
        final int slot = (head + size++) & (CAPACITY - 1);
        messages[slot] = Messages.copyOut(slab, offset, length);
        sources[slot] = source;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Where the message that {@link #poll} gives next came from. */
    Endpoint source() {
        return sources[head];
    }

    /** Takes the oldest message out; there is one. */
    byte[] poll() {
        final byte[] message = messages[head];
        messages[head] = null;
        sources[head] = null;
        head = (head + 1) & (CAPACITY - 1);
        size--;
        return message;
    }

    /** Forgets all. */
    void clear() {
        while (size > 0) {
            poll();
        }
    }
}
