package org.wgjvm.core.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The peers that have prefixes, each with a small number for the trie to hold, and their prefixes in the order of coming. Belongs to the
 * writer, but for the arrays of {@link #publish}, which no longer change once published.
 */
final class PeerTable<P> {
    static final int CHUNK_BITS = 10;
    private static final int CHUNK = 1 << CHUNK_BITS;

    /** One that has prefixes. */
    static final class Owner {
        final int number;
        private Collection<IpPrefix> prefixes = new ArrayList<>(1);

        private Owner(int number) {
            this.number = number;
        }

        Collection<IpPrefix> prefixes() {
            return prefixes;
        }

        private void add(IpPrefix prefix) {
            // Most peers have a few, and a list of them is small; some have so many that a search through a list would be slow.
            if (prefixes.size() == 16 && prefixes instanceof ArrayList) {
                prefixes = new LinkedHashSet<>(prefixes);
            }
            prefixes.add(prefix);
        }
    }

    private final Map<P, Owner> owners = new HashMap<>();
    private final List<Integer> freed = new ArrayList<>();
    private int fresh;
    private Object[][] chunks = {};
    private boolean published = true;
    private final BitSet own = new BitSet();

    Owner get(P peer) {
        return owners.get(peer);
    }

    Owner getOrAdd(P peer) {
        final Owner present = owners.get(peer);
        if (present != null) {
            return present;
        }
        final int number = freed.isEmpty() ? fresh++ : freed.removeLast();
        if (number >= RouteBlock.MAX_PEERS) {
            throw new IllegalStateException("too many peers");
        }
        final Owner owner = new Owner(number);
        owners.put(peer, owner);
        set(number, peer);
        return owner;
    }

    @SuppressWarnings("unchecked") // only peers of type P are set
    P peer(int number) {
        return (P) chunks[number >>> CHUNK_BITS][number & CHUNK - 1];
    }

    void add(Owner owner, IpPrefix prefix) {
        owner.add(prefix);
    }

    /** Takes a prefix from a peer; one that has none left is forgotten. */
    void remove(P peer, IpPrefix prefix) {
        final Owner owner = owners.get(peer);
        owner.prefixes.remove(prefix);
        if (owner.prefixes.isEmpty()) {
            owners.remove(peer);
            set(owner.number, null);
            freed.add(owner.number);
        }
    }

    /** The peers by number, in chunks of 2^{@value #CHUNK_BITS}. */
    Object[][] publish() {
        published = true;
        own.clear();
        return chunks;
    }

    private void set(int number, P peer) {
        final int chunk = number >>> CHUNK_BITS;
        if (published || chunk >= chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.max(chunks.length, chunk + 1));
            published = false;
        }
        if (!own.get(chunk)) {
            chunks[chunk] = chunks[chunk] == null ? new Object[CHUNK] : chunks[chunk].clone();
            own.set(chunk);
        }
        chunks[chunk][number & CHUNK - 1] = peer;
    }
}
