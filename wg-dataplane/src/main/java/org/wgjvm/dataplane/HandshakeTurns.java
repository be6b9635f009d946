package org.wgjvm.dataplane;

import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadEventLoop;
import org.wgjvm.core.device.Device;
import org.wgjvm.sys.BootClock;

/**
 * When a device works off the handshake messages that wait in its queue: in slices between two looks of the loop at its sockets, after each
 * look that found no data, and else as {@link HandshakeBudget} allows. Never in the middle of reading a socket: a flood would be read more
 * slowly than it comes, and what the socket then has no room for is the tunnel's as well.
 *
 * <p>Owned by the event loop.
 */
final class HandshakeTurns {
    /** Messages between two looks at the clock, if none of them costs a multiplication. */
    private static final int AT_ONCE = 16;

    private final IoEventLoop loop;
    private final Device device;
    private final BootClock clock;
    private final LoopObserver observer;
    private final Runnable afterwards;
    private final HandshakeBudget budget = new HandshakeBudget();
    private final Runnable turn = this::turn;
    private final Runnable enqueue;
    private boolean dataSinceTurn;
    private boolean scheduled;
    private boolean stopped;

    /** {@code afterwards} runs after each turn. */
    HandshakeTurns(IoEventLoop loop, Device device, BootClock clock, LoopObserver observer, Runnable afterwards) {
        this.loop = loop;
        this.device = device;
        this.clock = clock;
        this.observer = observer;
        this.afterwards = afterwards;
        this.enqueue = () -> loop.execute(turn);
    }

    /** Data came in or went out. */
    void onData(long nowNs) {
        dataSinceTurn = true;
        budget.onData(nowNs);
    }

    /** Sees to it that a turn comes, if messages wait. */
    void schedule() {
        if (!scheduled && !stopped && device.hasHandshakes()) {
            scheduled = true;
            loop.execute(turn);
        }
    }

    private void turn() {
        scheduled = false;
        if (stopped || !device.hasHandshakes()) {
            return;
        }
        // Time that nobody else has a use for is free.
        if (!dataSinceTurn || budget.allows(clock.nowNs())) {
            slice();
        }
        dataSinceTurn = false;
        if (device.hasHandshakes()) {
            // The next one when the loop has looked at its sockets: a task that puts itself back in the queue would keep it from them.
            scheduled = true;
            ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(enqueue);
        }
        afterwards.run();
    }

    /** Works off messages for as long as a slice may take. */
    void slice() {
        if (!device.hasHandshakes()) {
            return;
        }
        final long observedNs = observer.beginTurn(Stage.HANDSHAKES, device.counters());
        final long begunNs = clock.nowNs();
        final long sliceNs = budget.sliceNs(begunNs);
        long nowNs = begunNs;
        do {
            device.processHandshakes(nowNs, AT_ONCE);
            nowNs = clock.nowNs();
        } while (device.hasHandshakes() && nowNs - begunNs < sliceNs);
        budget.used(begunNs, nowNs);
        observer.endTurn(Stage.HANDSHAKES, observedNs, 0, device.counters());
    }

    /** No turn comes any more, until {@link #resume}. */
    void stop() {
        stopped = true;
    }

    /** Turns may be scheduled again after {@link #stop}. */
    void resume() {
        stopped = false;
    }
}
