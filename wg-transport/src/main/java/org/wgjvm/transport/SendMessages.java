package org.wgjvm.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.PacketMemory;

/**
 * An array of {@code struct mmsghdr} for sendmmsg(2), filled from the runs of a batch. Each message remembers which datagrams it carries.
 *
 * <p>A run is gathered by an {@code iovec} per contiguous piece: datagrams laid out one behind the other take one.
 */
final class SendMessages {
    /** {@code sizeof(struct mmsghdr)} on a 64-bit system. */
    static final int HEADER_LENGTH = 64;

    private static final int NAME_LENGTH = 8;
    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int IOVEC_LENGTH = 16;

    /** Index in the batch of the first datagram of each message, and the index after the last. */
    final int[] first;

    final int[] end;

    /** Length of each segment of the message when it is sent with {@code UDP_SEGMENT}, else 0. */
    final int[] segmentLength;

    /** Whether the message names the sticky source. */
    final boolean[] sticky;

    /** Whether the sticky source was taken out after the kernel refused it. */
    final boolean[] stripped;

    private final int capacity;
    private final int vectorCapacity;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment vectors;
    private int count;
    private int vectorsUsed;

    SendMessages(int capacity, int vectorCapacity) {
        this.capacity = capacity;
        this.vectorCapacity = vectorCapacity;
        first = new int[capacity];
        end = new int[capacity];
        segmentLength = new int[capacity];
        sticky = new boolean[capacity];
        stripped = new boolean[capacity];
        final Arena arena = Arena.ofAuto();
        headers = arena.allocate((long) capacity * HEADER_LENGTH, 64);
        names = arena.allocate((long) capacity * SocketAddressCodec.STRIDE, 64);
        controls = arena.allocate((long) capacity * ControlMessages.SEND_SPACE, 64);
        vectors = arena.allocate((long) vectorCapacity * IOVEC_LENGTH, 64);
        for (int i = 0; i < capacity; i++) {
            PacketMemory.putLong(headers, header(i), names.address() + (long) i * SocketAddressCodec.STRIDE);
        }
    }

    int count() {
        return count;
    }

    void clear() {
        count = 0;
        vectorsUsed = 0;
    }

    /** Address of message {@code i} for the system call. */
    long address(int i) {
        return headers.address() + header(i);
    }

    /** Whether a run from {@code from} to {@code to} (exclusive) might not fit. */
    boolean isFull(int from, int to) {
        return count == capacity || vectorsUsed + to - from > vectorCapacity;
    }

    /** Appends the datagrams {@code from} to {@code to} (exclusive) of the batch as one message. */
    void add(PacketBatch batch, int from, int to, boolean withSticky) {
        final int i = count++;
        final Endpoint endpoint = batch.endpoint[from];
        final long slab = batch.slab().address();
        final int vectorStart = vectorsUsed;
        int datagrams = 0;
        int pieceOffset = 0;
        int pieceLength = 0;
        for (int d = from; d < to; d++) {
            if (batch.length[d] == 0) {
                continue;
            }
            datagrams++;
            if (pieceLength != 0 && batch.offset[d] != pieceOffset + pieceLength) {
                addVector(slab + pieceOffset, pieceLength);
                pieceLength = 0;
            }
            if (pieceLength == 0) {
                pieceOffset = batch.offset[d];
            }
            pieceLength += batch.length[d];
        }
        addVector(slab + pieceOffset, pieceLength);

        first[i] = from;
        end[i] = to;
        segmentLength[i] = datagrams > 1 ? batch.length[from] : 0;
        stripped[i] = false;
        final long header = header(i);
        final int nameLength = SocketAddressCodec.write(names, (long) i * SocketAddressCodec.STRIDE, endpoint);
        PacketMemory.putInt(headers, header + NAME_LENGTH, nameLength);
        PacketMemory.putLong(headers, header + VECTOR, vectors.address() + (long) vectorStart * IOVEC_LENGTH);
        PacketMemory.putLong(headers, header + VECTOR_COUNT, (long) vectorsUsed - vectorStart);
        writeControl(i, endpoint, withSticky, batch.tos[from]);
    }

    /** Takes the sticky source out of message {@code i}. */
    void stripSticky(PacketBatch batch, int i) {
        stripped[i] = true;
        writeControl(i, batch.endpoint[first[i]], false, batch.tos[first[i]]);
    }

    private void writeControl(int i, Endpoint endpoint, boolean withSticky, byte tos) {
        sticky[i] = withSticky;
        final long at = (long) i * ControlMessages.SEND_SPACE;
        final int length = ControlMessages.write(controls, at, endpoint, withSticky, tos & 0xff, segmentLength[i]);
        PacketMemory.putLong(headers, header(i) + CONTROL, length == 0 ? 0 : controls.address() + at);
        PacketMemory.putLong(headers, header(i) + CONTROL_LENGTH, (long) length);
    }

    private void addVector(long address, int length) {
        final long at = (long) vectorsUsed++ * IOVEC_LENGTH;
        PacketMemory.putLong(vectors, at, address);
        PacketMemory.putLong(vectors, at + 8, (long) length);
    }

    private static long header(int i) {
        return (long) i * HEADER_LENGTH;
    }
}
