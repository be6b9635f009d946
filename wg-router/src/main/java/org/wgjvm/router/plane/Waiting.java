package org.wgjvm.router.plane;

import java.util.ArrayDeque;
import java.util.function.UnaryOperator;
import org.wgjvm.core.packet.PacketBatch;

/**
 * Batches of copies that wait until the one that takes them can be entered: later in the same turn of the loop. A bounded pool; when all of
 * it waits, there is no room. One thread owns it.
 */
final class Waiting {
    private static final int BATCH_PACKETS = 256;
    private static final int BATCH_BYTES = 320 * 1024;

    /** Batches that may wait to be handed over. */
    private static final int MAX_WAITING = 8;

    private final RouterLoop router;
    private final Runnable flush;
    private final ArrayDeque<PacketBatch> spare = new ArrayDeque<>(MAX_WAITING);
    private final ArrayDeque<PacketBatch> waiting = new ArrayDeque<>(MAX_WAITING);
    private int made;
    private boolean scheduled;

    /**
     * Empty.
     *
     * @param flush run on the loop when something waits; calls {@link #handOver}
     */
    Waiting(RouterLoop router, Runnable flush) {
        this.router = router;
        this.flush = flush;
    }

    /** Takes a batch into the pool that somebody else has made. */
    void adopt(PacketBatch batch) {
        made++;
        spare.add(batch);
    }

    /** A batch with room for {@code bytes} more, which will be handed over; or null. A new one is empty and has the MTU given. */
    PacketBatch room(int bytes, int mtu) {
        PacketBatch into = waiting.peekLast();
        if (into != null && !into.isFull(bytes)) {
            return into;
        }
        into = spare.poll();
        if (into == null) {
            if (made == MAX_WAITING) {
                return null;
            }
            made++;
            into = new PacketBatch(BATCH_PACKETS, BATCH_BYTES);
        }
        into.clear();
        into.mtu(mtu);
        if (into.isFull(bytes)) {
            spare.add(into);
            return null;
        }
        waiting.add(into);
        return into;
    }

    /** To be called after packets were put in: what waits will be handed over. */
    void schedule() {
        if (!waiting.isEmpty() && !scheduled) {
            scheduled = true;
            router.later(flush);
        }
    }

    /** Hands over what has waited until now; what comes meanwhile is for another turn. */
    void handOver(UnaryOperator<PacketBatch> to) {
        scheduled = false;
        for (int rounds = waiting.size(); rounds > 0; rounds--) {
            spare.add(to.apply(waiting.poll()));
        }
        schedule();
    }
}
