package org.wgjvm.core.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The trie against a list that is searched from end to end, and a reader that must never see a gap. */
final class AllowedIpsTwinTest {
    private static final class Both {
        final AllowedIps<Integer> table = new AllowedIps<>();
        final NaiveAllowedIps<Integer> twin = new NaiveAllowedIps<>();
        final List<IpPrefix> prefixes = new ArrayList<>();

        void insert(IpPrefix prefix, int peer) {
            table.begin().insert(prefix, peer).commit();
            twin.insert(prefix, peer);
            prefixes.add(prefix);
        }

        void compareLookups(Random random, int count) {
            for (int i = 0; i < count; i++) {
                final int v4 = random.nextInt();
                assertEquals(twin.lookupV4(v4), table.lookupV4(v4));
                final long high = random.nextLong();
                final long low = random.nextLong();
                assertEquals(twin.lookupV6(high, low), table.lookupV6(high, low));
                if (!prefixes.isEmpty()) {
                    compareNear(prefixes.get(random.nextInt(prefixes.size())), random);
                }
            }
        }

        /** An address in the prefix, the one before it and the one behind it. */
        private void compareNear(IpPrefix p, Random random) {
            if (p.v6()) {
                final long high = p.high() | random.nextLong() & ~Route.mask(p.bits());
                final long low = p.low() | random.nextLong() & ~Route.mask(p.bits() - 64);
                assertEquals(twin.lookupV6(high, low), table.lookupV6(high, low));
                assertEquals(twin.lookupV6(p.high(), p.low() - 1), table.lookupV6(p.high(), p.low() - 1));
                assertEquals(twin.lookupV6(p.high(), p.low() ^ 1), table.lookupV6(p.high(), p.low() ^ 1));
            } else {
                final int address = (int) p.low() | random.nextInt() & ~(int) (Route.mask(p.bits()) >>> 32);
                assertEquals(twin.lookupV4(address), table.lookupV4(address));
                final int before = (int) p.low() - 1;
                assertEquals(twin.lookupV4(before), table.lookupV4(before));
                final int after = (int) p.low() + (int) (1L << 32 - p.bits());
                assertEquals(twin.lookupV4(after), table.lookupV4(after));
            }
        }
    }

    /** Prefixes that share long runs of bits as often as not: alphabets of few values, cut anywhere. */
    private static IpPrefix prefix(Random random) {
        final long mask = switch (random.nextInt(4)) {
            case 0 -> 0x0000_0000_0000_00ffL;
            case 1 -> 0xff00_0000_f000_000fL;
            case 2 -> 0x0001_0001_0001_0001L;
            default -> -1L;
        };
        if (random.nextBoolean()) {
            final int address = (int) (random.nextLong() & mask);
            return IpPrefix.v4(address, random.nextInt(4) == 0 ? 32 : random.nextInt(33));
        }
        final long high = random.nextLong() & mask;
        final long low = random.nextLong() & mask;
        return IpPrefix.v6(high, low, random.nextInt(4) == 0 ? 128 : random.nextInt(129));
    }

    @Property(tries = 300)
    void anySequenceOfChangesGivesWhatTheTwinGives(@ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int steps) {
        final Random random = new Random(seed);
        final Both both = new Both();
        AllowedIps<Integer>.Transaction open = both.table.begin();
        for (int i = 0; i < steps; i++) {
            final int peer = random.nextInt(8);
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    if (!both.prefixes.isEmpty()) {
                        final IpPrefix p = both.prefixes.get(random.nextInt(both.prefixes.size()));
                        final int owner = random.nextBoolean() ? peer : random.nextInt(8);
                        open.remove(p, owner);
                        both.twin.remove(p, owner);
                    }
                }
                case 3 -> {
                    if (random.nextInt(6) == 0) {
                        open.removeAll(peer);
                        both.twin.removeAll(peer);
                    }
                }
                case 4 -> {
                    open.commit();
                    both.compareLookups(random, 5);
                    open = both.table.begin();
                }
                case 5 -> {
                    if (!both.prefixes.isEmpty()) {
                        final IpPrefix p = both.prefixes.get(random.nextInt(both.prefixes.size()));
                        open.insert(p, peer);
                        both.twin.insert(p, peer);
                    }
                }
                default -> {
                    final IpPrefix p = prefix(random);
                    open.insert(p, peer);
                    both.twin.insert(p, peer);
                    both.prefixes.add(p);
                }
            }
        }
        open.commit();
        both.compareLookups(random, 100);
        assertEquals(both.twin.size(), both.table.size());
        for (int peer = 0; peer < 8; peer++) {
            assertEquals(both.twin.prefixes(peer), both.table.prefixes(peer), "in the order in which they were added");
            assertEquals(both.twin.prefixes(peer).size(), both.table.prefixCount(peer));
        }
        final AllowedIps<Integer>.Transaction last = both.table.begin();
        for (int peer = 0; peer < 8; peer++) {
            last.removeAll(peer);
        }
        last.commit();
        assertEquals(0, both.table.size());
        for (final IpPrefix p : both.prefixes) {
            assertNull(p.v6() ? both.table.lookupV6(p.high(), p.low()) : both.table.lookupV4((int) p.low()));
        }
    }

    /** The kernel module's randomised test, with a twentieth of its routes: random ones, and others that share a random part with them. */
    @Test
    void randomisedWith2000Peers() {
        final Random random = new Random(2_000);
        final Both both = new Both();
        for (int i = 0; i < 20; i++) {
            final int v4 = random.nextInt();
            final long high = random.nextLong();
            final long low = random.nextLong();
            both.insert(IpPrefix.v4(v4, 1 + random.nextInt(32)), random.nextInt(2_000));
            both.insert(IpPrefix.v6(high, low, 1 + random.nextInt(128)), random.nextInt(2_000));
            for (int j = 0; j < 100; j++) {
                final long kept4 = Route.mask(random.nextInt(32)) >>> 32;
                both.insert(
                        IpPrefix.v4((int) (v4 & kept4 | random.nextInt() & ~kept4), 1 + random.nextInt(32)), random.nextInt(2_000));
                final int kept6 = random.nextInt(128);
                final long keptHigh = Route.mask(kept6);
                final long keptLow = Route.mask(kept6 - 64);
                both.insert(
                        IpPrefix.v6(high & keptHigh | random.nextLong() & ~keptHigh, low & keptLow | random.nextLong() & ~keptLow,
                                1 + random.nextInt(128)),
                        random.nextInt(2_000));
            }
        }
        assertEquals(both.twin.size(), both.table.size());
        both.compareLookups(random, 500);
        for (int peer = 0; peer < 2_000; peer++) {
            assertEquals(both.twin.prefixes(peer), both.table.prefixes(peer));
            both.table.begin().removeAll(peer).commit();
            both.twin.removeAll(peer);
            if (peer % 50 == 0) {
                both.compareLookups(random, 20);
            }
        }
        assertEquals(0, both.table.size());
        both.compareLookups(random, 20);
    }

    @Test
    void aReaderNeverSeesAGapWhilePrefixesMoveAndAreReplaced() throws InterruptedException {
        final AllowedIps<String> table = new AllowedIps<>();
        final IpPrefix moved = IpPrefix.v4(10 << 24, 24);
        final IpPrefix replaced = IpPrefix.v6(0xfd00_0000_0000_0000L, 0, 64);
        table.begin().insert(moved, "a").insert(replaced, "c").commit();
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicLong gaps = new AtomicLong();
        final AtomicLong torn = new AtomicLong();
        final AtomicLong reads = new AtomicLong();
        final Thread reader = new Thread(() -> {
            while (!stop.get()) {
                final AllowedIps.Snapshot<String> snapshot = table.snapshot();
                final String before = snapshot.lookupV4(10 << 24 | 7);
                final String six = snapshot.lookupV6(0xfd00_0000_0000_0000L, 9);
                gaps.addAndGet(before == null || six == null || table.lookupV4(10 << 24 | 8) == null ? 1 : 0);
                torn.addAndGet(before != null && !before.equals(snapshot.lookupV4(10 << 24 | 9)) ? 1 : 0);
                reads.incrementAndGet();
            }
        });
        reader.start();
        final Random random = new Random(3);
        for (int i = 0; i < 20_000 || reads.get() < 1_000; i++) {
            table.begin().insert(moved, (i & 1) == 0 ? "b" : "a").commit();
            table.begin().removeAll("c").insert(prefix(random), "c").insert(moved, "a").insert(replaced, "c").commit();
        }
        stop.set(true);
        reader.join();
        assertEquals(0, gaps.get());
        assertEquals(0, torn.get());
        assertTrue(reads.get() >= 1_000);
    }
}
