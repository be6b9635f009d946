package org.wgjvm.router.plane;

import static org.wgjvm.router.plane.PacketBytes.MEMORY;
import static org.wgjvm.router.plane.PacketBytes.adjusted;
import static org.wgjvm.router.plane.PacketBytes.changed32;
import static org.wgjvm.router.plane.PacketBytes.changed64;
import static org.wgjvm.router.plane.PacketBytes.put16;
import static org.wgjvm.router.plane.PacketBytes.put32;
import static org.wgjvm.router.plane.PacketBytes.put64;
import static org.wgjvm.router.plane.PacketBytes.u16;

import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketBatch;

/**
 * Consecutive IPv4 packets of one session in one direction: the most frequent there is, since ports read and sockets receive in runs. What
 * the session says is read once, what happened is written down once, and what translation adds to the checksums, which is the same for
 * every packet of a run, is computed once. One thread owns it; what it has not written down yet is lost with {@link #begin}.
 */
final class Run {
    /** {@link #ref}: there is none. No flow has it. */
    static final int NONE = -2;

    /** One hop less, under a ones' complement sum (RFC 1624). */
    private static final int HOP_CHANGE = PacketBytes.changed16(0x100, 0);

    private final SessionTable sessions;
    private final PairTable pairs;
    private final Departures departures;
    private int ref = NONE;

    /** What is written down at the end, by number: to store references costs more here than to look them up. */
    private int pair;

    /** Number of the interface to leave by; negative while it can take no packets. */
    private int to;

    private boolean nat;
    private int checksumAt;
    private int protocol;
    private long addresses;
    private int ports;
    private int headerChange;
    private int transportChange;
    private int packets;
    private long bytes;

    // What passed in the runs before that had the same pair and interface, and is not counted yet.
    private int countedPair;
    private int countedTo;
    private long countedPackets;
    private long countedBytes;

    Run(SessionTable sessions, PairTable pairs, Departures departures) {
        this.sessions = sessions;
        this.pairs = pairs;
        this.departures = departures;
    }

    /** Session and direction, or {@link #NONE}. */
    int ref() {
        return ref;
    }

    /** Begins with a session that was looked up and is as the policy has it. */
    void begin(int sessionRef) {
        ref = sessionRef;
        packets = 0;
        bytes = 0;
        final int session = ref >>> 1;
        final int direction = ref & 1;
        final long answer = sessions.tail(session, direction ^ 1);
        pair = SessionKind.pair(sessions.kind(session));
        to = FlowKey.interfaceNumber(answer);
        if (!departures.open(to)) {
            to = -1;
        }
        nat = (sessions.flags(session) & SessionTable.NAT) != 0;
        if (!nat) {
            headerChange = HOP_CHANGE;
            return;
        }
        final long asked = sessions.tail(session, direction);
        protocol = FlowKey.protocol(asked);
        addresses = Long.rotateLeft(sessions.key(session, direction ^ 1, 0), 32);
        ports = Integer.rotateLeft((int) (answer >>> 32), 16);
        final int change = changed64(sessions.key(session, direction, 0), addresses);
        headerChange = HOP_CHANGE + change;
        transportChange = change + changed32((int) (asked >>> 32), ports);
        checksumAt = protocol == IpHeader.TCP ? 16 : protocol == IpHeader.UDP ? 6 : -1;
    }

    /**
     * The next packet, which has the key of the session and more than one hop to go, leaves. Returns whether it does.
     *
     * @param header bytes 8 to 11 of it
     */
    boolean pass(PacketBatch batch, int i, int transportAt, int header) {
        if (to < 0) {
            pairs.get(pair).drop(RouterDropReason.EGRESS_DOWN);
            return false;
        }
        final long at = batch.slab().address() + batch.offset[i];
        final int hops = (header >>> 16) - 0x100;
        final int checksum = adjusted(header & 0xffff, headerChange);
        if (!nat) {
            put32(MEMORY, at + 8, hops << 16 | checksum);
        } else if (checksumAt < 0) {
            Translation.hop(batch.slab(), batch.offset[i]);
            Translation.packet(batch.slab(), batch.offset[i], transportAt, false, sessions, ref >>> 1, ref & 1 ^ 1);
        } else {
            put64(MEMORY, at + 8, (long) (hops << 16 | checksum) << 32 | addresses >>> 32);
            put32(MEMORY, at + 16, (int) addresses);
            translateTransport(at + transportAt);
        }
        packets++;
        bytes += departures.add(batch, i, to);
        return true;
    }

    /** The parser has seen a whole transport header there, its checksum included. */
    private void translateTransport(long at) {
        put32(MEMORY, at, ports);
        final int checksum = u16(MEMORY, at + checksumAt);
        if (protocol != IpHeader.UDP) {
            put16(MEMORY, at + checksumAt, adjusted(checksum, transportChange));
        } else if (checksum != 0) { // else there is none (RFC 768)
            final int updated = adjusted(checksum, transportChange);
            put16(MEMORY, at + checksumAt, updated == 0 ? 0xffff : updated);
        }
    }

    /** Writes down for the session what has passed so far. */
    void write(int tick) {
        if (packets > 0) {
            sessions.touch(ref, tick, packets);
            if (pair != countedPair || to != countedTo) {
                count();
                countedPair = pair;
                countedTo = to;
            }
            countedPackets += packets;
            countedBytes += bytes;
            packets = 0;
            bytes = 0;
        }
    }

    /** Counts what was written down, for its tenant and service and for its interface. At the end of a batch. */
    void count() {
        if (countedPackets > 0) {
            final PairCounters counters = pairs.get(countedPair);
            counters.packets += countedPackets;
            counters.bytes += countedBytes;
            departures.port(countedTo).outBytes += countedBytes;
            countedPackets = 0;
            countedBytes = 0;
        }
    }

    /** Writes down what has passed, and ends. Before anything else is done to sessions. */
    void end(int tick) {
        if (ref != NONE) {
            write(tick);
            ref = NONE;
        }
    }
}
