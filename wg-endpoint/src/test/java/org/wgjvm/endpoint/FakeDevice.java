package org.wgjvm.endpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceControl;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** A device in a few plain maps: what the configuration protocol should make of a real one. Any thread. */
public final class FakeDevice implements DeviceControl {
    /** A peer. */
    public static final class Peer {
        public PresharedKey presharedKey;
        public Endpoint endpoint;
        public long lastHandshakeEpochNs;
        public long txBytes;
        public long rxBytes;
        public int keepaliveSeconds;
        public final Set<IpPrefix> allowedIps = new LinkedHashSet<>();
    }

    public PrivateKey privateKey;
    public int listenPort;
    public int fwmark;
    public final Map<PublicKey, Peer> peers = new LinkedHashMap<>();

    /** What the next {@link #apply} answers. */
    public int nextResult;

    @Override
    public synchronized CompletionStage<Integer> apply(DeviceChange change) {
        if (change.privateKey() != null) {
            privateKey = change.privateKey().isZero() ? null : change.privateKey();
        }
        listenPort = Objects.requireNonNullElse(change.listenPort(), listenPort);
        fwmark = Objects.requireNonNullElse(change.fwmark(), fwmark);
        if (change.replacePeers()) {
            peers.clear();
        }
        for (final PeerChange p : change.peers()) {
            apply(p);
        }
        final int result = nextResult;
        nextResult = 0;
        return CompletableFuture.completedFuture(result);
    }

    private void apply(PeerChange change) {
        final PublicKey key = change.publicKey();
        if (change.remove()) {
            peers.remove(key);
            return;
        }
        if (change.updateOnly() && !peers.containsKey(key)) {
            return;
        }
        if (privateKey != null && privateKey.publicKey().equals(key)) {
            return;
        }
        final Peer peer = peers.computeIfAbsent(key, k -> new Peer());
        if (change.presharedKey() != null) {
            peer.presharedKey = change.presharedKey().isZero() ? null : change.presharedKey();
        }
        peer.endpoint = change.endpoint() == null ? peer.endpoint : change.endpoint();
        peer.keepaliveSeconds = Objects.requireNonNullElse(change.persistentKeepaliveSeconds(), peer.keepaliveSeconds);
        if (change.replaceAllowedIps()) {
            peer.allowedIps.clear();
        }
        for (final PeerChange.AllowedIp ip : change.allowedIps()) {
            if (ip.remove()) {
                peer.allowedIps.remove(ip.prefix());
            } else {
                if (!peer.allowedIps.contains(ip.prefix())) {
                    owners.computeIfPresent(ip.prefix(), (prefix, owner) -> {
                        owner.allowedIps.remove(prefix);
                        return null;
                    });
                }
                peer.allowedIps.add(ip.prefix());
                owners.put(ip.prefix(), peer);
            }
        }
    }

    private final Map<IpPrefix, Peer> owners = new HashMap<>();

    @Override
    public synchronized CompletionStage<DeviceSnapshot> snapshot() {
        final List<PeerSnapshot> list = peers.entrySet().stream()
                .map(e -> new PeerSnapshot(
                        e.getKey(),
                        e.getValue().presharedKey,
                        e.getValue().endpoint,
                        e.getValue().lastHandshakeEpochNs,
                        e.getValue().txBytes,
                        e.getValue().rxBytes,
                        e.getValue().keepaliveSeconds,
                        new ArrayList<>(e.getValue().allowedIps)))
                .collect(Collectors.toList());
        return CompletableFuture.completedFuture(new DeviceSnapshot(privateKey, listenPort, fwmark, list));
    }

    /** The peer with this key, or null. */
    public synchronized Peer peer(PublicKey key) {
        return peers.get(key);
    }
}
