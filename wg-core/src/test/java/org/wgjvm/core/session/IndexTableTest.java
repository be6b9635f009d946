package org.wgjvm.core.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.RandomSource;

final class IndexTableTest {
    private static final class Holder {}

    private static RandomSource seeded(long seed) {
        return new Random(seed)::nextBytes;
    }

    /** Plays back indices, little-endian, one after the other. */
    private static RandomSource drawing(int... indices) {
        final int[] at = {0};
        return out -> {
            final int index = indices[at[0]++];
            for (int i = 0; i < 4; i++) {
                out[i] = (byte) (index >>> 8 * i);
            }
        };
    }

    @Test
    void anIndexFindsItsHolderUntilItIsTakenBack() {
        final IndexTable<Holder> table = new IndexTable<>();
        final Holder holder = new Holder();
        final int index = table.insert(holder, seeded(1));
        assertSame(holder, table.get(index));
        assertNull(table.get(index + 1));
        assertSame(holder, table.remove(index));
        assertNull(table.get(index));
        assertNull(table.remove(index));
        assertEquals(0, table.size());
    }

    @Test
    void anIndexInUseIsNotGivenOutAgain() {
        final IndexTable<Holder> table = new IndexTable<>();
        final Holder first = new Holder();
        final Holder second = new Holder();
        assertEquals(-7, table.insert(first, drawing(-7)));
        assertEquals(0, table.insert(second, drawing(-7, -7, 0)));
        assertSame(first, table.get(-7));
        assertSame(second, table.get(0));
    }

    @Test
    void everyValueIsAnIndexZeroAndTheExtremesIncluded() {
        final IndexTable<Holder> table = new IndexTable<>();
        for (final int index : new int[] {0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            final Holder holder = new Holder();
            assertEquals(index, table.insert(holder, drawing(index)));
            assertSame(holder, table.get(index));
        }
    }

    @Test
    void aHandshakesIndexBecomesItsKeypairs() {
        final IndexTable<Holder> table = new IndexTable<>();
        final Holder handshake = new Holder();
        final Holder keypair = new Holder();
        final int index = table.insert(handshake, seeded(2));
        assertTrue(table.replace(index, handshake, keypair));
        assertSame(keypair, table.get(index));
        assertEquals(1, table.size());
        assertFalse(table.replace(index, handshake, new Holder()), "it is no longer the handshake's");
        assertSame(keypair, table.get(index));
        assertFalse(table.replace(index + 1, handshake, keypair));
        assertNull(table.get(index + 1));
    }

    @Test
    void onlyItsHolderTakesAnIndexBack() {
        final IndexTable<Holder> table = new IndexTable<>();
        final Holder handshake = new Holder();
        final Holder keypair = new Holder();
        final int index = table.insert(handshake, seeded(3));
        table.replace(index, handshake, keypair);
        assertFalse(table.remove(index, handshake), "a late clean-up of the handshake leaves the keypair alone");
        assertSame(keypair, table.get(index));
        assertTrue(table.remove(index, keypair));
        assertFalse(table.remove(index, keypair));
        assertNull(table.get(index));
    }

    @Test
    void aBrokenRandomSourceIsAnErrorNotALoop() {
        final IndexTable<Holder> table = new IndexTable<>();
        final RandomSource zeros = out -> java.util.Arrays.fill(out, (byte) 0);
        table.insert(new Holder(), zeros);
        assertThrows(IllegalStateException.class, () -> table.insert(new Holder(), zeros));
    }

    @Test
    void indicesAreUniqueNeverSequentialAndUseAll32Bits() {
        final IndexTable<Holder> table = new IndexTable<>();
        final RandomSource random = seeded(4);
        final Set<Integer> given = new HashSet<>();
        int previous = table.insert(new Holder(), random);
        given.add(previous);
        int neighbours = 0;
        int ones = 0;
        int zeros = 0;
        for (int i = 1; i < 200_000; i++) {
            final int index = table.insert(new Holder(), random);
            assertTrue(given.add(index));
            neighbours += Math.abs((long) index - previous) <= 1 ? 1 : 0;
            ones |= index;
            zeros |= ~index;
            previous = index;
        }
        assertEquals(0, neighbours);
        assertEquals(-1, ones & zeros);
        assertEquals(200_000, table.size());
        given.forEach(index -> assertNotEquals(null, table.get(index)));
    }

    @Test
    void clearTakesAllBack() {
        final IndexTable<Holder> table = new IndexTable<>();
        final int index = table.insert(new Holder(), seeded(5));
        final Set<Holder> shown = new HashSet<>();
        table.forEach(shown::add);
        assertEquals(Set.of(table.get(index)), shown);
        table.clear();
        assertNull(table.get(index));
        assertEquals(0, table.size());
    }

    @Property
    void behavesAsAMap(@ForAll @Size(max = 200) List<Integer> script, @ForAll long seed) {
        final IndexTable<Holder> table = new IndexTable<>();
        final Map<Integer, Holder> twin = new HashMap<>();
        // Few distinct indices, so that they collide and come back.
        final Random draws = new Random(seed);
        final RandomSource random = out -> {
            out[0] = (byte) draws.nextInt(128);
            out[1] = 0;
            out[2] = 0;
            out[3] = (byte) (out[0] & 1);
        };
        for (final int step : script) {
            final int index = (step & 127) | (step & 1) << 24;
            switch (step >>> 8 & 3) {
                case 0, 1 -> {
                    if (twin.size() < 48) {
                        final Holder holder = new Holder();
                        final int given = table.insert(holder, random);
                        assertNull(twin.put(given, holder));
                    }
                }
                case 2 -> assertSame(twin.remove(index), table.remove(index));
                default -> {
                    final Holder present = twin.get(index);
                    final Holder successor = new Holder();
                    assertEquals(present != null, table.replace(index, present, successor));
                    twin.computeIfPresent(index, (i, h) -> successor);
                }
            }
            assertEquals(twin.size(), table.size());
        }
        for (int i = 0; i < 128; i++) {
            final int index = i | (i & 1) << 24;
            assertSame(twin.get(index), table.get(index));
        }
    }
}
