package org.wgjvm.hub.agent;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.wgjvm.hub.port.Cidr;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.state.PortEntry;

/** The wg-quick file for the device of a spoke, and the same as a QR code. Its secrets are not in it: it says where they go. */
final class PeerFile {
    /** Where the device's private key goes. */
    static final String PRIVATE_KEY_PLACE = "PUT-THE-PRIVATE-KEY-OF-THIS-DEVICE-HERE";

    /** Where the preshared key goes. */
    static final String PRESHARED_KEY_PLACE = "PUT-THE-PRESHARED-KEY-OF-THIS-PORT-HERE";

    private static final int QUIET_MODULES = 4;
    private static final int TERMINAL_QUIET_MODULES = 2;
    private static final int MODULE_PIXELS = 4;

    private PeerFile() {}

    /** The file, with a peer for each hub. */
    static String text(PortEntry spoke, List<PortEntry> hubs, PortViews views, boolean preshared, int mtu) throws IOException {
        final Port port = spoke.port();
        final StringBuilder out = new StringBuilder("[Interface]\n");
        final String name = port.identity().name().replaceAll("\\p{Cntrl}", " ");
        out.append("# ").append(name.isEmpty() ? "port " + port.id() : name).append(", whose public key is ")
                .append(port.profile().publicKey()).append('\n');
        out.append("PrivateKey = ").append(PRIVATE_KEY_PLACE).append('\n');
        out.append("Address = ").append(port.fixedIps().stream().map(ip -> Cidr.host(ip.address()).toString())
                .collect(Collectors.joining(", "))).append('\n');
        out.append("MTU = ").append(mtu).append('\n');
        for (final PortEntry hub : hubs) {
            if (views.endpoint(hub).isEmpty()) {
                continue;
            }
            out.append("\n[Peer]\n# hub ").append(hub.port().id()).append('\n');
            out.append("PublicKey = ").append(views.publicKey(hub)).append('\n');
            if (preshared) {
                out.append("PresharedKey = ").append(PRESHARED_KEY_PLACE).append('\n');
            }
            out.append("AllowedIPs = ").append(PortViews.reachable(hub.port()).stream().map(Cidr::toString)
                    .collect(Collectors.joining(", "))).append('\n');
            out.append("Endpoint = ").append(views.endpoint(hub)).append('\n');
            if (port.profile().keepaliveSeconds() != 0) {
                out.append("PersistentKeepalive = ").append(port.profile().keepaliveSeconds()).append('\n');
            }
        }
        return out.toString();
    }

    private static BitMatrix encode(String text, int quietModules) throws ApiException {
        try {
            return new QRCodeWriter().encode(
                    text, BarcodeFormat.QR_CODE, 0, 0, Map.of(EncodeHintType.CHARACTER_SET, "UTF-8", EncodeHintType.MARGIN, quietModules));
        } catch (WriterException e) {
            throw new ApiException(409, "", "too much for a QR code");
        }
    }

    /** A text as a QR code, an SVG image; each module is a square of whole pixels, whatever the length of the text. */
    static String svg(String text) throws ApiException {
        final BitMatrix code = encode(text, QUIET_MODULES);
        final StringBuilder out = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"")
                .append(MODULE_PIXELS * code.getWidth()).append("\" height=\"").append(MODULE_PIXELS * code.getHeight())
                .append("\" viewBox=\"0 0 ").append(code.getWidth()).append(' ').append(code.getHeight())
                .append("\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"");
        for (int y = 0; y < code.getHeight(); y++) {
            for (int x = 0; x < code.getWidth(); x++) {
                if (code.get(x, y)) {
                    out.append('M').append(x).append(' ').append(y).append("h1v1h-1z");
                }
            }
        }
        return out.append("\"/></svg>\n").toString();
    }

    /** A text as a QR code for a terminal, two modules in a character; dark on a light ground, whatever the terminal's colours. */
    static String terminal(String text) throws ApiException {
        final BitMatrix code = encode(text, TERMINAL_QUIET_MODULES);
        final StringBuilder out = new StringBuilder();
        for (int y = 0; y < code.getHeight(); y += 2) {
            out.append("\u001b[30;47m");
            for (int x = 0; x < code.getWidth(); x++) {
                final boolean upper = code.get(x, y);
                final boolean lower = y + 1 < code.getHeight() && code.get(x, y + 1);
                out.append(upper ? lower ? '\u2588' : '\u2580' : lower ? '\u2584' : ' ');
            }
            out.append("\u001b[0m\n");
        }
        return out.toString();
    }
}
