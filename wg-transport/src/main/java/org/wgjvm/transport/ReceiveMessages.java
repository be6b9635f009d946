package org.wgjvm.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.sys.Sockets;

/**
 * An array of {@code struct mmsghdr} for recvmmsg(2) that fills a batch's slab: each message has a slot of its own, long enough for
 * anything UDP can carry, and a message that the kernel joined from several datagrams is taken apart where it lies.
 */
final class ReceiveMessages {
    /** Longest message, joined or not. */
    static final int MAX_MESSAGE = 65535;

    /** Slots are a little further apart than 64 KiB, so that their first lines don't compete for the same lines of the caches. */
    static final int SLOT_STRIDE = 65536 + 192;

    /** The kernel joins up to 64 datagrams, and may pass on what was sent as one message of 128. */
    static final int MAX_SEGMENTS = 128;

    private static final int HEADER_LENGTH = 64;
    private static final int NAME_LENGTH = 8;
    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int MESSAGE_LENGTH = 56;
    private static final int IOVEC_LENGTH = 16;

    private final int capacity;
    private final EndpointCache endpoints;
    private final UdpCounters counters;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment vectors;

    /** What the control messages of the message in hand said. */
    private int segmentLength;

    private int tos;
    private long localHigh;
    private long localLow;
    private int localInterface;

    ReceiveMessages(int capacity, EndpointCache endpoints, UdpCounters counters) {
        this.capacity = capacity;
        this.endpoints = endpoints;
        this.counters = counters;
        final Arena arena = Arena.ofAuto();
        headers = arena.allocate((long) capacity * HEADER_LENGTH, 64);
        names = arena.allocate((long) capacity * SocketAddressCodec.STRIDE, 64);
        controls = arena.allocate((long) capacity * ControlMessages.RECEIVE_SPACE, 64);
        vectors = arena.allocate((long) capacity * IOVEC_LENGTH, 64);
        for (int i = 0; i < capacity; i++) {
            final long header = (long) i * HEADER_LENGTH;
            PacketMemory.putLong(headers, header, names.address() + (long) i * SocketAddressCodec.STRIDE);
            PacketMemory.putLong(headers, header + VECTOR, vectors.address() + (long) i * IOVEC_LENGTH);
            PacketMemory.putLong(headers, header + VECTOR_COUNT, 1L);
            PacketMemory.putLong(headers, header + CONTROL, controls.address() + (long) i * ControlMessages.RECEIVE_SPACE);
        }
    }

    /** How many messages one call can bring into {@code batch}; 0 when its slab is too short for even one. */
    int slots(PacketBatch batch, boolean gro) {
        final int bySlab = (batch.slabLength() - MAX_MESSAGE + SLOT_STRIDE - 1) / SLOT_STRIDE;
        final int byCount = gro ? batch.capacity() / MAX_SEGMENTS : batch.capacity();
        return Math.min(capacity, Math.min(bySlab, Math.max(1, byCount)));
    }

    /** Points the first {@code slots} messages at the slots of the batch. */
    void prepare(PacketBatch batch, int slots) {
        final long slab = batch.slab().address();
        for (int i = 0; i < slots; i++) {
            final long header = (long) i * HEADER_LENGTH;
            PacketMemory.putInt(headers, header + NAME_LENGTH, SocketAddressCodec.V6_LENGTH);
            PacketMemory.putLong(headers, header + CONTROL_LENGTH, (long) ControlMessages.RECEIVE_SPACE);
            PacketMemory.putLong(vectors, (long) i * IOVEC_LENGTH, slab + (long) i * SLOT_STRIDE);
            PacketMemory.putLong(vectors, (long) i * IOVEC_LENGTH + 8, (long) MAX_MESSAGE);
        }
    }

    /** Address of the first message for the system call. */
    long address() {
        return headers.address();
    }

    /** Adds the datagrams of the first {@code count} messages, which the kernel has filled, to the batch. */
    void collect(PacketBatch batch, int count) {
        for (int i = 0; i < count; i++) {
            final long header = (long) i * HEADER_LENGTH;
            final int length = PacketMemory.getInt(headers, header + MESSAGE_LENGTH);
            final int flags = PacketMemory.getInt(headers, header + FLAGS);
            if ((flags & (Sockets.MSG_TRUNC | Sockets.MSG_CTRUNC)) != 0) {
                counters.receiveTruncated++;
                continue;
            }
            final long control = (long) i * ControlMessages.RECEIVE_SPACE;
            readControl(control, control + PacketMemory.getLong(headers, header + CONTROL_LENGTH));
            split(batch, i * SLOT_STRIDE, length, endpoint((long) i * SocketAddressCodec.STRIDE));
        }
    }

    private void split(PacketBatch batch, int start, int length, Endpoint from) {
        final int step = segmentLength > 0 ? segmentLength : length;
        final int end = start + length;
        if (step < length) {
            counters.receivedJoined++;
        }
        for (int at = start; at < end; at += step) {
            if (batch.size() == batch.capacity()) {
                counters.receiveTruncated++;
                return;
            }
            final int datagramLength = Math.min(step, end - at);
            final int d = batch.add(at, datagramLength, at + datagramLength);
            batch.endpoint[d] = from;
            batch.tos[d] = (byte) tos;
            counters.receivedDatagrams++;
            counters.receivedBytes += datagramLength;
        }
    }

    private Endpoint endpoint(long name) {
        final int port = SocketAddressCodec.port(names, name);
        if (PacketMemory.getShort(names, name) == Sockets.AF_INET6) {
            final long high = SocketAddressCodec.v6High(names, name);
            final int scope = SocketAddressCodec.v6Scope(names, name);
            return endpoints.v6(high, SocketAddressCodec.v6Low(names, name), port, scope, localHigh, localLow, localInterface);
        }
        return endpoints.v4(SocketAddressCodec.v4(names, name), port, localLow, localInterface);
    }

    private void readControl(long start, long end) {
        segmentLength = 0;
        tos = 0;
        localHigh = 0;
        localLow = 0;
        localInterface = 0;
        long at = start;
        while (at + ControlMessages.HEADER <= end) {
            final long length = PacketMemory.getLong(controls, at);
            if (length < ControlMessages.HEADER || at + length > end) {
                return;
            }
            final long data = at + ControlMessages.HEADER;
            final int dataLength = (int) length - ControlMessages.HEADER;
            final int level = PacketMemory.getInt(controls, at + 8);
            final int type = PacketMemory.getInt(controls, at + 12);
            if (level == Sockets.IPPROTO_IP) {
                readV4(type, data, dataLength);
            } else if (level == Sockets.IPPROTO_IPV6) {
                readV6(type, data, dataLength);
            } else if (level == Sockets.SOL_UDP && type == Sockets.UDP_GRO && dataLength >= 4) {
                segmentLength = PacketMemory.getInt(controls, data);
            }
            at += ControlMessages.align((int) length);
        }
    }

    /** {@code in_pktinfo} holds the interface, our address as routing sees it, and the address in the header. */
    private void readV4(int type, long data, int dataLength) {
        if (type == Sockets.IP_PKTINFO && dataLength >= 12) {
            localInterface = PacketMemory.getInt(controls, data);
            localLow = PacketMemory.getIntBe(controls, data + 4) & 0xffffffffL;
        } else if (type == Sockets.IP_TOS && dataLength >= 1) {
            tos = PacketMemory.getByte(controls, data) & 0xff;
        }
    }

    /** {@code in6_pktinfo} holds the address in the header and the interface; a multicast address is no source. */
    private void readV6(int type, long data, int dataLength) {
        if (type == Sockets.IPV6_PKTINFO && dataLength >= 20) {
            final long high = PacketMemory.getLongBe(controls, data);
            if (high >>> 56 != 0xff) {
                localHigh = high;
                localLow = PacketMemory.getLongBe(controls, data + 8);
                localInterface = PacketMemory.getInt(controls, data + 16);
            }
        } else if (type == Sockets.IPV6_TCLASS && dataLength >= 4) {
            tos = PacketMemory.getInt(controls, data);
        }
    }
}
