package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where packets lie in a batch, and when it is full. */
final class PacketBatchTest {
    @Test
    void itIsFullByCountOrByBytes() {
        final PacketBatch batch = new PacketBatch(2, 1000);
        assertEquals(2, batch.capacity());
        assertEquals(1000, batch.slabLength());
        assertFalse(batch.isFull(1000));
        assertTrue(batch.isFull(1001));
        batch.add(0, 10, 400);
        assertFalse(batch.isFull(600));
        assertTrue(batch.isFull(601));
        batch.add(400, 10, 410);
        assertTrue(batch.isFull(1));
        batch.clear();
        assertEquals(0, batch.size());
        assertFalse(batch.isFull(1000));
    }

    @Test
    void anInnerPacketHasRoomBeforeAndBehindIt() {
        final PacketBatch batch = new PacketBatch(4, 8192);
        batch.mtu(1420);
        final int first = batch.addInner(100);
        assertEquals(0, first);
        assertEquals(PacketBatch.HEADROOM, batch.offset[0]);
        // Padded to a multiple of 16, and the tag.
        assertEquals(PacketBatch.HEADROOM + 112 + PacketBatch.TAILROOM, batch.used());
        batch.addInner(1420);
        assertEquals(batch.offset[1] + 1420 + PacketBatch.TAILROOM, batch.used(), "padding stops at the MTU");
    }

    @ParameterizedTest
    @CsvSource({"0, 32", "1, 48", "15, 48", "16, 48", "17, 64", "1420, 1456", "65535, 65568"})
    void anInnerPacketTakesItsHeaderItsPaddingAndItsTag(int innerLength, int expected) {
        assertEquals(expected, PacketBatch.stride(innerLength));
    }

    @Test
    void aPlaceIsCleanWhenItIsUsedAgain() {
        final PacketBatch batch = new PacketBatch(1, 100);
        final int i = batch.add(0, 10, 10);
        batch.tos[i] = 3;
        batch.endpoint[i] = Endpoint.v4(1, 2);
        batch.peer[i] = this;
        batch.clear();
        batch.add(16, 20, 36);
        assertEquals(0, batch.tos[0]);
        assertNull(batch.endpoint[0]);
        assertNull(batch.peer[0]);
        assertEquals(16, batch.offset[0]);
        assertEquals(20, batch.length[0]);
        assertEquals(36, batch.used());
    }
}
