package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketBatch;

/**
 * The packet path itself, a batch at a time: packets to flows, flows to sessions, and what begins no session it has to the policy; then
 * addresses are translated and packets go to the ports that they leave by. It has neither clock nor thread: times are arguments, and one
 * thread owns it.
 *
 * <p>Packets of a batch are looked up together ({@link SessionTable#lookup}) and decided one after the other, in order. Nothing is
 * allocated but for the growth of arrays to the largest batch. A packet that is dropped has length 0 afterwards and is counted.
 */
final class Forwarder {
    /** Source ports tried for a session whose answers would look like another's. */
    private static final int PORT_ATTEMPTS = 64;

    private static final int FIN = 1;
    private static final int RST = 4;

    private final Family v4;
    private final Family v6;
    private final Answers answers = new Answers();
    private final IntPredicate isUp = this::isUp;
    private final Decision decision = new Decision();
    private final PairTable pairs;
    private Policy policy;
    private int epoch;
    private PlanePort[] ports = new PlanePort[16];

    private int[] egress = new int[256];
    private int[] lengths = new int[256];
    private int[] leaving = new int[16];
    private int leavingCount;
    private boolean removed;
    private boolean began;

    // Of the batch at hand: how many leave, and by which port the last one did.
    private int passed;
    private int lastTo;
    private PlanePort lastPort;
    private PairCounters[] byNumber;
    private int portSeed;

    /**
     * A path without interfaces, through which nothing passes.
     *
     * @param capacity the most sessions of each address family
     * @param seed0 random
     * @param seed1 random
     */
    Forwarder(int capacity, long seed0, long seed1, PairTable pairs, TimeoutTable timeouts) {
        this.pairs = pairs;
        policy = Policy.empty(pairs);
        v4 = new Family(false, capacity, seed0, seed1, timeouts);
        v6 = new Family(true, capacity, seed0, seed1, timeouts);
        portSeed = (int) seed1;
    }

    SessionTable sessions(boolean ofV6) {
        return ofV6 ? v6.sessions : v4.sessions;
    }

    Policy policy() {
        return policy;
    }

    /** Puts another policy in force. Sessions are looked at again when their next packet comes: what is still allowed goes on. */
    void policy(Policy next) {
        policy = next;
        epoch++;
    }

    int epoch() {
        return SessionTable.epochOf(epoch);
    }

    /** Packets may leave by {@code port} from now on. */
    void attach(PlanePort port) {
        if (port.number >= ports.length) {
            ports = Arrays.copyOf(ports, Integer.highestOneBit(port.number) << 1);
        }
        ports[port.number] = port;
    }

    void detach(PlanePort port) {
        if (port.equals(port(port.number))) {
            ports[port.number] = null;
        }
    }

    PlanePort port(int number) {
        return number < ports.length ? ports[number] : null;
    }

    private boolean isUp(int number) {
        final PlanePort port = port(number);
        return port != null && port.isUp();
    }

    /** Whether a session has begun since the last call, so that something may be due earlier than before. */
    boolean hasBegun() {
        final boolean result = began;
        began = false;
        return result;
    }

    /** The tick at which {@link #expire} has something to do, or {@link Integer#MAX_VALUE}. */
    int nextTick() {
        final int next = v4.sessions.isEmpty() ? Integer.MAX_VALUE : v4.sessions.nextTick();
        return v6.sessions.isEmpty() ? next : Math.min(next, v6.sessions.nextTick());
    }

    /** Ends sessions whose time is over, looking at about {@code limit}. Returns whether nothing more is due. */
    boolean expire(long nowNs, int limit) {
        final int tick = TimeoutTable.tickOf(nowNs);
        final boolean done = v4.expire(tick, limit, pairs);
        return v6.expire(tick, limit, pairs) && done;
    }

    /**
     * Forwards the packets that came in on {@code ingress}; ownership of the batch stays with the caller. Returns how many were accepted by
     * someone.
     */
    int forward(PacketBatch batch, PlanePort ingress, long nowNs) {
        decide(batch, ingress, nowNs);
        int accepted = 0;
        for (int k = 0; k < leavingCount; k++) {
            accepted += send(batch, leaving[k]);
        }
        answers.flush(ingress);
        return accepted;
    }

    /** As {@link #forward}, but the batch is given away: to a port that spares a copy if there is one. Returns a batch to fill, empty. */
    PacketBatch forwardOwned(PacketBatch batch, PlanePort ingress, long nowNs) {
        decide(batch, ingress, nowNs);
        PlanePort last = null;
        for (int k = 0; k < leavingCount; k++) {
            final PlanePort port = ports[leaving[k]];
            if (last == null && port != null && port.takesBatches()) {
                last = port;
            } else {
                send(batch, leaving[k]);
            }
        }
        answers.flush(ingress);
        if (last == null) {
            batch.clear();
            return batch;
        }
        last.outPackets += select(batch, last.number);
        // Last, for it may come back here with an answer.
        return last.hand(batch);
    }

    private int send(PacketBatch batch, int number) {
        final PlanePort port = ports[number];
        if (port == null) {
            return 0;
        }
        final int wanted = select(batch, number);
        port.outPackets += wanted;
        final int accepted = port.send(batch);
        if (accepted < wanted) {
            port.outDrops += wanted - accepted;
            for (int i = accepted; i < wanted; i++) {
                policy.unknown().drop(RouterDropReason.EGRESS_OVERFLOW);
            }
        }
        return accepted;
    }

    /** Leaves a length to those packets only that go to one port. Returns how many. */
    private int select(PacketBatch batch, int number) {
        if (leavingCount == 1) {
            return passed; // as they are
        }
        int count = 0;
        final int size = batch.size();
        for (int i = 0; i < size; i++) {
            final boolean wanted = egress[i] == number;
            batch.length[i] = wanted ? lengths[i] : 0;
            count += wanted ? 1 : 0;
        }
        return count;
    }

    private void decide(PacketBatch batch, PlanePort ingress, long nowNs) {
        final int size = batch.size();
        ensureCapacity(size);
        leavingCount = 0;
        passed = 0;
        lastTo = -1;
        removed = false;
        byNumber = pairs.byNumber();
        v4.flows.clear(size);
        v6.flows.clear(size);
        final InterfacePolicy known = policy.interfaceOf(ingress.number);
        for (int i = 0; i < size; i++) {
            egress[i] = -1;
            if (batch.length[i] == 0) {
                continue;
            }
            ingress.inPackets++;
            ingress.inBytes += batch.length[i];
            final RouterDropReason reason = known == null
                    ? RouterDropReason.NO_INTERFACE
                    : PacketParser.parse(batch, i, ingress.number, v4.flows, v6.flows);
            lengths[i] = batch.length[i];
            batch.length[i] = 0;
            if (reason != null) {
                policy.unknown().drop(reason);
            }
        }
        final int tick = TimeoutTable.tickOf(nowNs);
        decideFamily(v4, batch, known, tick, nowNs);
        decideFamily(v6, batch, known, tick, nowNs);
    }

    private void decideFamily(Family family, PacketBatch batch, InterfacePolicy ingress, int tick, long nowNs) {
        final FlowBatch flows = family.flows;
        final int count = flows.size();
        if (count == 0) {
            return;
        }
        final SessionTable sessions = family.sessions;
        sessions.lookup(flows);
        for (int f = 0; f < count; f++) {
            final int i = flows.packet[f];
            final MemorySegment slab = batch.slab();
            final long at = batch.offset[i];
            int ref = flows.ref[f];
            if (flows.kind[f] != FlowBatch.PACKET) {
                ref = flows.kind[f] == FlowBatch.ICMP_ERROR ? quoted(family, f) : family.sessionOfFragment(f, tick);
                if (ref < 0) {
                    policy.unknown()
                            .drop(flows.kind[f] == FlowBatch.ICMP_ERROR ? RouterDropReason.ICMP_UNRELATED : RouterDropReason.FRAGMENT);
                    continue;
                }
            } else if (ref >= 0 && removed) {
                // The session found in advance may have gone with a packet before this one.
                ref = sessions.find(flows.keys, flows.keyAt(f), flows.hash[f]);
            }
            if (Translation.timeToLive(slab, at) <= 1 && !isEchoForUs(family, f, slab, at, ingress)) {
                count(sessions, ref).drop(RouterDropReason.TTL_EXPIRED);
                if (flows.kind[f] == FlowBatch.PACKET) {
                    answers.timeExceeded(slab, at, lengths[i], ingress, nowNs);
                }
                continue;
            }
            if (ref >= 0 && sessions.epoch(ref >>> 1) != epoch()) {
                ref = lookAgain(family, f, ref);
                if (ref == CUT) {
                    continue;
                }
            }
            if (ref < 0) {
                ref = begin(family, f, slab, at, lengths[i], ingress, tick);
                if (ref < 0) {
                    continue;
                }
            }
            pass(family, f, batch, i, ref, tick);
        }
    }

    private PairCounters count(SessionTable sessions, int ref) {
        return ref < 0 ? policy.unknown() : pairs.get(SessionKind.pair(sessions.kind(ref >>> 1)));
    }

    /** Sends a packet of a session on its way. */
    private void pass(Family family, int f, PacketBatch batch, int i, int ref, int tick) {
        final SessionTable sessions = family.sessions;
        final FlowBatch flows = family.flows;
        final int session = ref >>> 1;
        final int other = ref & 1 ^ 1;
        final PairCounters counters = byNumber[SessionKind.pair(sessions.kind(session))];
        final int to = FlowKey.interfaceNumber(sessions.tail(session, other));
        if (to != lastTo) {
            lastTo = to;
            lastPort = isUp(to) ? ports[to] : null;
        }
        if (lastPort == null) {
            counters.drop(RouterDropReason.EGRESS_DOWN);
            return;
        }
        final MemorySegment slab = batch.slab();
        final long at = batch.offset[i];
        final int flags = sessions.flags(session);
        if (flows.kind[f] == FlowBatch.PACKET && !family.v6) {
            sessions.touch(ref, tick);
            if (family.isFirstFragment(slab, at)) {
                family.rememberFragment(slab, at, f, ref, tick);
            }
            Translation.packetV4(slab, at, flows.transportAt[f], (flags & SessionTable.NAT) != 0, sessions, session, other);
        } else {
            passRarer(family, f, slab, at, i, ref, flags, tick);
        }
        if ((flows.tcpFlags[f] & (FIN | RST)) != 0 && (flags & SessionTable.CLOSING) == 0) {
            farewell(sessions, ref, flows.tcpFlags[f], flags, tick);
        }
        final int length = lengths[i];
        counters.packets++;
        counters.bytes += length;
        lastPort.outBytes += length;
        batch.length[i] = length;
        passed++;
        leave(i, to);
    }

    private void passRarer(Family family, int f, MemorySegment slab, long at, int i, int ref, int flags, int tick) {
        final SessionTable sessions = family.sessions;
        final FlowBatch flows = family.flows;
        final int session = ref >>> 1;
        final int other = ref & 1 ^ 1;
        Translation.hop(slab, at);
        if (flows.kind[f] == FlowBatch.ICMP_ERROR) {
            if ((flags & SessionTable.NAT) != 0) {
                Translation.icmpError(slab, at, flows.transportAt[f], lengths[i], sessions, session, other);
            }
        } else {
            sessions.touch(ref, tick);
            if (flows.kind[f] == FlowBatch.PACKET && family.isFirstFragment(slab, at)) {
                family.rememberFragment(slab, at, f, ref, tick);
            }
            if ((flags & SessionTable.NAT) != 0) {
                final boolean later = flows.kind[f] == FlowBatch.LATER_FRAGMENT;
                Translation.packet(slab, at, flows.transportAt[f], later, sessions, session, other);
            }
        }
    }

    /** A FIN from both sides, or a reset from one, ends a TCP session soon. */
    private static void farewell(SessionTable sessions, int ref, int tcpFlags, int flags, int tick) {
        final int both = SessionTable.FIN_FORWARD | SessionTable.FIN_REVERSE;
        final int seen = flags | ((ref & 1) == SessionTable.FORWARD ? SessionTable.FIN_FORWARD : SessionTable.FIN_REVERSE);
        if ((tcpFlags & RST) != 0 || (seen & both) == both) {
            sessions.close(ref >>> 1, tick);
        } else {
            sessions.flag(ref >>> 1, seen & both);
        }
    }

    private void leave(int i, int to) {
        egress[i] = to;
        for (int k = 0; k < leavingCount; k++) {
            if (leaving[k] == to) {
                return;
            }
        }
        if (leavingCount == leaving.length) {
            leaving = Arrays.copyOf(leaving, 2 * leavingCount);
        }
        leaving[leavingCount++] = to;
    }

    // What begins, and what a commit has changed.

    private static final int DROPPED = -2;
    private static final int CUT = -3;

    /** Asks the policy about the initiator's side of a packet, in {@link #decision}. */
    private void ask(Family family, long[] keys, int at) {
        final long tail = keys[at + family.flows.keyLongs - 1];
        final int number = FlowKey.interfaceNumber(tail);
        final int protocol = FlowKey.protocol(tail);
        final int port = protocol == IpHeader.TCP || protocol == IpHeader.UDP ? FlowKey.destinationPort(tail) : 0;
        if (family.v6) {
            policy.decideV6(number, keys[at], keys[at + 1], keys[at + 2], keys[at + 3], protocol, port, isUp, decision);
        } else {
            policy.decideV4(number, FlowKey.sourceV4(keys[at]), FlowKey.destinationV4(keys[at]), protocol, port, isUp, decision);
        }
    }

    /** Begins a session with a packet that has none. Returns its reference, or {@link #DROPPED}. */
    private int begin(Family family, int f, MemorySegment slab, long at, int length, InterfacePolicy ingress, int tick) {
        final FlowBatch flows = family.flows;
        // One of the packets before this one, in the same batch, may have begun it.
        final int found = flows.kind[f] == FlowBatch.PACKET
                ? family.sessions.find(flows.keys, flows.keyAt(f), flows.hash[f])
                : FlowBatch.NONE;
        if (found >= 0) {
            return found;
        }
        if (isEchoForUs(family, f, slab, at, ingress)) {
            answers.echo(slab, at, flows.transportAt[f], length);
            return DROPPED;
        }
        if (isEchoReply(slab, at + flows.transportAt[f], FlowKey.protocol(flows.keys[flows.keyAt(f) + flows.keyLongs - 1]))) {
            policy.unknown().drop(RouterDropReason.ICMP_UNRELATED);
            return DROPPED;
        }
        final long[] keys = family.keys;
        System.arraycopy(flows.keys, flows.keyAt(f), keys, 0, flows.keyLongs);
        ask(family, keys, 0);
        if (!decision.allowed()) {
            decision.counters.drop(decision.reason);
            return DROPPED;
        }
        answerKey(family, keys, decision);
        final int last = 2 * flows.keyLongs - 1;
        int flags = decision.path.nat ? SessionTable.NAT : 0;
        int session = family.sessions.insert(keys, 0, flows.keyLongs, epoch, flags, decision.kind, tick);
        for (int attempt = 0; session == SessionTable.TAKEN && attempt < PORT_ATTEMPTS; attempt++) {
            // Its answers would look like another's: another source port tells them apart. An ICMP echo has its identifier there.
            portSeed = portSeed * 1664525 + 1013904223;
            flags = SessionTable.NAT;
            final long tail = keys[last];
            keys[last] = FlowKey.tail(
                    FlowKey.sourcePort(tail), 1024 + (portSeed >>> 16) % (65536 - 1024), FlowKey.protocol(tail), decision.egress);
            session = hasPorts(FlowKey.protocol(tail))
                    ? family.sessions.insert(keys, 0, flows.keyLongs, epoch, flags, decision.kind, tick)
                    : SessionTable.TAKEN;
        }
        if (session < 0) {
            decision.counters.drop(
                    session == SessionTable.FULL ? RouterDropReason.SESSION_TABLE_FULL : RouterDropReason.NAT_PORTS_EXHAUSTED);
            return DROPPED;
        }
        began = true;
        decision.counters.sessions++;
        decision.counters.activeSessions++;
        return session << 1;
    }

    private static boolean hasPorts(int protocol) {
        return protocol == IpHeader.TCP || protocol == IpHeader.UDP || protocol == IpHeader.ICMP || protocol == IpHeader.ICMPV6;
    }

    /** Writes the key of an answer behind that of the initiator's packet. */
    private static void answerKey(Family family, long[] keys, Decision decision) {
        final int longs = family.flows.keyLongs;
        final ServiceEntry.Path path = decision.path;
        if (family.v6) {
            keys[longs] = path.nat ? path.targetHigh : keys[2];
            keys[longs + 1] = path.nat ? path.targetLow : keys[3];
            keys[longs + 2] = keys[0];
            keys[longs + 3] = keys[1];
        } else {
            final int target = path.nat ? (int) path.targetLow : FlowKey.destinationV4(keys[0]);
            keys[longs] = FlowKey.v4(target, FlowKey.sourceV4(keys[0]));
        }
        keys[2 * longs - 1] = FlowKey.reversed(keys[longs - 1], decision.egress);
    }

    /**
     * A commit came since the session was last looked at: it goes on if the policy would begin the very same one. Returns its reference, or
     * {@link FlowBatch#NONE} when a packet of the initiator may begin another, or {@link #CUT}.
     */
    private int lookAgain(Family family, int f, int ref) {
        final SessionTable sessions = family.sessions;
        final int session = ref >>> 1;
        final int longs = family.flows.keyLongs;
        final long[] keys = family.keys;
        for (int k = 0; k < longs; k++) {
            keys[k] = sessions.key(session, SessionTable.FORWARD, k);
        }
        ask(family, keys, 0);
        final PairCounters before = pairs.get(SessionKind.pair(sessions.kind(session)));
        if (decision.allowed() && isSamePath(family, session, keys)) {
            before.activeSessions--;
            decision.counters.activeSessions++;
            sessions.renew(session, epoch, decision.kind);
            return ref;
        }
        end(sessions, session);
        if ((ref & 1) == SessionTable.FORWARD && family.flows.kind[f] == FlowBatch.PACKET) {
            return FlowBatch.NONE;
        }
        before.drop(RouterDropReason.SESSION_CUT);
        return CUT;
    }

    private boolean isSamePath(Family family, int session, long[] keys) {
        final int longs = family.flows.keyLongs;
        answerKey(family, keys, decision);
        for (int k = 0; k < longs - 1; k++) {
            if (keys[longs + k] != family.sessions.key(session, SessionTable.REVERSE, k)) {
                return false;
            }
        }
        // Its own source port may be another's by choice.
        return FlowKey.interfaceNumber(family.sessions.tail(session, SessionTable.REVERSE)) == decision.egress;
    }

    private void end(SessionTable sessions, int session) {
        pairs.get(SessionKind.pair(sessions.kind(session))).activeSessions--;
        sessions.remove(session);
        removed = true;
    }

    // Packets without ports of their own.

    private int quoted(Family family, int f) {
        return removed
                ? family.sessions.find(family.flows.keys, family.flows.keyAt(f), family.flows.hash[f])
                : family.flows.ref[f];
    }

    private boolean isEchoForUs(Family family, int f, MemorySegment slab, long at, InterfacePolicy ingress) {
        if (family.flows.kind[f] != FlowBatch.PACKET) {
            return false;
        }
        final int key = family.flows.keyAt(f);
        final long[] keys = family.flows.keys;
        final int protocol = FlowKey.protocol(keys[key + family.flows.keyLongs - 1]);
        if (protocol != (family.v6 ? IpHeader.ICMPV6 : IpHeader.ICMP)) {
            return false;
        }
        final int type = PacketBytes.u8(slab, at + family.flows.transportAt[f]);
        return family.v6
                ? type == PacketParser.ICMPV6_ECHO && ingress.isOwnV6(keys[key + 2], keys[key + 3])
                : type == PacketParser.ICMP_ECHO && ingress.isOwnV4(FlowKey.destinationV4(keys[key]));
    }

    private static boolean isEchoReply(MemorySegment slab, long transport, int protocol) {
        return (protocol == IpHeader.ICMP && PacketBytes.u8(slab, transport) == PacketParser.ICMP_ECHO_REPLY)
                || (protocol == IpHeader.ICMPV6 && PacketBytes.u8(slab, transport) == PacketParser.ICMPV6_ECHO_REPLY);
    }

    private void ensureCapacity(int size) {
        if (size > egress.length) {
            egress = new int[size];
            lengths = new int[size];
        }
    }
}
