package org.wgjvm.endpoint.wg;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerChange.AllowedIp;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/**
 * What separates a running device from what a file says of it: the smallest change that gets there, the change that gets back, and both in
 * words without a secret. Peers that are as the file wants them are in neither change, so that nothing of theirs is touched: not their
 * sessions, their counters, nor the endpoint that they roamed to.
 */
public final class DeviceDiff {
    private final DeviceSnapshot running;
    private final PrivateKey privateKey;
    private final Integer listenPort;
    private final Integer fwmark;
    private final Map<PublicKey, Wanted> wanted = new LinkedHashMap<>();
    private final Map<PublicKey, PeerSnapshot> present = new LinkedHashMap<>();
    private final List<PeerChange> forth = new ArrayList<>();
    private final List<PeerChange> back = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private int unchanged;

    /** A peer as the file has it, all of its sections taken together. */
    private static final class Wanted {
        private PresharedKey presharedKey;
        private Endpoint endpoint;
        private int keepaliveSeconds;
        private final Set<IpPrefix> allowedIps = new LinkedHashSet<>();
    }

    private DeviceDiff(DeviceSnapshot running, DeviceChange file) {
        this.running = running;
        privateKey = file.privateKey() == null || same(file.privateKey(), running.privateKey()) ? null : file.privateKey();
        listenPort = file.listenPort() == null || file.listenPort() == running.listenPort() ? null : file.listenPort();
        fwmark = file.fwmark() == null || file.fwmark() == running.fwmark() ? null : file.fwmark();
        running.peers().forEach(p -> present.put(p.publicKey(), p));
        want(file);
        compare();
    }

    /**
     * Compares.
     *
     * @param file its peers are all there is to be; a key, port or mark that is null stays as it is
     */
    public static DeviceDiff of(DeviceSnapshot running, DeviceChange file) {
        return new DeviceDiff(running, file);
    }

    private static boolean same(PrivateKey wanted, PrivateKey running) {
        if (running == null || wanted.isZero()) {
            return running == null && wanted.isZero();
        }
        return wanted.publicKey().equals(running.publicKey());
    }

    private static boolean same(PresharedKey a, PresharedKey b) {
        final byte[] left = new byte[PresharedKey.LENGTH];
        final byte[] right = new byte[PresharedKey.LENGTH];
        a.copyTo(left, 0);
        b.copyTo(right, 0);
        final boolean same = MessageDigest.isEqual(left, right);
        Arrays.fill(left, (byte) 0);
        Arrays.fill(right, (byte) 0);
        return same;
    }

    /** Reads the peers in their order, since an allowed IP that two of them name is the last one's. */
    private void want(DeviceChange file) {
        final Map<IpPrefix, Wanted> owners = new HashMap<>();
        for (final PeerChange peer : file.peers()) {
            final Wanted w = wanted.computeIfAbsent(peer.publicKey(), key -> new Wanted());
            w.presharedKey = Objects.requireNonNullElse(peer.presharedKey(), w.presharedKey == null ? zero() : w.presharedKey);
            w.endpoint = peer.endpoint() == null ? w.endpoint : peer.endpoint();
            w.keepaliveSeconds = Objects.requireNonNullElse(peer.persistentKeepaliveSeconds(), w.keepaliveSeconds);
            if (peer.replaceAllowedIps()) {
                w.allowedIps.clear();
            } else if (present.containsKey(peer.publicKey())) {
                w.allowedIps.addAll(present.get(peer.publicKey()).allowedIps());
            }
            for (final AllowedIp ip : peer.allowedIps()) {
                if (ip.remove()) {
                    w.allowedIps.remove(ip.prefix());
                    continue;
                }
                final Wanted before = owners.put(ip.prefix(), w);
                if (before != null && before != w) {
                    before.allowedIps.remove(ip.prefix());
                }
                w.allowedIps.add(ip.prefix());
            }
        }
        final PrivateKey own = privateKey == null ? running.privateKey() : privateKey;
        if (own != null) {
            // A device ignores itself.
            wanted.remove(own.publicKey());
        }
    }

    private static PresharedKey zero() {
        return PresharedKey.of(new byte[PresharedKey.LENGTH], 0);
    }

    private void compare() {
        if (privateKey != null) {
            lines.add("~ private key: another one, so every peer has to know the new public key and shakes hands anew");
        }
        if (listenPort != null) {
            lines.add("~ listen port: " + running.listenPort() + " -> " + (listenPort == 0 ? "a free one" : listenPort.toString()));
        }
        if (fwmark != null) {
            lines.add("~ fwmark: " + mark(running.fwmark()) + " -> " + mark(fwmark));
        }
        for (final PeerSnapshot peer : running.peers()) {
            if (!wanted.containsKey(peer.publicKey())) {
                lines.add("- peer " + peer.publicKey().toBase64());
                forth.add(new PeerChange(peer.publicKey(), true, false, null, null, null, false, List.of()));
                back.add(whole(peer));
            }
        }
        wanted.forEach((key, w) -> {
            final PeerSnapshot peer = present.get(key);
            if (peer == null) {
                add(key, w);
            } else {
                change(peer, w);
            }
        });
    }

    private static PeerChange whole(PeerSnapshot peer) {
        return new PeerChange(
                peer.publicKey(), false, false, peer.presharedKey(), peer.endpoint(), peer.persistentKeepaliveSeconds(), true,
                added(peer.allowedIps()));
    }

    private static List<AllowedIp> added(Iterable<IpPrefix> prefixes) {
        final List<AllowedIp> list = new ArrayList<>();
        prefixes.forEach(p -> list.add(new AllowedIp(p, false)));
        return list;
    }

    private void add(PublicKey key, Wanted w) {
        lines.add("+ peer " + key.toBase64());
        if (w.endpoint != null) {
            lines.add("    + endpoint: " + WgText.endpoint(w.endpoint));
        }
        for (final IpPrefix ip : w.allowedIps) {
            lines.add("    + allowed IP: " + text(ip));
        }
        if (!w.presharedKey.isZero()) {
            lines.add("    + preshared key");
        }
        if (w.keepaliveSeconds != 0) {
            lines.add("    + persistent keepalive: " + keepalive(w.keepaliveSeconds));
        }
        forth.add(new PeerChange(key, false, false, w.presharedKey, w.endpoint, w.keepaliveSeconds, true, added(w.allowedIps)));
        back.add(new PeerChange(key, true, false, null, null, null, false, List.of()));
    }

    private void change(PeerSnapshot peer, Wanted w) {
        final List<String> said = new ArrayList<>();
        final PresharedKey had = peer.presharedKey() == null ? zero() : peer.presharedKey();
        final boolean otherKey = !same(had, w.presharedKey);
        if (otherKey) {
            final String change = w.presharedKey.isZero() ? "- preshared key" : "~ preshared key: another one";
            said.add((had.isZero() ? "+ preshared key" : change) + ", from the next handshake on");
        }
        final boolean otherEndpoint = w.endpoint != null && !w.endpoint.equals(peer.endpoint());
        if (otherEndpoint) {
            said.add("~ endpoint: " + (peer.endpoint() == null ? "none" : WgText.endpoint(peer.endpoint())) + " -> "
                    + WgText.endpoint(w.endpoint));
        }
        final boolean otherKeepalive = w.keepaliveSeconds != peer.persistentKeepaliveSeconds();
        if (otherKeepalive) {
            said.add("~ persistent keepalive: " + keepalive(peer.persistentKeepaliveSeconds()) + " -> " + keepalive(w.keepaliveSeconds));
        }
        final Set<IpPrefix> ips = new LinkedHashSet<>(peer.allowedIps());
        final boolean otherIps = !ips.equals(w.allowedIps);
        w.allowedIps.stream().filter(ip -> !ips.contains(ip)).forEach(ip -> said.add("+ allowed IP: " + text(ip)));
        ips.stream().filter(ip -> !w.allowedIps.contains(ip)).forEach(ip -> said.add("- allowed IP: " + text(ip)));
        if (said.isEmpty()) {
            unchanged++;
            return;
        }
        lines.add("~ peer " + peer.publicKey().toBase64());
        said.forEach(s -> lines.add("    " + s));
        forth.add(new PeerChange(
                peer.publicKey(),
                false,
                true,
                otherKey ? w.presharedKey : null,
                otherEndpoint ? w.endpoint : null,
                otherKeepalive ? Integer.valueOf(w.keepaliveSeconds) : null,
                otherIps,
                otherIps ? added(w.allowedIps) : List.of()));
        back.add(new PeerChange(
                peer.publicKey(),
                false,
                true,
                otherKey ? had : null,
                otherEndpoint ? peer.endpoint() : null,
                otherKeepalive ? Integer.valueOf(peer.persistentKeepaliveSeconds()) : null,
                otherIps,
                otherIps ? added(peer.allowedIps()) : List.of()));
    }

    private static String text(IpPrefix ip) {
        return WgText.address(ip) + "/" + ip.bits();
    }

    private static String mark(int mark) {
        return mark == 0 ? "off" : "0x" + Integer.toHexString(mark);
    }

    private static String keepalive(int seconds) {
        return seconds == 0 ? "off" : seconds + " s";
    }

    /** Whether the device is as the file wants it. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** The differences, one a line, those of a peer indented below it: {@code +} comes, {@code -} goes, {@code ~} changes. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** How many peers stay as they are. */
    public int unchangedPeers() {
        return unchanged;
    }

    /** What to apply. */
    public DeviceChange change() {
        return new DeviceChange(privateKey, listenPort, fwmark, false, forth);
    }

    /** What undoes {@link #change}, and touches nothing else; the sessions of peers that were removed do not come back. */
    public DeviceChange inverse() {
        final PrivateKey before = running.privateKey() == null ? PrivateKey.of(new byte[PrivateKey.LENGTH], 0) : running.privateKey();
        return new DeviceChange(
                privateKey == null ? null : before,
                listenPort == null ? null : Integer.valueOf(running.listenPort()),
                fwmark == null ? null : Integer.valueOf(running.fwmark()),
                false,
                back);
    }

    /** The allowed IPs of all peers once {@link #change} is applied. */
    public Set<IpPrefix> wantedAllowedIps() {
        final Set<IpPrefix> all = new LinkedHashSet<>();
        wanted.values().forEach(w -> all.addAll(w.allowedIps));
        return all;
    }
}
