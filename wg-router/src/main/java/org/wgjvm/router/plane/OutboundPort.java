package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.InternetChecksum;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.UdpBind;

/**
 * Where a profile's outbound sessions meet the packet path: datagrams for peers become IPv4 packets from the loopback address (RFC 791, RFC
 * 768), and answers become datagrams. On the event loop.
 */
final class OutboundPort extends PlanePort {
    /** Of the packets it makes: the largest that there are. */
    static final int MTU = 65535;

    /** Index of the interface in the sticky source of an endpoint that is reached through the packet path: none has this one. */
    static final int LOCAL_INTERFACE = -1;

    private static final int IP_BYTES = 20;
    private static final int HEADER_BYTES = IP_BYTES + 8;
    private static final int TIME_TO_LIVE = 64;

    /** Where answers came from lately, by a hash, so that no object is made for each. */
    private static final int SOURCES = 256;

    private final RouterLoop router;
    private final InterfaceId id;
    private final int loopback;
    private final Decision decision = new Decision();
    private final PacketBatch leaving = new PacketBatch(128, 256 * 1024);
    private final Endpoint[] sources = new Endpoint[SOURCES];
    private final Waiting waiting;
    private UdpBind.Handler handler;
    private int port;
    private int identification;

    OutboundPort(RouterLoop router, int number, InterfaceId id, int loopback) {
        super(number);
        this.router = router;
        this.id = id;
        this.loopback = loopback;
        waiting = new Waiting(router, this::flush);
    }

    InterfaceId id() {
        return id;
    }

    void open(int udpPort, UdpBind.Handler newHandler) {
        port = udpPort;
        handler = newHandler;
        router.attach(this);
    }

    void close() {
        handler = null;
        router.detach(this);
    }

    @Override
    boolean isUp() {
        return handler != null;
    }

    /** Whether a service decides about a session to that endpoint, be it that it refuses it. */
    boolean covers(Endpoint to) {
        if (to.isV6()) {
            return false;
        }
        router.forwarder().ask(number, loopback, (int) to.low(), to.port(), decision);
        return decision.entry != null;
    }

    /** Takes a datagram along until {@link #forward}. Returns whether there was room. */
    boolean add(PacketBatch datagrams, int i) {
        final int length = HEADER_BYTES + datagrams.length[i];
        if (length > MTU) {
            return false;
        }
        if (leaving.isFull(length)) {
            forward();
        }
        final int at = leaving.used();
        leaving.add(at, length, at + length);
        write(datagrams, i, leaving.slab(), at, length);
        return true;
    }

    private void write(PacketBatch datagrams, int i, MemorySegment slab, int at, int length) {
        final Endpoint to = datagrams.endpoint[i];
        final int udpBytes = length - IP_BYTES;
        PacketBytes.put32(slab, at, 0x45 << 24 | (datagrams.tos[i] & 0xff) << 16 | length);
        PacketBytes.put32(slab, at + 4, (identification++ & 0xffff) << 16);
        PacketBytes.put32(slab, at + 8, TIME_TO_LIVE << 24 | IpHeader.UDP << 16);
        PacketBytes.put32(slab, at + 12, loopback);
        PacketBytes.put32(slab, at + 16, (int) to.low());
        PacketBytes.put16(slab, at + 10, InternetChecksum.checksum(slab, at, IP_BYTES, 0));
        PacketBytes.put32(slab, at + IP_BYTES, port << 16 | to.port());
        PacketBytes.put32(slab, at + IP_BYTES + 4, udpBytes << 16);
        MemorySegment.copy(
                datagrams.slab(), ValueLayout.JAVA_BYTE, datagrams.offset[i], slab, ValueLayout.JAVA_BYTE, at + HEADER_BYTES,
                datagrams.length[i]);
        // Over addresses, ports and data; protocol and length stand in the pseudo header besides.
        final int checksum = InternetChecksum.checksum(slab, at + 12, length - 12, IpHeader.UDP + udpBytes);
        PacketBytes.put16(slab, at + IP_BYTES + 6, checksum == 0 ? 0xffff : checksum);
    }

    /** Sends what was taken along. Returns how many packets were accepted. */
    int forward() {
        final int accepted = leaving.size() == 0 ? 0 : router.fromProfile(this, leaving);
        leaving.clear();
        return accepted;
    }

    /** Answers from the packet path. What is no datagram for the profile is not taken: a fragment, or a message of ICMP. */
    @Override
    int send(PacketBatch batch) {
        int taken = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.length[i] > 0 && receive(batch.slab(), batch.offset[i], batch.length[i], batch)) {
                taken++;
            }
        }
        waiting.schedule();
        return taken;
    }

    private boolean receive(MemorySegment slab, long at, int length, PacketBatch from) {
        final int headerBytes = (PacketBytes.u8(slab, at) & 15) * 4;
        if (PacketBytes.u8(slab, at) >>> 4 != 4
                || length < headerBytes + 8
                || PacketBytes.u8(slab, at + 9) != IpHeader.UDP
                || (PacketBytes.u16(slab, at + 6) & 0x3fff) != 0
                || PacketBytes.i32(slab, at + 16) != loopback
                || PacketBytes.u16(slab, at + headerBytes + 2) != port) {
            return false;
        }
        final int bytes = PacketBytes.u16(slab, at + headerBytes + 4) - 8;
        if (bytes < 0 || bytes > length - headerBytes - 8) {
            return false;
        }
        final PacketBatch into = waiting.room(bytes, 0);
        if (into == null) {
            return false;
        }
        final int to = into.used();
        MemorySegment.copy(
                from.slab(), ValueLayout.JAVA_BYTE, at + headerBytes + 8, into.slab(), ValueLayout.JAVA_BYTE, to, bytes);
        final int d = into.add(to, bytes, to + bytes);
        into.endpoint[d] = source(PacketBytes.i32(slab, at + 12), PacketBytes.u16(slab, at + headerBytes));
        into.tos[d] = (byte) PacketBytes.u8(slab, at + 1);
        return true;
    }

    private Endpoint source(int address, int udpPort) {
        final int slot = (address * 0x9E3779B1 ^ udpPort * 0x85EBCA77) >>> 24;
        final Endpoint known = sources[slot];
        if (known != null && (int) known.low() == address && known.port() == udpPort && known.hasLocal()) {
            return known;
        }
        final Endpoint made = Endpoint.v4(address, udpPort).withLocal(0, loopback & 0xffffffffL, LOCAL_INTERFACE);
        sources[slot] = made;
        return made;
    }

    private void flush() {
        waiting.handOver(batch -> {
            if (handler == null) {
                batch.clear();
                return batch;
            }
            return handler.onDatagrams(batch);
        });
    }
}
