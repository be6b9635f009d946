package org.wgjvm.core.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        private final int size;

        private Snapshot(Object v4, Object v6, int size) {
            this.v4 = v4;
            this.v6 = v6;
            this.size = size;
        }

        /** The peer that an IPv4 address (network order as an int) belongs to, or null. */
        public P lookupV4(int address) {
            return peer(RouteTrie.lookup(v4, (long) address << Integer.SIZE));
        }

        /** The peer that an IPv6 address belongs to, or null. */
        public P lookupV6(long high, long low) {
            return peer(RouteTrie.lookup(v6, high, low));
        }

        /** How many prefixes there are. */
        public int size() {
            return size;
        }

        @SuppressWarnings("unchecked") // only peers of type P are inserted
        private P peer(Route route) {
            return route == null ? null : (P) route.peer;
        }
    }

    /**
     * Changes that become visible together. They take effect in order, at the commit; a transaction that is not committed has no effect.
     * Belongs to the writer.
     */
    public final class Transaction {
        private final List<Runnable> changes = new ArrayList<>();
        private TrieEdit edit;
        private boolean committed;

        private Transaction() {}

        /** Gives a prefix to a peer, taking it from the peer that had it; nothing changes when this peer already has it. */
        public Transaction insert(IpPrefix prefix, P peer) {
            Objects.requireNonNull(prefix);
            Objects.requireNonNull(peer);
            changes.add(() -> applyInsert(prefix, peer, edit));
            return this;
        }

        /** Takes a prefix from a peer; does nothing when it does not have exactly this prefix. */
        public Transaction remove(IpPrefix prefix, P peer) {
            Objects.requireNonNull(prefix);
            Objects.requireNonNull(peer);
            changes.add(() -> applyRemove(prefix, peer, edit));
            return this;
        }

        /** Takes all prefixes from a peer, those inserted earlier in this transaction included. */
        public Transaction removeAll(P peer) {
            Objects.requireNonNull(peer);
            changes.add(() -> applyRemoveAll(peer, edit));
            return this;
        }

        /** Makes the changes visible at once. A transaction is committed once: {@link IllegalStateException} otherwise. */
        public void commit() {
            if (committed) {
                throw new IllegalStateException("already committed");
            }
            committed = true;
            edit = new TrieEdit();
            changes.forEach(Runnable::run);
            changes.clear();
            edit = null;
            snapshot = new Snapshot<>(v4, v6, size);
        }
    }

    private volatile Snapshot<P> snapshot = new Snapshot<>(null, null, 0);

    // The writer's own: the tries as they will be published next, and who has what.
    private Object v4;
    private Object v6;
    private int size;
    private final Map<P, PeerRoutes> peers = new HashMap<>();

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
        final PeerRoutes routes = peers.get(peer);
        if (routes != null) {
            for (Route r = routes.first; r != null; r = r.next) {
                action.accept(r.prefix());
            }
        }
    }

    /** How many prefixes a peer has. Writer only. */
    public int prefixCount(P peer) {
        final PeerRoutes routes = peers.get(peer);
        return routes == null ? 0 : routes.size;
    }

    private void applyInsert(IpPrefix prefix, P peer, TrieEdit edit) {
        final PeerRoutes owner = peers.computeIfAbsent(peer, p -> new PeerRoutes());
        final Route route = new Route(prefix, peer, owner);
        final Route present = TrieEdit.find(root(prefix.v6()), route);
        if (present != null && present.owner == owner) {
            return;
        }
        setRoot(prefix.v6(), edit.insert(root(prefix.v6()), route));
        if (present != null) {
            disown(present);
        }
        owner.append(route);
        size++;
    }

    private void applyRemove(IpPrefix prefix, P peer, TrieEdit edit) {
        final PeerRoutes owner = peers.get(peer);
        final Route present = owner == null ? null : TrieEdit.find(root(prefix.v6()), new Route(prefix, peer, owner));
        if (present != null && present.owner == owner) {
            setRoot(prefix.v6(), edit.remove(root(prefix.v6()), present));
            disown(present);
        }
    }

    private void applyRemoveAll(P peer, TrieEdit edit) {
        final PeerRoutes owner = peers.get(peer);
        while (owner != null && owner.first != null) {
            final Route route = owner.first;
            setRoot(route.v6, edit.remove(root(route.v6), route));
            disown(route);
        }
    }

    @SuppressWarnings("SuspiciousMethodCalls") // the map is keyed by what Route.peer holds
    private void disown(Route route) {
        route.owner.unlink(route);
        if (route.owner.size == 0) {
            peers.remove(route.peer);
        }
        size--;
    }

    private Object root(boolean isV6) {
        return isV6 ? v6 : v4;
    }

    private void setRoot(boolean isV6, Object root) {
        if (isV6) {
            v6 = root;
        } else {
            v4 = root;
        }
    }
}
