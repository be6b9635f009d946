package org.wgjvm.core.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The unit of work: up to {@code capacity} packets in one native slab, described by parallel arrays. Reused, never shared: it has one owner
 * at a time, and passing it to a seam passes ownership (see each seam's contract).
 *
 * <p>Every inner packet that a port reads has at least {@link #HEADROOM} writable bytes before it and {@link #TAILROOM} after its padded
 * end, so that it can be sealed in place; a run of equally long packets laid out by {@link #addInner} becomes a run of contiguous
 * datagrams for {@code UDP_SEGMENT}. A packet with length 0 has been dropped, and everyone skips it.
 */
public final class PacketBatch {
    /** Room for the header of a transport message before each inner packet. */
    public static final int HEADROOM = 16;

    /** Room for the tag after the padded inner packet. */
    public static final int TAILROOM = 16;

    /** Offset in bytes of each packet in {@link #slab}. */
    public final int[] offset;

    /** Length in bytes of each packet; 0 when it has been dropped. */
    public final int[] length;

    /** Outer TOS/traffic class of each datagram, received or to be sent: the low two bits are ECN (RFC 3168). 0 for inner packets. */
    public final byte[] tos;

    /** Source of each received datagram, or destination of each datagram to send; null for inner packets. */
    public final Endpoint[] endpoint;

    /** For inner packets that come from the protocol: the opaque peer they belong to; else null. */
    public final Object[] peer;

    private final MemorySegment slab;
    private final int slabLength;
    private int size;
    private int used;
    private int mtu;

    /** Makes an empty batch of {@code capacity} packets in a slab of {@code slabLength} bytes, aligned to a cache line. */
    public PacketBatch(int capacity, int slabLength) {
        offset = new int[capacity];
        length = new int[capacity];
        tos = new byte[capacity];
        endpoint = new Endpoint[capacity];
        peer = new Object[capacity];
        slab = Arena.ofAuto().allocate(slabLength, 64);
        this.slabLength = slabLength;
    }

    /** The most that an inner packet of {@code innerLength} bytes takes: header, plaintext padded to 16, tag. */
    public static int stride(int innerLength) {
        return HEADROOM + ((innerLength + 15) & -16) + TAILROOM;
    }

    /**
     * Length of the plaintext for an inner packet: padded to 16, but not beyond the MTU (paper, section 5.4.6, as the kernel clamps it), so
     * that a full packet does not outgrow the path.
     *
     * @param mtu the inside's MTU, or 0 for no clamp
     */
    public static int paddedLength(int innerLength, int mtu) {
        final int padded = (innerLength + 15) & -16;
        return mtu == 0 ? padded : Math.max(innerLength, Math.min(mtu, padded));
    }

    /** The memory that offsets point into. */
    public MemorySegment slab() {
        return slab;
    }

    /** Length of the slab in bytes. */
    public int slabLength() {
        return slabLength;
    }

    /** How many packets fit. */
    public int capacity() {
        return offset.length;
    }

    /** How many packets there are, dropped ones included. */
    public int size() {
        return size;
    }

    /** Bytes of the slab that are taken; the next packet starts at or after it. */
    public int used() {
        return used;
    }

    /** The MTU that {@link #addInner} clamps padding to; 0 for none. */
    public int mtu() {
        return mtu;
    }

    /** Sets the MTU that {@link #addInner} clamps padding to. The owner of the device does it before it hands the batch to a port. */
    public void mtu(int newMtu) {
        mtu = newMtu;
    }

    /** Whether no packet fits any more by count, or fewer than {@code bytes} are free in the slab. */
    public boolean isFull(int bytes) {
        return size == offset.length || slabLength - used < bytes;
    }

    /** Appends a packet at {@code packetOffset}; {@code usedAfter} is the new {@link #used()}. Returns its number. */
    public int add(int packetOffset, int packetLength, int usedAfter) {
        final int i = size++;
        offset[i] = packetOffset;
        length[i] = packetLength;
        tos[i] = 0;
        endpoint[i] = null;
        peer[i] = null;
        used = usedAfter;
        return i;
    }

    /** Appends an inner packet of {@code packetLength} bytes with head and tail room; the caller writes it at {@code offset[i]}. */
    public int addInner(int packetLength) {
        final int start = used + HEADROOM;
        return add(start, packetLength, start + paddedLength(packetLength, mtu) + TAILROOM);
    }

    /** Empties the batch. */
    public void clear() {
        size = 0;
        used = 0;
    }
}
