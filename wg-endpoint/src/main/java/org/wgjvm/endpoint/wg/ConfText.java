package org.wgjvm.endpoint.wg;

import java.util.stream.Collectors;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;

/** The output of {@code wg showconf}: a file for {@code setconf}, secrets included. */
public final class ConfText {
    private ConfText() {}

    /** Describes a device. */
    public static String of(DeviceSnapshot device) {
        final StringBuilder out = new StringBuilder("[Interface]\n");
        if (device.listenPort() != 0) {
            out.append("ListenPort = ").append(device.listenPort()).append('\n');
        }
        if (device.fwmark() != 0) {
            out.append("FwMark = 0x").append(Integer.toHexString(device.fwmark())).append('\n');
        }
        if (device.privateKey() != null) {
            out.append("PrivateKey = ").append(device.privateKey().toBase64()).append('\n');
        }
        out.append('\n');
        String separator = "";
        for (final PeerSnapshot peer : device.peers()) {
            out.append(separator);
            peer(out, peer);
            separator = "\n";
        }
        return out.toString();
    }

    private static void peer(StringBuilder out, PeerSnapshot peer) {
        out.append("[Peer]\nPublicKey = ").append(peer.publicKey().toBase64()).append('\n');
        if (peer.presharedKey() != null) {
            out.append("PresharedKey = ").append(peer.presharedKey().toBase64()).append('\n');
        }
        if (!peer.allowedIps().isEmpty()) {
            final String list =
                    peer.allowedIps().stream().map(ip -> WgText.address(ip) + "/" + ip.bits()).collect(Collectors.joining(", "));
            out.append("AllowedIPs = ").append(list).append('\n');
        }
        if (peer.endpoint() != null) {
            out.append("Endpoint = ").append(WgText.endpoint(peer.endpoint())).append('\n');
        }
        if (peer.persistentKeepaliveSeconds() != 0) {
            out.append("PersistentKeepalive = ").append(peer.persistentKeepaliveSeconds()).append('\n');
        }
    }
}
