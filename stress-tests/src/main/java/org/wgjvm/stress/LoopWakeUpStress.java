package org.wgjvm.stress;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.tun.MemoryPort;
import org.wgjvm.tun.PacketPort;

/**
 * The event loop drains one packet while the router offers another: that one is either drained too, or the loop has a task to come back
 * for it, for else it would lie there until somebody offers a third.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the loop comes back for the second")
@Outcome(id = "2, [01]", expect = Expect.ACCEPTABLE, desc = "both were drained")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "a lost wake-up, or a lost packet")
@Outcome(expect = Expect.FORBIDDEN, desc = "woken more than once, or a packet repeated")
@State
public class LoopWakeUpStress {
    private static final MemorySegment PACKET = Arena.ofAuto().allocate(32);

    private final AtomicInteger scheduled = new AtomicInteger();
    private final AtomicReference<Runnable> task = new AtomicReference<>();
    private final MemoryPort port = new MemoryPort("stress", 64, 4, 64, () -> { });
    private int delivered;

    /** A port with one packet offered, and a loop that has not come to it. */
    public LoopWakeUpStress() {
        final PacketPort.Handler handler = new PacketPort.Handler() {
            @Override
            public PacketBatch onPackets(PacketBatch batch) {
                delivered += batch.size();
                batch.clear();
                return batch;
            }

            @Override
            public void onMtu(int mtu) { }

            @Override
            public void onLink(boolean up) { }

            @Override
            public void onClosed(Throwable cause) { }
        };
        try {
            port.start(loop(), new PacketBatch(4, 1024), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port.offer(PACKET, 0, 32);
        scheduled.set(0);
    }

    /** An event loop that only counts what it is asked to execute. */
    private EventLoop loop() {
        return (EventLoop) Proxy.newProxyInstance(EventLoop.class.getClassLoader(), new Class<?>[] {EventLoop.class}, (self, method, a) -> {
            if (method.getName().equals("execute")) {
                task.set((Runnable) a[0]);
                scheduled.incrementAndGet();
                return null;
            }
            return method.getName().equals("inEventLoop") ? true : null;
        });
    }

    /** The event loop. */
    @Actor
    public void loopThread() {
        task.get().run();
    }

    /** The router's thread. */
    @Actor
    public void router() {
        port.offer(PACKET, 0, 32);
    }

    /** After both. */
    @Arbiter
    public void result(II_Result r) {
        r.r1 = delivered;
        r.r2 = scheduled.get();
    }
}
