package org.wgjvm.router.plane;

import static org.wgjvm.router.plane.PacketBytes.MEMORY;
import static org.wgjvm.router.plane.PacketBytes.adjusted;
import static org.wgjvm.router.plane.PacketBytes.changed32;
import static org.wgjvm.router.plane.PacketBytes.changed64;
import static org.wgjvm.router.plane.PacketBytes.put16;
import static org.wgjvm.router.plane.PacketBytes.put32;
import static org.wgjvm.router.plane.PacketBytes.put64;
import static org.wgjvm.router.plane.PacketBytes.u16;

import org.wgjvm.core.packet.PacketBatch;

/**
 * Consecutive IPv4 packets of one session in one direction, TCP or UDP: the most frequent there is, since ports read and sockets receive in
 * runs. What the session says is read once, what happened is written down once, and what translation adds to the checksums, which is the
 * same for every packet of a run, is computed once. A run of one packet is no more than a loop that ends at once. One thread owns it.
 */
final class Run {
    /** One hop less, under a ones' complement sum (RFC 1624). */
    private static final int HOP_CHANGE = PacketBytes.changed16(0x100, 0);

    private final SessionTable sessions;
    private final PairTable pairs;
    private final Departures departures;

    Run(SessionTable sessions, PairTable pairs, Departures departures) {
        this.sessions = sessions;
        this.pairs = pairs;
        this.departures = departures;
    }

    /**
     * Flows from {@code f} on leave, up to the first about which anything is out of the usual, or that cannot leave. Their sessions were
     * looked up, and none was removed since.
     *
     * @return that flow, or the number of all
     */
    int pass(FlowBatch flows, int f, PacketBatch batch, int epoch, int tick) {
        int next = f;
        while (next < flows.size() && isUsual(flows, next, epoch)) {
            final int ref = flows.ref[next];
            final long record = sessions.recordV4(ref >>> 1);
            final int to = FlowKey.interfaceNumber(SessionTable.tailV4(record, ref & 1 ^ 1));
            if (!departures.open(to)) {
                break;
            }
            next = pass(flows, next, batch, epoch, tick, to, SessionKind.pair(SessionTable.kindV4(record)));
        }
        return next;
    }

    private boolean isUsual(FlowBatch flows, int f, int epoch) {
        final int ref = flows.ref[f];
        return ref >= 0
                && FlowBatch.checksumAt(flows.shape[f]) != 0
                && SessionTable.epochAndFlagsV4(sessions.recordV4(ref >>> 1)) >>> 8 == epoch;
    }

    /** Flow {@code f}, and those after it that leave by the same interface, from the same tenant to the same service. */
    private int pass(FlowBatch flows, int f, PacketBatch batch, int epoch, int tick, int to, int pair) {
        final long slab = batch.slab().address();
        final int count = flows.size();
        long bytes = 0;
        int next = f;
        while (next < count) {
            final int ref = flows.ref[next];
            long shape = flows.shape[next];
            if (ref < 0 || FlowBatch.checksumAt(shape) == 0) {
                break;
            }
            final long record = sessions.recordV4(ref >>> 1);
            final int direction = ref & 1;
            final int epochAndFlags = SessionTable.epochAndFlagsV4(record);
            final long answer = SessionTable.tailV4(record, direction ^ 1);
            if (epochAndFlags >>> 8 != epoch
                    || FlowKey.interfaceNumber(answer) != to
                    || SessionKind.pair(SessionTable.kindV4(record)) != pair) {
                break;
            }
            final boolean nat = (epochAndFlags & SessionTable.NAT) != 0;
            // What the packet is to have there, and what that adds to the sums under the checksums.
            final long addresses = Long.rotateLeft(SessionTable.addressesV4(record, direction ^ 1), 32);
            final int ports = Integer.rotateLeft((int) (answer >>> 32), 16);
            final int change = changed64(SessionTable.addressesV4(record, direction), addresses);
            final int headerChange = HOP_CHANGE + (nat ? change : 0);
            final int transportChange = change + changed32((int) (SessionTable.tailV4(record, direction) >>> 32), ports);
            final int first = next;
            do {
                final int i = flows.packet[next];
                final long at = PacketBytes.address(slab, batch.offset[i]);
                final int header = FlowBatch.header(shape);
                final int checked = header - 0x0100_0000 & 0xffff_0000 | adjusted(header & 0xffff, headerChange);
                if (nat) {
                    put64(MEMORY, at + 8, (long) checked << 32 | addresses >>> 32);
                    put32(MEMORY, at + 16, (int) addresses);
                    translateTransport(at, FlowBatch.transportAt(shape), FlowBatch.checksumAt(shape), ports, transportChange);
                } else {
                    put32(MEMORY, at + 8, checked);
                }
                bytes += batch.length[i];
                departures.addOne(i, to);
                next++;
                if (next == count || flows.ref[next] != ref) {
                    break;
                }
                shape = flows.shape[next];
            } while (FlowBatch.checksumAt(shape) != 0);
            SessionTable.touchV4(record, direction, tick, next - first);
        }
        final PairCounters counters = pairs.get(pair);
        counters.packets += next - f;
        counters.bytes += bytes;
        departures.added(next - f, to, bytes);
        return next;
    }

    /** The parser has seen a whole transport header there, its checksum included. */
    private static void translateTransport(long at, int transportAt, int checksumAt, int ports, int change) {
        put32(MEMORY, at + transportAt, ports);
        final int checksum = u16(MEMORY, at + checksumAt);
        if (checksumAt - transportAt != PacketParser.UDP_CHECKSUM_AT) {
            put16(MEMORY, at + checksumAt, adjusted(checksum, change));
        } else if (checksum != 0) { // else there is none (RFC 768)
            final int updated = adjusted(checksum, change);
            put16(MEMORY, at + checksumAt, updated == 0 ? 0xffff : updated);
        }
    }
}
