package org.wgjvm.tun;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.IoVector;

/**
 * Fills batches from a TUN descriptor. A plain packet is read to where it belongs, its virtio header lying in its headroom; what is longer
 * runs on into a scratch buffer and is split, or copied, from there.
 */
final class TunReader {
    private static final int MAX_PACKET = 65536;
    private static final int CACHE_LINE = 64;

    private final TunDevice device;
    private final PortCounters counters;
    private final GsoSplitter splitter = new GsoSplitter();
    private final IoVector vector = new IoVector(2);
    /** A superframe is put together here: its beginning, moved from the batch, ends at {@link #tail}, where the read went on. */
    private final MemorySegment scratch = Arena.ofAuto().allocate(2 * MAX_PACKET, CACHE_LINE);
    private final int tail = MAX_PACKET;
    /** A plain packet in the scratch buffer that waits for room; length 0 for none. */
    private int waitingOffset;
    private int waitingLength;

    TunReader(TunDevice device, PortCounters counters) {
        this.device = device;
        this.counters = counters;
    }

    /** Whether packets that have left the device wait for the next batch, so that no event will tell of them. */
    boolean isPending() {
        return waitingLength > 0 || splitter.isPending();
    }

    /**
     * Appends packets until the batch is full or nothing is left to read.
     *
     * @param mtu what a plain packet is expected not to exceed
     * @return 0 if the batch is full, else the {@code -errno} that ended it, EAGAIN when all is well
     */
    int fill(PacketBatch batch, int mtu) {
        final int before = batch.size();
        final int result = fillBatch(batch, Math.min(mtu, MAX_PACKET));
        counters.add(PortCounter.READ_PACKETS, batch.size() - before);
        return result;
    }

    private int fillBatch(PacketBatch batch, int mtu) {
        if (isPending() && !drain(batch)) {
            return 0;
        }
        final int stride = PacketBatch.stride(mtu);
        while (true) {
            if (batch.isFull(stride) && batch.size() > 0) {
                return 0;
            }
            final int room = Math.min(mtu, batch.slabLength() - batch.used() - PacketBatch.stride(0));
            final int result = readOne(batch, room);
            if (result < 0) {
                return result;
            }
            if (isPending() && !drain(batch)) {
                return 0;
            }
        }
    }

    /** Reads one packet or superframe, the first {@code room} bytes of it into the batch. */
    private int readOne(PacketBatch batch, int room) {
        final int header = device.virtioHeader() ? VirtioHeader.BYTES : 0;
        final MemorySegment slab = batch.slab();
        final int packet = batch.used() + PacketBatch.HEADROOM;
        vector.set(0, slab.address() + packet - header, header + room);
        vector.set(1, scratch.address() + tail, MAX_PACKET);
        long got;
        do {
            got = FileDescriptors.readv(device.fd(), vector, 2);
        } while (got == -Errno.EINTR);
        if (got < 0) {
            return (int) got;
        }
        final int length = (int) got - header;
        if (length <= 0) {
            return length == 0 ? 0 : malformed();
        }
        if (header == 0) {
            return accept(batch, packet, length, room);
        }
        final int virtio = packet - header;
        final boolean partial = (VirtioHeader.flags(slab, virtio) & VirtioHeader.NEEDS_CSUM) != 0;
        final int gsoType = VirtioHeader.gsoType(slab, virtio);
        final int csumStart = partial ? VirtioHeader.csumStart(slab, virtio) : 0;
        if (gsoType == VirtioHeader.GSO_NONE) {
            if (!partial) {
                return accept(batch, packet, length, room);
            }
            final int csumOffset = VirtioHeader.csumOffset(slab, virtio);
            if (length <= room) {
                return complete(slab, packet, length, csumStart, csumOffset) ? accept(batch, packet, length, room) : malformed();
            }
            final int at = gather(slab, packet, room);
            return complete(scratch, at, length, csumStart, csumOffset) ? keep(at, length) : malformed();
        }
        final int gsoSize = VirtioHeader.gsoSize(slab, virtio);
        final int at = gather(slab, packet, Math.min(room, length));
        if (!splitter.begin(scratch, at, length, gsoType, gsoSize, csumStart)) {
            return malformed();
        }
        counters.add(PortCounter.READ_SUPERFRAMES, 1);
        return 0;
    }

    /** Moves the beginning of a long packet before the rest of it. Returns where it is in the scratch buffer. */
    private int gather(MemorySegment slab, int packet, int inSlab) {
        PacketMemory.copy(slab, packet, scratch, tail - inSlab, inSlab);
        return tail - inSlab;
    }

    private int accept(PacketBatch batch, int packet, int length, int room) {
        if (length <= room) {
            batch.addInner(length);
            return 0;
        }
        return keep(gather(batch.slab(), packet, room), length);
    }

    private int keep(int at, int length) {
        waitingOffset = at;
        waitingLength = length;
        return 0;
    }

    private int malformed() {
        counters.add(PortCounter.READ_MALFORMED, 1);
        return 0;
    }

    /** Completes a partial checksum: the field holds the sum of the pseudo header already. */
    private static boolean complete(MemorySegment s, int packet, int length, int csumStart, int csumOffset) {
        if (csumStart + csumOffset + 2 > length) {
            return false;
        }
        final long sum = PacketChecksum.sum(s, packet + csumStart, length - csumStart);
        PacketChecksum.putNonZero(s, packet + csumStart + csumOffset, sum);
        return true;
    }

    /** Moves what waits into the batch. Returns false if the batch has no room for all of it. */
    private boolean drain(PacketBatch batch) {
        if (waitingLength > 0) {
            final int stride = PacketBatch.stride(waitingLength);
            if (batch.isFull(stride)) {
                if (batch.size() > 0) {
                    return false;
                }
                counters.add(PortCounter.READ_OVERFLOW, 1);
            } else {
                final int i = batch.addInner(waitingLength);
                MemorySegment.copy(scratch, ValueLayout.JAVA_BYTE, waitingOffset,
                        batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], waitingLength);
            }
            waitingLength = 0;
        }
        if (splitter.isPending() && !splitter.split(batch)) {
            if (batch.size() > 0) {
                return false;
            }
            counters.add(PortCounter.READ_OVERFLOW, splitter.remaining());
            splitter.abandon();
        }
        return true;
    }
}
