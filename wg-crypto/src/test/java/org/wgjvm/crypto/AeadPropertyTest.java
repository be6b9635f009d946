package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Every implementation against every other, in every shape: batch and single, native and heap, in place and apart, genuine and forged. */
class AeadPropertyTest {
    private static final String[] NAMES = {"vector", "scalar", "jca", "bc"};
    private static final byte FILL = 0x5a;

    /** Lengths of a batch's packets: all alike, all sorts, small ones, a few long ones. */
    @Provide
    Arbitrary<List<Integer>> lengths() {
        final Arbitrary<Integer> any = Arbitraries.integers().between(0, 2000);
        final Arbitrary<Integer> padded = Arbitraries.integers().between(0, 100).map(n -> 16 * n);
        final Arbitrary<Integer> small = Arbitraries.integers().between(0, 130);
        final Arbitrary<Integer> edge = Arbitraries.of(0, 16, 32, 64, 128, 256, 512, 1024, 1420, 1424, 1440, 1452, 9000, 65535);
        return Arbitraries.oneOf(
                any.list().ofMinSize(1).ofMaxSize(40),
                padded.list().ofMinSize(1).ofMaxSize(70),
                small.list().ofMinSize(1).ofMaxSize(140),
                edge.list().ofMinSize(1).ofMaxSize(24),
                any.flatMap(length -> Arbitraries.just(length).list().ofMinSize(1).ofMaxSize(48)));
    }

    @Property(tries = 300)
    void batchesAgreeWithSingles(@ForAll("lengths") List<Integer> lengths, @ForAll long seed) {
        final Random random = new Random(seed);
        final int n = lengths.size();
        final AeadKey[] keys = keys(random, 1 + random.nextInt(3));
        final boolean inPlace = random.nextBoolean();
        final int heapEvery = random.nextInt(4) == 0 ? 3 : 0;
        final AeadBatch seal = new AeadBatch(n);
        final byte[][] plain = new byte[n][];
        final byte[][] sealed = new byte[n][];
        final MemorySegment[] destinations = new MemorySegment[n];
        final Aead single = Aeads.create(NAMES[1 + random.nextInt(3)]);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < n; i++) {
                plain[i] = new byte[lengths.get(i)];
                random.nextBytes(plain[i]);
                final boolean heap = heapEvery > 0 && i % heapEvery == 0;
                final int offset = random.nextInt(9);
                final MemorySegment source = segment(arena, heap, plain[i].length + 16 + 8);
                destinations[i] = inPlace ? source : segment(arena, heap, plain[i].length + 16 + 8);
                MemorySegment.copy(plain[i], 0, source, ValueLayout.JAVA_BYTE, offset, plain[i].length);
                seal.add(keys[i % keys.length], seed + i, source, offset, plain[i].length, destinations[i], offset);
                sealed[i] = new byte[plain[i].length + 16];
                single.seal(
                        keys[i % keys.length], seed + i, MemorySegment.ofArray(plain[i]), 0, plain[i].length,
                        MemorySegment.ofArray(sealed[i]), 0);
            }
            final Aead vector = Aeads.create("vector");
            vector.seal(seal);
            final AeadBatch open = new AeadBatch(n);
            final MemorySegment[] opened = new MemorySegment[n];
            final boolean[] forged = new boolean[n];
            for (int i = 0; i < n; i++) {
                final int offset = (int) seal.destinationOffsets[i];
                assertArrayEquals(sealed[i], bytes(destinations[i], offset, sealed[i].length), "packet " + i + " of " + lengths.get(i));
                forged[i] = random.nextInt(4) == 0;
                if (forged[i]) {
                    flip(destinations[i], offset + random.nextInt(sealed[i].length), random);
                }
                opened[i] = inPlace ? destinations[i] : segment(arena, heapEvery > 0 && i % 2 == 0, plain[i].length + 8);
                if (!inPlace) {
                    opened[i].fill(FILL);
                }
                open.add(keys[i % keys.length], seed + i, destinations[i], offset, sealed[i].length, opened[i], offset);
            }
            vector.open(open);
            for (int i = 0; i < n; i++) {
                assertEquals(!forged[i], open.verified(i), "packet " + i + " of " + lengths.get(i));
                final byte[] now = bytes(opened[i], (int) open.destinationOffsets[i], plain[i].length);
                if (!forged[i]) {
                    assertArrayEquals(plain[i], now, "packet " + i + " of " + lengths.get(i));
                } else if (!inPlace) {
                    assertArrayEquals(filled(plain[i].length), now, "plaintext of a forgery was written");
                }
            }
        }
    }

    @Property(tries = 300)
    void singlesAgree(@ForAll("lengths") List<Integer> lengths, @ForAll long seed) {
        final Random random = new Random(seed);
        final AeadKey key = keys(random, 1)[0];
        final int length = lengths.get(0);
        final byte[] plain = new byte[length];
        random.nextBytes(plain);
        byte[] first = null;
        try (Arena arena = Arena.ofConfined()) {
            for (String name : NAMES) {
                final Aead aead = Aeads.create(name);
                final MemorySegment at = segment(arena, random.nextBoolean(), length + 16);
                MemorySegment.copy(plain, 0, at, ValueLayout.JAVA_BYTE, 0, length);
                aead.seal(key, seed, at, 0, length, at, 0);
                final byte[] sealed = bytes(at, 0, length + 16);
                if (first == null) {
                    first = sealed.clone();
                }
                assertArrayEquals(first, sealed, name);
                assertTrue(aead.open(key, seed, at, 0, length + 16, at, 0), name);
                assertArrayEquals(plain, bytes(at, 0, length), name);
                final MemorySegment forged = MemorySegment.ofArray(sealed);
                flip(forged, random.nextInt(length + 16), random);
                final byte[] out = filled(length);
                assertFalse(aead.open(key, seed, forged, 0, length + 16, MemorySegment.ofArray(out), 0), name);
                assertArrayEquals(filled(length), out, name);
                assertFalse(aead.open(key, seed, forged, 0, random.nextInt(16), MemorySegment.ofArray(out), 0), name);
            }
        }
    }

    @Property(tries = 200)
    void handshakeShapesAgree(@ForAll("lengths") List<Integer> lengths, @ForAll long seed) {
        final Random random = new Random(seed);
        final byte[] key = new byte[32];
        final byte[] data = new byte[random.nextInt(70)];
        final byte[] plain = new byte[lengths.get(0) % 200];
        random.nextBytes(key);
        random.nextBytes(data);
        random.nextBytes(plain);
        byte[] first = null;
        for (String name : NAMES) {
            final Aead aead = Aeads.create(name);
            final byte[] sealed = new byte[plain.length + 16 + 3];
            aead.seal(key, seed, data, plain, 0, plain.length, sealed, 3);
            if (first == null) {
                first = sealed.clone();
            }
            assertArrayEquals(first, sealed, name);
            final byte[] opened = new byte[plain.length];
            assertTrue(aead.open(key, seed, data, sealed, 3, plain.length + 16, opened, 0), name);
            assertArrayEquals(plain, opened, name);
            sealed[3 + random.nextInt(plain.length + 16)] ^= (byte) (1 << random.nextInt(8));
            assertFalse(aead.open(key, seed, data, sealed, 3, plain.length + 16, opened, 0), name);
        }
    }

    private static AeadKey[] keys(Random random, int n) {
        final AeadKey[] keys = new AeadKey[n];
        for (int i = 0; i < n; i++) {
            final byte[] bytes = new byte[32];
            random.nextBytes(bytes);
            keys[i] = new AeadKey(bytes, 0);
        }
        return keys;
    }

    private static MemorySegment segment(Arena arena, boolean heap, int length) {
        return heap ? MemorySegment.ofArray(new byte[length]) : arena.allocate(Math.max(1, length));
    }

    private static void flip(MemorySegment segment, long at, Random random) {
        segment.set(ValueLayout.JAVA_BYTE, at, (byte) (segment.get(ValueLayout.JAVA_BYTE, at) ^ 1 << random.nextInt(8)));
    }

    private static byte[] bytes(MemorySegment segment, int offset, int length) {
        return segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] filled(int length) {
        final byte[] bytes = new byte[length];
        java.util.Arrays.fill(bytes, FILL);
        return bytes;
    }
}
