package org.wgjvm.endpoint.wg;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;

/** The single fields of {@code wg show}, and its {@code dump}: lines of values separated by tabs. */
public enum ShowField {
    PUBLIC_KEY(ShowField::publicKey, null),
    PRIVATE_KEY(ShowField::privateKey, null),
    LISTEN_PORT(d -> Integer.toString(d.listenPort()), null),
    FWMARK(ShowField::fwmark, null),
    PEERS(null, p -> ""),
    PRESHARED_KEYS(null, p -> "\t" + presharedKey(p)),
    ENDPOINTS(null, p -> "\t" + endpoint(p)),
    ALLOWED_IPS(null, p -> "\t" + allowedIps(p, " ")),
    LATEST_HANDSHAKES(null, p -> "\t" + p.lastHandshakeEpochNs() / 1_000_000_000L),
    TRANSFER(null, p -> "\t" + transfer(p)),
    PERSISTENT_KEEPALIVE(null, p -> "\t" + keepalive(p)),
    DUMP(
            d -> privateKey(d) + "\t" + publicKey(d) + "\t" + d.listenPort() + "\t" + fwmark(d),
            p -> "\t" + presharedKey(p) + "\t" + endpoint(p) + "\t" + allowedIps(p,
                    ",") + "\t" + p.lastHandshakeEpochNs() / 1_000_000_000L + "\t"
                    + transfer(p) + "\t" + keepalive(p));

    @SuppressWarnings("ImmutableEnumChecker") // None of them has state.
    private final Function<DeviceSnapshot, String> ofDevice;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<PeerSnapshot, String> ofPeer;

    ShowField(Function<DeviceSnapshot, String> ofDevice, Function<PeerSnapshot, String> ofPeer) {
        this.ofDevice = ofDevice;
        this.ofPeer = ofPeer;
    }

    /** The field written so on the command line, or null. */
    public static ShowField of(String text) {
        return Arrays.stream(values()).filter(f -> f.toString().equals(text)).findFirst().orElse(null);
    }

    /** All of them as the command line writes them. */
    public static String names() {
        return Arrays.stream(values()).map(ShowField::toString).collect(Collectors.joining(" | "));
    }

    /** The lines of this field; {@code prefix} begins each (the interface and a tab for {@code show all}, or nothing). */
    public String print(DeviceSnapshot device, String prefix) {
        final StringBuilder out = new StringBuilder();
        if (ofDevice != null) {
            out.append(prefix).append(ofDevice.apply(device)).append('\n');
        }
        if (ofPeer != null) {
            for (final PeerSnapshot peer : device.peers()) {
                out.append(prefix).append(peer.publicKey().toBase64()).append(ofPeer.apply(peer)).append('\n');
            }
        }
        return out.toString();
    }

    private static String privateKey(DeviceSnapshot device) {
        return device.privateKey() == null ? "(none)" : device.privateKey().toBase64();
    }

    private static String publicKey(DeviceSnapshot device) {
        return device.privateKey() == null ? "(none)" : device.privateKey().publicKey().toBase64();
    }

    private static String fwmark(DeviceSnapshot device) {
        return device.fwmark() == 0 ? "off" : "0x" + Integer.toHexString(device.fwmark());
    }

    private static String presharedKey(PeerSnapshot peer) {
        return peer.presharedKey() == null ? "(none)" : peer.presharedKey().toBase64();
    }

    private static String endpoint(PeerSnapshot peer) {
        return peer.endpoint() == null ? "(none)" : WgText.endpoint(peer.endpoint());
    }

    private static String allowedIps(PeerSnapshot peer, String separator) {
        return peer.allowedIps().isEmpty()
                ? "(none)"
                : peer.allowedIps().stream().map(ip -> WgText.address(ip) + "/" + ip.bits()).collect(Collectors.joining(separator));
    }

    private static String transfer(PeerSnapshot peer) {
        return Long.toUnsignedString(peer.rxBytes()) + "\t" + Long.toUnsignedString(peer.txBytes());
    }

    private static String keepalive(PeerSnapshot peer) {
        return peer.persistentKeepaliveSeconds() == 0 ? "off" : Integer.toString(peer.persistentKeepaliveSeconds());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
