package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.InetText;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.endpoint.text.ScopeNames;

/** Writes answers to a channel through one small buffer, whatever the size of the device. Of one thread. */
final class UapiFormatter {
    private static final int BUFFER_BYTES = 32 * 1024;
    private static final byte[] HEX = UapiKey.ascii("0123456789abcdef");
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final WritableByteChannel out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final byte[] key = new byte[32];
    private int used;

    UapiFormatter(WritableByteChannel out) {
        this.out = out;
    }

    /** The lines of a {@code get}, without its errno. */
    void device(DeviceSnapshot device) throws IOException {
        if (device.privateKey() != null && !device.privateKey().isZero()) {
            device.privateKey().copyTo(key, 0);
            keyLine("private_key=");
        }
        if (device.listenPort() != 0) {
            line("listen_port=", Integer.toString(device.listenPort()));
        }
        if (device.fwmark() != 0) {
            line("fwmark=", Integer.toUnsignedString(device.fwmark()));
        }
        for (final PeerSnapshot peer : device.peers()) {
            peer(peer);
        }
        wipe();
    }

    private void peer(PeerSnapshot peer) throws IOException {
        peer.publicKey().copyTo(key, 0);
        keyLine("public_key=");
        if (peer.presharedKey() == null) {
            Arrays.fill(key, (byte) 0);
        } else {
            peer.presharedKey().copyTo(key, 0);
        }
        keyLine("preshared_key=");
        line("protocol_version=", "1");
        if (peer.endpoint() != null) {
            line("endpoint=", endpoint(peer.endpoint()));
        }
        line("last_handshake_time_sec=", Long.toString(peer.lastHandshakeEpochNs() / NS_PER_SECOND));
        line("last_handshake_time_nsec=", Long.toString(peer.lastHandshakeEpochNs() % NS_PER_SECOND));
        line("tx_bytes=", Long.toUnsignedString(peer.txBytes()));
        line("rx_bytes=", Long.toUnsignedString(peer.rxBytes()));
        line("persistent_keepalive_interval=", Integer.toString(peer.persistentKeepaliveSeconds()));
        for (final IpPrefix prefix : peer.allowedIps()) {
            line("allowed_ip=", prefix.toString());
        }
    }

    /** The text of an endpoint, its scope by name. */
    static String endpoint(Endpoint endpoint) {
        if (!endpoint.isV6()) {
            return InetText.v4((int) endpoint.low()) + ':' + endpoint.port();
        }
        final String scope = endpoint.scopeId() == 0 ? "" : "%" + ScopeNames.SYSTEM.name(endpoint.scopeId());
        return '[' + InetText.v6(endpoint.high(), endpoint.low()) + scope + "]:" + endpoint.port();
    }

    /** Everything a {@code set} may say, without its first and last line. */
    void change(DeviceChange change) throws IOException {
        final PrivateKey privateKey = change.privateKey();
        if (privateKey != null) {
            privateKey.copyTo(key, 0);
            keyLine("private_key=");
        }
        if (change.listenPort() != null) {
            line("listen_port=", change.listenPort().toString());
        }
        if (change.fwmark() != null) {
            line("fwmark=", Integer.toUnsignedString(change.fwmark()));
        }
        if (change.replacePeers()) {
            line("replace_peers=", "true");
        }
        for (final PeerChange peer : change.peers()) {
            peer(peer);
        }
        wipe();
    }

    private void peer(PeerChange peer) throws IOException {
        peer.publicKey().copyTo(key, 0);
        keyLine("public_key=");
        if (peer.updateOnly()) {
            line("update_only=", "true");
        }
        if (peer.remove()) {
            line("remove=", "true");
            return;
        }
        final PresharedKey presharedKey = peer.presharedKey();
        if (presharedKey != null) {
            presharedKey.copyTo(key, 0);
            keyLine("preshared_key=");
        }
        if (peer.endpoint() != null) {
            line("endpoint=", endpoint(peer.endpoint()));
        }
        if (peer.persistentKeepaliveSeconds() != null) {
            line("persistent_keepalive_interval=", peer.persistentKeepaliveSeconds().toString());
        }
        if (peer.replaceAllowedIps()) {
            line("replace_allowed_ips=", "true");
        }
        for (final PeerChange.AllowedIp ip : peer.allowedIps()) {
            line(ip.remove() ? "allowed_ip=-" : "allowed_ip=", ip.prefix().toString());
        }
    }

    /** One line. */
    void line(String name, String value) throws IOException {
        put(name);
        put(value);
        put((byte) '\n');
    }

    /** The end of an answer, which is then sent. */
    void errno(int errno) throws IOException {
        line("errno=", Integer.toString(errno));
        put((byte) '\n');
        flush();
    }

    /** An empty line, then sends. */
    void end() throws IOException {
        put((byte) '\n');
        flush();
    }

    /** Sends what is buffered, then wipes it: it may be a secret. */
    void flush() throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, used);
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
        Arrays.fill(buffer, 0, used, (byte) 0);
        used = 0;
    }

    private void wipe() {
        Arrays.fill(key, (byte) 0);
    }

    private void keyLine(String name) throws IOException {
        put(name);
        room(65);
        for (final byte b : key) {
            buffer[used++] = HEX[b >> 4 & 15];
            buffer[used++] = HEX[b & 15];
        }
        put((byte) '\n');
    }

    private void put(String text) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, used, bytes.length);
        used += bytes.length;
    }

    private void put(byte b) throws IOException {
        room(1);
        buffer[used++] = b;
    }

    private void room(int bytes) throws IOException {
        if (BUFFER_BYTES - used < bytes) {
            flush();
        }
    }
}
