package org.wgjvm.stress;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.tun.MemoryPort;

/**
 * A packet comes out of the tunnel while the router polls: it is either seen by that poll, or the router is told, for else it would sleep
 * on a packet.
 */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the poll was first, and the router is told")
@Outcome(id = "1, [01]", expect = Expect.ACCEPTABLE, desc = "seen by the poll")
@Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "neither seen nor told of: a lost wake-up")
@Outcome(expect = Expect.FORBIDDEN, desc = "told twice, or seen twice")
@State
public class PollerWakeUpStress {
    private final AtomicInteger told = new AtomicInteger();
    private final MemoryPort port = new MemoryPort("stress", 64, 2, 64, told::incrementAndGet);
    private final PacketBatch out = new PacketBatch(1, 128);
    private int seen;

    /** A router that has found nothing before. */
    public PollerWakeUpStress() {
        out.addInner(32);
        poll();
    }

    private int poll() {
        return port.poll((memory, offset, length) -> { }, 1);
    }

    /** The event loop. */
    @Actor
    public void loop() {
        port.write(out);
    }

    /** The router's thread. */
    @Actor
    public void router() {
        seen = poll();
    }

    /** After both. */
    @Arbiter
    public void result(II_Result r) {
        r.r1 = seen;
        r.r2 = told.get();
    }
}
