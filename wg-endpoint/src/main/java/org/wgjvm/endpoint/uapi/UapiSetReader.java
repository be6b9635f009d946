package org.wgjvm.endpoint.uapi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerChange.AllowedIp;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.crypto.X25519;
import org.wgjvm.endpoint.text.Decimal;
import org.wgjvm.endpoint.text.InetReader;
import org.wgjvm.endpoint.text.ScopeNames;

/**
 * Gathers the lines of one {@code set} into a {@link DeviceChange}.
 *
 * <p>Lines act in order. Where a later line would undo what an earlier one of the same peer did to <em>another</em> peer (an allowed IP
 * taken over, then {@code remove} or {@code replace_allowed_ips}), the peer appears twice in the change, so that the order is kept.
 */
final class UapiSetReader {
    private final InetReader inet = new InetReader();
    private final byte[] key = new byte[32];

    private PrivateKey privateKey;
    private Integer listenPort;
    private Integer fwmark;
    private boolean replacePeers;
    private List<PeerChange> peers;

    private PublicKey publicKey;
    private boolean remove;
    private boolean updateOnly;
    private PresharedKey presharedKey;
    private Endpoint endpoint;
    private Integer persistentKeepaliveSeconds;
    private boolean replaceAllowedIps;
    private final List<AllowedIp> allowedIps = new ArrayList<>();

    void begin() {
        privateKey = null;
        listenPort = null;
        fwmark = null;
        replacePeers = false;
        peers = new ArrayList<>();
        beginPeer(null);
    }

    DeviceChange finish() {
        endPeer();
        final DeviceChange change = new DeviceChange(privateKey, listenPort, fwmark, replacePeers, peers);
        begin();
        return change;
    }

    void wipe() {
        Arrays.fill(key, (byte) 0);
    }

    /** Takes a line that is not blank; returns what is wrong with it, or null. */
    UapiFailure line(byte[] text, int from, int to) {
        int equals = from;
        while (equals < to && text[equals] != '=') {
            equals++;
        }
        if (equals == to) {
            return new UapiFailure(UapiFailure.EPROTO, "line without '='");
        }
        final UapiKey name = UapiKey.find(text, from, equals);
        if (name == null) {
            return new UapiFailure(UapiFailure.EINVAL, publicKey == null ? "no such device key" : "no such peer key");
        }
        if (name != UapiKey.PUBLIC_KEY && name.ofDevice != (publicKey == null)) {
            return new UapiFailure(UapiFailure.EINVAL, name + (name.ofDevice ? " after a peer" : " before a peer"));
        }
        final int value = equals + 1;
        final boolean good = name.ofDevice ? device(name, text, value, to) : peer(name, text, value, to);
        return good ? null : new UapiFailure(UapiFailure.EINVAL, "bad value of " + name);
    }

    private boolean device(UapiKey name, byte[] text, int from, int to) {
        switch (name) {
            case PRIVATE_KEY -> {
                if (!hex(text, from, to)) {
                    return false;
                }
                if (!isZero(key)) {
                    X25519.clamp(key);
                }
                privateKey = PrivateKey.of(key, 0);
                wipe();
            }
            case LISTEN_PORT -> {
                final long port = Decimal.read(text, from, to, 65535);
                if (port < 0) {
                    return false;
                }
                listenPort = (int) port;
            }
            case FWMARK -> {
                final long mark = Decimal.read(text, from, to, 0xffffffffL);
                if (mark < 0) {
                    return false;
                }
                fwmark = (int) mark;
            }
            case REPLACE_PEERS -> {
                replacePeers = isTrue(text, from, to);
                return replacePeers;
            }
            default -> throw new AssertionError(name);
        }
        return true;
    }

    private boolean peer(UapiKey name, byte[] text, int from, int to) {
        switch (name) {
            case PUBLIC_KEY -> {
                if (!hex(text, from, to)) {
                    return false;
                }
                endPeer();
                beginPeer(PublicKey.of(key, 0));
            }
            case UPDATE_ONLY -> {
                if (!isTrue(text, from, to)) {
                    return false;
                }
                updateOnly = true;
            }
            case REMOVE -> {
                if (!isTrue(text, from, to)) {
                    return false;
                }
                splitAfterAllowedIps();
                remove = true;
            }
            case PRESHARED_KEY -> {
                if (!hex(text, from, to)) {
                    return false;
                }
                presharedKey = PresharedKey.of(key, 0);
                wipe();
            }
            case ENDPOINT -> {
                final Endpoint read = inet.endpoint(text, from, to, ScopeNames.SYSTEM);
                if (read == null) {
                    return false;
                }
                endpoint = read;
            }
            case PERSISTENT_KEEPALIVE_INTERVAL -> {
                final long seconds = Decimal.read(text, from, to, 65535);
                if (seconds < 0) {
                    return false;
                }
                persistentKeepaliveSeconds = (int) seconds;
            }
            case REPLACE_ALLOWED_IPS -> {
                if (!isTrue(text, from, to)) {
                    return false;
                }
                splitAfterAllowedIps();
                replaceAllowedIps = true;
            }
            case ALLOWED_IP -> {
                final boolean minus = from < to && text[from] == '-';
                final IpPrefix prefix = inet.prefix(text, minus ? from + 1 : from, to);
                if (prefix == null) {
                    return false;
                }
                allowedIps.add(new AllowedIp(prefix, minus));
            }
            case PROTOCOL_VERSION -> {
                return to - from == 1 && text[from] == '1';
            }
            default -> throw new AssertionError(name);
        }
        return true;
    }

    private void splitAfterAllowedIps() {
        if (!allowedIps.isEmpty()) {
            final PublicKey same = publicKey;
            final boolean wasUpdateOnly = updateOnly;
            endPeer();
            beginPeer(same);
            updateOnly = wasUpdateOnly;
        }
    }

    private void beginPeer(PublicKey which) {
        publicKey = which;
        remove = false;
        updateOnly = false;
        presharedKey = null;
        endpoint = null;
        persistentKeepaliveSeconds = null;
        replaceAllowedIps = false;
        allowedIps.clear();
    }

    private void endPeer() {
        if (publicKey != null) {
            peers.add(new PeerChange(
                    publicKey, remove, updateOnly, presharedKey, endpoint, persistentKeepaliveSeconds, replaceAllowedIps, allowedIps));
        }
    }

    private boolean hex(byte[] text, int from, int to) {
        if (to - from != 64) {
            return false;
        }
        for (int i = 0; i < 32; i++) {
            final int digits = Character.digit(text[from + 2 * i], 16) << 4 | Character.digit(text[from + 2 * i + 1], 16);
            if (digits < 0) {
                wipe();
                return false;
            }
            key[i] = (byte) digits;
        }
        return true;
    }

    private static boolean isZero(byte[] bytes) {
        int or = 0;
        for (final byte b : bytes) {
            or |= b;
        }
        return or == 0;
    }

    private static boolean isTrue(byte[] text, int from, int to) {
        return to - from == 4 && text[from] == 't' && text[from + 1] == 'r' && text[from + 2] == 'u' && text[from + 3] == 'e';
    }
}
