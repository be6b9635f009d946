package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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

    /** Every shape of call goes to the first cipher until the process is warm, and to the second one from then on, which is made then. */
    @Test
    void changesOverOnceTheProcessIsWarm() {
        final boolean[] warm = {false};
        final int[] made = {0};
        final Counting early = new Counting();
        final Counting late = new Counting();
        final Aead tiered = new TieredAead(
                early,
                () -> {
                    made[0]++;
                    return late;
                },
                () -> warm[0]);
        everyShape(tiered);
        assertEquals(6, early.calls);
        assertEquals(0, late.calls + made[0], "nothing of the second one before its time");
        assertTrue(tiered.name().startsWith(early.name() + " "), tiered.name());
        warm[0] = true;
        everyShape(tiered);
        everyShape(tiered);
        assertEquals(6, early.calls);
        assertEquals(12, late.calls);
        assertEquals(1, made[0]);
        assertEquals(late.name(), tiered.name());
    }

    /** What the process is warm by: no kind of batch waits for a kernel, and all in all the second cipher is not behind. */
    @Test
    void isWarmWhenNoKindOfBatchWaits() {
        assertTrue(TieredAead.keepsUp((length, count) -> 50, (length, count) -> 100));
        assertTrue(TieredAead.keepsUp((length, count) -> 100, (length, count) -> 100));
        assertFalse(TieredAead.keepsUp((length, count) -> 101, (length, count) -> 100), "behind");
        assertTrue(TieredAead.keepsUp((length, count) -> count == 2 ? 150 : 50, (length, count) -> 100), "one kind is a little slower");
        assertFalse(TieredAead.keepsUp((length, count) -> length == 64 && count == 2 ? 201 : 1, (length, count) -> 100), "pairs wait");
        assertFalse(TieredAead.keepsUp((length, count) -> length == 0 && count == 32 ? 5000 : 1, (length, count) -> 100), "bursts wait");
    }

    private static void everyShape(Aead aead) {
        final AeadKey key = new AeadKey(new byte[32], 0);
        final MemorySegment slab = Arena.ofAuto().allocate(64);
        aead.seal(new AeadBatch(1));
        aead.open(new AeadBatch(1));
        aead.seal(key, 0, slab, 0, 16, slab, 0);
        aead.open(key, 0, slab, 0, 32, slab, 0);
        aead.seal(new byte[32], 0, new byte[0], new byte[16], 0, 16, new byte[32], 0);
        aead.open(new byte[32], 0, new byte[0], new byte[32], 0, 32, new byte[16], 0);
    }

    /** Counts calls. */
    private static final class Counting implements Aead {
        private int calls;

        @Override
        public String name() {
            return "counting-" + System.identityHashCode(this);
        }

        @Override
        public void seal(AeadBatch batch) {
            calls++;
        }

        @Override
        public void open(AeadBatch batch) {
            calls++;
        }

        @Override
        public void seal(AeadKey key, long counter, MemorySegment source, long at, int length, MemorySegment out, long outAt) {
            calls++;
        }

        @Override
        public boolean open(AeadKey key, long counter, MemorySegment source, long at, int length, MemorySegment out, long outAt) {
            calls++;
            return true;
        }

        @Override
        public void seal(byte[] key, long counter, byte[] aad, byte[] source, int at, int length, byte[] out, int outAt) {
            calls++;
        }

        @Override
        public boolean open(byte[] key, long counter, byte[] aad, byte[] source, int at, int length, byte[] out, int outAt) {
            calls++;
            return true;
        }
    }
}
