package org.wgjvm.core.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables that are dense enough for the trie to change the shape of its nodes, which a few random routes do not reach. */
final class RouteTrieShapeTest {
    private final AllowedIps<String> table = new AllowedIps<>();

    /**
     * The first half of every /12, and under them every /6: each of the sixteen nodes below the first has more routes than a block holds,
     * and some of its own, so that the first takes all of them in and becomes a wide one.
     */
    @BeforeEach
    void dense() {
        final AllowedIps<String>.Transaction first = table.begin();
        for (int i = 0; i < 64; i++) {
            first.insert(IpPrefix.v4(i << 26, 6), "of " + i);
        }
        first.commit();
        for (int slot = 0; slot < 16; slot++) {
            final AllowedIps<String>.Transaction more = table.begin();
            for (int i = 0; i < 256; i++) {
                more.insert(IpPrefix.v4(slot << 28 | i << 20, 13), "half");
            }
            more.commit();
        }
    }

    private List<String> answers(AllowedIps.Snapshot<String> snapshot) {
        final List<String> all = new ArrayList<>();
        for (int i = 0; i < 1 << 13; i++) {
            all.add(snapshot.lookupV4(i << 19 | 0x1234));
        }
        return all;
    }

    @Test
    void routesOfNodesThatAreTakenInAreStillFound() {
        final List<String> all = answers(table.snapshot());
        for (int i = 0; i < all.size(); i++) {
            assertEquals((i & 1) == 0 ? "half" : "of " + (i >> 7), all.get(i));
        }
    }

    @Test
    void aSnapshotAnswersAsBeforeWhateverComesAfterIt() {
        final AllowedIps.Snapshot<String> old = table.snapshot();
        final List<String> before = answers(old);
        for (int i = 0; i < 16; i++) {
            table.begin().insert(IpPrefix.v4(i << 28 | 0x0123_4567, 32), "host")
                    .insert(IpPrefix.v4(i << 28 | 0x0018_0000, 13), "other half")
                    .insert(IpPrefix.v4(i << 28, 6), "another")
                    .commit();
            table.begin().insert(IpPrefix.v4(i << 28 | 0x0010_0000, 13), "moved")
                    .remove(IpPrefix.v4(i << 28 | 0x0050_0000, 13), "half")
                    .commit();
            assertEquals(before, answers(old));
        }
        table.begin().removeAll("half").commit();
        assertEquals(before, answers(old));
        assertNotEquals(before, answers(table.snapshot()));
        assertEquals("another", table.lookupV4(0x0050_0000));
        assertEquals("moved", table.lookupV4(0x0010_0000));
        assertEquals("host", table.lookupV4(0x0123_4567));
    }
}
