package org.wgjvm.core.device;

import static org.wgjvm.core.device.DeadlineHeap.NEVER;

import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.session.Limits;

/**
 * The five timers of a peer (paper, sections 6.1 to 6.5), moved by what happens to it and by nothing else.
 *
 * <p>The methods named {@code on...} are the hooks; they only write deadlines. {@link #fire} runs what is due. Nothing ticks: the earliest
 * deadline is armed in the device's heap.
 */
final class PeerTimers {
    /** Retries after initiations that crossed are spread over 2.7 s: enough for a way of more than a second. */
    private static final int CROSSED_JITTER_FACTOR = 8;

    private final Peer peer;
    private final DeviceState state;
    private long retransmitHandshakeNs = NEVER;
    private long sendKeepaliveNs = NEVER;
    private long newHandshakeNs = NEVER;
    private long zeroKeysNs = NEVER;
    private long persistentKeepaliveNs = NEVER;
    private boolean needAnotherKeepalive;
    private boolean sentLastMinuteHandshake;
    private int handshakeAttempts;

    PeerTimers(Peer peer, DeviceState state) {
        this.peer = peer;
        this.state = state;
    }

    /** How often the current initiation has been sent again. */
    int handshakeAttempts() {
        return handshakeAttempts;
    }

    /** Whether an initiation will be sent, or sent again, if nothing else happens. */
    boolean handshakeDue() {
        return retransmitHandshakeNs != NEVER;
    }

    /** A handshake begins that is not a retry. */
    void resetAttempts() {
        handshakeAttempts = 0;
    }

    /** Whether this session already asked for its successor while receiving; answers yes from the second call on. */
    boolean askedLastMinute() {
        final boolean asked = sentLastMinuteHandshake;
        sentLastMinuteHandshake = true;
        return asked;
    }

    /** After a data packet (not a keepalive) was sent. */
    void onDataSent(long nowNs) {
        if (newHandshakeNs == NEVER) {
            newHandshakeNs = arm(nowNs + Limits.KEEPALIVE_TIMEOUT_NS + Limits.REKEY_TIMEOUT_NS + state.jitterNs());
        }
    }

    /** After an authenticated data packet (not a keepalive) was received. */
    void onDataReceived(long nowNs) {
        if (sendKeepaliveNs == NEVER) {
            sendKeepaliveNs = arm(nowNs + Limits.KEEPALIVE_TIMEOUT_NS);
        } else {
            needAnotherKeepalive = true;
        }
    }

    /** After any authenticated packet was sent: data, keepalive or handshake. */
    void onAnyAuthenticatedPacketSent() {
        sendKeepaliveNs = NEVER;
        needAnotherKeepalive = false;
    }

    /** After any authenticated packet was received. */
    void onAnyAuthenticatedPacketReceived() {
        newHandshakeNs = NEVER;
    }

    /** Before any authenticated packet is sent, and after any is received. */
    void onAnyAuthenticatedPacketTraversal(long nowNs) {
        final int seconds = peer.persistentKeepaliveSeconds;
        if (seconds != 0) {
            persistentKeepaliveNs = arm(nowNs + seconds * 1_000_000_000L);
        }
    }

    /** After an initiation was sent. */
    void onHandshakeInitiated(long nowNs) {
        retransmitHandshakeNs = arm(nowNs + Limits.REKEY_TIMEOUT_NS + state.jitterNs());
    }

    /**
     * An initiation was due, but a handshake message went at {@code lastSentNs}, less than REKEY_TIMEOUT ago. When no timer would ask
     * again, this one does: otherwise packets could wait for ever behind a response whose session nobody confirmed.
     *
     * <p>A retry is held back when our initiation crossed the peer's, so that both were answered, to no avail. The two must not keep
     * step, nor differ by less than a message travels: hence more jitter.
     */
    void onHandshakeHeldBack(long lastSentNs, boolean retry) {
        if (retransmitHandshakeNs == NEVER) {
            final long jitterNs = retry ? state.jitterNs() * CROSSED_JITTER_FACTOR : state.jitterNs();
            retransmitHandshakeNs = arm(lastSentNs + Limits.REKEY_TIMEOUT_NS + jitterNs);
        }
    }

    /** After a response was received and processed, or the first packet under a new session was received. */
    void onHandshakeComplete() {
        retransmitHandshakeNs = NEVER;
        handshakeAttempts = 0;
        sentLastMinuteHandshake = false;
    }

    /** After a session was derived, in either role. */
    void onSessionDerived(long nowNs) {
        zeroKeysNs = arm(nowNs + Limits.ZERO_KEYS_AFTER_NS);
    }

    /** Persistent keepalive was turned off. */
    void stopPersistentKeepalive() {
        persistentKeepaliveNs = NEVER;
    }

    /** Everything off: the peer is removed, or the device goes down. */
    void stop() {
        retransmitHandshakeNs = NEVER;
        sendKeepaliveNs = NEVER;
        newHandshakeNs = NEVER;
        zeroKeysNs = NEVER;
        persistentKeepaliveNs = NEVER;
        needAnotherKeepalive = false;
        handshakeAttempts = 0;
        state.deadlines.remove(peer);
    }

    /** Writes deadlines and what else is remembered. */
    void writeTo(StateWriter out) {
        out.i64(retransmitHandshakeNs).i64(sendKeepaliveNs).i64(newHandshakeNs).i64(zeroKeysNs).i64(persistentKeepaliveNs);
        out.flag(needAnotherKeepalive).flag(sentLastMinuteHandshake).i32(handshakeAttempts);
    }

    /** Takes on what was written, and is armed for it. */
    void readFrom(StateReader in) throws StateException {
        retransmitHandshakeNs = in.i64();
        sendKeepaliveNs = in.i64();
        newHandshakeNs = in.i64();
        zeroKeysNs = in.i64();
        persistentKeepaliveNs = in.i64();
        needAnotherKeepalive = in.flag();
        sentLastMinuteHandshake = in.flag();
        handshakeAttempts = in.i32();
        final long next = nextNs();
        if (next != NEVER) {
            state.deadlines.arm(peer, next);
        }
    }

    /** The earliest of the five deadlines. */
    long nextNs() {
        return Math.min(
                Math.min(Math.min(retransmitHandshakeNs, sendKeepaliveNs), Math.min(newHandshakeNs, zeroKeysNs)), persistentKeepaliveNs);
    }

    /** Runs what is due at {@code nowNs} and arms what comes next. The heap has just let go of the peer. */
    void fire(long nowNs) {
        if (retransmitHandshakeNs <= nowNs) {
            retransmitHandshakeNs = NEVER;
            retransmitHandshake(nowNs);
        }
        if (sendKeepaliveNs <= nowNs) {
            final boolean needAnother = needAnotherKeepalive;
            sendKeepaliveNs = NEVER;
            needAnotherKeepalive = false;
            state.sender.sendKeepalive(peer, nowNs);
            if (needAnother) {
                sendKeepaliveNs = arm(nowNs + Limits.KEEPALIVE_TIMEOUT_NS);
            }
        }
        if (newHandshakeNs <= nowNs) {
            newHandshakeNs = NEVER;
            // Sent to, and not heard from: perhaps our own address no longer works.
            peer.forgetLocalAddress();
            state.sender.sendInitiation(peer, false, nowNs);
        }
        if (zeroKeysNs <= nowNs) {
            zeroKeysNs = NEVER;
            peer.wipeSessions();
            state.events.onPeerExpired(peer.publicKey());
        }
        if (persistentKeepaliveNs <= nowNs) {
            persistentKeepaliveNs = NEVER;
            if (peer.persistentKeepaliveSeconds != 0) {
                state.sender.sendKeepalive(peer, nowNs);
            }
        }
        final long next = nextNs();
        if (next != NEVER) {
            state.deadlines.arm(peer, next);
        }
    }

    private void retransmitHandshake(long nowNs) {
        if (handshakeAttempts > Limits.MAX_TIMER_HANDSHAKES) {
            sendKeepaliveNs = NEVER;
            state.counters.drop(DropReason.STAGED_OVERFLOW, peer.staged.clear());
            // What is left of a half-made handshake goes in time, too.
            if (zeroKeysNs == NEVER) {
                zeroKeysNs = arm(nowNs + Limits.ZERO_KEYS_AFTER_NS);
            }
            state.counters.handshakeGivenUp();
            state.events.onHandshakeGivenUp(peer.publicKey());
        } else {
            handshakeAttempts++;
            peer.forgetLocalAddress();
            state.sender.sendInitiation(peer, true, nowNs);
        }
    }

    private long arm(long deadlineNs) {
        state.deadlines.arm(peer, deadlineNs);
        return deadlineNs;
    }
}
