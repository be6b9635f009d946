package org.wgjvm.tun;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;
import org.wgjvm.core.packet.PacketBatch;

/**
 * Packets on their way from one thread to one other, copied in and copied out of slots of equal size that are made once. Lock-free and
 * bounded: the slots go round in two queues, the full ones there and the free ones back.
 */
final class PacketRing {
    private static final int CACHE_LINE = 64;

    private static final class Slot {
        final long offset;
        int length;

        Slot(long offset) {
            this.offset = offset;
        }
    }

    private final MemorySegment slab;
    private final int slotBytes;
    private final SpscVarHandleArrayQueue<Slot> free;
    private final SpscVarHandleArrayQueue<Slot> full;

    PacketRing(int packets, int slotBytes) {
        final long stride = (slotBytes + CACHE_LINE - 1L) & -CACHE_LINE;
        this.slotBytes = slotBytes;
        slab = Arena.ofAuto().allocate(stride * packets, CACHE_LINE);
        free = new SpscVarHandleArrayQueue<>(packets);
        full = new SpscVarHandleArrayQueue<>(packets);
        for (int i = 0; i < packets; i++) {
            free.offer(new Slot(i * stride));
        }
    }

    /** Producer: copies a packet in. Returns false if it is longer than a slot, or all slots are taken. */
    boolean offer(MemorySegment source, long at, int length) {
        if (length > slotBytes) {
            return false;
        }
        final Slot slot = free.poll();
        if (slot == null) {
            return false;
        }
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, slab, ValueLayout.JAVA_BYTE, slot.offset, length);
        slot.length = length;
        full.offer(slot);
        return true;
    }

    /** Consumer: appends packets to the batch until that is full or the ring empty. Returns how many. */
    int drainTo(PacketBatch batch) {
        int count = 0;
        while (true) {
            final Slot slot = full.peek();
            if (slot == null || batch.isFull(PacketBatch.stride(slot.length))) {
                return count;
            }
            final int i = batch.addInner(slot.length);
            MemorySegment.copy(slab, ValueLayout.JAVA_BYTE, slot.offset, batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], slot.length);
            release();
            count++;
        }
    }

    /** Consumer: shows up to {@code limit} packets to {@code consumer} where they lie. Returns how many. */
    int drainTo(MemoryPort.PacketConsumer consumer, int limit) {
        for (int count = 0; count < limit; count++) {
            final Slot slot = full.peek();
            if (slot == null) {
                return count;
            }
            try {
                consumer.onPacket(slab, slot.offset, slot.length);
            } finally {
                release();
            }
        }
        return limit;
    }

    /** Consumer: whether there is a packet, and the batch, as it is, has no room for it. */
    boolean isNextTooLongFor(PacketBatch batch) {
        final Slot slot = full.peek();
        return slot != null && batch.isFull(PacketBatch.stride(slot.length));
    }

    /** Consumer: drops the packet that is next. */
    void release() {
        free.offer(full.poll());
    }

    /** Either side, a moment old. */
    boolean isEmpty() {
        return full.isEmpty();
    }
}
