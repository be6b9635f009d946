package org.wgjvm.router.show;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.PeerEntry;
import org.wgjvm.router.plane.InterfaceSnapshot;
import org.wgjvm.router.profile.ProfileStatus;

/**
 * A profile as {@code show device-interface} shows it. Immutable; null stands for what is not known.
 *
 * @param node node of the router
 * @param router the router
 * @param name the profile
 * @param adminUp whether the configuration wants it
 * @param operational {@code up}, {@code pending}, {@code failed} or {@code down}
 * @param reason why it is not up, or null
 * @param inOctets bytes that came out of the tunnel
 * @param inPackets packets that came out of the tunnel
 * @param inErrors packets from outside that were dropped
 * @param outOctets bytes that went into the tunnel
 * @param outPackets packets that went into the tunnel
 * @param outErrors packets that could not be sent
 * @param listeningPort the UDP port
 * @param addresses what it is bound to
 * @param addressChanges how often that has changed
 * @param interfaceName what the tunnel is called
 * @param publicKey of the profile, in base64
 * @param peers by name
 */
public record ProfileView(
        String node,
        String router,
        String name,
        boolean adminUp,
        String operational,
        String reason,
        Long inOctets,
        Long inPackets,
        long inErrors,
        Long outOctets,
        Long outPackets,
        long outErrors,
        int listeningPort,
        List<String> addresses,
        long addressChanges,
        String interfaceName,
        String publicKey,
        List<PeerView> peers) {
    /**
     * A peer of it.
     *
     * @param name as configured
     * @param allowedIps prefixes
     * @param endpoint where it is, or null
     * @param latestHandshakeSecondsAgo or null for never
     * @param publicKey in base64
     * @param rxBytes received
     * @param txBytes sent
     */
    public record PeerView(
            String name, List<String> allowedIps, String endpoint, Long latestHandshakeSecondsAgo, String publicKey, long rxBytes,
                    long txBytes) {}

    /** What the profile's state says, at {@code epochSeconds}; {@code traffic} is that of its inside, or null. */
    public static ProfileView of(String router, ProfileStatus status, InterfaceSnapshot traffic, long epochSeconds) {
        final Map<PublicKey, PeerSnapshot> running = new HashMap<>();
        status.device().peers().forEach(peer -> running.put(peer.publicKey(), peer));
        final List<PeerView> peers = new ArrayList<>();
        for (final PeerEntry entry : status.profile().peers()) {
            final PeerSnapshot peer = running.get(entry.publicKey());
            final boolean shaken = peer != null && peer.lastHandshakeEpochNs() != 0;
            peers.add(new PeerView(
                    entry.name(),
                    entry.allowedIps().stream().map(IpPrefix::toString).toList(),
                    peer == null || peer.endpoint() == null ? null : peer.endpoint().toString(),
                    shaken ? epochSeconds - peer.lastHandshakeEpochNs() / 1_000_000_000 : null,
                    entry.publicKey().toBase64(),
                    peer == null ? 0 : peer.rxBytes(),
                    peer == null ? 0 : peer.txBytes()));
        }
        peers.sort(Comparator.comparing(PeerView::name));
        final String operational = switch (status.state()) {
            case UP -> "up";
            case PENDING -> "pending";
            case FAILED -> "failed";
            case DISABLED -> "down";
        };
        return new ProfileView(
                status.node(),
                router,
                status.profile().name(),
                status.state() != ProfileStatus.State.DISABLED,
                operational,
                status.reason(),
                traffic == null ? null : traffic.inBytes(),
                traffic == null ? null : traffic.inPackets(),
                drops(status.drops(), true),
                traffic == null ? null : traffic.outBytes(),
                traffic == null ? null : traffic.outPackets(),
                drops(status.drops(), false),
                status.profile().listenPort(),
                status.addresses(),
                status.addressChanges(),
                "wg0",
                status.publicKey().toBase64(),
                peers);
    }

    private static long drops(long[] counts, boolean inbound) {
        long sum = 0;
        for (final DropReason reason : DropReason.values()) {
            final boolean out = switch (reason) {
                case NOT_IP, NO_PEER, NO_ENDPOINT, ENCAPSULATION_LOOP, TOO_BIG, STAGED_OVERFLOW, SEND_FAILED, DEVICE_DOWN -> true;
                default -> false;
            };
            sum += out != inbound ? counts[reason.ordinal()] : 0;
        }
        return sum;
    }
}
