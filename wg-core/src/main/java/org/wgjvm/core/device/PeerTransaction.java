package org.wgjvm.core.device;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.core.session.Limits;
import org.wgjvm.crypto.PublicKey;

/**
 * One change of many peers. Routes are gathered aside and swapped in at once by {@link #commit}: a prefix that moves from peer to peer, or
 * a list that is replaced, is never without an owner in between.
 */
final class PeerTransaction {
    private final DeviceState state;
    private final Consumer<Peer> dispose;
    private final AllowedIps<Peer>.Transaction routes;
    private final Set<Peer> touched = new LinkedHashSet<>();
    private final Set<Peer> keepaliveStarted = new HashSet<>();
    private final List<Peer> gone = new ArrayList<>();

    PeerTransaction(DeviceState state, Consumer<Peer> dispose) {
        this.state = state;
        this.dispose = dispose;
        this.routes = state.allowedIps.begin();
    }

    void run(boolean replace, List<PeerChange> changes) {
        if (replace) {
            retainOnly(changes);
        }
        for (PeerChange change : changes) {
            apply(change);
        }
    }

    /** Swaps the routes in, and wipes the peers that went. */
    void commit() {
        routes.commit();
        gone.forEach(dispose);
    }

    /** Peers that were added or changed, in order. */
    Set<Peer> touched() {
        return touched;
    }

    /** Whether persistent keepalive was off before and is on now. */
    boolean keepaliveStarted(Peer peer) {
        return keepaliveStarted.contains(peer);
    }

    /**
     * Peers that are not named to be there go. Those that are keep sessions, counts and where they were last seen, and lose all other
     * settings.
     */
    private void retainOnly(List<PeerChange> changes) {
        final Set<PublicKey> named = HashSet.newHashSet(changes.size());
        for (PeerChange change : changes) {
            if (!change.remove() && !change.updateOnly()) {
                named.add(change.publicKey());
            }
        }
        for (Peer peer : List.copyOf(state.peers.values())) {
            if (named.contains(peer.publicKey())) {
                routes.removeAll(peer);
                peer.handshake.setPresharedKey(null);
                setPersistentKeepalive(peer, 0);
            } else {
                remove(peer);
            }
        }
    }

    private void apply(PeerChange change) {
        if (state.identity != null && change.publicKey().equals(state.identity.publicKey())) {
            // Nobody is their own peer: left out without a word, as the kernel does.
            return;
        }
        Peer peer = state.peers.get(change.publicKey());
        if (change.remove()) {
            if (peer != null) {
                remove(peer);
            }
            return;
        }
        if (peer == null) {
            if (change.updateOnly() || state.peers.size() >= Limits.MAX_PEERS) {
                return;
            }
            peer = new Peer(change.publicKey(), state);
            state.peers.put(change.publicKey(), peer);
        }
        touched.add(peer);
        if (change.presharedKey() != null) {
            peer.handshake.setPresharedKey(change.presharedKey());
        }
        if (change.endpoint() != null) {
            peer.endpoint = change.endpoint();
        }
        if (change.persistentKeepaliveSeconds() != null) {
            setPersistentKeepalive(peer, change.persistentKeepaliveSeconds());
        }
        if (change.replaceAllowedIps()) {
            routes.removeAll(peer);
        }
        for (PeerChange.AllowedIp allowedIp : change.allowedIps()) {
            if (allowedIp.remove()) {
                routes.remove(allowedIp.prefix(), peer);
            } else {
                routes.insert(allowedIp.prefix(), peer);
            }
        }
    }

    private void setPersistentKeepalive(Peer peer, int seconds) {
        if (seconds != 0 && peer.persistentKeepaliveSeconds == 0) {
            keepaliveStarted.add(peer);
        }
        peer.persistentKeepaliveSeconds = seconds;
        if (seconds == 0) {
            peer.timers.stopPersistentKeepalive();
            keepaliveStarted.remove(peer);
        }
    }

    private void remove(Peer peer) {
        state.peers.remove(peer.publicKey());
        routes.removeAll(peer);
        touched.remove(peer);
        gone.add(peer);
    }
}
