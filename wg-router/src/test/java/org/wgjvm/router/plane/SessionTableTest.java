package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionTableTest {
    private final TimeoutTable timeouts = new TimeoutTable();

    private static int longs(boolean v6) {
        return v6 ? FlowBatch.V6_LONGS : FlowBatch.V4_LONGS;
    }

    /** Two keys, of few values, so that there are collisions of everything with everything. */
    private static long[] keys(Random random, boolean v6, int values) {
        final long[] keys = new long[2 * longs(v6)];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = random.nextInt(values);
        }
        return keys;
    }

    /** A life of random length among few keys: after every step the table and its naive twin know the same sessions. */
    @Property(tries = 300)
    void decidesAsTheNaiveTwin(@ForAll boolean v6, @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int capacity) {
        final Random random = new Random(seed);
        final int values = 2 + random.nextInt(6);
        final int[] kinds = {
            SessionKind.of(1, timeouts.number(1000)),
            SessionKind.of(2, timeouts.number(180_000)),
            SessionKind.of(3, timeouts.number(2_000_000)), // longer than a turn of the wheel
        };
        final SessionTable table = new SessionTable(v6, capacity, seed, ~seed, timeouts);
        final NaiveSessions naive = new NaiveSessions(capacity, timeouts);
        int tick = 1000 + random.nextInt(1_000_000);
        for (int step = 0; step < 400; step++) {
            final long[] keys = keys(random, v6, values);
            final List<Long> key = NaiveSessions.key(keys, 0, longs(v6));
            final int ref = table.find(keys, 0, table.hash(keys, 0));
            final NaiveSessions.Session twin = naive.find(key);
            assertEquals(twin != null, ref >= 0);
            if (twin != null) {
                assertSame(table, ref, twin, key);
            }
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    final int kind = kinds[random.nextInt(kinds.length)];
                    final int session = table.insert(keys, 0, longs(v6), step, 0, kind, tick);
                    assertEquals(naive.insert(key, NaiveSessions.key(keys, longs(v6), longs(v6)), kind, tick), Math.min(session, 0));
                }
                case 3 -> {
                    if (ref >= 0) {
                        table.remove(ref >>> 1);
                        naive.remove(twin);
                    }
                }
                case 4, 5 -> {
                    if (ref >= 0) {
                        table.touch(ref, tick, 1);
                        twin.lastTick = tick;
                        if (key.equals(twin.forward)) {
                            twin.forwardPackets++;
                        } else {
                            twin.reversePackets++;
                        }
                    }
                }
                case 6 -> {
                    if (ref >= 0 && !twin.closing) {
                        table.touch(ref, tick, 1);
                        table.close(ref >>> 1, tick);
                        twin.lastTick = tick;
                        twin.closing = true;
                        twin.forwardPackets += key.equals(twin.forward) ? 1 : 0;
                        twin.reversePackets += key.equals(twin.forward) ? 0 : 1;
                    }
                }
                default -> {
                    tick += random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(20);
                    while (!table.expire(tick, 1 + random.nextInt(5), s -> {})) {
                        assertFalse(table.isEmpty());
                    }
                    naive.expire(tick);
                }
            }
            assertEquals(naive.all().size(), table.size());
            assertTrue(table.isEmpty() || table.nextTick() > tick - IdleWheel.SLOTS);
        }
        for (final NaiveSessions.Session session : naive.all()) {
            final long[] key = session.reverse.stream().mapToLong(Long::longValue).toArray();
            assertSame(table, table.find(key, 0, table.hash(key, 0)), session, session.reverse);
        }
    }

    private static void assertSame(SessionTable table, int ref, NaiveSessions.Session twin, List<Long> key) {
        assertEquals(key.equals(twin.forward) ? SessionTable.FORWARD : SessionTable.REVERSE, ref & 1);
        assertEquals(twin.kind, table.kind(ref >>> 1));
        assertEquals(twin.lastTick, table.lastTick(ref >>> 1));
        assertEquals(twin.forwardPackets, table.packets(ref >>> 1, SessionTable.FORWARD));
        assertEquals(twin.reversePackets, table.packets(ref >>> 1, SessionTable.REVERSE));
        for (int k = 0; k < key.size(); k++) {
            assertEquals(twin.reverse.get(k), table.key(ref >>> 1, SessionTable.REVERSE, k));
        }
    }

    /** A batch is looked up as its flows one by one are. */
    @Property(tries = 100)
    void aBatchIsLookedUpAsItsFlowsAre(@ForAll boolean v6, @ForAll long seed) {
        final Random random = new Random(seed);
        final SessionTable table = new SessionTable(v6, 64, seed, ~seed, timeouts);
        for (int i = 0; i < 60; i++) {
            table.insert(keys(random, v6, 4), 0, longs(v6), 0, 0, 0, 10);
        }
        final FlowBatch flows = new FlowBatch(v6, 4);
        flows.clear(300);
        for (int i = 0; i < 300; i++) {
            final int flow = flows.add(i, FlowBatch.PACKET, 20, 0, 0);
            System.arraycopy(keys(random, v6, 4), 0, flows.keys, flows.keyAt(flow), longs(v6));
        }
        table.lookup(flows);
        for (int i = 0; i < 300; i++) {
            assertEquals(table.find(flows.keys, flows.keyAt(i), table.hash(flows.keys, flows.keyAt(i))), flows.ref[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMillionSessionsFitAndOneMoreDoesNot(boolean v6) {
        final int million = 1_000_000;
        final SessionTable table = new SessionTable(v6, million, 1, 2, timeouts);
        final long[] keys = new long[2 * longs(v6)];
        for (int i = 0; i < million; i++) {
            number(keys, v6, i);
            assertEquals(i, table.insert(keys, 0, longs(v6), 0, 0, 0, 1));
        }
        number(keys, v6, million);
        assertEquals(SessionTable.FULL, table.insert(keys, 0, longs(v6), 0, 0, 0, 1));
        number(keys, v6, 123_456);
        assertEquals(2 * 123_456 + 1, table.find(keys, longs(v6), table.hash(keys, longs(v6))));
        // All of them fall silent at once: they go in slices, each of which looks at no more than it may.
        final int end = 1 + timeouts.ticks(0);
        assertTrue(table.expire(end - 1, 10, s -> {}));
        assertEquals(million, table.size());
        int slices = 0;
        while (!table.expire(end, 100_000, s -> {})) {
            slices++;
            assertEquals(million - slices * 100_000, table.size());
        }
        assertTrue(table.isEmpty());
        assertEquals(9, slices);
    }

    private static void number(long[] keys, boolean v6, int i) {
        keys[0] = i;
        keys[longs(v6)] = -1L - i;
    }

    @Test
    void aSessionInUseIsNotEndedAndOneTimeoutAfterItsLastPacketItIs() {
        final int kind = SessionKind.of(0, timeouts.number(10_000));
        final SessionTable table = new SessionTable(false, 10, 1, 2, timeouts);
        final long[] keys = {1, 2, 3, 4};
        int tick = 500;
        final int session = table.insert(keys, 0, 2, 0, 0, kind, tick);
        for (int i = 0; i < 100; i++) {
            tick += timeouts.ticks(SessionKind.timeout(kind)) - 1;
            table.touch(session << 1, tick, 1);
            assertTrue(table.expire(tick, 10, s -> {}));
            assertEquals(1, table.size());
        }
        final List<Integer> ended = new ArrayList<>();
        assertTrue(table.expire(tick + timeouts.ticks(SessionKind.timeout(kind)) - 1, 10, ended::add));
        assertTrue(table.expire(tick + timeouts.ticks(SessionKind.timeout(kind)), 10, ended::add));
        assertEquals(List.of(session), ended);
        assertFalse(table.exists(session));
    }

    @Test
    void aTimeoutIsNeverShorterThanConfiguredNorMuchLonger() {
        for (final long ms : new long[] {1, 134, 135, 1000, 180_000, Integer.MAX_VALUE}) {
            final long ns = ms * 1_000_000;
            final long ticks = TimeoutTable.ticksOf(ms);
            assertTrue(ticks << TimeoutTable.TICK_SHIFT >= ns, ms + " ms");
            assertTrue((ticks - 1) << TimeoutTable.TICK_SHIFT <= ns, ms + " ms");
        }
    }

    @Test
    void anEmptyTableHasNoTime() {
        final SessionTable table = new SessionTable(false, 10, 1, 2, timeouts);
        assertTrue(table.isEmpty());
        assertThrows(IllegalStateException.class, table::nextTick);
        assertTrue(table.expire(1 << 20, 1, s -> {}));
    }

    @Test
    void whatIsAndWhatComesBackAreTwoKeysAndNeitherMayBeAnothers() {
        final SessionTable table = new SessionTable(false, 10, 1, 2, timeouts);
        assertEquals(0, table.insert(new long[] {1, 1, 2, 2}, 0, 2, 0, 0, 0, 1));
        assertEquals(SessionTable.TAKEN, table.insert(new long[] {1, 1, 3, 3}, 0, 2, 0, 0, 0, 1));
        assertEquals(SessionTable.TAKEN, table.insert(new long[] {3, 3, 2, 2}, 0, 2, 0, 0, 0, 1));
        assertEquals(SessionTable.TAKEN, table.insert(new long[] {3, 3, 3, 3}, 0, 2, 0, 0, 0, 1));
        assertEquals(1, table.insert(new long[] {3, 3, 4, 4}, 0, 2, 0, 0, 0, 1));
    }

    @Test
    void theSameKeysHashDifferentlyInAnotherTable() {
        final long[] key = {0x0a0a0a02_ac100105L, 0x1234_0050_0006_0001L};
        assertNotEquals(
                new SessionTable(false, 1, 1, 2, timeouts).hash(key, 0), new SessionTable(false, 1, 3, 4, timeouts).hash(key, 0));
    }
}
