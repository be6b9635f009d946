package org.wgjvm.router.config;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.ConfigError.Path;

/** What cannot be committed of one profile. */
final class ProfileChecks {
    /** Longest name: it is a device's too. */
    static final int MAX_NAME_CHARS = 12;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

    private final Validator report;
    private final Router router;
    private final WireguardProfile profile;
    private final Path path;

    ProfileChecks(Validator report, Router router, WireguardProfile profile, Path path) {
        this.report = report;
        this.router = router;
        this.profile = profile;
        this.path = path;
    }

    void all() {
        if (!NAME.matcher(profile.name()).matches()) {
            report.error(path, profile.name(), "the name of a profile has only A-Z a-z 0-9 _ and -");
        } else if (profile.name().length() > MAX_NAME_CHARS) {
            report.error(
                    path,
                    profile.name(),
                    "the name of a profile has at most " + MAX_NAME_CHARS + " characters, not " + profile.name().length());
        }
        report.serviceClass(profile.serviceClass(), path);
        report.policies(profile.accessPolicies(), path);
        privateNetwork();
        peers();
        overlaps();
    }

    private void privateNetwork() {
        final PrivateNetwork network = profile.privateNetwork();
        if (network == null) {
            report.error(path, null, "private-network is missing");
            return;
        }
        final Path at = path.then("private-network");
        if (network.neighborhood() == null) {
            report.error(at, null, "neighborhood is missing: without it nothing that peers send has a tenant");
        }
        if (network.address() == null) {
            report.error(at, null, "address is missing");
            return;
        }
        final IpAddress own = network.address().address();
        final IpPrefix prefix = network.address().network();
        if (prefix.bits() < own.width() - 1 && new IpAddress(prefix.v6(), prefix.high(), prefix.low()).equals(own)) {
            report.error(at.then("address"), network.address().toString(), "is the network itself: give the router's address in it");
        }
        if (network.tenantName() != null && network.neighborhood() != null) {
            final Tenant tenant = report.authority().tenant(network.tenantName());
            final TenantMember member = tenant == null ? null : Named.find(tenant.members(), network.neighborhood());
            if (member != null && !member.generated() && member.addresses().stream().noneMatch(a -> Overlaps.contains(a, prefix))) {
                report.error(
                        at.then("tenant-name"),
                        network.tenantName(),
                        "has a member " + network.neighborhood() + " already, without " + prefix
                                + ": add it there, or leave tenant-name out");
            }
        }
    }

    private void peers() {
        final Map<PublicKey, String> owners = new HashMap<>();
        final PublicKey own = report.around().publicKey(router.name(), profile.name());
        for (final PeerEntry peer : profile.peers()) {
            final Path at = path.then("peer " + peer.name());
            if (peer.publicKey() == null) {
                continue;
            }
            if (peer.publicKey().equals(own)) {
                report.error(at.then("public-key"), peer.publicKey().toBase64(), "is this profile's own key");
            }
            final String other = owners.putIfAbsent(peer.publicKey(), peer.name());
            if (other != null) {
                report.error(at.then("public-key"), peer.publicKey().toBase64(), "is the key of peer " + other + " too");
            }
            if (peer.allowedIps().isEmpty()) {
                report.warning(at, null, "has no allowed-ip: nothing can be sent to it or accepted from it");
            }
        }
    }

    private void overlaps() {
        final Overlaps<String> overlaps = new Overlaps<>();
        for (final PeerEntry peer : profile.peers()) {
            peer.allowedIps().forEach(prefix -> overlaps.add(prefix, peer.name()));
        }
        overlaps.forEach((inner, outer) -> report.error(
                path.then("peer " + inner.owner()).then("allowed-ip"),
                inner.prefix().toString(),
                "overlaps " + outer.prefix() + " of peer " + outer.owner()));
        if (profile.privateNetwork() != null && profile.privateNetwork().address() != null) {
            final IpPrefix own = profile.privateNetwork().address().address().host();
            for (final PeerEntry peer : profile.peers()) {
                if (peer.allowedIps().contains(own)) {
                    report.error(path.then("peer " + peer.name()).then("allowed-ip"), own.toString(), "is the router's own address");
                }
            }
        }
    }
}
