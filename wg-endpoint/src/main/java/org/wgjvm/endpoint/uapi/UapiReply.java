package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.text.Decimal;
import org.wgjvm.endpoint.text.InetReader;
import org.wgjvm.endpoint.text.ScopeNames;

/** Gathers the lines of the answer to a {@code get}. Keys that it does not know are left aside, as {@code wg(8)} does. */
final class UapiReply {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final InetReader inet = new InetReader();
    private final List<PeerSnapshot> peers = new ArrayList<>();
    private PrivateKey privateKey;
    private int listenPort;
    private int fwmark;
    private int errno = UapiFailure.EPROTO;

    private PublicKey publicKey;
    private PresharedKey presharedKey;
    private Endpoint endpoint;
    private long handshakeSeconds;
    private long handshakeNs;
    private long txBytes;
    private long rxBytes;
    private int keepaliveSeconds;
    private List<IpPrefix> allowedIps = new ArrayList<>();

    void line(String line) throws IOException {
        final int equals = line.indexOf('=');
        if (equals < 0) {
            throw nonsense(line.length() + " characters without '='");
        }
        final String key = line.substring(0, equals);
        final String value = line.substring(equals + 1);
        try {
            if (key.equals("public_key")) {
                endPeer();
                publicKey = PublicKey.fromHex(value);
            } else if (key.equals("errno")) {
                errno = Math.abs(number(value));
            } else if (publicKey == null) {
                device(key, value);
            } else {
                peer(key, value);
            }
        } catch (IllegalArgumentException e) {
            throw nonsense(key);
        }
    }

    private void device(String key, String value) {
        switch (key) {
            case "private_key" -> privateKey = PrivateKey.fromHex(value);
            case "listen_port" -> listenPort = (int) unsigned(value, 65535);
            case "fwmark" -> fwmark = (int) unsigned(value, 0xffffffffL);
            default -> { }
        }
    }

    private void peer(String key, String value) {
        switch (key) {
            case "preshared_key" -> {
                final PresharedKey read = PresharedKey.fromHex(value);
                presharedKey = read.isZero() ? null : read;
            }
            case "endpoint" -> {
                final byte[] text = value.getBytes(StandardCharsets.UTF_8);
                endpoint = required(inet.endpoint(text, 0, text.length, ScopeNames.SYSTEM));
            }
            case "last_handshake_time_sec" -> handshakeSeconds = unsigned(value, Long.MAX_VALUE);
            case "last_handshake_time_nsec" -> handshakeNs = unsigned(value, Long.MAX_VALUE);
            case "tx_bytes" -> txBytes = Long.parseUnsignedLong(value);
            case "rx_bytes" -> rxBytes = Long.parseUnsignedLong(value);
            case "persistent_keepalive_interval" -> keepaliveSeconds = (int) unsigned(value, 65535);
            case "allowed_ip" -> allowedIps.add(required(inet.prefix(value)));
            default -> { }
        }
    }

    private void endPeer() {
        if (publicKey == null) {
            return;
        }
        final long seconds = Math.min(handshakeSeconds, Long.MAX_VALUE / NS_PER_SECOND - 1);
        peers.add(new PeerSnapshot(
                publicKey,
                presharedKey,
                endpoint,
                seconds * NS_PER_SECOND + Math.min(handshakeNs, NS_PER_SECOND - 1),
                txBytes,
                rxBytes,
                keepaliveSeconds,
                allowedIps));
        presharedKey = null;
        endpoint = null;
        handshakeSeconds = 0;
        handshakeNs = 0;
        txBytes = 0;
        rxBytes = 0;
        keepaliveSeconds = 0;
        allowedIps = new ArrayList<>();
    }

    DeviceSnapshot snapshot() {
        endPeer();
        return new DeviceSnapshot(privateKey, listenPort, fwmark, peers);
    }

    int errno() {
        return errno;
    }

    /** A number with an optional sign; what is none counts as a protocol error. */
    static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return UapiFailure.EPROTO;
        }
    }

    private static long unsigned(String text, long max) {
        final byte[] digits = text.getBytes(StandardCharsets.ISO_8859_1);
        final long value = Decimal.read(digits, 0, digits.length, max);
        if (value < 0) {
            throw new IllegalArgumentException("no number");
        }
        return value;
    }

    private static <T> T required(T value) {
        if (value == null) {
            throw new IllegalArgumentException("unreadable");
        }
        return value;
    }

    private static UapiException nonsense(String what) {
        return new UapiException(UapiFailure.EPROTO, "the device's answer makes no sense: " + what);
    }
}
