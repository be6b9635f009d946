package org.wgjvm.core.device;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.session.Limits;
import org.wgjvm.crypto.PublicKey;

/**
 * What a device has counted since it was made, and its state, at one moment. There is no secret in it.
 *
 * @param publicKey our public key, or null
 * @param up whether the inside is up
 * @param listenPort the UDP port, or 0
 * @param mtu the inside's MTU in bytes
 * @param handshakes what became of handshakes
 * @param drops packets dropped, for every reason
 * @param stagedPackets packets that wait for a session now, of all peers
 * @param receiverIndices indices given out to handshakes and sessions now
 * @param peers in the order in which they were added
 */
public record DeviceStatistics(
        PublicKey publicKey,
        boolean up,
        int listenPort,
        int mtu,
        Handshakes handshakes,
        Map<DropReason, Long> drops,
        int stagedPackets,
        int receiverIndices,
        List<PeerStatistics> peers) {
    /** Copies map and list. */
    public DeviceStatistics {
        final Map<DropReason, Long> copy = new EnumMap<>(DropReason.class);
        copy.putAll(drops);
        drops = Collections.unmodifiableMap(copy);
        peers = List.copyOf(peers);
    }

    /** All drops. */
    public long dropsInAll() {
        return drops.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Handshakes by what became of them. Those that were refused are among the drops, by reason.
     *
     * @param initiationsSent first messages sent, retries included
     * @param responsesSent answers to the first messages of others
     * @param completedAsInitiator sessions confirmed that we began
     * @param completedAsResponder sessions confirmed that the peer began
     * @param givenUp given up after the last retry
     * @param cookieRepliesSent answered with a cookie, under load
     * @param queued handshake messages that wait for their turn now, at most {@link #QUEUE_CAPACITY}
     */
    public record Handshakes(
            long initiationsSent,
            long responsesSent,
            long completedAsInitiator,
            long completedAsResponder,
            long givenUp,
            long cookieRepliesSent,
            int queued) {
        /** Most handshake messages that wait. */
        public static final int QUEUE_CAPACITY = Limits.MAX_QUEUED_HANDSHAKES;
    }
}
