package org.wgjvm.router.plane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.sys.BootClock;

/** Goes through the sessions, a slice for each turn of the event loop, and writes down what they are. */
final class SessionWalk {
    private static final int SLICE = 4096;

    private final RouterLoop router;
    private final InterfaceNumbers numbers;
    private final PairTable pairs;
    private final TimeoutTable timeouts;
    private final int limit;
    private final CompletableFuture<List<SessionSnapshot>> result;
    private final List<SessionSnapshot> found = new ArrayList<>();
    private final int nowTick = TimeoutTable.tickOf(new BootClock().nowNs());
    private boolean v6;
    private int next;

    SessionWalk(
            RouterLoop router,
            InterfaceNumbers numbers,
            PairTable pairs,
            TimeoutTable timeouts,
            int limit,
            CompletableFuture<List<SessionSnapshot>> result) {
        this.router = router;
        this.numbers = numbers;
        this.pairs = pairs;
        this.timeouts = timeouts;
        this.limit = limit;
        this.result = result;
    }

    void step() {
        final SessionTable sessions = router.forwarder().sessions(v6);
        final int end = Math.min(sessions.end(), next + SLICE);
        for (; next < end && found.size() < limit; next++) {
            if (sessions.exists(next)) {
                found.add(snapshot(sessions, next));
            }
        }
        if (found.size() < limit && next == sessions.end() && !v6) {
            v6 = true;
            next = 0;
        } else if (found.size() == limit || next == sessions.end()) {
            result.complete(List.copyOf(found));
            return;
        }
        router.later(this::step);
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
