package org.wgjvm.core.session;

import java.util.function.Consumer;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;

/**
 * The previous, current and next session of a peer, and how they follow one another (paper, section 6.2, and the kernel's rules for which
 * one gives way).
 *
 * <p>A session that drops out of the three is given to the {@code retire} callback, which forgets its index and wipes it.
 */
public final class Keypairs {
    private final Consumer<Keypair> retire;
    private Keypair previous;
    private Keypair current;
    private Keypair next;

    /** No sessions yet. */
    public Keypairs(Consumer<Keypair> retire) {
        this.retire = retire;
    }

    /** The session to send with, or null. */
    public Keypair current() {
        return current;
    }

    /** The session before, kept for packets still under way, or null. */
    public Keypair previous() {
        return previous;
    }

    /** The responder's session that waits for its first packet, or null. */
    public Keypair next() {
        return next;
    }

    /**
     * Takes in a new session. An initiator's is confirmed by the response and becomes the current one. A responder's waits as the next one
     * until the initiator is heard under it.
     */
    public void add(Keypair fresh) {
        if (fresh.isInitiator()) {
            retire(previous);
            if (next != null) {
                // The session that waited has as good a claim as the current one: it becomes the previous one, and the current one goes.
                retire(current);
                previous = next;
                next = null;
            } else {
                previous = current;
            }
            current = fresh;
        } else {
            retire(next);
            next = fresh;
            retire(previous);
            previous = null;
        }
    }

    /**
     * An authentic packet came under {@code keypair}.
     *
     * @return whether that confirmed the next session, which is the current one now
     */
    public boolean received(Keypair keypair) {
        if (keypair != next) {
            return false;
        }
        retire(previous);
        previous = current;
        current = next;
        next = null;
        return true;
    }

    /** Neither the current nor the next session sends any more: our key has changed. */
    public void stopSending() {
        if (current != null) {
            current.stopSending();
        }
        if (next != null) {
            next.stopSending();
        }
    }

    /** Retires all three. */
    public void clear() {
        retire(previous);
        retire(current);
        retire(next);
        previous = null;
        current = null;
        next = null;
    }

    /** Leaves out counters of every session: see {@link Keypair#skipCounters}. */
    public void skipCounters(long margin) {
        for (Keypair keypair : new Keypair[] {previous, current, next}) {
            if (keypair != null) {
                keypair.skipCounters(margin);
            }
        }
    }

    /** Writes all sessions: see {@link Keypair#writeTo}. */
    public void writeTo(StateWriter out, long margin) {
        for (Keypair keypair : new Keypair[] {previous, current, next}) {
            out.flag(keypair != null);
            if (keypair != null) {
                keypair.writeTo(out, margin);
            }
        }
    }

    /** Becomes the sessions that were written, shown to {@code each} in turn; there are none yet. A failure leaves some of them. */
    public void readFrom(StateReader in, Object owner, Consumer<Keypair> each) throws StateException {
        if (in.flag()) {
            previous = Keypair.readFrom(in, owner);
            each.accept(previous);
        }
        if (in.flag()) {
            current = Keypair.readFrom(in, owner);
            each.accept(current);
        }
        if (in.flag()) {
            next = Keypair.readFrom(in, owner);
            each.accept(next);
        }
    }

    private void retire(Keypair keypair) {
        if (keypair != null) {
            retire.accept(keypair);
        }
    }
}
