package org.wgjvm.core.session;

import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.crypto.AeadKey;

/**
 * One session: the transport keys of both directions, their counters, and the replay window (paper, sections 5.4.5 and 5.4.6).
 *
 * <p>Owned by the device's thread. {@link #close()} wipes the keys; a closed keypair neither sends nor receives.
 */
public final class Keypair implements AutoCloseable {
    private final Object owner;
    private final AeadKey sendKey;
    private final AeadKey receiveKey;
    private final int localIndex;
    private final int remoteIndex;
    private final boolean initiator;
    private final long createdNs;
    private final ReplayWindow replayWindow = new ReplayWindow();
    private long sendCounter;
    private long received;
    private boolean sendable = true;
    private boolean receivable = true;

    /**
     * A fresh session.
     *
     * @param owner the peer it belongs to, opaque here
     * @param localIndex the index by which the other side addresses it
     * @param remoteIndex the index by which we do
     * @param initiator whether we began the handshake
     * @param createdNs when it was derived, on the device's clock
     */
    public Keypair(
            Object owner, AeadKey sendKey, AeadKey receiveKey, int localIndex, int remoteIndex, boolean initiator, long createdNs) {
        this.owner = owner;
        this.sendKey = sendKey;
        this.receiveKey = receiveKey;
        this.localIndex = localIndex;
        this.remoteIndex = remoteIndex;
        this.initiator = initiator;
        this.createdNs = createdNs;
    }

    /** The peer. */
    public Object owner() {
        return owner;
    }

    /** Key of what we send. */
    public AeadKey sendKey() {
        return sendKey;
    }

    /** Key of what we receive. */
    public AeadKey receiveKey() {
        return receiveKey;
    }

    /** The index by which the other side addresses this session. */
    public int localIndex() {
        return localIndex;
    }

    /** The index by which we address this session. */
    public int remoteIndex() {
        return remoteIndex;
    }

    /** Whether we began the handshake, and so are the one to renew it. */
    public boolean isInitiator() {
        return initiator;
    }

    /** Whether it was made at least {@code ageNs} ago. */
    public boolean isOlderThan(long ageNs, long nowNs) {
        return nowNs - createdNs >= ageNs;
    }

    /** Whether it may still seal: not stopped, not too old, counters left. */
    public boolean canSend(long nowNs) {
        return sendable
                && !isOlderThan(Limits.REJECT_AFTER_TIME_NS, nowNs)
                && Long.compareUnsigned(sendCounter, Limits.REJECT_AFTER_MESSAGES) < 0;
    }

    /** Whether it may still open: not wiped and not too old. */
    public boolean canReceive(long nowNs) {
        return receivable && !isOlderThan(Limits.REJECT_AFTER_TIME_NS, nowNs);
    }

    /** Takes the next counter. Ask {@link #canSend} first. No counter is ever given twice. */
    public long nextCounter() {
        return sendCounter++;
    }

    /** The counter that comes next. */
    public long sendCounter() {
        return sendCounter;
    }

    /** Skips ahead, never back: for a session that is handed over, and for tests of the limits. */
    public void advanceCounter(long counter) {
        if (Long.compareUnsigned(counter, sendCounter) > 0) {
            sendCounter = counter;
        }
    }

    /**
     * Leaves out the next {@code margin} counters: somebody else may have used some of them. A session that may not send any more stays
     * as it is, so that nothing ever wraps.
     */
    public void skipCounters(long margin) {
        sendCounter = beyond(margin);
    }

    private long beyond(long margin) {
        return Long.compareUnsigned(sendCounter, Limits.REJECT_AFTER_MESSAGES) < 0 ? sendCounter + margin : sendCounter;
    }

    /** Writes the session for the process that takes this one's place, which begins {@code margin} counters later. */
    public void writeTo(StateWriter out, long margin) {
        sendKey.copyTo(out.room(AeadKey.LENGTH));
        receiveKey.copyTo(out.room(AeadKey.LENGTH));
        out.i32(localIndex).i32(remoteIndex).flag(initiator).i64(createdNs).i64(beyond(margin)).flag(sendable).flag(receivable);
        replayWindow.writeTo(out);
    }

    /** The session that was written. */
    public static Keypair readFrom(StateReader in, Object owner) throws StateException {
        final AeadKey send = new AeadKey(in.view(AeadKey.LENGTH));
        final AeadKey receive = new AeadKey(in.view(AeadKey.LENGTH));
        try {
            final Keypair keypair = new Keypair(owner, send, receive, in.i32(), in.i32(), in.flag(), in.i64());
            keypair.sendCounter = in.i64();
            keypair.sendable = in.flag();
            keypair.receivable = in.flag();
            keypair.replayWindow.readFrom(in);
            // What was missing before was counted there.
            keypair.received = keypair.replayWindow.next();
            return keypair;
        } catch (StateException e) {
            send.close();
            receive.close();
            throw e;
        }
    }

    /** Whether so many messages were sent that a new session is due. */
    public boolean isWornOut() {
        return Long.compareUnsigned(sendCounter, Limits.REKEY_AFTER_MESSAGES) > 0;
    }

    /** Which counters were seen. Consult it after authentication only. */
    public ReplayWindow replayWindow() {
        return replayWindow;
    }

    /** So many messages more were authentic and new. */
    public void countReceived(int messages) {
        received += messages;
    }

    /** How many messages were authentic and new. */
    public long received() {
        return received;
    }

    /**
     * How many messages of the other side have not arrived: counters below the highest one received that were never seen. What is late, or
     * was dropped by the other side after it took a counter, counts as well.
     */
    public long missing() {
        return Math.max(0, replayWindow.next() - received);
    }

    /** Seals no more, but still opens what is under way: our identity changed. */
    public void stopSending() {
        sendable = false;
    }

    /** Wipes the keys. Idempotent. */
    @Override
    public void close() {
        sendable = false;
        receivable = false;
        sendKey.close();
        receiveKey.close();
    }

    @Override
    public String toString() {
        return "Keypair[local=" + Integer.toUnsignedString(localIndex) + ", remote=" + Integer.toUnsignedString(remoteIndex) + "]";
    }
}
