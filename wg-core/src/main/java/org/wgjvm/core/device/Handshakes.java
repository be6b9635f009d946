package org.wgjvm.core.device;

import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.noise.CookieGenerator;
import org.wgjvm.core.noise.Handshake;
import org.wgjvm.core.noise.HandshakeGate;
import org.wgjvm.core.noise.HandshakeRateLimiter;
import org.wgjvm.core.noise.InitiationConsumer;
import org.wgjvm.core.noise.LoadDetector;
import org.wgjvm.core.noise.Messages;
import org.wgjvm.core.noise.SessionKeys;
import org.wgjvm.core.noise.StaticIdentity;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.session.Keypair;

/** What a device does with the handshake messages and cookie replies that it receives (paper, sections 5.3 and 5.4). */
final class Handshakes {
    /** A message that passes the gate costs multiplications, as much as so many that do not. */
    private static final int COST = 16;

    private final DeviceState state;
    private final HandshakeQueue queue;
    private final LoadDetector load = new LoadDetector();
    private final HandshakeRateLimiter limiter;
    private final InitiationConsumer initiations = new InitiationConsumer();
    private final byte[] response = new byte[Messages.RESPONSE_LENGTH];
    private HandshakeGate gate;
    private int spent;

    Handshakes(DeviceState state, HandshakeQueue queue) {
        this.state = state;
        this.queue = queue;
        this.limiter = new HandshakeRateLimiter(state.random);
    }

    /** The device has another identity, or none. */
    void identityChanged(StaticIdentity identity) {
        initiations.clear();
        if (gate != null) {
            gate.close();
        }
        gate = identity == null ? null : new HandshakeGate(identity, state.random, load, limiter);
    }

    void writeTo(StateWriter out) {
        if (gate != null) {
            gate.writeTo(out);
        }
    }

    void readFrom(StateReader in) throws StateException {
        if (gate != null) {
            gate.readFrom(in);
        }
    }

    /** Works off up to {@code most} messages of the queue, a multiplication counting for {@link #COST} of them. */
    void process(long nowNs, int most) {
        load.onQueueLength(queue.size(), nowNs);
        for (spent = 0; spent < most && !queue.isEmpty(); spent++) {
            final Endpoint source = queue.source();
            final byte[] message = queue.poll();
            if (gate == null) {
                state.counters.drop(DropReason.BAD_MAC1);
            } else if (message.length == Messages.COOKIE_REPLY_LENGTH) {
                consumeCookieReply(message, nowNs);
            } else {
                admit(message, source, nowNs);
            }
        }
        state.sender.flushControl();
    }

    private void admit(byte[] message, Endpoint source, long nowNs) {
        switch (gate.admit(message, source, nowNs)) {
            case ACCEPT -> {
                spent += COST - 1;
                final boolean ok = message.length == Messages.INITIATION_LENGTH
                        ? consumeInitiation(message, source, nowNs)
                        : consumeResponse(message, source, nowNs);
                if (!ok) {
                    state.counters.drop(DropReason.BAD_HANDSHAKE);
                }
            }
            case DROP_BAD_MAC1 -> state.counters.drop(DropReason.BAD_MAC1);
            case DROP_RATE_LIMITED -> state.counters.drop(DropReason.RATE_LIMITED);
            case ANSWER_WITH_COOKIE -> {
                state.counters.drop(DropReason.COOKIE_DEMANDED);
                state.counters.cookieReplySent();
                state.sender.sendControl(gate.createCookieReply(message, source, nowNs, state.aead), null, source);
            }
            default -> throw new AssertionError();
        }
    }

    private boolean consumeInitiation(byte[] message, Endpoint source, long nowNs) {
        if (!initiations.read(message, state.identity, state.aead).ok()) {
            return false;
        }
        final Peer peer = state.peers.get(initiations.initiator());
        if (peer == null) {
            initiations.clear();
            return false;
        }
        if (!initiations.accept(peer.handshake, state.aead, nowNs).ok()) {
            return false;
        }
        authentic(peer, message, source, nowNs);
        respond(peer, nowNs);
        return true;
    }

    private void respond(Peer peer, long nowNs) {
        final int index = peer.newHandshakeIndex();
        peer.lastSentHandshakeNs = nowNs;
        if (!peer.handshake.createResponse(response, index, state.random, state.aead).ok()) {
            peer.forgetHandshakeIndex();
            return;
        }
        peer.cookies.sign(response, nowNs);
        beginSession(peer, nowNs);
        state.counters.handshakeResponded();
        peer.timers.onAnyAuthenticatedPacketTraversal(nowNs);
        peer.timers.onAnyAuthenticatedPacketSent();
        state.sender.sendControl(response, peer, peer.endpoint);
        if (!peer.staged.isEmpty()) {
            // It waited until the peer's endpoint was known, and goes when the session is confirmed. If that never happens, we ask.
            peer.timers.onHandshakeHeldBack(nowNs, false);
        }
    }

    private boolean consumeResponse(byte[] message, Endpoint source, long nowNs) {
        if (!(state.indices.get(Messages.receiver(message)) instanceof Peer peer)
                || peer.handshake.state() != Handshake.State.INITIATION_CREATED
                || !peer.handshake.consumeResponse(message, state.aead).ok()) {
            return false;
        }
        authentic(peer, message, source, nowNs);
        beginSession(peer, nowNs);
        peer.sessionConfirmed(true);
        // Whatever waits goes now; if nothing does, a keepalive confirms the session to the responder.
        state.sender.sendKeepalive(peer, nowNs);
        return true;
    }

    private static void authentic(Peer peer, byte[] message, Endpoint source, long nowNs) {
        peer.heardFrom(source);
        peer.rxBytes += message.length;
        peer.timers.onAnyAuthenticatedPacketReceived();
        peer.timers.onAnyAuthenticatedPacketTraversal(nowNs);
    }

    private void beginSession(Peer peer, long nowNs) {
        final SessionKeys keys = peer.handshake.deriveSession();
        final Keypair keypair = new Keypair(
                peer, keys.sendKey(), keys.receiveKey(), keys.localIndex(), keys.remoteIndex(), keys.initiator(), nowNs);
        peer.indexBecomes(keypair);
        peer.keypairs.add(keypair);
        peer.timers.onSessionDerived(nowNs);
    }

    private void consumeCookieReply(byte[] message, long nowNs) {
        final Object holder = state.indices.get(Messages.receiver(message));
        final CookieGenerator cookies = holder instanceof Peer peer
                ? peer.cookies
                : holder instanceof Keypair keypair ? ((Peer) keypair.owner()).cookies : null;
        if (cookies == null || !cookies.consumeReply(message, state.aead, nowNs).ok()) {
            state.counters.drop(DropReason.BAD_COOKIE_REPLY);
        }
    }
}
