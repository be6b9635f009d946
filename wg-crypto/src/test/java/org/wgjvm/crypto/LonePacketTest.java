package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Packets one at a time, whose key stream may have been made ahead by what came before, beside {@link ScalarAead}, which has no memory. */
class LonePacketTest {
    private static final int ROOM = 2100;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment plain = arena.allocate(ROOM);
    private final MemorySegment sealed = arena.allocate(ROOM);
    private final MemorySegment expected = arena.allocate(ROOM);
    private final Aead vector = Aeads.create("vector");
    private final Aead scalar = Aeads.create("scalar");

    /** Where counters begin: anywhere, and around the end of 32 bits and of 64. */
    @Provide
    Arbitrary<Long> bases() {
        return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, (1L << 32) - 5, -3L, Long.MAX_VALUE - 3));
    }

    @Property(tries = 200)
    void whatCameBeforeDoesNotMatter(@ForAll("bases") long base, @ForAll long seed) {
        final Random random = new Random(seed);
        final AeadKey[] keys = {key(random), key(random), key(random)};
        for (int n = 0; n < 120; n++) {
            final AeadKey key = keys[random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0];
            // Mostly the next counter; sometimes one again, one skipped, one long ago.
            final long counter = base + n + (random.nextInt(4) == 0 ? random.nextInt(41) - 20 : 0);
            final int length = random.nextInt(6) > 0 ? random.nextInt(66) : random.nextInt(2000);
            if (random.nextInt(10) == 0) {
                batch(random, key, counter, length);
            } else {
                single(random, key, counter, length);
            }
        }
    }

    private void single(Random random, AeadKey key, long counter, int length) {
        final byte[] bytes = fill(random, length);
        scalar.seal(key, counter, plain, 0, length, expected, 0);
        if (random.nextBoolean()) {
            vector.seal(key, counter, plain, 0, length, sealed, 0);
            assertArrayEquals(bytes(expected, length + 16), bytes(sealed, length + 16), "sealed " + length);
        }
        if (random.nextInt(5) == 0) {
            sealed.copyFrom(expected);
            final int at = random.nextInt(length + 16);
            sealed.set(ValueLayout.JAVA_BYTE, at, (byte) (1 + sealed.get(ValueLayout.JAVA_BYTE, at)));
            assertFalse(vector.open(key, counter, sealed, 0, length + 16, plain, 0));
            assertArrayEquals(bytes, bytes(plain, length), "a forgery was written");
        }
        plain.fill((byte) 0);
        assertTrue(vector.open(key, counter, expected, 0, length + 16, plain, 0), "opened " + length);
        assertArrayEquals(bytes, bytes(plain, length), "opened " + length);
    }

    /** A batch of one to four, each sealed from the same plaintext. */
    private void batch(Random random, AeadKey key, long counter, int length) {
        fill(random, length);
        final int n = 1 + random.nextInt(4);
        final AeadBatch batch = new AeadBatch(n);
        final MemorySegment out = Arena.ofAuto().allocate((long) n * ROOM);
        for (int i = 0; i < n; i++) {
            batch.add(key, counter + i, plain, 0, length, out, (long) i * ROOM);
        }
        vector.seal(batch);
        for (int i = 0; i < n; i++) {
            scalar.seal(key, counter + i, plain, 0, length, expected, 0);
            assertArrayEquals(bytes(expected, length + 16), bytes(out.asSlice((long) i * ROOM), length + 16), i + " of " + n);
        }
    }

    /** Nobody may seal under a wiped key what the other side would take for genuine. */
    @Test
    void whatWasMadeAheadUnderAKeyThatIsClosedIsNotUsed() {
        final Random random = new Random(5);
        final AeadKey key = key(random);
        fill(random, 64);
        vector.seal(key, 1, plain, 0, 64, sealed, 0);
        scalar.seal(key, 2, plain, 0, 64, expected, 0);
        key.close();
        vector.seal(key, 2, plain, 0, 64, sealed, 0);
        assertFalse(java.util.Arrays.equals(bytes(expected, 80), bytes(sealed, 80)));
        assertFalse(vector.open(key, 2, expected, 0, 80, sealed, 0));
    }

    /** What a packet used is wiped; what is left is wiped when its key goes another way. */
    @Test
    void keyStreamIsWiped() {
        final MemorySegment memory = arena.allocate(KeyStreamAhead.MEMORY, 64);
        final MemorySegment scratch = arena.allocate(11 * ChaChaLanes.ROW + 2 * ChaChaLanes.WORDS, 64);
        final long rows = scratch.address();
        final KeyStreamAhead ahead =
                new KeyStreamAhead(rows, rows + 8 * ChaChaLanes.ROW, rows + 11 * ChaChaLanes.ROW, memory.address());
        final AeadKey key = key(new Random(6));
        assertEquals(memory.address(), ahead.take(key, 7));
        ahead.done(memory.address());
        assertArrayEquals(new byte[KeyStreamAhead.PACKET], bytes(memory, KeyStreamAhead.PACKET));
        assertEquals(memory.address() + KeyStreamAhead.PACKET, ahead.take(key, 8));
        ahead.done(memory.address() + KeyStreamAhead.PACKET);
        assertArrayEquals(new byte[2 * KeyStreamAhead.PACKET], bytes(memory, 2 * KeyStreamAhead.PACKET));
        ahead.forget(key);
        assertArrayEquals(new byte[KeyStreamAhead.MEMORY], bytes(memory, KeyStreamAhead.MEMORY));
        assertArrayEquals(
                new byte[(int) scratch.byteSize() - (int) (3 * ChaChaLanes.ROW)], withoutCounters(scratch), "key rows or words are left");
    }

    private static byte[] withoutCounters(MemorySegment scratch) {
        final byte[] bytes = scratch.toArray(ValueLayout.JAVA_BYTE);
        final int from = (int) (8 * ChaChaLanes.ROW);
        final int to = (int) (11 * ChaChaLanes.ROW);
        final byte[] rest = new byte[bytes.length - (to - from)];
        System.arraycopy(bytes, 0, rest, 0, from);
        System.arraycopy(bytes, to, rest, from, bytes.length - to);
        return rest;
    }

    private byte[] fill(Random random, int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, plain, ValueLayout.JAVA_BYTE, 0, length);
        return bytes;
    }

    private static AeadKey key(Random random) {
        final byte[] bytes = new byte[AeadKey.LENGTH];
        random.nextBytes(bytes);
        return new AeadKey(bytes, 0);
    }

    private static byte[] bytes(MemorySegment segment, int length) {
        return segment.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
}
