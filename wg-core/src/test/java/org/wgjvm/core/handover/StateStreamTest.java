package org.wgjvm.core.handover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is written is read again, across every growth of the memory, and nothing beyond. */
final class StateStreamTest {
    @Property(tries = 200)
    void whatIsWrittenIsRead(@ForAll long seed) throws StateException {
        final int values = new Random(seed).nextInt(3000);
        try (StateWriter out = new StateWriter()) {
            final Random chance = new Random(seed + 1);
            for (int i = 0; i < values; i++) {
                final long v = chance.nextLong();
                switch ((int) (v >>> 60 & 7)) {
                    case 0 -> out.u8((int) v);
                    case 1 -> out.u16((int) v);
                    case 2 -> out.i32((int) v);
                    case 3 -> out.i64(v);
                    case 4 -> out.flag((v & 1) != 0);
                    case 5 -> out.text(Long.toString(v));
                    case 6 -> out.bytes(new byte[(int) (v & 0xff)]);
                    default -> out.room(8).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, v);
                }
            }
            final StateReader in = new StateReader(out.written());
            final Random same = new Random(seed + 1);
            for (int i = 0; i < values; i++) {
                final long v = same.nextLong();
                switch ((int) (v >>> 60 & 7)) {
                    case 0 -> assertEquals(v & 0xff, in.u8());
                    case 1 -> assertEquals(v & 0xffff, in.u16());
                    case 2 -> assertEquals((int) v, in.i32());
                    case 3 -> assertEquals(v, in.i64());
                    case 4 -> assertEquals((v & 1) != 0, in.flag());
                    case 5 -> assertEquals(Long.toString(v), in.text());
                    case 6 -> assertArrayEquals(new byte[(int) (v & 0xff)], in.bytes((int) (v & 0xff)));
                    default -> assertEquals(v, in.view(8).get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
                }
            }
            in.end();
            assertThrows(StateException.class, in::u8);
        }
    }

    @Test
    void lengthsAndCountsThatLieAreRefused() {
        final MemorySegment lie = MemorySegment.ofArray(new byte[] {-1, -1, -1, 127, 1});
        assertThrows(StateException.class, () -> new StateReader(lie).part());
        assertThrows(StateException.class, () -> new StateReader(lie).count(1));
        assertThrows(StateException.class, () -> new StateReader(lie).flag());
        assertThrows(StateException.class, () -> new StateReader(lie).text());
        final MemorySegment negative = MemorySegment.ofArray(new byte[] {-1, -1, -1, -1, 1});
        assertThrows(StateException.class, () -> new StateReader(negative).part());
        assertThrows(StateException.class, () -> new StateReader(negative).count(0));
    }

    @Test
    void whatIsLeftIsZeroed() {
        final StateWriter out = new StateWriter();
        out.i64(-1);
        final MemorySegment small = out.written();
        out.bytes(new byte[100_000]);
        assertEquals(0, small.get(ValueLayout.JAVA_LONG_UNALIGNED, 0), "zeroed when it grew");
        final MemorySegment large = out.written();
        assertEquals(-1, large.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
        out.close();
        out.close();
        assertEquals(0, large.get(ValueLayout.JAVA_LONG_UNALIGNED, 0), "zeroed when it was closed");
        assertEquals(0, out.written().byteSize());
    }
}
