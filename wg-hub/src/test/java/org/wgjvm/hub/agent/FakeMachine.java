package org.wgjvm.hub.agent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.hub.machine.LinkPlan;
import org.wgjvm.hub.machine.Machine;
import org.wgjvm.hub.machine.PortHold;
import org.wgjvm.hub.machine.Stray;
import org.wgjvm.hub.machine.Tunnel;

/**
 * A node in memory, which can fail at a call, or be killed at one. What of it outlives a process is in {@link Kernel}, as with the real
 * one: namespaces and other people's interfaces stay, tunnels and ports go.
 */
public final class FakeMachine implements Machine {
    /** What is there whatever the agent does. */
    public static final class Kernel {
        final Set<String> namespaces = new TreeSet<>();
        final Set<String> forwarding = new TreeSet<>();
        final Set<String> foreignIn = new TreeSet<>();
        final Set<Integer> takenPorts = new TreeSet<>();
        final List<Stray> strays = new ArrayList<>();
    }

    /** The end of the process, at once. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    final Kernel kernel;
    final Map<String, FakeTunnel> tunnels = Collections.synchronizedMap(new TreeMap<>());
    final Set<Integer> held = new TreeSet<>();
    final List<String> calls = new ArrayList<>();

    /** The number of the call at which the process is killed, or -1. */
    int killedAt = -1;

    /** What tunnels have counted of a peer; null when they tell nothing. */
    private volatile Function<PeerChange, PeerStatistics> counting;

    /** Calls that begin so fail. */
    String failing = "\0";

    /** While it is not null, and not down to zero, every call waits. */
    volatile CountDownLatch busy;

    private boolean dead;

    /** One on which nothing is there yet but what the kernel has. */
    public FakeMachine(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Has its tunnels tell this of their peers. */
    public void count(Function<PeerChange, PeerStatistics> of) {
        counting = of;
    }

    /** One more step, be it of the machine or, as tests have it, of something else that a process may be killed at. */
    void step(String call) throws IOException {
        final CountDownLatch wait = busy;
        try {
            if (wait != null) {
                wait.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        countStep(call);
    }

    private synchronized void countStep(String call) throws IOException {
        if (dead) {
            throw new Killed();
        }
        calls.add(call);
        if (calls.size() - 1 == killedAt) {
            dead = true;
            tunnels.clear();
            held.clear();
            throw new Killed();
        }
        if (call.startsWith(failing)) {
            throw new IOException("it is said to fail: " + call);
        }
    }

    @Override
    public PortHold hold(int port) throws IOException {
        step("hold " + port);
        if (kernel.takenPorts.contains(port) || !held.add(port)) {
            throw new PortTaken(port, null);
        }
        return new PortHold() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public boolean isBroken() {
                return false;
            }

            @Override
            public void close() {
                held.remove(port);
            }
        };
    }

    @Override
    public boolean hasNamespace(String name) {
        return kernel.namespaces.contains(name);
    }

    @Override
    public void makeNamespace(String name) throws IOException {
        if (kernel.namespaces.add(name)) {
            step("make " + name);
        }
        // Only from here on it forwards packets.
        step("set up " + name);
        kernel.forwarding.add(name);
    }

    @Override
    public boolean removeNamespace(String name) throws IOException {
        step("remove " + name);
        if (kernel.foreignIn.contains(name) || tunnels.values().stream().anyMatch(t -> t.place.equals(name))) {
            return false;
        }
        kernel.namespaces.remove(name);
        kernel.forwarding.remove(name);
        return true;
    }

    @Override
    public Tunnel makeTunnel(String name, int mtu, PortHold hold, Runnable onGone) throws IOException {
        step("tunnel " + name);
        if (tunnels.containsKey(name)) {
            throw new IOException("there is a " + name + " already");
        }
        final FakeTunnel tunnel = new FakeTunnel(name, hold.port(), onGone);
        tunnels.put(name, tunnel);
        return tunnel;
    }

    @Override
    public List<Stray> strays(Collection<String> namespaces, Set<String> known) throws IOException {
        step("strays");
        return kernel.strays.stream().filter(s -> !known.contains(s.name())).toList();
    }

    @Override
    public void remove(Stray stray) throws IOException {
        step("remove stray " + stray);
        kernel.strays.remove(stray);
    }

    @Override
    public void close() {
        tunnels.clear();
    }

    /** A tunnel, and what it was told. */
    final class FakeTunnel implements Tunnel {
        final String name;
        final int port;
        final Map<PublicKey, PeerChange> peers = new LinkedHashMap<>();
        final List<DeviceChange> changes = new ArrayList<>();
        String place = "";
        String publicKey = "";
        LinkPlan plan = LinkPlan.DOWN;
        volatile boolean gone;
        private final Runnable onGone;

        FakeTunnel(String name, int port, Runnable onGone) {
            this.name = name;
            this.port = port;
            this.onGone = onGone;
        }

        /** Its namespace was deleted. */
        void vanish() {
            gone = true;
            tunnels.remove(name);
            onGone.run();
        }

        @Override
        public boolean isGone() {
            return gone;
        }

        @Override
        public void place(String namespace) throws IOException {
            step("place " + name + " " + namespace);
            if (!kernel.namespaces.contains(namespace)) {
                throw new IOException("there is no namespace " + namespace);
            }
            if (!namespace.equals(place)) {
                plan = LinkPlan.DOWN;
            }
            place = namespace;
        }

        @Override
        public void link(LinkPlan wanted) throws IOException {
            step("link " + name + (wanted.up() ? " up" : " down"));
            plan = wanted;
        }

        @Override
        public void configure(DeviceChange change) throws IOException {
            step("configure " + name);
            changes.add(change);
            if (change.privateKey() != null) {
                publicKey = change.privateKey().publicKey().toBase64();
            }
            for (final PeerChange peer : change.peers()) {
                if (peer.remove()) {
                    peers.remove(peer.publicKey());
                } else {
                    peers.put(peer.publicKey(), peer);
                }
            }
        }

        @Override
        public DeviceStatistics statistics() {
            return counting == null ? null : new DeviceStatistics(
                    null, plan.up(), port, 1420, new DeviceStatistics.Handshakes(0, 0, 0, 0, 0, 0, 0), Map.of(), 0, 0,
                    peers.values().stream().map(counting).toList());
        }

        @Override
        public void close() {
            if (dead) {
                throw new Killed();
            }
            gone = true;
            tunnels.remove(name);
        }
    }
}
