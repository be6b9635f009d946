package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketBatch;

/**
 * The packet path itself, a batch at a time: packets to flows, flows to sessions, and what begins no session it has to the policy; then
 * addresses are translated and packets go to the ports that they leave by. It has neither clock nor thread: times are arguments, and one
 * thread owns it.
 *
 * <p>Packets of a slice are looked up together ({@link SessionTable#lookup}) and decided one after the other, in order. Nothing is
 * allocated but for the growth of arrays to the largest batch. A packet that is dropped has length 0 afterwards and is counted.
 */
final class Forwarder {
    /** Packets looked up and decided together: enough for their misses of the cache to overlap, few enough for all of it to stay there. */
    private static final int SLICE = 128;

    private final Family v4;
    private final Family v6;
    private final Departures departures = new Departures();
    private final Answers answers = new Answers();
    private final Admission admission;
    private final Run run;
    private final PairTable pairs;

    /**
     * A path without interfaces, through which nothing passes.
     *
     * @param capacity the most sessions of each address family
     * @param seed0 random
     * @param seed1 random
     */
    Forwarder(int capacity, long seed0, long seed1, PairTable pairs, TimeoutTable timeouts) {
        this.pairs = pairs;
        v4 = new Family(false, capacity, seed0, seed1, timeouts);
        v6 = new Family(true, capacity, seed0, seed1, timeouts);
        admission = new Admission(pairs, departures.isUp, answers, (int) seed1);
        run = new Run(v4.sessions, pairs, departures);
    }

    SessionTable sessions(boolean ofV6) {
        return ofV6 ? v6.sessions : v4.sessions;
    }

    Policy policy() {
        return admission.policy();
    }

    /** Puts another policy in force. Sessions are looked at again when their next packet comes: what is still allowed goes on. */
    void policy(Policy next) {
        admission.policy(next);
    }

    /** What the policy would say of a UDP session over IPv4, in {@code to}; begins none, counts nothing. */
    void ask(int ingress, int source, int destination, int port, Decision to) {
        policy().decideV4(ingress, source, destination, IpHeader.UDP, port, departures.isUp, to);
    }

    int epoch() {
        return admission.epoch();
    }

    /** Packets may leave by {@code port} from now on. */
    void attach(PlanePort port) {
        departures.attach(port);
    }

    void detach(PlanePort port) {
        departures.detach(port);
    }

    PlanePort port(int number) {
        return departures.port(number);
    }

    /** Whether a session has begun since the last call, so that something may be due earlier than before. */
    boolean hasBegun() {
        return admission.hasBegun();
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
        final int accepted = departures.send(batch, policy().unknown());
        answers.flush(ingress);
        return accepted;
    }

    /** As {@link #forward}, but the batch is given away: to a port that spares a copy if there is one. Returns a batch to fill, empty. */
    PacketBatch forwardOwned(PacketBatch batch, PlanePort ingress, long nowNs) {
        decide(batch, ingress, nowNs);
        final PlanePort taker = departures.taker();
        departures.sendAllBut(taker, batch, policy().unknown());
        answers.flush(ingress);
        if (taker == null) {
            batch.clear();
            return batch;
        }
        taker.outPackets += departures.select(batch, taker.number);
        // Last, for it may come back here with an answer.
        return taker.hand(batch);
    }

    private void decide(PacketBatch batch, PlanePort ingress, long nowNs) {
        final int size = batch.size();
        departures.begin(size);
        admission.beginBatch();
        final InterfacePolicy known = policy().interfaceOf(ingress.number);
        final int tick = TimeoutTable.tickOf(nowNs);
        for (int from = 0; from < size; from += SLICE) {
            parse(batch, from, Math.min(size, from + SLICE), ingress, known);
            if (v4.flows.size() > 0) {
                decideV4(batch, known, tick, nowNs);
            }
            if (v6.flows.size() > 0) {
                decideV6(batch, known, tick, nowNs);
            }
        }
        departures.end(batch);
    }

    private void parse(PacketBatch batch, int from, int to, PlanePort ingress, InterfacePolicy known) {
        v4.flows.clear(SLICE);
        v6.flows.clear(SLICE);
        int packets = 0;
        long bytes = 0;
        for (int i = from; i < to; i++) {
            final int length = batch.length[i];
            if (length == 0) {
                continue;
            }
            packets++;
            bytes += length;
            final RouterDropReason reason = known == null
                    ? RouterDropReason.NO_INTERFACE
                    : PacketParser.parse(batch, i, ingress.number, v4.flows, v6.flows);
            if (reason != null) {
                policy().unknown().drop(reason);
            }
        }
        ingress.inPackets += packets;
        ingress.inBytes += bytes;
    }

    private void decideV4(PacketBatch batch, InterfacePolicy ingress, int tick, long nowNs) {
        final FlowBatch flows = v4.flows;
        v4.sessions.lookup(flows);
        final int count = flows.size();
        for (int f = 0; f < count; f++) {
            if (!admission.hasRemoved()) {
                f = run.pass(flows, f, batch, epoch(), tick);
            }
            if (f < count) {
                decideOne(v4, f, batch, ingress, tick, nowNs);
            }
        }
    }

    private void decideV6(PacketBatch batch, InterfacePolicy ingress, int tick, long nowNs) {
        final FlowBatch flows = v6.flows;
        v6.sessions.lookup(flows);
        final int count = flows.size();
        for (int f = 0; f < count; f++) {
            decideOne(v6, f, batch, ingress, tick, nowNs);
        }
    }

    private void decideOne(Family family, int f, PacketBatch batch, InterfacePolicy ingress, int tick, long nowNs) {
        final int ref = session(family, f, batch, ingress, tick, nowNs);
        if (ref >= 0) {
            pass(family, f, batch, ref, tick);
        }
    }

    /** The session of a flow that may go on its way, begun if there is none; else negative, and the packet is counted. */
    private int session(Family family, int f, PacketBatch batch, InterfacePolicy ingress, int tick, long nowNs) {
        final FlowBatch flows = family.flows;
        final SessionTable sessions = family.sessions;
        final MemorySegment slab = batch.slab();
        final int i = flows.packet[f];
        final long at = batch.offset[i];
        final byte kind = flows.kind(f);
        int ref = flows.ref[f];
        if (kind == FlowBatch.LATER_FRAGMENT) {
            ref = family.sessionOfFragment(f, tick);
        } else if (ref >= 0 && admission.hasRemoved()) {
            // The session found in advance may have gone with a packet before this one.
            ref = sessions.find(flows.keys, flows.keyAt(f), flows.hash[f]);
        }
        if (ref < 0 && kind != FlowBatch.PACKET) {
            policy().unknown().drop(kind == FlowBatch.ICMP_ERROR ? RouterDropReason.ICMP_UNRELATED : RouterDropReason.FRAGMENT);
            return ref;
        }
        if (flows.hops(f) <= 1 && !admission.isEchoForUs(family, f, slab, at, ingress)) {
            count(sessions, ref).drop(RouterDropReason.TTL_EXPIRED);
            if (kind == FlowBatch.PACKET) {
                answers.timeExceeded(slab, at, batch.length[i], ingress, nowNs);
            }
            return Admission.DROPPED;
        }
        if (ref >= 0 && sessions.epoch(ref >>> 1) != epoch()) {
            ref = admission.lookAgain(family, f, ref);
        }
        return ref == FlowBatch.NONE ? admission.begin(family, f, slab, at, batch.length[i], ingress, tick) : ref;
    }

    private PairCounters count(SessionTable sessions, int ref) {
        return ref < 0 ? policy().unknown() : pairs.get(SessionKind.pair(sessions.kind(ref >>> 1)));
    }

    /** Sends a packet of a session on its way, whatever it is: {@link Run} has those of which there are most. */
    private void pass(Family family, int f, PacketBatch batch, int ref, int tick) {
        final SessionTable sessions = family.sessions;
        final FlowBatch flows = family.flows;
        final int session = ref >>> 1;
        final int other = ref & 1 ^ 1;
        final PairCounters counters = pairs.get(SessionKind.pair(sessions.kind(session)));
        final int to = FlowKey.interfaceNumber(sessions.tail(session, other));
        if (!departures.open(to)) {
            counters.drop(RouterDropReason.EGRESS_DOWN);
            return;
        }
        final MemorySegment slab = batch.slab();
        final int i = flows.packet[f];
        final long at = batch.offset[i];
        final boolean nat = (sessions.flags(session) & SessionTable.NAT) != 0;
        Translation.hop(slab, at);
        if (flows.kind(f) == FlowBatch.ICMP_ERROR) {
            if (nat) {
                Translation.icmpError(slab, at, flows.transportAt(f), batch.length[i], sessions, session, other);
            }
        } else {
            sessions.touch(ref, tick, 1);
            if (flows.marks(f) != 0) {
                onMarks(family, f, batch, ref, tick);
            }
            if (nat) {
                Translation.packet(
                        slab, at, flows.transportAt(f), flows.kind(f) == FlowBatch.LATER_FRAGMENT, sessions, session, other);
            }
        }
        final int length = departures.add(batch, i, to);
        counters.packets++;
        counters.bytes += length;
        departures.port(to).outBytes += length;
    }

    /** Fragments follow; or a FIN from both sides, or a reset from one, ends a TCP session soon. */
    private static void onMarks(Family family, int f, PacketBatch batch, int ref, int tick) {
        final int marks = family.flows.marks(f);
        if ((marks & FlowBatch.FIRST_FRAGMENT) != 0) {
            family.rememberFragment(batch.slab(), batch.offset[family.flows.packet[f]], f, ref, tick);
        }
        final SessionTable sessions = family.sessions;
        final int flags = sessions.flags(ref >>> 1);
        if ((marks & (FlowBatch.FIN | FlowBatch.RST)) == 0 || (flags & SessionTable.CLOSING) != 0) {
            return;
        }
        final int both = SessionTable.FIN_FORWARD | SessionTable.FIN_REVERSE;
        final int seen = flags | ((ref & 1) == SessionTable.FORWARD ? SessionTable.FIN_FORWARD : SessionTable.FIN_REVERSE);
        if ((marks & FlowBatch.RST) != 0 || (seen & both) == both) {
            sessions.close(ref >>> 1, tick);
        } else {
            sessions.flag(ref >>> 1, seen & both);
        }
    }
}
