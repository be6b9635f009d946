package org.wgjvm.endpoint.ui;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;

/** The configuration of the other end of a tunnel, as far as this end knows it, and its QR code. */
final class PeerConfiguration {
    /** Stands where the peer's private key belongs. */
    static final String PLACEHOLDER = "REPLACE-WITH-THE-PRIVATE-KEY-OF-THIS-PEER";

    private static final Pattern ENDPOINT = Pattern.compile("[A-Za-z0-9.:%_\\[\\]-]{1,255}:[0-9]{1,5}");
    private static final Pattern PREFIXES = Pattern.compile("[0-9A-Fa-f.:/, ]{1,1000}");
    private static final int QUIET_ZONE = 4;
    private static final int MODULE_PIXELS = 4;

    private PeerConfiguration() {}

    /**
     * A file for {@code wg-quick}.
     *
     * @param endpoint where the peer reaches this end
     * @param allowed the prefixes that the peer is to send through the tunnel, separated by commas
     * @throws IllegalArgumentException when one of them can be no such thing
     */
    static String text(DeviceStatistics device, PeerStatistics peer, String endpoint, String allowed) {
        if (!ENDPOINT.matcher(endpoint).matches()) {
            throw new IllegalArgumentException("where this end is reached: an address or name, a colon and a port");
        }
        if (!PREFIXES.matcher(allowed).matches()) {
            throw new IllegalArgumentException("what goes through the tunnel: prefixes, separated by commas");
        }
        if (device.publicKey() == null) {
            throw new IllegalArgumentException("this interface has no key yet");
        }
        return "[Interface]\nPrivateKey = " + PLACEHOLDER + "\nAddress = "
                + peer.allowedIps().stream().map(Object::toString).collect(Collectors.joining(", "))
                + "\n\n[Peer]\nPublicKey = " + device.publicKey().toBase64() + "\nAllowedIPs = " + allowed
                + "\nEndpoint = " + endpoint + "\nPersistentKeepalive = 25\n";
    }

    /** A QR code as an SVG image, black on white; each module is a square of whole pixels, whatever the length of the text. */
    static String qrSvg(String text) {
        final BitMatrix modules;
        try {
            modules = new QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 0, 0, Map.of(
                    EncodeHintType.CHARACTER_SET, StandardCharsets.UTF_8.name(),
                    EncodeHintType.ERROR_CORRECTION, ErrorCorrectionLevel.L,
                    EncodeHintType.MARGIN, QUIET_ZONE));
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code", e);
        }
        final StringBuilder path = new StringBuilder();
        for (int y = 0; y < modules.getHeight(); y++) {
            for (int x = 0; x < modules.getWidth(); x++) {
                if (modules.get(x, y)) {
                    path.append('M').append(x).append(' ').append(y).append("h1v1h-1z");
                }
            }
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + MODULE_PIXELS * modules.getWidth() + "\" height=\""
                + MODULE_PIXELS * modules.getHeight() + "\" viewBox=\"0 0 " + modules.getWidth() + " " + modules.getHeight()
                + "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + modules.getWidth() + "v" + modules.getHeight()
                + "H0z\"/><path d=\"" + path + "\"/></svg>\n";
    }
}
