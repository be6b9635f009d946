package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whichever cipher a packet meets, the bytes are the same: before the change-over and after. */
class TieredAeadTest {
    @Test
    void givesTheBytesOfTheJdksCipherAndRefusesForgeries() {
        final Aead tiered = TieredAead.create();
        final Runnable warmUp = TieredAead.warmUpTask();
        if (warmUp != null) {
            final Thread background = new Thread(warmUp);
            background.setDaemon(true);
            background.start();
        }
        assertNull(TieredAead.warmUpTask(), "it is given out once");
        final Aead jca = new JcaAead();
        final Random random = new Random(7);
        for (int n = 0; n < 200; n++) {
            final byte[] keyBytes = new byte[32];
            random.nextBytes(keyBytes);
            final AeadKey key = new AeadKey(keyBytes, 0);
            final int length = random.nextInt(1500);
            final MemorySegment plain = Arena.ofAuto().allocate(length + 16L);
            final MemorySegment ours = Arena.ofAuto().allocate(length + 16L);
            final MemorySegment theirs = Arena.ofAuto().allocate(length + 16L);
            final byte[] data = new byte[length];
            random.nextBytes(data);
            MemorySegment.copy(data, 0, plain, ValueLayout.JAVA_BYTE, 0, length);
            tiered.seal(key, n, plain, 0, length, ours, 0);
            jca.seal(key, n, plain, 0, length, theirs, 0);
            assertArrayEquals(theirs.toArray(ValueLayout.JAVA_BYTE), ours.toArray(ValueLayout.JAVA_BYTE));
            assertTrue(tiered.open(key, n, theirs, 0, length + 16, theirs, 0));
            final int at = random.nextInt(length + 16);
            ours.set(ValueLayout.JAVA_BYTE, at, (byte) (ours.get(ValueLayout.JAVA_BYTE, at) ^ 1));
            assertFalse(tiered.open(key, n, ours, 0, length + 16, ours, 0));
        }
    }
}
