package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.router.config.IpAddress;

/**
 * Which sessions there may be: a packet that has none is shown to the policy, which begins one or drops it; and a session from before the
 * last commit is shown to it again. One thread owns it.
 */
final class Admission {
    /** Instead of a session: the packet is dropped, and counted. */
    static final int DROPPED = -2;

    /** Source ports tried for a session whose answers would look like another's. */
    private static final int PORT_ATTEMPTS = 64;

    private final PairTable pairs;
    private final IntPredicate isUp;
    private final Answers answers;
    private final Decision decision = new Decision();
    private Policy policy;
    private int epoch;
    private int portSeed;
    private boolean removed;
    private boolean began;

    /**
     * With nothing allowed.
     *
     * @param isUp whether the interface of a number can take packets
     * @param seed random, for source ports
     */
    Admission(PairTable pairs, IntPredicate isUp, Answers answers, int seed) {
        this.pairs = pairs;
        this.isUp = isUp;
        this.answers = answers;
        policy = Policy.empty(pairs);
        portSeed = seed;
    }

    Policy policy() {
        return policy;
    }

    void policy(Policy next) {
        policy = next;
        epoch++;
    }

    /** That of the policy in force, as sessions hold it. */
    int epoch() {
        return SessionTable.epochOf(epoch);
    }

    /** Begins a batch: references looked up from now on are of sessions that are there. */
    void beginBatch() {
        removed = false;
    }

    /** Whether a session was removed since {@link #beginBatch}, so that a reference from before may be another's. */
    boolean hasRemoved() {
        return removed;
    }

    /** Whether a session has begun since the last call. */
    boolean hasBegun() {
        final boolean result = began;
        began = false;
        return result;
    }

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
        chooseSource(number);
    }

    /** A source that is known within the router only is replaced by the router's address where the session leaves. */
    private void chooseSource(int ingress) {
        decision.sourceNat = false;
        if (decision.allowed() && policy.interfaceOf(ingress).outbound) {
            final InterfacePolicy egress = policy.interfaceOf(decision.egress);
            final IpAddress source = egress == null ? null : egress.firstV4();
            if (source == null) {
                decision.reason = RouterDropReason.NO_NEXT_HOP;
            } else {
                decision.sourceNat = true;
                decision.sourceV4 = (int) source.low();
            }
        }
    }

    /** Begins a session with a packet that has none. Returns its reference, or {@link #DROPPED}. */
    int begin(Family family, int f, MemorySegment slab, long at, int length, InterfacePolicy ingress, int tick) {
        final FlowBatch flows = family.flows;
        // One of the packets before this one, in the same batch, may have begun it.
        final int found = flows.kind(f) == FlowBatch.PACKET
                ? family.sessions.find(flows.keys, flows.keyAt(f), flows.hash[f])
                : FlowBatch.NONE;
        if (found >= 0) {
            return found;
        }
        if (isEchoForUs(family, f, slab, at, ingress)) {
            answers.echo(slab, at, flows.transportAt(f), length);
            return DROPPED;
        }
        if (isEchoReply(slab, at + flows.transportAt(f), FlowKey.protocol(flows.keys[flows.keyAt(f) + flows.keyLongs - 1]))) {
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
        int flags = decision.path.nat || decision.sourceNat ? SessionTable.NAT : 0;
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
            keys[longs] = FlowKey.v4(target, decision.sourceNat ? decision.sourceV4 : FlowKey.sourceV4(keys[0]));
        }
        keys[2 * longs - 1] = FlowKey.reversed(keys[longs - 1], decision.egress);
    }

    /**
     * A commit came since the session was last looked at: it goes on if the policy would begin the very same one. Returns its reference, or
     * {@link FlowBatch#NONE} when a packet of the initiator may begin another, or {@link #DROPPED}.
     */
    int lookAgain(Family family, int f, int ref) {
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
        if ((ref & 1) == SessionTable.FORWARD && family.flows.kind(f) == FlowBatch.PACKET) {
            return FlowBatch.NONE;
        }
        before.drop(RouterDropReason.SESSION_CUT);
        return DROPPED;
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

    boolean isEchoForUs(Family family, int f, MemorySegment slab, long at, InterfacePolicy ingress) {
        if (family.flows.kind(f) != FlowBatch.PACKET) {
            return false;
        }
        final int key = family.flows.keyAt(f);
        final long[] keys = family.flows.keys;
        final int protocol = FlowKey.protocol(keys[key + family.flows.keyLongs - 1]);
        if (protocol != (family.v6 ? IpHeader.ICMPV6 : IpHeader.ICMP)) {
            return false;
        }
        final int type = PacketBytes.u8(slab, at + family.flows.transportAt(f));
        return family.v6
                ? type == PacketParser.ICMPV6_ECHO && ingress.isOwnV6(keys[key + 2], keys[key + 3])
                : type == PacketParser.ICMP_ECHO && ingress.isOwnV4(FlowKey.destinationV4(keys[key]));
    }

    private static boolean isEchoReply(MemorySegment slab, long transport, int protocol) {
        return (protocol == IpHeader.ICMP && PacketBytes.u8(slab, transport) == PacketParser.ICMP_ECHO_REPLY)
                || (protocol == IpHeader.ICMPV6 && PacketBytes.u8(slab, transport) == PacketParser.ICMPV6_ECHO_REPLY);
    }
}
