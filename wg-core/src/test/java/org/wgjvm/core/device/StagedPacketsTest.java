package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;

/** Packets that wait for a session. */
final class StagedPacketsTest {
    /** The kernel's, restated: MAX_STAGED_PACKETS. */
    private static final int MOST = 128;

    private static boolean add(StagedPackets to, int first) {
        return to.add(MemorySegment.ofArray(new byte[] {9, (byte) first, 2, 9}), 1, 2);
    }

    private static StagedPackets through(StagedPackets from) throws StateException {
        final StateWriter out = new StateWriter();
        from.writeTo(out);
        final StagedPackets read = new StagedPackets();
        read.readFrom(new StateReader(out.written()));
        return read;
    }

    @Test
    void theOldestMakesRoomAndOrderIsKept() {
        final StagedPackets staged = new StagedPackets();
        assertNull(staged.poll());
        for (int i = 0; i < MOST; i++) {
            assertFalse(add(staged, i));
        }
        assertTrue(add(staged, 7));
        assertEquals(MOST, staged.size());
        assertArrayEquals(new byte[] {1, 2}, staged.peek(), "a copy of the packet, and of nothing around it");
        assertArrayEquals(new byte[] {1, 2}, staged.poll());
        assertArrayEquals(new byte[] {2, 2}, staged.poll());
        assertEquals(MOST - 2, staged.clear());
        assertTrue(staged.isEmpty());
    }

    @Test
    void asManyAsCanWaitAreHandedOver() throws StateException {
        final StagedPackets staged = new StagedPackets();
        for (int i = 0; i < MOST; i++) {
            add(staged, i);
        }
        final StagedPackets read = through(staged);
        assertEquals(MOST, read.size());
        for (int i = 0; i < MOST; i++) {
            assertArrayEquals(staged.poll(), read.poll());
        }
    }

    @Test
    void moreThanCanWaitIsRefused() {
        final StateWriter out = new StateWriter();
        out.u8(MOST + 1);
        for (int i = 0; i <= MOST; i++) {
            out.u16(0);
        }
        assertThrows(StateException.class, () -> new StagedPackets().readFrom(new StateReader(out.written())));
    }
}
