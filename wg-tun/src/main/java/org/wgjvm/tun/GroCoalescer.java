package org.wgjvm.tun;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.IoVector;

/**
 * Writes the packets of a batch, runs of one TCP or UDP flow as superframes. A superframe is a header of our own and the payloads where
 * they lie: nothing of the batch is changed, so that the packets can still be written singly when the kernel refuses it.
 *
 * <p>The packets of one flow stay in order; flows may overtake each other. A packet that joins another has had its checksums verified,
 * because the kernel makes new ones.
 */
final class GroCoalescer {
    /** Takes one frame: a virtio header, if there are any, and a packet. Returns a negative error number on failure. */
    interface FrameSink {
        long writev(IoVector vector, int count);
    }

    private static final int MAX_FLOWS = 16;
    /** UDP_MAX_SEGMENTS of kernels before 6.9; TCP runs are bounded by their bytes first. */
    private static final int MAX_SEGMENTS = 64;
    private static final int MAX_BYTES = 65535;
    private static final int MAX_HEADER = 128;

    private final FrameSink sink;
    private final PortCounters counters;
    private final boolean virtioHeader;
    private final boolean coalesce;
    private boolean tcp4;
    private boolean tcp6;
    private boolean udp;

    private final FlowHeader header = new FlowHeader();
    private final Flow[] flows = new Flow[MAX_FLOWS];
    private int openFlows;
    private int oldest;
    private int[] next = new int[0];
    private final IoVector vector = new IoVector(1 + MAX_SEGMENTS);
    private final MemorySegment head = Arena.ofAuto().allocate(VirtioHeader.BYTES + MAX_HEADER, 8);
    private final MemorySegment plainHead = Arena.ofAuto().allocate(VirtioHeader.BYTES, 8);
    private PacketBatch batch;
    private MemorySegment slab;
    private int accepted;

    /** A run of packets of one flow that can go as one superframe. */
    private static final class Flow {
        final FlowHeader header = new FlowHeader();
        int first;
        int last;
        int count;
        int segmentSize;
        int payloadLength;
        boolean verified;
    }

    /**
     * @param virtioHeader whether frames carry one; without it nothing is coalesced
     * @param tcp whether TCP may be coalesced
     * @param udp whether UDP may be coalesced
     */
    GroCoalescer(FrameSink sink, PortCounters counters, boolean virtioHeader, boolean tcp, boolean udp) {
        this.sink = sink;
        this.counters = counters;
        this.virtioHeader = virtioHeader;
        this.tcp4 = virtioHeader && tcp;
        this.tcp6 = tcp4;
        this.udp = virtioHeader && udp;
        this.coalesce = tcp4 || this.udp;
        for (int i = 0; i < MAX_FLOWS; i++) {
            flows[i] = new Flow();
        }
    }

    /** Writes the batch. Returns how many packets the sink took. */
    int write(PacketBatch packets) {
        batch = packets;
        slab = packets.slab();
        accepted = 0;
        if (next.length < packets.capacity()) {
            next = new int[packets.capacity()];
        }
        for (int i = 0; i < packets.size(); i++) {
            if (packets.length[i] > 0) {
                if (coalesce) {
                    put(i);
                } else {
                    writeSingle(i);
                }
            }
        }
        flushAll();
        counters.add(PortCounter.WRITTEN_PACKETS, accepted);
        return accepted;
    }

    private void put(int i) {
        final int at = batch.offset[i];
        if (!header.parse(slab, at, batch.length[i])) {
            flushAll(); // it may belong to any of the flows: a fragment, for one
            writeSingle(i);
            return;
        }
        final int f = find(at);
        if (!header.isCoalescible(slab, at) || !isEnabled(header)) {
            if (f >= 0) {
                flush(f);
            }
            writeSingle(i);
            return;
        }
        if (f >= 0) {
            if (append(f, i, at)) {
                return;
            }
            flush(f);
        }
        if ((header.tcpFlags & FlowHeader.TCP_PSH) != 0) {
            writeSingle(i);
        } else {
            open(i);
        }
    }

    private boolean isEnabled(FlowHeader h) {
        return h.protocol == FlowHeader.UDP ? udp : h.v4 ? tcp4 : tcp6;
    }

    private int find(int at) {
        for (int f = 0; f < openFlows; f++) {
            final FlowHeader h = flows[f].header;
            if (h.hash == header.hash && h.v4 == header.v4 && h.protocol == header.protocol
                    && h.sameFlow(slab, batch.offset[flows[f].first], at)) {
                return f;
            }
        }
        return -1;
    }

    private void open(int i) {
        if (openFlows == MAX_FLOWS) {
            oldest = (oldest + 1) % MAX_FLOWS;
            flush(oldest);
        }
        final Flow flow = flows[openFlows++];
        flow.header.copy(header);
        flow.first = i;
        flow.last = i;
        flow.count = 1;
        flow.segmentSize = header.payloadLength;
        flow.payloadLength = header.payloadLength;
        flow.verified = false;
    }

    /** Appends packet {@code i} to flow {@code f}, and writes the flow if that ends it. Returns false if it does not fit. */
    private boolean append(int f, int i, int at) {
        final Flow flow = flows[f];
        final FlowHeader h = flow.header;
        final int payload = header.payloadLength;
        final int first = batch.offset[flow.first];
        if (flow.count == MAX_SEGMENTS || payload > flow.segmentSize || h.headerLength != header.headerLength
                || h.headerLength + flow.payloadLength + payload > MAX_BYTES
                || h.protocol == FlowHeader.TCP && header.sequence != h.sequence + flow.payloadLength
                || !header.sameHeader(slab, first, at, flow.count)) {
            return false;
        }
        if (!flow.verified && !h.verifies(slab, first) || !header.verifies(slab, at)) {
            return false;
        }
        flow.verified = true;
        next[flow.last] = i;
        flow.last = i;
        flow.count++;
        flow.payloadLength += payload;
        if (payload < flow.segmentSize || (header.tcpFlags & FlowHeader.TCP_PSH) != 0) {
            h.tcpFlags = header.tcpFlags;
            flush(f);
        }
        return true;
    }

    private void flushAll() {
        while (openFlows > 0) {
            flush(0);
        }
    }

    /** Writes flow {@code f} and closes it; the last open flow takes its place. */
    private void flush(int f) {
        final Flow flow = flows[f];
        openFlows--;
        flows[f] = flows[openFlows];
        flows[openFlows] = flow;
        if (flow.count == 1) {
            writeSingle(flow.first);
            return;
        }
        final long result = writeSuperframe(flow);
        if (result >= 0) {
            accepted += flow.count;
            counters.add(PortCounter.WRITTEN_SUPERFRAMES, 1);
        } else if (result == -Errno.EIO || result == -Errno.EINVAL || result == -Errno.EMSGSIZE) {
            retreat(flow);
        } else {
            dropped((int) result, flow.count);
        }
    }

    /** The kernel refused a superframe. If it takes the packets one by one, the fault is in the offload: it stays off from now on. */
    private void retreat(Flow flow) {
        final int before = accepted;
        for (int i = flow.first, n = 0; n < flow.count; i = next[i], n++) {
            writeSingle(i);
        }
        if (accepted == before) {
            return;
        }
        counters.add(PortCounter.OFFLOAD_RETREATS, 1);
        if (flow.header.protocol == FlowHeader.UDP) {
            udp = false;
        } else if (flow.header.v4) {
            tcp4 = false;
        } else {
            tcp6 = false;
        }
    }

    private long writeSuperframe(Flow flow) {
        final FlowHeader h = flow.header;
        final int first = batch.offset[flow.first];
        final int ip = VirtioHeader.BYTES;
        final int transport = ip + h.ipLength;
        final int transportLength = h.headerLength - h.ipLength + flow.payloadLength;
        PacketMemory.copy(slab, first, head, ip, h.headerLength);
        if (h.v4) {
            PacketMemory.putShortBe(head, ip + 2, (short) (h.headerLength + flow.payloadLength));
            PacketMemory.putShortBe(head, ip + 10, (short) 0);
            PacketChecksum.put(head, ip + 10, PacketChecksum.sum(head, ip, h.ipLength));
        } else {
            PacketMemory.putShortBe(head, ip + 4, (short) transportLength);
        }
        final long pseudo = PacketChecksum.pseudoHeaderSum(head, ip, h.v4, h.protocol, transportLength);
        final int csumOffset;
        final int gsoType;
        if (h.protocol == FlowHeader.TCP) {
            csumOffset = 16;
            gsoType = h.v4 ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6;
            PacketMemory.putByte(head, transport + 13, (byte) h.tcpFlags);
        } else {
            csumOffset = 6;
            gsoType = VirtioHeader.GSO_UDP_L4;
            PacketMemory.putShortBe(head, transport + 4, (short) transportLength);
        }
        PacketChecksum.putPartial(head, transport + csumOffset, pseudo);
        VirtioHeader.put(head, 0, gsoType, h.headerLength, flow.segmentSize, h.ipLength, csumOffset);

        vector.set(0, head.address(), VirtioHeader.BYTES + h.headerLength);
        int slices = 1;
        for (int i = flow.first, n = 0; n < flow.count; i = next[i], n++) {
            vector.set(slices++, slab.address() + batch.offset[i] + h.headerLength, batch.length[i] - h.headerLength);
        }
        return send(slices);
    }

    private void writeSingle(int i) {
        int slices = 0;
        if (virtioHeader) {
            vector.set(slices++, plainHead.address(), VirtioHeader.BYTES);
        }
        vector.set(slices++, slab.address() + batch.offset[i], batch.length[i]);
        final long result = send(slices);
        if (result >= 0) {
            accepted++;
        } else {
            dropped((int) result, 1);
        }
    }

    private long send(int slices) {
        long result;
        do {
            result = sink.writev(vector, slices);
        } while (result == -Errno.EINTR);
        return result;
    }

    private void dropped(int result, int packets) {
        final boolean full = result == -Errno.EAGAIN || result == -Errno.ENOBUFS || result == -Errno.ENOMEM;
        counters.add(full ? PortCounter.WRITE_OVERFLOW : PortCounter.WRITE_REFUSED, packets);
    }
}
