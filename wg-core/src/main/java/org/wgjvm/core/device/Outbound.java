package org.wgjvm.core.device;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.noise.MessageType;
import org.wgjvm.core.packet.Ecn;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadBatch;

/**
 * The way out: inner packets to transport messages, a batch at a time, sealed in place (paper, section 5.4.6).
 *
 * <p>Every packet is looked up; timers and counters move once for each run of packets to one peer. Nothing is allocated unless a packet has
 * to wait for a session.
 */
final class Outbound {
    private final DeviceState state;
    private final Aead aead;
    private AeadBatch jobs = new AeadBatch(256);

    /** Peers of this batch whose packets wait: each asks for a handshake once. */
    private Peer[] waiting = new Peer[256];

    private int waitingSize;

    Outbound(DeviceState state) {
        this.state = state;
        this.aead = state.aead;
    }

    /** Seals and sends what can go; stages what waits for a session; answers with ICMP where there is no way. The batch is spent. */
    void process(PacketBatch batch, long nowNs) {
        final int size = batch.size();
        ensureCapacity(size);
        jobs.clear();
        Peer run = null;
        Keypair keypair = null;
        for (int i = 0; i < size; i++) {
            final int length = batch.length[i];
            if (length == 0) {
                continue;
            }
            final Peer peer = route(batch, i, nowNs);
            if (peer == null) {
                batch.length[i] = 0;
                continue;
            }
            if (peer != run) {
                run = peer;
                keypair = peer.sendableKeypair(nowNs);
                // Packets staged earlier leave first: order is kept.
                if (keypair != null && !peer.staged.isEmpty()) {
                    state.sender.sendStaged(peer, nowNs);
                    keypair = peer.sendableKeypair(nowNs);
                }
            }
            if (keypair == null || !keypair.canSend(nowNs)) {
                keypair = null;
                stage(peer, batch, i);
                continue;
            }
            seal(jobs, batch, i, peer, keypair);
        }
        finish(jobs, batch, nowNs);
        wakeStaged(nowNs);
    }

    /**
     * Lays out one packet for sealing: header before it, zero padding after it, and a job. Takes the counter.
     *
     * @param sealing the list of jobs, with room for one more
     * @param batch with head and tail room around packet {@code i}, whose length may be 0 (a keepalive), as its own MTU says
     */
    void seal(AeadBatch sealing, PacketBatch batch, int i, Peer peer, Keypair keypair) {
        final MemorySegment slab = batch.slab();
        final int offset = batch.offset[i];
        final int length = batch.length[i];
        // By the MTU that the batch was laid out for: the device's may have changed since, and there is no room for more padding.
        final int padded = PacketBatch.paddedLength(length, batch.mtu());
        for (int at = length; at < padded; at++) {
            PacketMemory.putByte(slab, offset + (long) at, (byte) 0);
        }
        final long counter = keypair.nextCounter();
        final int start = offset - PacketBatch.HEADROOM;
        PacketMemory.putIntLe(slab, start, MessageType.TRANSPORT);
        PacketMemory.putIntLe(slab, start + 4L, keypair.remoteIndex());
        PacketMemory.putLongLe(slab, start + 8L, counter);
        batch.tos[i] = length == 0 ? 0 : (byte) Ecn.encapsulate(IpHeader.tos(slab, offset));
        batch.offset[i] = start;
        batch.length[i] = PacketBatch.HEADROOM + padded + PacketBatch.TAILROOM;
        batch.endpoint[i] = peer.endpoint;
        batch.peer[i] = peer;
        sealing.add(keypair.sendKey(), counter, slab, offset, padded, slab, offset);
    }

    /** Seals every job, sends, counts what went and moves the timers. The list of jobs is empty again. */
    void finish(AeadBatch sealing, PacketBatch batch, long nowNs) {
        if (sealing.size() == 0) {
            return;
        }
        aead.seal(sealing);
        sealing.clear();
        state.sender.flushControl();
        state.output.send(batch);
        account(batch, nowNs);
    }

    /** After sending: byte counters and timers, once for each run of packets of one peer. */
    private void account(PacketBatch batch, long nowNs) {
        final int size = batch.size();
        int i = 0;
        while (i < size) {
            final Peer peer = (Peer) batch.peer[i];
            if (peer == null) {
                i++;
                continue;
            }
            long bytes = 0;
            int sent = 0;
            boolean data = false;
            for (; i < size && batch.peer[i] == peer; i++) {
                final int length = batch.length[i];
                if (length == 0) {
                    state.counters.drop(DropReason.SEND_FAILED);
                } else {
                    sent++;
                }
                bytes += length;
                data |= length > PacketBatch.HEADROOM + PacketBatch.TAILROOM;
            }
            peer.txBytes += bytes;
            peer.txPackets += sent;
            peer.timers.onAnyAuthenticatedPacketTraversal(nowNs);
            peer.timers.onAnyAuthenticatedPacketSent();
            if (data) {
                peer.timers.onDataSent(nowNs);
            }
            state.sender.keepKeyFreshAfterSending(peer, nowNs);
        }
    }

    /** Finds the peer of packet {@code i}, or answers for there being none and returns null. */
    private Peer route(PacketBatch batch, int i, long nowNs) {
        final MemorySegment slab = batch.slab();
        final int offset = batch.offset[i];
        final int length = batch.length[i];
        if (IpHeader.totalLength(slab, offset, length) == IpHeader.NONE) {
            state.counters.drop(DropReason.NOT_IP);
            return null;
        }
        final boolean v4 = IpHeader.version(slab, offset, length) == 4;
        final Peer peer = v4
                ? state.allowedIps.lookupV4(IpHeader.destinationV4(slab, offset))
                : state.allowedIps.lookupV6(IpHeader.destinationHigh(slab, offset), IpHeader.destinationLow(slab, offset));
        if (peer == null) {
            state.counters.drop(DropReason.NO_PEER);
            state.sender.unreachable(slab, offset, length, nowNs);
            return null;
        }
        final Endpoint endpoint = peer.endpoint;
        if (endpoint == null) {
            state.counters.drop(DropReason.NO_ENDPOINT);
            state.sender.unreachable(slab, offset, length, nowNs);
            return null;
        }
        if (state.enforceMtu && length > state.mtu) {
            state.counters.drop(DropReason.TOO_BIG);
            state.sender.packetTooBig(slab, offset, length, nowNs);
            return null;
        }
        if (isOwnOuterPacket(slab, offset, length, v4, endpoint)) {
            state.counters.drop(DropReason.ENCAPSULATION_LOOP);
            state.sender.unreachable(slab, offset, length, nowNs);
            return null;
        }
        return peer;
    }

    /**
     * Whether the packet is UDP from our listen port to the very endpoint that it would be sent to: our own transport message, which a
     * route has led back into the tunnel. Wrapping it again would never end.
     */
    private boolean isOwnOuterPacket(MemorySegment slab, int offset, int length, boolean v4, Endpoint endpoint) {
        final boolean toEndpoint = v4
                ? !endpoint.isV6() && IpHeader.destinationV4(slab, offset) == (int) endpoint.low()
                : endpoint.isV6()
                        && IpHeader.destinationLow(slab, offset) == endpoint.low()
                        && IpHeader.destinationHigh(slab, offset) == endpoint.high();
        if (!toEndpoint) {
            return false;
        }
        final int transport = IpHeader.transport(slab, offset, length);
        if (transport < 0 || IpHeader.protocolOf(transport) != IpHeader.UDP) {
            return false;
        }
        final int ports = IpHeader.offsetOf(transport);
        return length >= ports + 4
                && (PacketMemory.getShortBe(slab, offset + ports) & 0xffff) == state.listenPort
                && (PacketMemory.getShortBe(slab, offset + ports + 2L) & 0xffff) == endpoint.port();
    }

    private void stage(Peer peer, PacketBatch batch, int i) {
        if (peer.staged.add(batch.slab(), batch.offset[i], batch.length[i])) {
            state.counters.drop(DropReason.STAGED_OVERFLOW);
        }
        batch.length[i] = 0;
        if (!peer.wantsHandshake) {
            peer.wantsHandshake = true;
            waiting[waitingSize++] = peer;
        }
    }

    private void wakeStaged(long nowNs) {
        for (int i = 0; i < waitingSize; i++) {
            final Peer peer = waiting[i];
            waiting[i] = null;
            peer.wantsHandshake = false;
            state.sender.sendStaged(peer, nowNs);
        }
        waitingSize = 0;
        state.sender.flushControl();
    }

    private void ensureCapacity(int size) {
        if (size > jobs.capacity()) {
            jobs = new AeadBatch(size);
            waiting = new Peer[size];
        }
    }
}
