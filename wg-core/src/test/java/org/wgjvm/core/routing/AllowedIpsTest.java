package org.wgjvm.core.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases that the kernel module checks its allowed IPs with, restated, and what a transaction promises. */
final class AllowedIpsTest {
    private final AllowedIps<String> table = new AllowedIps<>();

    private static int ip4(int a, int b, int c, int d) {
        return a << 24 | b << 16 | c << 8 | d;
    }

    private static long two(long a, long b) {
        return a << 32 | b;
    }

    private void insert4(String peer, int a, int b, int c, int d, int bits) {
        table.begin().insert(IpPrefix.v4(ip4(a, b, c, d), bits), peer).commit();
    }

    private void insert6(String peer, long a, long b, long c, long d, int bits) {
        table.begin().insert(IpPrefix.v6(two(a, b), two(c, d), bits), peer).commit();
    }

    private String at4(int a, int b, int c, int d) {
        return table.lookupV4(ip4(a, b, c, d));
    }

    private String at6(long a, long b, long c, long d) {
        return table.lookupV6(two(a, b), two(c, d));
    }

    @Test
    void the28PositiveCasesThenTheFirst5Negative() {
        insert4("a", 192, 168, 4, 0, 24);
        insert4("b", 192, 168, 4, 4, 32);
        insert4("c", 192, 168, 0, 0, 16);
        insert4("d", 192, 95, 5, 64, 27);
        insert4("c", 192, 95, 5, 65, 27);
        insert6("d", 0x26075300, 0x60006b00, 0, 0xc05f0543L, 128);
        insert6("c", 0x26075300, 0x60006b00, 0, 0, 64);
        insert4("e", 0, 0, 0, 0, 0);
        insert6("e", 0, 0, 0, 0, 0);
        insert6("f", 0, 0, 0, 0, 0);
        insert6("g", 0x24046800, 0, 0, 0, 32);
        insert6("h", 0x24046800, 0x40040800, 0xdeadbeefL, 0xdeadbeefL, 64);
        insert6("a", 0x24046800, 0x40040800, 0xdeadbeefL, 0xdeadbeefL, 128);
        insert6("c", 0x24446800, 0x40e40800, 0xdeaebeefL, 0xdefbeef, 128);
        insert6("b", 0x24446800, 0xf0e40800L, 0xeeaebeefL, 0, 98);
        insert4("g", 64, 15, 112, 0, 20);
        insert4("h", 64, 15, 123, 211, 25);
        insert4("a", 10, 0, 0, 0, 25);
        insert4("b", 10, 0, 0, 128, 25);
        insert4("a", 10, 1, 0, 0, 30);
        insert4("b", 10, 1, 0, 4, 30);
        insert4("c", 10, 1, 0, 8, 29);
        insert4("d", 10, 1, 0, 16, 29);

        assertEquals("a", at4(192, 168, 4, 20));
        assertEquals("a", at4(192, 168, 4, 0));
        assertEquals("b", at4(192, 168, 4, 4));
        assertEquals("c", at4(192, 168, 200, 182));
        assertEquals("c", at4(192, 95, 5, 68));
        assertEquals("e", at4(192, 95, 5, 96));
        assertEquals("d", at6(0x26075300, 0x60006b00, 0, 0xc05f0543L));
        assertEquals("c", at6(0x26075300, 0x60006b00, 0, 0xc02e01eeL));
        assertEquals("f", at6(0x26075300, 0x60006b01, 0, 0));
        assertEquals("g", at6(0x24046800, 0x40040806, 0, 0x1006));
        assertEquals("g", at6(0x24046800, 0x40040806, 0x1234, 0x5678));
        assertEquals("f", at6(0x240467ff, 0x40040806, 0x1234, 0x5678));
        assertEquals("f", at6(0x24046801, 0x40040806, 0x1234, 0x5678));
        assertEquals("h", at6(0x24046800, 0x40040800, 0x1234, 0x5678));
        assertEquals("h", at6(0x24046800, 0x40040800, 0, 0));
        assertEquals("h", at6(0x24046800, 0x40040800, 0x10101010, 0x10101010));
        assertEquals("a", at6(0x24046800, 0x40040800, 0xdeadbeefL, 0xdeadbeefL));
        assertEquals("g", at4(64, 15, 116, 26));
        assertEquals("g", at4(64, 15, 127, 3));
        assertEquals("g", at4(64, 15, 123, 1));
        assertEquals("h", at4(64, 15, 123, 128));
        assertEquals("h", at4(64, 15, 123, 129));
        assertEquals("a", at4(10, 0, 0, 52));
        assertEquals("b", at4(10, 0, 0, 220));
        assertEquals("a", at4(10, 1, 0, 2));
        assertEquals("b", at4(10, 1, 0, 6));
        assertEquals("c", at4(10, 1, 0, 10));
        assertEquals("d", at4(10, 1, 0, 20));

        insert4("a", 1, 0, 0, 0, 32);
        insert4("a", 64, 0, 0, 0, 32);
        insert4("a", 128, 0, 0, 0, 32);
        insert4("a", 192, 0, 0, 0, 32);
        insert4("a", 255, 0, 0, 0, 32);
        assertEquals("a", at4(255, 0, 0, 0));
        table.begin().removeAll("a").commit();
        assertNotEquals("a", at4(1, 0, 0, 0));
        assertNotEquals("a", at4(64, 0, 0, 0));
        assertNotEquals("a", at4(128, 0, 0, 0));
        assertNotEquals("a", at4(192, 0, 0, 0));
        assertNotEquals("a", at4(255, 0, 0, 0));
        assertEquals(List.of(), table.prefixes("a"));
    }

    @Test
    void theSixthNegativeCaseNestedPrefixesOfOnePeerAllGo() {
        insert4("a", 192, 168, 0, 0, 16);
        insert4("a", 192, 168, 0, 0, 24);
        assertEquals("a", at4(192, 168, 0, 1));
        table.begin().removeAll("a").commit();
        assertNull(at4(192, 168, 0, 1));
        assertEquals(0, table.size());
    }

    @Test
    void everySingleBitClearedInAnAllOnesAddress() {
        for (int i = 0; i < 128; i++) {
            final long part = ~(1L << i % 64);
            table.begin().insert(IpPrefix.v6(i < 64 ? -1 : part, i < 64 ? part : -1, 128), "p" + i).commit();
        }
        for (int i = 0; i < 128; i++) {
            final long part = ~(1L << i % 64);
            assertEquals("p" + i, table.lookupV6(i < 64 ? -1 : part, i < 64 ? part : -1));
        }
        assertNull(table.lookupV6(-1, -1));
    }

    @Test
    void everyLengthFrom0To32Nested() {
        final int address = ip4(0xa5, 0x5a, 0xc3, 0x3c);
        for (int bits = 0; bits <= 32; bits++) {
            table.begin().insert(IpPrefix.v4(address, bits), "p" + bits).commit();
        }
        for (int bits = 0; bits < 32; bits++) {
            assertEquals("p" + bits, table.lookupV4(address ^ 1 << 31 - bits), "the first differing bit is " + bits);
        }
        assertEquals("p32", table.lookupV4(address));
        for (int bits = 32; bits >= 0; bits--) {
            assertEquals("p" + bits, table.lookupV4(address));
            table.begin().remove(IpPrefix.v4(address, bits), "p" + bits).commit();
        }
        assertNull(table.lookupV4(address));
    }

    @Test
    void everyLengthFrom0To128Nested() {
        final long high = 0xa55ac33c0ff05aa5L;
        final long low = 0x3cc3f00fa55a5aa5L;
        for (int bits = 128; bits >= 0; bits--) {
            table.begin().insert(IpPrefix.v6(high, low, bits), "p" + bits).commit();
        }
        for (int bits = 0; bits < 128; bits++) {
            final String found = table.lookupV6(bits < 64 ? high ^ 1L << 63 - bits : high, bits < 64 ? low : low ^ 1L << 127 - bits);
            assertEquals("p" + bits, found, "the first differing bit is " + bits);
        }
        assertEquals("p128", table.lookupV6(high, low));
        for (int bits = 0; bits <= 128; bits++) {
            table.begin().remove(IpPrefix.v6(high, low, bits), "p" + bits).commit();
            assertEquals(bits == 128 ? null : "p128", table.lookupV6(high, low));
            assertNull(table.lookupV6(~high, low));
        }
    }

    @Test
    void aPeersPrefixesAreListedOnceWithTheirHostBitsCleared() {
        insert4("a", 192, 95, 5, 93, 27);
        insert6("a", 0x26075300, 0x60006b00, 0, 0xc05f0543L, 128);
        insert4("a", 10, 1, 0, 20, 29);
        insert6("a", 0x26075300, 0x6d8a6bf8, 0xdab1f1dfL, 0xc05f1523L, 83);
        insert6("a", 0x26075300, 0x6d8a6bf8, 0xdab1f1dfL, 0xc05f1523L, 21);
        insert4("a", 192, 95, 5, 64, 27);
        insert4("b", 192, 95, 5, 64, 28);
        assertEquals(
                List.of(
                        IpPrefix.v4(ip4(192, 95, 5, 64), 27),
                        IpPrefix.v6(two(0x26075300, 0x60006b00), 0xc05f0543L, 128),
                        IpPrefix.v4(ip4(10, 1, 0, 16), 29),
                        IpPrefix.v6(two(0x26075300, 0x6d8a6bf8), two(0xdab1e000L, 0), 83),
                        IpPrefix.v6(two(0x26075000, 0), 0, 21)),
                table.prefixes("a"));
        assertEquals(5, table.prefixCount("a"));
        assertEquals(6, table.size());
    }

    @Test
    void aPrefixBelongsToOnePeerAtATime() {
        insert4("a", 10, 0, 0, 0, 8);
        insert4("b", 10, 0, 0, 0, 8);
        assertEquals("b", at4(10, 1, 2, 3));
        assertEquals(List.of(), table.prefixes("a"));
        table.begin().remove(IpPrefix.v4(ip4(10, 0, 0, 0), 8), "a").commit();
        assertEquals("b", at4(10, 1, 2, 3), "a no longer has it, so it can't take it away");
        table.begin().remove(IpPrefix.v4(ip4(10, 0, 0, 0), 9), "b").commit();
        assertEquals("b", at4(10, 1, 2, 3), "another length is another prefix");
        table.begin().remove(IpPrefix.v4(ip4(10, 0, 0, 0), 8), "b").commit();
        assertNull(at4(10, 1, 2, 3));
        assertEquals(0, table.size());
    }

    @Test
    void anIpv4PrefixIsNotAnIpv6Prefix() {
        insert4("four", 32, 1, 0, 0, 16);
        assertNull(table.lookupV6(0x2001_0000_0000_0000L, 0));
        insert6("six", 0x20010000, 0, 0, 0, 16);
        assertEquals("four", at4(32, 1, 0, 0));
        assertEquals("six", table.lookupV6(0x2001_0000_0000_0000L, 0));
        table.begin().removeAll("six").commit();
        assertEquals("four", at4(32, 1, 0, 0));
    }

    @Test
    void nothingIsVisibleBeforeTheCommitAndASnapshotStaysAsItWas() {
        insert4("a", 10, 0, 0, 0, 8);
        final AllowedIps.Snapshot<String> before = table.snapshot();
        final AllowedIps<String>.Transaction change = table.begin();
        change.removeAll("a").insert(IpPrefix.v4(ip4(10, 0, 0, 0), 8), "b").insert(IpPrefix.v4(0, 0), "b");
        assertSame(before, table.snapshot());
        assertEquals(List.of(IpPrefix.v4(ip4(10, 0, 0, 0), 8)), table.prefixes("a"));
        change.commit();
        assertEquals("b", at4(10, 0, 0, 1));
        assertEquals("a", before.lookupV4(ip4(10, 0, 0, 1)));
        assertNull(before.lookupV4(ip4(11, 0, 0, 1)));
        assertEquals(1, before.size());
        assertEquals(2, table.size());
        assertThrows(IllegalStateException.class, change::commit);
    }

    @Test
    void anAbandonedTransactionHasNoEffect() {
        insert4("a", 10, 0, 0, 0, 8);
        table.begin().removeAll("a").insert(IpPrefix.v4(0, 0), "b");
        insert4("c", 10, 0, 0, 0, 9);
        assertEquals("a", at4(10, 128, 0, 0));
        assertEquals("c", at4(10, 0, 0, 0));
        assertNull(at4(11, 0, 0, 0));
    }

    @Test
    void theChangesOfATransactionTakeEffectInOrder() {
        final IpPrefix prefix = IpPrefix.v4(ip4(10, 0, 0, 0), 8);
        table.begin().insert(prefix, "a").removeAll("a").commit();
        assertNull(at4(10, 0, 0, 1));
        table.begin().removeAll("a").insert(prefix, "a").remove(prefix, "a").insert(prefix, "b").insert(prefix, "a").commit();
        assertEquals("a", at4(10, 0, 0, 1));
        assertEquals(List.of(), table.prefixes("b"));
        assertEquals(1, table.size());
    }

    @Test
    void removingThePrefixThatHidShorterOnesBringsThemBack() {
        // All within one node, so that a shorter prefix is nowhere visible while two longer ones hide it.
        insert4("root", 0, 0, 0, 0, 0);
        insert4("left", 0, 0, 0, 0, 1);
        insert4("right", 128, 0, 0, 0, 1);
        for (int i = 0; i < 16; i++) {
            insert4("host" + i, i << 4, 1, 2, 3, 32);
        }
        assertEquals("right", at4(200, 0, 0, 0));
        table.begin().removeAll("right").commit();
        assertEquals("root", at4(200, 0, 0, 0));
        assertEquals("left", at4(100, 0, 0, 0));
        table.begin().removeAll("left").commit();
        assertEquals("root", at4(100, 0, 0, 0));
        table.begin().removeAll("root").commit();
        assertNull(at4(100, 0, 0, 0));
        assertEquals("host15", at4(240, 1, 2, 3));
    }

    @Test
    void fullLevelsAreMergedAndTakenApartAgain() {
        // Every /16 of 10.0.0.0/8 and some prefixes of every length between: wide nodes with routes of their own.
        final List<IpPrefix> prefixes = new ArrayList<>();
        for (int bits = 0; bits < 32; bits++) {
            prefixes.add(IpPrefix.v4(ip4(10, 77, 33, 99), bits));
        }
        for (int i = 0; i < 65536; i += 7) {
            prefixes.add(IpPrefix.v4(10 << 24 | i << 8, 24));
        }
        for (int i = 0; i < 65536; i++) {
            prefixes.add(IpPrefix.v4(10 << 24 | 200 << 16 | i, 32));
        }
        final AllowedIps<String>.Transaction all = table.begin();
        prefixes.forEach(p -> all.insert(p, p.toString()));
        all.commit();
        assertEquals(prefixes.size(), table.size());
        for (int i = 0; i < 65536; i++) {
            final int address = 10 << 24 | 200 << 16 | i;
            assertEquals(IpPrefix.v4(address, 32).toString(), table.lookupV4(address));
        }
        assertEquals("10.77.32.0/23", at4(10, 77, 32, 1));
        prefixes.forEach(p -> table.begin().removeAll(p.toString()).commit());
        assertEquals(0, table.size());
        assertNull(at4(10, 200, 1, 1));
    }
}
