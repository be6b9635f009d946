package org.wgjvm.router.cli;

import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.router.config.HostPrefix;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.WireguardProfile;
import org.wgjvm.router.profile.ProfileStatus;
import org.wgjvm.router.profile.RunningRouter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export-peer}. */
@Command(
        name = "export-peer",
        description = {
            "Prints a wg-quick file for a peer of a profile, and the same as a QR code.",
            "AllowedIPs are the addresses of the services that the peer's tenant may use."
        })
final class ExportPeerCommand extends RouterCommand {
    @Parameters(index = "0", paramLabel = "PROFILE", description = "A wireguard-profile.")
    private String profileName;

    @Parameters(index = "1", paramLabel = "PEER", description = "A peer of it.")
    private String peerName;

    @Option(names = "--private-key", paramLabel = "FILE", description = "The peer's private key; without it the file has a place for it.")
    private String keyFile;

    @Option(names = "--endpoint", paramLabel = "HOST:PORT", description = "Where peers reach the router, when not at its own address.")
    private String endpoint;

    @Option(names = "--allowed-ips", paramLabel = "PREFIX", split = ",", description = "What goes to the router, in place of its services.")
    private List<String> allowedIps = new ArrayList<>();

    @Option(names = "--no-qr", description = "The file alone.")
    private boolean fileOnly;

    @Override
    Place place() {
        return Place.ROUTER;
    }

    @Override
    String file() {
        return keyFile;
    }

    @Override
    public Integer call() throws Exception {
        final RunningRouter running = context().router();
        final Router router = running.router();
        final WireguardProfile profile = router == null ? null : router.profile(profileName);
        final ProfileStatus status = running.profiles().stream().filter(s -> s.profile().name().equals(profileName)).findFirst()
                .orElse(null);
        if (profile == null || status == null) {
            throw new CommandException("no wireguard-profile " + profileName + " runs here");
        }
        final PeerEntry peer = profile.peer(peerName);
        if (peer == null) {
            throw new CommandException(profileName + " has no peer " + peerName);
        }
        String reachedAt = endpoint;
        if (reachedAt == null) {
            if (status.addresses().isEmpty()) {
                throw new CommandException(profileName + " has no address now (" + status.reason() + "): give --endpoint");
            }
            final String address = status.addresses().getFirst();
            reachedAt = (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + profile.listenPort();
        }
        final List<IpPrefix> prefixes = new ArrayList<>();
        for (final String text : allowedIps) {
            try {
                prefixes.add(HostPrefix.parse(text).network());
            } catch (IllegalArgumentException e) {
                throw new CommandException("--allowed-ips " + text + ": " + e.getMessage());
            }
        }
        final String text = PeerFile.text(
                running.name(),
                peer,
                keyFile == null ? null : privateKey(peer),
                status.publicKey(),
                reachedAt,
                prefixes.isEmpty() ? PeerFile.reachable(running.authority(), profile, peer) : prefixes);
        context().out().print(text);
        if (!fileOnly) {
            context().out().print("\n" + PeerFile.qrCode(text));
        }
        return 0;
    }

    private String privateKey(PeerEntry peer) throws Exception {
        try (BufferedReader file = new BufferedReader(context().file(keyFile))) {
            final String line = file.readLine();
            try (PrivateKey key = PrivateKey.fromBase64(line == null ? "" : line.strip())) {
                if (!key.publicKey().equals(peer.publicKey())) {
                    throw new CommandException(keyFile + " is not the key of " + peerName + ", whose public half is " + peer.publicKey());
                }
                return key.toBase64();
            } catch (IllegalArgumentException e) {
                throw new CommandException(keyFile + ": " + e.getMessage());
            }
        }
    }
}
