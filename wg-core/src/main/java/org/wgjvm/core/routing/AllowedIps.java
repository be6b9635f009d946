package org.wgjvm.core.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Cryptokey routing (paper, section 2): which peer an inner address belongs to, by the longest of the peers' prefixes that covers it. A
 * prefix belongs to one peer at a time.
 *
 * <p>Lookups take no lock, allocate nothing and may come from any thread: each one reads an immutable {@link Snapshot}. Everything else
 * belongs to one thread, the writer. Changes are made by a {@link Transaction}, which replaces the snapshot once, so a reader sees all of
 * it or nothing: there is no moment without a route when a peer's prefixes are replaced or a prefix moves to another peer.
 *
 * @param <P> peers; told apart by {@code equals}
 */
public final class AllowedIps<P> {
    /**
     * The table at one moment: for a reader with a batch of packets that should all see the same table. Immutable, any thread.
     *
     * @param <P> peers
     */
    public static final class Snapshot<P> {
        private final Object v4;
        private final Object v6;
        private final Object[][] peers;
        private final int size;

        private Snapshot(Object v4, Object v6, Object[][] peers, int size) {
            this.v4 = v4;
            this.v6 = v6;
            this.peers = peers;
            this.size = size;
        }

        /** The peer that an IPv4 address (network order as an int) belongs to, or null. */
        public P lookupV4(int address) {
            return peer(RouteTrie.lookupV4(v4, (long) address << Integer.SIZE));
        }

        /** The peer that an IPv6 address belongs to, or null. */
        public P lookupV6(long high, long low) {
            return peer(RouteTrie.lookupV6(v6, high, low));
        }

        /** How many prefixes there are. */
        public int size() {
            return size;
        }

        @SuppressWarnings("unchecked") // only peers of type P are in the table
        private P peer(int number) {
            return number < 0 ? null : (P) peers[number >>> PeerTable.CHUNK_BITS][number & (1 << PeerTable.CHUNK_BITS) - 1];
        }
    }

    /**
     * Changes that become visible together. They take effect in order, at the commit; a transaction that is not committed has no effect.
     * Belongs to the writer.
     */
    public final class Transaction {
        private final List<Runnable> changes = new ArrayList<>();
        private boolean committed;

        private Transaction() {}

        /** Gives a prefix to a peer, taking it from the peer that had it; nothing changes when this peer already has it. */
        public Transaction insert(IpPrefix prefix, P peer) {
            Objects.requireNonNull(prefix);
            Objects.requireNonNull(peer);
            changes.add(() -> applyInsert(prefix, peer));
            return this;
        }

        /** Takes a prefix from a peer; does nothing when it does not have exactly this prefix. */
        public Transaction remove(IpPrefix prefix, P peer) {
            Objects.requireNonNull(prefix);
            Objects.requireNonNull(peer);
            changes.add(() -> applyRemove(prefix, peer));
            return this;
        }

        /** Takes all prefixes from a peer, those inserted earlier in this transaction included. */
        public Transaction removeAll(P peer) {
            Objects.requireNonNull(peer);
            changes.add(() -> applyRemoveAll(peer));
            return this;
        }

        /** Makes the changes visible at once. A transaction is committed once: {@link IllegalStateException} otherwise. */
        public void commit() {
            if (committed) {
                throw new IllegalStateException("already committed");
            }
            committed = true;
            editV4 = new TrieEdit(RouteBlock.V4);
            editV6 = new TrieEdit(RouteBlock.V6);
            changes.forEach(Runnable::run);
            changes.clear();
            snapshot = new Snapshot<>(v4, v6, peers.publish(), size);
        }
    }

    private volatile Snapshot<P> snapshot = new Snapshot<>(null, null, new Object[0][], 0);

    // The writer's own: the tries as they will be published next, and who has what.
    private Object v4;
    private Object v6;
    private int size;
    private final PeerTable<P> peers = new PeerTable<>();
    private TrieEdit editV4 = new TrieEdit(RouteBlock.V4);
    private TrieEdit editV6 = new TrieEdit(RouteBlock.V6);

    /** Begins a transaction. Writer only. */
    public Transaction begin() {
        return new Transaction();
    }

    /** The table as it is now. Any thread. */
    public Snapshot<P> snapshot() {
        return snapshot;
    }

    /** The peer that an IPv4 address (network order as an int) belongs to, or null. Any thread. */
    public P lookupV4(int address) {
        return snapshot.lookupV4(address);
    }

    /** The peer that an IPv6 address belongs to, or null. Any thread. */
    public P lookupV6(long high, long low) {
        return snapshot.lookupV6(high, low);
    }

    /** How many prefixes there are. Any thread. */
    public int size() {
        return snapshot.size();
    }

    /** A peer's prefixes in the order in which it got them, as a copy. Takes time in proportion to their number. Writer only. */
    public List<IpPrefix> prefixes(P peer) {
        final List<IpPrefix> prefixes = new ArrayList<>(prefixCount(peer));
        forEachPrefix(peer, prefixes::add);
        return prefixes;
    }

    /** Shows a peer's prefixes in the order in which it got them; the action must not commit. Writer only. */
    public void forEachPrefix(P peer, Consumer<? super IpPrefix> action) {
        final PeerTable.Owner owner = peers.get(peer);
        if (owner != null) {
            owner.prefixes().forEach(action);
        }
    }

    /** How many prefixes a peer has. Writer only. */
    public int prefixCount(P peer) {
        final PeerTable.Owner owner = peers.get(peer);
        return owner == null ? 0 : owner.prefixes().size();
    }

    private void applyInsert(IpPrefix prefix, P peer) {
        final Route present = find(prefix);
        PeerTable.Owner owner = peers.get(peer);
        if (present != null && owner != null && present.peer == owner.number) {
            return;
        }
        if (present != null) {
            peers.remove(peers.peer(present.peer), prefix);
            size--;
        }
        owner = peers.getOrAdd(peer);
        final Route route = new Route(prefix, owner.number);
        if (prefix.v6()) {
            v6 = editV6.insert(v6, route);
        } else {
            v4 = editV4.insert(v4, route);
        }
        peers.add(owner, prefix);
        size++;
    }

    private void applyRemove(IpPrefix prefix, P peer) {
        final PeerTable.Owner owner = peers.get(peer);
        final Route present = owner == null ? null : find(prefix);
        if (present != null && present.peer == owner.number) {
            removeRoute(prefix);
            peers.remove(peer, prefix);
        }
    }

    private void applyRemoveAll(P peer) {
        for (final IpPrefix prefix : prefixes(peer)) {
            removeRoute(prefix);
            peers.remove(peer, prefix);
        }
    }

    private Route find(IpPrefix prefix) {
        final Route route = new Route(prefix, 0);
        return prefix.v6() ? editV6.find(v6, route) : editV4.find(v4, route);
    }

    private void removeRoute(IpPrefix prefix) {
        final Route route = new Route(prefix, 0);
        if (prefix.v6()) {
            v6 = editV6.remove(v6, route);
        } else {
            v4 = editV4.remove(v4, route);
        }
        size--;
    }
}
