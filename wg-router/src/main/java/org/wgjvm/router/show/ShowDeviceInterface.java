package org.wgjvm.router.show;

import java.util.Locale;

/** The layout of {@code show device-interface router ROUTER name PROFILE}, as operators of such routers know it. */
public final class ShowDeviceInterface {
    private static final String RULE = "=".repeat(67);

    private ShowDeviceInterface() {}

    /** The text, without what stands before and after everything that is shown. */
    public static String text(ProfileView view) {
        final StringBuilder out = new StringBuilder();
        out.append(RULE).append("\n ").append(view.node()).append('.').append(view.router()).append(':').append(view.name()).append('\n');
        out.append(RULE).append('\n');
        field(out, 1, 21, "Type:", "host");
        field(out, 1, 21, "Forwarding:", "true");
        field(out, 1, 21, "Mode:", "host");
        field(out, 1, 21, "MAC Address:", "n/a");
        out.append('\n');
        field(out, 1, 21, "Admin Status:", view.adminUp() ? "up" : "down");
        field(out, 1, 21, "Operational Status:", view.operational() + (view.reason() == null ? "" : " (" + view.reason() + ")"));
        field(out, 1, 21, "Redundancy Status:", "non-redundant");
        field(out, 1, 21, "Speed:", "n/a");
        field(out, 1, 21, "Duplex:", "n/a");
        out.append('\n');
        counter(out, "in-octets:", view.inOctets());
        counter(out, "in-unicast-pkts:", view.inPackets());
        counter(out, "in-errors:", view.inErrors());
        counter(out, "out-octets:", view.outOctets());
        counter(out, "out-unicast-pkts:", view.outPackets());
        counter(out, "out-errors:", view.outErrors());
        out.append("\n wireguard:\n   interface:\n");
        field(out, 5, 17, "listening port:", view.listeningPort());
        field(out, 5, 17, "name:", view.interfaceName());
        field(out, 5, 17, "public key:", view.publicKey());
        field(out, 3, 19, "number of peers:", view.peers().size());
        out.append("   peers:\n");
        int number = 0;
        for (final ProfileView.PeerView peer : view.peers()) {
            peer(out, ++number, peer);
        }
        return out.toString();
    }

    private static void peer(StringBuilder out, int number, ProfileView.PeerView peer) {
        out.append("       peer#").append(number).append(" - ").append(peer.name()).append(":\n");
        field(out, 9, 13, "allowed ips:", String.join(", ", peer.allowedIps()));
        if (peer.endpoint() != null) {
            field(out, 9, 13, "endpoint:", peer.endpoint());
        }
        if (peer.latestHandshakeSecondsAgo() != null) {
            field(out, 9, 18, "latest handshake:", WgText.ago(peer.latestHandshakeSecondsAgo()));
        }
        field(out, 9, 13, "public key:", peer.publicKey());
        if (peer.rxBytes() != 0 || peer.txBytes() != 0) {
            field(out, 9, 13, "transfer:", WgText.bytes(peer.rxBytes()) + " received, " + WgText.bytes(peer.txBytes()) + " sent");
        }
    }

    private static void field(StringBuilder out, int indent, int width, String label, Object value) {
        out.append(" ".repeat(indent)).append(label).append(" ".repeat(Math.max(0, width - label.length()))).append(value).append('\n');
    }

    private static void counter(StringBuilder out, String label, Long value) {
        out.append(String.format(Locale.ROOT, " %-18s%20s\n", label, value == null ? "n/a" : value.toString()));
    }
}
