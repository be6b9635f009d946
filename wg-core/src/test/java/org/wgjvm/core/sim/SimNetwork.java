package org.wgjvm.core.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.wgjvm.core.packet.Endpoint;

/** What lies between the nodes: it delays, loses, doubles, reorders and damages datagrams as it is told to, and remembers every one. */
public final class SimNetwork {
    /** A datagram as it was sent. */
    public record Datagram(long sentNs, SimNode from, Endpoint source, Endpoint destination, byte[] bytes, int tos) {
        /** The message type: 1 to 4, or whatever stands there. */
        public int type() {
            return bytes.length == 0 ? 0 : bytes[0] & 0xff;
        }
    }

    private static final String[] TYPES = {"?", "initiation", "response", "cookie reply", "transport"};

    private final Simulation simulation;
    private final Map<Endpoint, SimNode> addresses = new HashMap<>();
    private final Set<SimNode> cutOff = new HashSet<>();
    private final List<Datagram> sent = new ArrayList<>();
    private Predicate<Datagram> drop = d -> false;
    private long delayNs = Simulation.MILLISECOND_NS;
    private long jitterNs;
    private double loss;
    private double duplication;
    private double corruption;
    private boolean remember = true;
    private long sentCount;

    SimNetwork(Simulation simulation) {
        this.simulation = simulation;
    }

    void attach(Endpoint address, SimNode node) {
        if (addresses.putIfAbsent(address, node) != null) {
            throw new IllegalArgumentException(address + " is taken");
        }
    }

    void detach(Endpoint address) {
        addresses.remove(address);
    }

    /** Whether nobody has this address. */
    public boolean isFree(Endpoint address) {
        return !addresses.containsKey(address);
    }

    /** One-way delay, and at most so much more at random: more jitter than spacing reorders. */
    public SimNetwork delay(long fixedNs, long upToNs) {
        delayNs = fixedNs;
        jitterNs = upToNs;
        return this;
    }

    /** Probabilities for each datagram, 0 to 1. */
    public SimNetwork weather(double lossRate, double duplicationRate, double corruptionRate) {
        loss = lossRate;
        duplication = duplicationRate;
        corruption = corruptionRate;
        return this;
    }

    /** Loses exactly the datagrams for which this holds. */
    public SimNetwork dropping(Predicate<Datagram> which) {
        drop = which;
        return this;
    }

    /** Cuts a node off, or connects it again. */
    public void partition(SimNode node, boolean cut) {
        if (cut) {
            cutOff.add(node);
        } else {
            cutOff.remove(node);
        }
        simulation.note(node + (cut ? " is cut off" : " is connected"));
    }

    /** Whether every datagram is kept for {@link #sent()}; long runs do without. */
    public void remember(boolean value) {
        remember = value;
    }

    /** How many datagrams were sent so far. */
    public long sentCount() {
        return sentCount;
    }

    /** Every datagram sent so far, also those that were lost. */
    public List<Datagram> sent() {
        return sent;
    }

    /** Datagrams of one type from one node. */
    public List<Datagram> sent(SimNode from, int type) {
        return sent.stream().filter(d -> d.from() == from && d.type() == type).toList();
    }

    /** Puts a datagram on its way, as a node does or an attacker might. */
    public void transmit(SimNode from, Endpoint source, Endpoint destination, byte[] bytes, int tos) {
        final Datagram datagram = new Datagram(simulation.nowNs(), from, source, destination, bytes, tos);
        if (remember) {
            sent.add(datagram);
        }
        final RandomGenerator random = simulation.random();
        final boolean lost = drop.test(datagram) || cutOff.contains(from) || random.nextDouble() < loss;
        final String what = bytes.length > 0 && bytes[0] > 0 && bytes[0] < TYPES.length ? TYPES[bytes[0]] : TYPES[0];
        if (simulation.isLogging()) {
            simulation.note(source + " -> " + destination + " " + what + " " + bytes.length + (lost ? " LOST" : ""));
        }
        if (simulation.isWatched()) {
            simulation.witness().onSent(datagram);
        }
        sentCount++;
        if (lost) {
            return;
        }
        schedule(datagram, corrupt(bytes));
        if (random.nextDouble() < duplication) {
            schedule(datagram, bytes);
        }
    }

    private byte[] corrupt(byte[] bytes) {
        if (bytes.length == 0 || simulation.random().nextDouble() >= corruption) {
            return bytes;
        }
        final byte[] damaged = bytes.clone();
        damaged[simulation.random().nextInt(damaged.length)] ^= (byte) (1 << simulation.random().nextInt(8));
        return damaged;
    }

    private void schedule(Datagram datagram, byte[] bytes) {
        final long jitter = jitterNs == 0 ? 0 : simulation.random().nextLong(jitterNs + 1);
        simulation.after(delayNs + jitter, () -> {
            final SimNode to = addresses.get(datagram.destination());
            if (to != null && !cutOff.contains(to)) {
                to.receive(bytes, datagram.source(), datagram.tos());
            }
        });
    }
}
