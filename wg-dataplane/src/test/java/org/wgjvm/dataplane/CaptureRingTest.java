package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Against a queue of copies. */
final class CaptureRingTest {
    private static final int RECORDS = 8;
    private static final int BYTES = 256;

    /** A number above 0 offers a packet of that length, 0 takes one. */
    @Property
    void whatWasTakenInComesOutInOrderAndWhole(@ForAll @Size(max = 200) List<@IntRange(max = 100) Integer> steps) {
        final CaptureRing ring = new CaptureRing(RECORDS, BYTES);
        final Deque<byte[]> twin = new ArrayDeque<>();
        int number = 0;
        for (final int step : steps) {
            if (step == 0) {
                final CapturedPacket packet = ring.peek();
                final byte[] expected = twin.poll();
                if (expected == null) {
                    assertNull(packet);
                } else {
                    assertNotNull(packet);
                    assertArrayEquals(expected, packet.bytes().toArray(ValueLayout.JAVA_BYTE));
                    assertEquals(expected.length + 1, packet.originalLength());
                    ring.release();
                }
                continue;
            }
            final byte[] bytes = packet(step, ++number);
            if (offer(ring, bytes)) {
                twin.add(bytes);
            } else if (twin.size() < RECORDS) {
                // Only for want of bytes: the new one and one before it may each have left a gap at the end of the ring.
                final int used = twin.stream().mapToInt(b -> b.length).sum();
                assertTrue(used + 2 * step + 100 > BYTES, "refused with " + used + " of " + BYTES + " bytes used");
            }
        }
    }

    @Test
    void oneThreadPutsAndAnotherTakes() throws Exception {
        final CaptureRing ring = new CaptureRing(RECORDS, BYTES);
        final int count = 50_000;
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread taker = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 1; i <= count; i++) {
                    CapturedPacket packet = ring.peek();
                    while (packet == null) {
                        LockSupport.parkNanos(1);
                        packet = ring.peek();
                    }
                    assertArrayEquals(packet(i % 60 + 1, i), packet.bytes().toArray(ValueLayout.JAVA_BYTE));
                    ring.release();
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        for (int i = 1; i <= count && failure.get() == null; i++) {
            final byte[] bytes = packet(i % 60 + 1, i);
            while (!offer(ring, bytes) && failure.get() == null) {
                LockSupport.parkNanos(1);
            }
        }
        taker.join();
        assertNull(failure.get());
    }

    private static boolean offer(CaptureRing ring, byte[] bytes) {
        return ring.offer(MemorySegment.ofArray(bytes), 0, bytes.length, bytes.length + 1, 1, 0, null, null, 0, 0);
    }

    private static byte[] packet(int length, int number) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (number * 31 + i);
        }
        return bytes;
    }
}
