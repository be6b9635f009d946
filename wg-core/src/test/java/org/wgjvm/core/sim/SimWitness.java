package org.wgjvm.core.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.wgjvm.core.device.DeviceProbe;
import org.wgjvm.core.sim.SimNetwork.Datagram;
import org.wgjvm.crypto.PublicKey;

/**
 * Watches the wire, the inboxes and the devices, and knows what must never happen. It believes nothing that a device says: who may send
 * what follows from the messages that went before. Constants are those of the paper, restated.
 */
public final class SimWitness {
    private static final long REKEY_TIMEOUT_NS = 5 * Simulation.SECOND_NS;
    private static final long REJECT_AFTER_TIME_NS = 180 * Simulation.SECOND_NS;
    private static final long REJECT_AFTER_MESSAGES = -8130L;

    private static final class Session {
        SimNode initiator;
        SimNode responder;
        int initiatorIndex;
        int responderIndex;
        long respondedNs;
        long responseArrivedNs = -1;
        boolean confirmed;
        long initiatorCounter = -1;
        long responderCounter = -1;
    }

    private record Expected(SimNode destination, byte[] packet) {}

    private final Simulation simulation;
    private final Map<Integer, SimNode> initiations = new HashMap<>();
    private final Map<Integer, Session> sessions = new HashMap<>();
    private final Map<Long, Expected> expected = new HashMap<>();
    private final Map<String, Long> lastInitiationNs = new HashMap<>();
    private final Map<SimNode, Long> forgotNs = new HashMap<>();
    private boolean strict;
    private long delivered;

    SimWitness(Simulation simulation) {
        this.simulation = simulation;
    }

    /** From here on every inner packet must be announced, and reach nobody but whom it is for. */
    public void strict() {
        strict = true;
    }

    /** An inner packet with this id is sent, and may reach {@code destination}, once. */
    public void announce(long id, SimNode destination, byte[] packet) {
        expected.put(id, new Expected(destination, packet));
    }

    /** How many announced packets arrived. */
    public long delivered() {
        return delivered;
    }

    /** Whether the packet of this id has arrived (or was never announced). */
    public boolean arrived(long id) {
        return !expected.containsKey(id);
    }

    /** The node has forgotten a peer, with the timestamps of its initiations: a replayed one may be answered once more. */
    void forgot(SimNode node) {
        forgotNs.put(node, simulation.nowNs());
        forgive(node);
    }

    /** The node's next initiation to any peer may go at once: it was down, has another key, or forgot the peer. */
    void forgive(SimNode node) {
        lastInitiationNs.keySet().removeIf(key -> key.startsWith(node + ">"));
    }

    void onInitiated(SimNode node, PublicKey peer) {
        final Long before = lastInitiationNs.put(node + ">" + peer, simulation.nowNs());
        if (before != null && simulation.nowNs() - before < REKEY_TIMEOUT_NS) {
            throw violation(node + " initiates again after " + (simulation.nowNs() - before) / 1e9 + " s");
        }
    }

    void onSent(Datagram d) {
        if (d.from() == null) {
            return;
        }
        final ByteBuffer b = ByteBuffer.wrap(d.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (b.getInt(0)) {
            case 1 -> {
                length(d, 148);
                if (initiations.put(b.getInt(4), d.from()) != null || sessions.containsKey(b.getInt(4))) {
                    throw violation("an index is used twice");
                }
            }
            case 2 -> {
                length(d, 92);
                final Session session = new Session();
                session.responder = d.from();
                session.responderIndex = b.getInt(4);
                session.initiatorIndex = b.getInt(8);
                session.initiator = initiations.get(session.initiatorIndex);
                session.respondedNs = simulation.nowNs();
                if (session.initiator == null) {
                    throw violation("a response to no initiation");
                }
                if (sessions.put(session.responderIndex, session) != null) {
                    throw violation("an index is used twice");
                }
                final Session before = sessions.put(session.initiatorIndex, session);
                if (before != null && forgotNs.getOrDefault(d.from(), Long.MIN_VALUE) < before.respondedNs) {
                    throw violation("a second response to one initiation");
                }
            }
            case 3 -> length(d, 64);
            case 4 -> onTransport(d, b.getInt(4), b.getLong(8));
            default -> throw violation("not a WireGuard message from " + d.from());
        }
    }

    private void onTransport(Datagram d, int receiver, long counter) {
        final Session s = sessions.get(receiver);
        if (s == null) {
            throw violation("transport under no session");
        }
        final boolean byInitiator = receiver == s.responderIndex;
        if (d.from() != (byInitiator ? s.initiator : s.responder)) {
            throw violation("transport under somebody else's session");
        }
        if (byInitiator ? s.responseArrivedNs < 0 : !s.confirmed) {
            throw violation(d.from() + " sends under a session that is not confirmed");
        }
        if (simulation.nowNs() - (byInitiator ? s.responseArrivedNs : s.respondedNs) >= REJECT_AFTER_TIME_NS) {
            throw violation(d.from() + " sends under a session older than 180 s");
        }
        final long before = byInitiator ? s.initiatorCounter : s.responderCounter;
        if (before != -1 && Long.compareUnsigned(counter, before) <= 0 || Long.compareUnsigned(counter, REJECT_AFTER_MESSAGES) >= 0) {
            throw violation("counter " + Long.toUnsignedString(counter) + " after " + Long.toUnsignedString(before));
        }
        if (byInitiator) {
            s.initiatorCounter = counter;
        } else {
            s.responderCounter = counter;
        }
    }

    void onArrived(SimNode at, byte[] bytes) {
        if (bytes.length < 32) {
            return;
        }
        final ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (b.getInt(0) == 2) {
            // By the responder's index: one that restarts may answer a late copy of an initiation again, and either answer may come first.
            final Session s = sessions.get(b.getInt(4));
            if (s != null && s.initiator == at && s.initiatorIndex == b.getInt(8) && s.initiatorCounter == -1) {
                // Copies may have come damaged before: the initiator sends as soon as it believes one.
                s.responseArrivedNs = simulation.nowNs();
            }
        } else if (b.getInt(0) == 4) {
            final Session s = sessions.get(b.getInt(4));
            if (s != null && s.responder == at && b.getInt(4) == s.responderIndex) {
                s.confirmed = true;
            }
        }
    }

    void onDelivered(SimNode at, byte[] packet) {
        if (!strict || isIcmp(packet)) {
            return;
        }
        final Expected e = expected.remove(Packets.id(packet));
        if (e == null) {
            throw violation("a packet is delivered twice, or was never sent: " + Packets.id(packet));
        }
        if (e.destination != at || !Arrays.equals(e.packet, packet)) {
            throw violation("a packet is delivered to the wrong node or damaged: " + Packets.id(packet));
        }
        delivered++;
    }

    /** Looks into every device that is awake, and has had its turn: a host that woke at this very moment has timers to run first. */
    void inspect() {
        for (SimNode node : simulation.nodes()) {
            if (!node.isAsleep() && node.nextDeadlineNs() > simulation.nowNs()) {
                final String wrong = DeviceProbe.violation(node.device(), simulation.nowNs());
                if (wrong != null) {
                    throw violation(node + ": " + wrong);
                }
            }
        }
    }

    private void length(Datagram d, int length) {
        if (d.bytes().length != length) {
            throw violation("a message of type " + d.type() + " and length " + d.bytes().length);
        }
    }

    private AssertionError violation(String what) {
        return new AssertionError(what + "\n" + simulation.trace());
    }

    private static boolean isIcmp(byte[] packet) {
        return packet[0] >> 4 == 4 ? packet[9] == 1 : packet[6] == 58;
    }
}
