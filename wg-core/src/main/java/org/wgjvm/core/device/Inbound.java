package org.wgjvm.core.device;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.noise.MessageType;
import org.wgjvm.core.packet.Ecn;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.core.session.Limits;
import org.wgjvm.crypto.AeadBatch;

/**
 * The way in: datagrams to inner packets, a batch at a time, opened in place (paper, section 5.4.6). Handshake messages are set aside in
 * their queue and come after the data, so that a flood of them does not hold up a tunnel.
 *
 * <p>The replay window is asked after authentication and before anything else believes the packet.
 */
final class Inbound {
    private final DeviceState state;
    private final HandshakeQueue handshakes;
    private AeadBatch jobs = new AeadBatch(256);
    private Keypair[] keypairs = new Keypair[256];
    private int[] packets = new int[256];

    /** Messages of the batch under way that were authentic and new. */
    private int authentic;

    Inbound(DeviceState state, HandshakeQueue handshakes) {
        this.state = state;
        this.handshakes = handshakes;
    }

    /**
     * Opens and delivers the transport messages of the batch, and queues its handshake messages. The batch is spent. Returns how many
     * transport messages were authentic and new.
     */
    int process(PacketBatch batch, long nowNs) {
        classify(batch, nowNs);
        final int count = jobs.size();
        if (count == 0) {
            return 0;
        }
        authentic = 0;
        state.aead.open(jobs);
        boolean deliver = false;
        int job = 0;
        while (job < count) {
            final Keypair keypair = keypairs[job];
            int end = job + 1;
            while (end < count && keypairs[end] == keypair) {
                end++;
            }
            deliver |= consumeRun(batch, keypair, job, end, nowNs);
            job = end;
        }
        for (int j = 0; j < count; j++) {
            keypairs[j] = null;
        }
        jobs.clear();
        if (deliver) {
            deliver(batch);
        }
        return authentic;
    }

    private void classify(PacketBatch batch, long nowNs) {
        final MemorySegment slab = batch.slab();
        final int size = batch.size();
        ensureCapacity(size);
        jobs.clear();
        for (int i = 0; i < size; i++) {
            final int length = batch.length[i];
            final int offset = batch.offset[i];
            if (length == 0) {
                continue;
            }
            final int type = MessageType.classify(slab, offset, length);
            if (type == MessageType.TRANSPORT) {
                prepare(batch, i, slab, offset, length, nowNs);
                continue;
            }
            batch.length[i] = 0;
            if (type == MessageType.NONE) {
                state.counters.drop(DropReason.MALFORMED_MESSAGE);
            } else {
                handshakes.offer(slab, offset, length, batch.endpoint[i]);
            }
        }
    }

    private void prepare(PacketBatch batch, int i, MemorySegment slab, int offset, int length, long nowNs) {
        if (!(state.indices.get(PacketMemory.getIntLe(slab, offset + 4L)) instanceof Keypair keypair)) {
            state.counters.drop(DropReason.UNKNOWN_INDEX);
            batch.length[i] = 0;
            return;
        }
        final long counter = PacketMemory.getLongLe(slab, offset + 8L);
        if (!keypair.canReceive(nowNs) || Long.compareUnsigned(counter, Limits.REJECT_AFTER_MESSAGES) >= 0) {
            state.counters.drop(DropReason.EXPIRED_SESSION);
            batch.length[i] = 0;
            return;
        }
        final int job = jobs.size();
        final int sealed = offset + PacketBatch.HEADROOM;
        jobs.add(keypair.receiveKey(), counter, slab, sealed, length - PacketBatch.HEADROOM, slab, sealed);
        keypairs[job] = keypair;
        packets[job] = i;
    }

    /** Packets {@code from} to {@code to} (exclusive) of the jobs came under one keypair. Returns whether any is to be delivered. */
    private boolean consumeRun(PacketBatch batch, Keypair keypair, int from, int to, long nowNs) {
        final Peer peer = (Peer) keypair.owner();
        final int before = authentic;
        boolean data = false;
        boolean deliver = false;
        for (int job = from; job < to; job++) {
            final int i = packets[job];
            final int length = batch.length[i];
            batch.length[i] = 0;
            if (!jobs.verified(job)) {
                state.counters.drop(DropReason.FORGED);
                continue;
            }
            if (!keypair.replayWindow().accept(PacketMemory.getLongLe(batch.slab(), batch.offset[i] + 8L))) {
                state.counters.drop(DropReason.REPLAYED);
                continue;
            }
            // First where the peer is now: what waited for the session goes there.
            peer.heardFrom(batch.endpoint[i]);
            if (authentic++ == before) {
                confirm(peer, keypair, nowNs);
            }
            final int innerLength = length - PacketBatch.HEADROOM - PacketBatch.TAILROOM;
            if (innerLength == 0) {
                peer.rxBytes += length;
                continue;
            }
            data = true;
            final int accepted = inspect(batch, i, batch.offset[i] + PacketBatch.HEADROOM, innerLength, peer);
            if (accepted > 0) {
                peer.rxBytes += length;
                batch.offset[i] += PacketBatch.HEADROOM;
                batch.length[i] = accepted;
                batch.peer[i] = peer;
                deliver = true;
            }
        }
        if (authentic > before) {
            keypair.countReceived(authentic - before);
            peer.rxPackets += authentic - before;
            state.sender.keepKeyFreshAfterReceiving(peer, nowNs);
            peer.timers.onAnyAuthenticatedPacketReceived();
            peer.timers.onAnyAuthenticatedPacketTraversal(nowNs);
            if (data) {
                peer.timers.onDataReceived(nowNs);
            }
        }
        return deliver;
    }

    /** The first authentic packet of a waiting session makes it the current one; what waited for it may go. */
    private void confirm(Peer peer, Keypair keypair, long nowNs) {
        if (peer.keypairs.received(keypair)) {
            peer.sessionConfirmed(false);
            state.sender.sendStaged(peer, nowNs);
        }
    }

    /** The length of the inner packet without its padding, or 0 when it is not to be delivered. */
    private int inspect(PacketBatch batch, int i, int offset, int length, Peer peer) {
        final MemorySegment slab = batch.slab();
        final int total = IpHeader.totalLength(slab, offset, length);
        if (total == IpHeader.NONE) {
            state.counters.drop(DropReason.MALFORMED_INNER);
            return 0;
        }
        final Peer owner = IpHeader.version(slab, offset, length) == 4
                ? state.allowedIps.lookupV4(IpHeader.sourceV4(slab, offset))
                : state.allowedIps.lookupV6(IpHeader.sourceHigh(slab, offset), IpHeader.sourceLow(slab, offset));
        if (owner != peer) {
            state.counters.drop(DropReason.SOURCE_NOT_ALLOWED);
            return 0;
        }
        if (!Ecn.decapsulate(slab, offset, batch.tos[i])) {
            state.counters.drop(DropReason.ECN_VIOLATION);
            return 0;
        }
        return total;
    }

    private void deliver(PacketBatch batch) {
        int offered = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.length[i] > 0) {
                offered++;
            }
        }
        final int accepted = state.output.deliver(batch);
        if (accepted < offered) {
            state.counters.drop(DropReason.DELIVERY_FAILED, offered - accepted);
        }
    }

    private void ensureCapacity(int size) {
        if (size > jobs.capacity()) {
            jobs = new AeadBatch(size);
            keypairs = new Keypair[size];
            packets = new int[size];
        }
    }
}
