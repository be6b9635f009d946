package org.wgjvm.router.plane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.sys.BootClock;

/**
 * Goes through the sessions, a slice for each turn of the event loop, and hands over what they are. The next slice waits for whoever took
 * the one before, so that no more than one is in memory.
 */
final class SessionWalk {
    private static final int SLICE = 4096;

    private final RouterLoop router;
    private final InterfaceNumbers numbers;
    private final PairTable pairs;
    private final TimeoutTable timeouts;
    private final int limit;
    private final Function<List<SessionSnapshot>, CompletionStage<?>> sink;
    private final CompletableFuture<Integer> result;
    private final int nowTick = TimeoutTable.tickOf(new BootClock().nowNs());
    private boolean v6;
    private int next;
    private int count;

    /**
     * Begins with {@link #step}, on the loop.
     *
     * @param limit the most sessions to hand over
     * @param sink takes a slice, and says when it wants the next
     * @param result completed with how many there were, or with what the sink failed with
     */
    SessionWalk(
            RouterLoop router,
            InterfaceNumbers numbers,
            PairTable pairs,
            TimeoutTable timeouts,
            int limit,
            Function<List<SessionSnapshot>, CompletionStage<?>> sink,
            CompletableFuture<Integer> result) {
        this.router = router;
        this.numbers = numbers;
        this.pairs = pairs;
        this.timeouts = timeouts;
        this.limit = limit;
        this.sink = sink;
        this.result = result;
    }

    void step() {
        final SessionTable sessions = router.forwarder().sessions(v6);
        final List<SessionSnapshot> found = new ArrayList<>();
        final int end = Math.min(sessions.end(), next + SLICE);
        for (; next < end && count < limit; next++) {
            if (sessions.exists(next)) {
                found.add(snapshot(sessions, next));
                count++;
            }
        }
        final boolean last = count == limit || (v6 && next >= sessions.end());
        if (!v6 && next >= sessions.end()) {
            v6 = true;
            next = 0;
        }
        sink.apply(found).whenComplete((ok, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else if (last) {
                result.complete(count);
            } else {
                goOn();
            }
        });
    }

    private void goOn() {
        try {
            router.later(this::step);
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new IllegalStateException("the router is closed", e));
        }
    }

    private SessionSnapshot snapshot(SessionTable sessions, int s) {
        final long asked = sessions.tail(s, SessionTable.FORWARD);
        final long answered = sessions.tail(s, SessionTable.REVERSE);
        final boolean reply = FlowKey.protocol(asked) == 1 || FlowKey.protocol(asked) == 58;
        final IpAddress destination = address(sessions, s, SessionTable.FORWARD, true);
        final IpAddress target = address(sessions, s, SessionTable.REVERSE, false);
        final PairCounters pair = pairs.get(SessionKind.pair(sessions.kind(s)));
        return new SessionSnapshot(
                pair.tenant,
                pair.service,
                FlowKey.protocol(asked),
                numbers.id(FlowKey.interfaceNumber(asked)),
                numbers.id(FlowKey.interfaceNumber(answered)),
                address(sessions, s, SessionTable.FORWARD, false),
                FlowKey.sourcePort(asked),
                destination,
                reply ? 0 : FlowKey.destinationPort(asked),
                target.equals(destination) ? null : target,
                FlowKey.destinationPort(answered),
                Integer.toUnsignedLong(sessions.packets(s, SessionTable.FORWARD)),
                Integer.toUnsignedLong(sessions.packets(s, SessionTable.REVERSE)),
                ms(nowTick - sessions.firstTick(s)),
                ms(nowTick - sessions.lastTick(s)),
                timeouts.timeoutMs(SessionKind.timeout(sessions.kind(s))),
                sessions.epoch(s) == router.forwarder().epoch());
    }

    private static long ms(int ticks) {
        return TimeUnit.NANOSECONDS.toMillis((long) Math.max(0, ticks) << TimeoutTable.TICK_SHIFT);
    }

    private IpAddress address(SessionTable sessions, int s, int direction, boolean destination) {
        if (v6) {
            final int k = destination ? 2 : 0;
            return new IpAddress(true, sessions.key(s, direction, k), sessions.key(s, direction, k + 1));
        }
        final long addresses = sessions.key(s, direction, 0);
        return IpAddress.v4(destination ? FlowKey.destinationV4(addresses) : FlowKey.sourceV4(addresses));
    }
}
