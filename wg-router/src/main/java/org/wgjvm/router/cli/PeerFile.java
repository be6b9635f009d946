package org.wgjvm.router.cli;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.config.Tenant;
import org.wgjvm.router.config.TenantMember;
import org.wgjvm.router.config.WireguardProfile;

/** The file by which a peer of a profile reaches the router with wg-quick, and the same as a QR code. */
final class PeerFile {
    private static final int QUIET_MODULES = 2;

    private PeerFile() {}

    /**
     * The file.
     *
     * @param router name of the router, for a comment
     * @param privateKey the peer's, in base64, or null: then a comment says where it goes
     * @param endpoint where the router is reached, {@code address:port}
     * @param allowedIps what is routed to the router
     */
    static String text(
            String router, PeerEntry peer, String privateKey, PublicKey routerKey, String endpoint, List<IpPrefix> allowedIps) {
        final StringBuilder out = new StringBuilder("[Interface]\n# " + peer.name() + "\n");
        out.append("Address = ").append(join(peer.allowedIps())).append('\n');
        out.append(privateKey == null
                ? "# PrivateKey = the private half of " + peer.publicKey() + "\n"
                : "PrivateKey = " + privateKey + "\n");
        out.append("\n[Peer]\n# ").append(router).append("\nPublicKey = ").append(routerKey).append('\n');
        if (peer.presharedKey() != null) {
            out.append("PresharedKey = ").append(peer.presharedKey().toBase64()).append('\n');
        }
        out.append("AllowedIPs = ").append(join(allowedIps)).append("\nEndpoint = ").append(endpoint).append('\n');
        return out.toString();
    }

    private static String join(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::toString).collect(Collectors.joining(", "));
    }

    /** The destinations of the services that the peer's tenant may use; when there are none, the private network. */
    static List<IpPrefix> reachable(Authority authority, WireguardProfile profile, PeerEntry peer) {
        final List<IpPrefix> all = new ArrayList<>();
        for (final IpPrefix prefix : peer.allowedIps()) {
            final String tenant = tenantOf(authority, profile.privateNetwork().neighborhood(), prefix);
            for (final Service service : authority.services()) {
                final boolean allowed = (tenant == null && service.scope() == Service.Scope.PUBLIC)
                        || service.accessPolicies().stream().anyMatch(policy -> policy.allow()
                                && (policy.tenant() == null
                                        || (tenant != null && (tenant + ".").endsWith(policy.tenant() + "."))));
                if (allowed) {
                    service.addresses().stream().filter(address -> !all.contains(address)).forEach(all::add);
                }
            }
        }
        return all.isEmpty() ? List.of(profile.privateNetwork().address().network()) : all;
    }

    private static String tenantOf(Authority authority, String neighborhood, IpPrefix source) {
        String best = null;
        int bits = -1;
        for (final Tenant tenant : authority.tenants()) {
            for (final TenantMember member : tenant.members()) {
                for (final IpPrefix address : member.addresses()) {
                    if (member.neighborhood().equals(neighborhood)
                            && address.bits() > bits
                            && address.bits() <= source.bits()
                            && new IpAddress(source.v6(), source.high(), source.low()).isIn(address)) {
                        best = tenant.name();
                        bits = address.bits();
                    }
                }
            }
        }
        return best;
    }

    /** The text as a QR code for a terminal, two modules in a character; dark on a light ground, whatever the terminal's colours. */
    static String qrCode(String text) throws CommandException {
        final BitMatrix code;
        try {
            code = new QRCodeWriter().encode(
                    text, BarcodeFormat.QR_CODE, 0, 0, Map.of(EncodeHintType.CHARACTER_SET, "UTF-8", EncodeHintType.MARGIN, QUIET_MODULES));
        } catch (WriterException e) {
            throw new CommandException("too much for a QR code: " + e.getMessage());
        }
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
