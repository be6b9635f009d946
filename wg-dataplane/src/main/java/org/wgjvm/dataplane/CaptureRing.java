package org.wgjvm.dataplane;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;

/**
 * Packets on their way from the event loop to whoever writes a capture: one thread puts, one takes, and neither waits for the other. What
 * does not fit is not taken. Records lie in parallel arrays, the bytes of packets in one native ring, each packet in one piece.
 */
final class CaptureRing {
    private static final VarHandle WRITTEN;
    private static final VarHandle READ;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            WRITTEN = lookup.findVarHandle(CaptureRing.class, "written", long.class);
            READ = lookup.findVarHandle(CaptureRing.class, "read", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int recordMask;
    private final int byteMask;
    private final MemorySegment bytes;
    private final CapturedPacket[] records;

    /** Where the bytes of each record end; the position counts on for ever, its low bits are the place. */
    private final long[] ends;

    private long bytesUsed;

    @SuppressWarnings("unused") // By the handle.
    private long written;

    @SuppressWarnings("unused")
    private long read;

    /** Both capacities are powers of two. */
    CaptureRing(int recordCapacity, int byteCapacity) {
        recordMask = recordCapacity - 1;
        byteMask = byteCapacity - 1;
        if ((recordCapacity & recordMask) != 0 || (byteCapacity & byteMask) != 0) {
            throw new IllegalArgumentException("not powers of two: " + recordCapacity + ", " + byteCapacity);
        }
        bytes = Arena.ofAuto().allocate(byteCapacity, 64);
        ends = new long[recordCapacity];
        records = new CapturedPacket[recordCapacity];
        for (int i = 0; i < recordCapacity; i++) {
            records[i] = new CapturedPacket(bytes);
        }
    }

    /**
     * Copies a packet; false when there is no room. Of the writing thread.
     *
     * @param length how much of it to copy
     * @param originalLength how long it is
     */
    boolean offer(
            MemorySegment slab, int offset, int length, int originalLength, long epochNs, int kind, PublicKey peer, Endpoint endpoint,
            int tos, int localPort) {
        final long w = (long) WRITTEN.get(this);
        final long r = (long) READ.getAcquire(this);
        if (w - r > recordMask) {
            return false;
        }
        long start = bytesUsed;
        if ((start & byteMask) + length > byteMask + 1) {
            start = (start | byteMask) + 1;
        }
        final long end = start + length;
        final long tail = w == r ? start : startOfUnread(r);
        if (end - tail > byteMask + 1) {
            return false;
        }
        final int place = (int) start & byteMask;
        MemorySegment.copy(slab, offset, bytes, place, length);
        final CapturedPacket record = records[(int) w & recordMask];
        record.set(place, length, originalLength, epochNs, kind, peer, endpoint, tos, localPort);
        ends[(int) w & recordMask] = end;
        bytesUsed = end;
        WRITTEN.setRelease(this, w + 1);
        return true;
    }

    /** Everything before the end of the last record that was read is free. */
    private long startOfUnread(long r) {
        return r == 0 ? 0 : ends[(int) (r - 1) & recordMask];
    }

    /** The oldest packet, good until {@link #release}; null when there is none. Of the reading thread. */
    CapturedPacket peek() {
        final long r = (long) READ.get(this);
        return r == (long) WRITTEN.getAcquire(this) ? null : records[(int) r & recordMask];
    }

    /** Lets go of what {@link #peek} returned. */
    void release() {
        READ.setRelease(this, (long) READ.get(this) + 1);
    }
}
