package org.wgjvm.tun;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.wgjvm.core.packet.PacketBatch;

/** TCP and UDP packets made and cut up field by field, as slowly and literally as possible. */
final class TestPackets {
    static final int ACK = 0x10;
    static final int PSH = 0x08;
    static final int FIN = 0x01;
    static final int CWR = 0x80;
    static final int DF = 0x4000;

    /** What the packets of one flow have in common. */
    record Flow(boolean v4, boolean tcp, int ports, int tos, int ttl, int optionWords, int fragment, int id, int sequence) {
        int headerLength() {
            return (v4 ? 20 : 40) + (tcp ? 20 + 4 * optionWords : 8);
        }
    }

    private TestPackets() {}

    static Flow flow(Random random, boolean v4, boolean tcp) {
        return new Flow(v4, tcp, random.nextInt(), random.nextInt(256), 1 + random.nextInt(255), tcp ? random.nextInt(11) : 0,
                random.nextBoolean() ? DF : 0, random.nextInt(65536), random.nextInt());
    }

    static byte[] payload(Random random, int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /**
     * One packet, checksums right.
     *
     * @param index its number in the flow, which is added to the IPv4 id
     * @param bytesBefore payload bytes of the flow before it, which are added to the sequence number
     */
    static byte[] packet(Flow flow, int index, int bytesBefore, int tcpFlags, byte[] payload) {
        final byte[] packet = new byte[flow.headerLength() + payload.length];
        final ByteBuffer b = ByteBuffer.wrap(packet);
        final int ipLength = flow.v4 ? 20 : 40;
        final int protocol = flow.tcp ? 6 : 17;
        if (flow.v4) {
            b.put((byte) 0x45).put((byte) flow.tos).putShort((short) packet.length).putShort((short) (flow.id + index));
            b.putShort((short) flow.fragment).put((byte) flow.ttl).put((byte) protocol).putShort((short) 0);
            b.putInt(0xc0000201).putInt(0xc0000202);
            b.putShort(10, (short) ~Rfc1071.sum(packet, 0, 20));
        } else {
            b.putInt(0x60000000 | flow.tos << 20 | 0x12345).putShort((short) (packet.length - 40));
            b.put((byte) protocol).put((byte) flow.ttl);
            b.putLong(0x20010db800000000L).putLong(1).putLong(0x20010db800000000L).putLong(2);
        }
        b.putInt(flow.ports);
        if (flow.tcp) {
            b.putInt(flow.sequence + bytesBefore).putInt(0x01020304).put((byte) (5 + flow.optionWords << 4)).put((byte) tcpFlags);
            b.putShort((short) 1000).putShort((short) 0).putShort((short) 0);
            for (int i = 0; i < flow.optionWords; i++) {
                b.putInt(0x01010101);
            }
        } else {
            b.putShort((short) (8 + payload.length)).putShort((short) 0);
        }
        b.put(payload);
        final int checksum = ~Rfc1071.add(Rfc1071.pseudoHeader(packet, protocol, packet.length - ipLength),
                Rfc1071.sum(packet, ipLength, packet.length)) & 0xffff;
        b.putShort(ipLength + (flow.tcp ? 16 : 6), (short) (checksum == 0 && !flow.tcp ? 0xffff : checksum));
        return packet;
    }

    /** The packets that a superframe of this payload stands for. */
    static List<byte[]> segments(Flow flow, int tcpFlags, int segmentSize, byte[] payload) {
        final List<byte[]> packets = new ArrayList<>();
        for (int at = 0; at < payload.length; at += segmentSize) {
            final boolean last = at + segmentSize >= payload.length;
            final byte[] part = java.util.Arrays.copyOfRange(payload, at, Math.min(payload.length, at + segmentSize));
            final int flags = (last ? tcpFlags : tcpFlags & ~(FIN | PSH)) & (at == 0 ? ~0 : ~CWR);
            packets.add(packet(flow, packets.size(), at, flags, part));
        }
        return packets;
    }

    static void add(PacketBatch batch, byte[] packet) {
        final int i = batch.addInner(packet.length);
        MemorySegment.copy(packet, 0, batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], packet.length);
    }

    static byte[] get(PacketBatch batch, int i) {
        return batch.slab().asSlice(batch.offset[i], batch.length[i]).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Cuts up a frame with its virtio header, reading every field of both anew. A frame that is no superframe is its only packet. */
    static List<byte[]> expand(byte[] frame) {
        final byte[] packet = java.util.Arrays.copyOfRange(frame, VirtioHeader.BYTES, frame.length);
        final ByteBuffer h = ByteBuffer.wrap(frame).order(java.nio.ByteOrder.nativeOrder());
        if (h.get(1) == 0) {
            return List.of(packet);
        }
        if (h.get(0) != 1) {
            throw new AssertionError("a superframe without a partial checksum");
        }
        final ByteBuffer b = ByteBuffer.wrap(packet);
        final boolean v4 = (packet[0] >> 4) == 4;
        final boolean tcp = h.get(1) != 5;
        final int ipLength = v4 ? 20 : 40;
        if (h.getShort(6) != ipLength || h.getShort(8) != (tcp ? 16 : 6) || h.get(1) != (tcp ? v4 ? 1 : 4 : 5)) {
            throw new AssertionError("a virtio header that contradicts the packet");
        }
        final int headerLength = ipLength + (tcp ? (packet[ipLength + 12] >> 4 & 0xf) * 4 : 8);
        final int partial = Rfc1071.pseudoHeader(packet, tcp ? 6 : 17, packet.length - ipLength);
        if (h.getShort(2) != headerLength || (b.getShort(ipLength + (tcp ? 16 : 6)) & 0xffff) != partial) {
            throw new AssertionError("a wrong header length or partial checksum");
        }
        if (v4 && (Rfc1071.sum(packet, 0, 20) != 0xffff || (b.getShort(2) & 0xffff) != packet.length)
                || !v4 && (b.getShort(4) & 0xffff) != packet.length - 40) {
            throw new AssertionError("a wrong IP header");
        }
        final Flow flow = new Flow(v4, tcp, b.getInt(ipLength), v4 ? packet[1] & 0xff : b.getInt(0) >> 20 & 0xff, packet[v4 ? 8 : 7] & 0xff,
                tcp ? (headerLength - ipLength - 20) / 4 : 0, b.getShort(6), b.getShort(4), b.getInt(ipLength + 4));
        return segments(flow, tcp ? packet[ipLength + 13] : 0, h.getShort(4) & 0xffff,
                java.util.Arrays.copyOfRange(packet, headerLength, packet.length));
    }
}
