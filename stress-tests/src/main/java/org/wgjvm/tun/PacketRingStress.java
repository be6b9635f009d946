package org.wgjvm.tun;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread offers two packets to a ring of two, the other drains it, and the rest is drained afterwards: each packet arrives once, whole
 * and in order.
 */
@JCStressTest
@Outcome(id = "0, 12", expect = Expect.ACCEPTABLE, desc = "all came afterwards")
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "one was seen at once")
@Outcome(id = "12, 0", expect = Expect.ACCEPTABLE, desc = "both were seen at once")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, torn, repeated or overtaken")
@State
public class PacketRingStress {
    private static final int LENGTH = 64;
    private static final MemorySegment FIRST = packet(1);
    private static final MemorySegment SECOND = packet(2);

    private final PacketRing ring = new PacketRing(2, LENGTH);

    private static MemorySegment packet(int value) {
        return Arena.ofAuto().allocate(LENGTH).fill((byte) value);
    }

    private int drain() {
        final int[] digits = new int[1];
        ring.drainTo((memory, offset, length) -> {
            final int value = memory.get(ValueLayout.JAVA_BYTE, offset);
            boolean whole = length == LENGTH;
            for (int i = 1; i < length; i++) {
                whole &= memory.get(ValueLayout.JAVA_BYTE, offset + i) == value;
            }
            digits[0] = 10 * digits[0] + (whole ? value : 9);
        }, 2);
        return digits[0];
    }

    /** The offering thread. */
    @Actor
    public void producer() {
        ring.offer(FIRST, 0, LENGTH);
        ring.offer(SECOND, 0, LENGTH);
    }

    /** The polling thread. */
    @Actor
    public void consumer(II_Result r) {
        r.r1 = drain();
    }

    /** After both. */
    @Arbiter
    public void rest(II_Result r) {
        r.r2 = drain();
    }
}
