package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.wgjvm.crypto.PublicKey;

/** The heap of deadlines beside a map of peers to the time at which each is to be woken. */
final class DeadlineHeapPropertyTest {
    private final DeviceState state = new DeviceState(null, bytes -> {}, () -> 0, null, null);
    private final DeadlineHeap heap = new DeadlineHeap();
    private final Map<Peer, Long> twin = new HashMap<>();

    private Peer peer(int number) {
        final byte[] key = new byte[PublicKey.LENGTH];
        key[0] = (byte) number;
        return new Peer(PublicKey.of(key, 0), state);
    }

    private void check() {
        assertEquals(twin.size(), heap.size());
        assertEquals(twin.values().stream().mapToLong(Long::longValue).min().orElse(DeadlineHeap.NEVER), heap.nextNs());
    }

    /** Few different times, so that many are equal; more peers than the heap has room for at first. */
    @Property(tries = 300)
    void itWakesWhomTheMapWouldWake(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int peerCount) {
        final Random random = new Random(seed);
        final List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < peerCount; i++) {
            peers.add(peer(i));
        }
        for (int step = 0; step < 200; step++) {
            final Peer peer = peers.get(random.nextInt(peerCount));
            final long nowNs = random.nextInt(30) - 15L;
            switch (random.nextInt(4)) {
                case 0 -> {
                    heap.remove(peer);
                    twin.remove(peer);
                    assertEquals(-1, peer.heapIndex);
                }
                case 1 -> {
                    final Peer woken = heap.poll(nowNs);
                    if (woken == null) {
                        assertTrue(heap.nextNs() > nowNs);
                    } else {
                        assertEquals(heap.size() + 1, twin.size());
                        assertTrue(twin.remove(woken) <= nowNs, "it is due");
                        assertEquals(DeadlineHeap.NEVER, woken.armedNs);
                    }
                }
                default -> {
                    heap.arm(peer, nowNs);
                    twin.merge(peer, nowNs, Math::min);
                    assertEquals(twin.get(peer), peer.armedNs, "the earliest counts");
                }
            }
            check();
        }
        // And what is left comes in order.
        final TreeSet<Long> times = new TreeSet<>(twin.values());
        while (!times.isEmpty()) {
            final long nextNs = times.first();
            assertNull(heap.poll(nextNs - 1));
            final Peer woken = heap.poll(nextNs);
            assertEquals(nextNs, twin.remove(woken));
            check();
            if (!twin.containsValue(nextNs)) {
                times.remove(nextNs);
            }
        }
        assertNull(heap.poll(Long.MAX_VALUE - 1));
    }
}
