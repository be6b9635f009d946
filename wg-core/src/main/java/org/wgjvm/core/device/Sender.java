package org.wgjvm.core.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wgjvm.core.noise.Messages;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.Icmp;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.packet.TokenBucket;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.core.session.Limits;
import org.wgjvm.crypto.AeadBatch;

/** What a device sends of its own accord: handshake messages, keepalives, staged packets, and ICMP errors to the inside. */
final class Sender {
    /** CS6 and not ECN-capable: the kernel's mark of handshake messages. */
    static final byte HANDSHAKE_TOS = (byte) 0x88;

    private static final int CONTROL_MESSAGES = 64;
    private static final int FLUSH_PACKETS = Limits.MAX_STAGED_PACKETS;
    private static final int FLUSH_BYTES = 256 * 1024;

    private static final int ICMP_PER_SECOND = 100;
    private static final int ICMP_BURST = 50;

    private final DeviceState state;
    private final Outbound outbound;
    private final PacketBatch control = new PacketBatch(CONTROL_MESSAGES, CONTROL_MESSAGES * 160);
    private final PacketBatch flush = new PacketBatch(FLUSH_PACKETS, FLUSH_BYTES);
    private final AeadBatch flushJobs = new AeadBatch(FLUSH_PACKETS);
    private final PacketBatch icmp = new PacketBatch(1, 4096);
    private TokenBucket icmpLimit;
    private final byte[] initiation = new byte[Messages.INITIATION_LENGTH];

    Sender(DeviceState state, Outbound outbound) {
        this.state = state;
        this.outbound = outbound;
    }

    /**
     * Asks the peer for a session, or, when an initiation or response went within REKEY_TIMEOUT, sees to it that it is asked afterwards.
     * Nothing can be sent while the endpoint or our own key is unknown.
     *
     * @param retry whether the retransmission timer asks; otherwise the count of attempts begins anew
     */
    void sendInitiation(Peer peer, boolean retry, long nowNs) {
        if (!retry) {
            peer.timers.resetAttempts();
        }
        if (state.identity == null || peer.endpoint == null || !state.up) {
            return;
        }
        if (nowNs - peer.lastSentHandshakeNs < Limits.REKEY_TIMEOUT_NS) {
            peer.timers.onHandshakeHeldBack(peer.lastSentHandshakeNs, retry);
            return;
        }
        peer.lastSentHandshakeNs = nowNs;
        final byte[] timestamp = state.timestamps.next(state.epochNs.getAsLong());
        final int index = peer.newHandshakeIndex();
        if (!peer.handshake.createInitiation(initiation, state.identity, timestamp, index, state.random, state.aead).ok()) {
            peer.forgetHandshakeIndex();
            return;
        }
        peer.cookies.sign(initiation, nowNs);
        peer.timers.onAnyAuthenticatedPacketTraversal(nowNs);
        peer.timers.onAnyAuthenticatedPacketSent();
        sendControl(initiation, peer, peer.endpoint);
        peer.timers.onHandshakeInitiated(nowNs);
        state.counters.handshakeInitiated();
        state.events.onHandshakeInitiated(peer.publicKey(), peer.timers.handshakeAttempts());
    }

    /** Sends what waits for the peer, or, with no session, asks for one. */
    void sendStaged(Peer peer, long nowNs) {
        if (peer.staged.isEmpty()) {
            return;
        }
        while (true) {
            final Keypair keypair = peer.sendableKeypair(nowNs);
            if (keypair == null) {
                sendInitiation(peer, false, nowNs);
                return;
            }
            flush.clear();
            flushJobs.clear();
            byte[] packet = peer.staged.peek();
            while (packet != null && !flush.isFull(PacketBatch.stride(packet.length)) && keypair.canSend(nowNs)) {
                peer.staged.poll();
                flush.mtu(state.mtu);
                final int i = flush.addInner(packet.length);
                MemorySegment.copy(packet, 0, flush.slab(), ValueLayout.JAVA_BYTE, flush.offset[i], packet.length);
                outbound.seal(flushJobs, flush, i, peer, keypair);
                packet = peer.staged.peek();
            }
            outbound.finish(flushJobs, flush, nowNs);
            if (packet == null) {
                return;
            }
        }
    }

    /** Sends a keepalive, or what waits, which does as well. */
    void sendKeepalive(Peer peer, long nowNs) {
        if (peer.staged.isEmpty()) {
            peer.staged.addKeepalive();
        }
        sendStaged(peer, nowNs);
    }

    /** After sending: an initiator whose session is past REKEY_AFTER_TIME, or anyone past REKEY_AFTER_MESSAGES, asks for a new one. */
    void keepKeyFreshAfterSending(Peer peer, long nowNs) {
        final Keypair current = peer.sendableKeypair(nowNs);
        if (current != null && (current.isWornOut() || current.isInitiator() && current.isOlderThan(Limits.REKEY_AFTER_TIME_NS, nowNs))) {
            sendInitiation(peer, false, nowNs);
        }
    }

    /** After receiving: an initiator about to lose its session, who only listens, asks once for a new one. */
    void keepKeyFreshAfterReceiving(Peer peer, long nowNs) {
        final Keypair current = peer.sendableKeypair(nowNs);
        final long lastMinuteNs = Limits.REJECT_AFTER_TIME_NS - Limits.KEEPALIVE_TIMEOUT_NS - Limits.REKEY_TIMEOUT_NS;
        if (current != null && current.isInitiator() && current.isOlderThan(lastMinuteNs, nowNs) && !peer.timers.askedLastMinute()) {
            sendInitiation(peer, false, nowNs);
        }
    }

    /** Puts a handshake message or cookie reply on its way: copied, and sent by {@link #flushControl}. {@code peer} may be null. */
    void sendControl(byte[] message, Peer peer, Endpoint to) {
        if (control.isFull(message.length)) {
            flushControl();
        }
        final int offset = control.used();
        MemorySegment.copy(message, 0, control.slab(), ValueLayout.JAVA_BYTE, offset, message.length);
        final int i = control.add(offset, message.length, offset + message.length);
        control.endpoint[i] = to;
        control.peer[i] = peer;
        control.tos[i] = HANDSHAKE_TOS;
    }

    /** Sends what {@link #sendControl} has gathered. Every way into the device ends with it. */
    void flushControl() {
        if (control.size() == 0) {
            return;
        }
        state.output.send(control);
        for (int i = 0; i < control.size(); i++) {
            if (control.length[i] == 0) {
                state.counters.drop(DropReason.SEND_FAILED);
            } else if (control.peer[i] instanceof Peer peer) {
                // A cookie reply belongs to nobody; all else is counted for its peer, as the kernel does.
                peer.txBytes += control.length[i];
            }
        }
        control.clear();
    }

    /** Tells the sender of an inner packet that there is no way. */
    void unreachable(MemorySegment slab, int offset, int length, long nowNs) {
        if (mayAnswer(nowNs)) {
            final int i = icmp.addInner(Icmp.MAX_LENGTH);
            icmp.length[i] = Icmp.unreachable(slab, offset, length, icmp.slab(), icmp.offset[i]);
            deliverIcmp(i);
        }
    }

    /** Tells the sender of an inner packet which MTU would fit. */
    void packetTooBig(MemorySegment slab, int offset, int length, long nowNs) {
        if (mayAnswer(nowNs)) {
            final int i = icmp.addInner(Icmp.MAX_LENGTH);
            icmp.length[i] = Icmp.tooBig(slab, offset, length, state.mtu, icmp.slab(), icmp.offset[i]);
            deliverIcmp(i);
        }
    }

    private boolean mayAnswer(long nowNs) {
        if (icmpLimit == null) {
            icmpLimit = new TokenBucket(ICMP_PER_SECOND, ICMP_BURST, nowNs);
        }
        icmp.clear();
        return icmpLimit.tryTake(nowNs);
    }

    private void deliverIcmp(int i) {
        if (icmp.length[i] > 0) {
            state.output.deliver(icmp);
        }
    }
}
