package org.wgjvm.core.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.device.Device;
import org.wgjvm.core.device.DeviceEvents;
import org.wgjvm.core.device.DeviceOutput;
import org.wgjvm.core.device.DeviceProbe;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** A host in the simulation: a device, an address in the network, and an inbox for what came out of the tunnel. */
public final class SimNode implements DeviceOutput, DeviceEvents {
    /** The MTU of every inside here. */
    public static final int MTU = 1420;

    /** What one receive call of a real bind may bring. */
    private static final int MAX_BATCH = 64;

    private final Simulation simulation;
    private final String name;
    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final PacketBatch outgoing = new PacketBatch(256, 512 * 1024);
    private final PacketBatch incoming = new PacketBatch(MAX_BATCH, 128 * 1024);
    private final List<byte[]> inbox = new ArrayList<>();
    private final List<String> happenings = new ArrayList<>();
    private Device device;
    private Endpoint address;
    private Endpoint secondAddress;
    private long wallStepNs;
    private long asleepUntilNs;
    private long coalesceNs;
    private boolean arrivalPending;
    private long natTimeoutNs;
    private long lastSentNs = Long.MIN_VALUE / 2;

    SimNode(Simulation simulation, String name, Endpoint address, PrivateKey privateKey) {
        this.simulation = simulation;
        this.name = name;
        this.address = address;
        this.privateKey = privateKey;
        this.publicKey = privateKey.publicKey();
        this.device = newDevice();
        outgoing.mtu(MTU);
        simulation.network().attach(address, this);
    }

    private Device newDevice() {
        final Device fresh = new Device(simulation.aead(), simulation.randomSource(), this::epochNs, this, this);
        fresh.mtu(MTU, false);
        fresh.listenPort(address.port());
        fresh.privateKey(privateKey, simulation.nowNs());
        return fresh;
    }

    /** The daemon is killed and started again: it has its key, and no peers. */
    public void restart() {
        device.close();
        device = newDevice();
        device.up(simulation.nowNs());
        simulation.witness().forgot(this);
        simulation.note(name + " restarted");
    }

    /** The daemon stops for another version to take its place, for so long: what its successor gets. */
    public StateWriter freeze(long forNs) {
        final StateWriter written = new StateWriter();
        device.writeTo(written, simulation.nowNs());
        // To the end and not beyond: whoever goes on then wakes it.
        sleep(forNs + 1);
        return written;
    }

    /** The successor goes on with what was written; this process can send no more. */
    public void succeed(StateWriter written) {
        final Device fresh = successor(written);
        device.close();
        device = fresh;
        simulation.note(name + " was upgraded");
    }

    /** The successor failed before it was told to go on: this process does. */
    public void takeBack(StateWriter written) {
        successor(written).close();
        device.takeBack();
        simulation.note(name + " was not upgraded");
    }

    /** The successor was told to go on, sent something, and died: this process goes on without sessions. */
    public void beginAnew(StateWriter written, byte[]... lastWords) {
        final Device fresh = successor(written);
        device.forgetSessions();
        send(fresh, lastWords);
        fresh.close();
        simulation.witness().forgot(this);
        device.beginAnew(epochNs(), simulation.nowNs());
        simulation.note(name + " was upgraded to something that died");
    }

    private Device successor(StateWriter written) {
        asleepUntilNs = simulation.nowNs();
        final Device fresh = new Device(simulation.aead(), simulation.randomSource(), this::epochNs, this, this);
        try (written) {
            fresh.readFrom(new StateReader(written.written()), simulation.nowNs());
        } catch (StateException e) {
            throw new AssertionError(e);
        }
        final String difference = DeviceProbe.difference(device, fresh, simulation.nowNs());
        if (difference != null) {
            throw new AssertionError(difference + "\n" + simulation.trace());
        }
        return fresh;
    }

    private long epochNs() {
        return simulation.epochNs() + wallStepNs;
    }

    /** Steps this host's wall clock, forwards or back. */
    public void stepWallClock(long byNs) {
        wallStepNs += byNs;
        simulation.note(name + ": wall clock stepped by " + byNs / Simulation.MILLISECOND_NS + " ms");
    }

    /** The host sleeps: it hears nothing and no timer fires, but its clock goes on. */
    public void sleep(long durationNs) {
        asleepUntilNs = simulation.nowNs() + durationNs;
        simulation.note(name + " sleeps for " + durationNs / Simulation.MILLISECOND_NS + " ms");
    }

    /** Whether the host sleeps now. */
    public boolean isAsleep() {
        return simulation.nowNs() < asleepUntilNs;
    }

    /** When the host next acts of its own accord. */
    long nextDeadlineNs() {
        return Math.max(device.nextDeadlineNs(), asleepUntilNs);
    }

    /** Datagrams that arrive within so long of each other are handed over together, as a busy host receives them. 0 is one by one. */
    public void coalesce(long durationNs) {
        coalesceNs = durationNs;
    }

    /** A second address, of the other family: what is sent there leaves from it. */
    public void alsoAt(Endpoint second) {
        secondAddress = second;
        simulation.network().attach(second, this);
    }

    /** From now on behind a NAT that forgets a mapping unused for so long: nothing comes in any more, and the next mapping is another. */
    public void behindNat(long timeoutNs) {
        natTimeoutNs = timeoutNs;
    }

    private boolean natHasForgotten() {
        return natTimeoutNs != 0 && simulation.nowNs() - lastSentNs > natTimeoutNs;
    }

    /** The device itself. */
    public Device device() {
        return device;
    }

    /** Our public key. */
    public PublicKey publicKey() {
        return publicKey;
    }

    /** Our private key. */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /** Where we are. */
    public Endpoint address() {
        return address;
    }

    /** Moves to another address: a new network, or a NAT that has forgotten us. */
    public void move(Endpoint to) {
        simulation.network().detach(address);
        address = to;
        simulation.network().attach(to, this);
        simulation.note(name + " moved to " + to);
    }

    /** Applies changes of peers. */
    public void configure(PeerChange... changes) {
        device.applyPeers(false, List.of(changes), simulation.nowNs());
    }

    /** Adds another node as a peer. {@code endpoint} and {@code psk} may be null. */
    public void addPeer(SimNode peer, Endpoint endpoint, PresharedKey psk, int keepaliveSeconds, String... prefixes) {
        final List<PeerChange.AllowedIp> allowed = new ArrayList<>();
        for (String prefix : prefixes) {
            allowed.add(new PeerChange.AllowedIp(Packets.prefix(prefix), false));
        }
        configure(new PeerChange(peer.publicKey, false, false, psk, endpoint, keepaliveSeconds, true, allowed));
    }

    /** Adds another node as a peer at its present address. */
    public void addPeer(SimNode peer, String... prefixes) {
        addPeer(peer, peer.address, null, 0, prefixes);
    }

    /** Removes a peer. */
    public void removePeer(SimNode peer) {
        configure(new PeerChange(peer.publicKey, true, false, null, null, null, false, List.of()));
        simulation.witness().forgot(this);
    }

    /** Takes another key, or none, or back its own. */
    public void changeKey(PrivateKey key) {
        device.privateKey(key, simulation.nowNs());
        simulation.witness().forgive(this);
    }

    /** The interface goes down. */
    public void down() {
        device.down();
        simulation.witness().forgive(this);
        simulation.note(name + " is down");
    }

    /** The interface comes up. */
    public void up() {
        device.up(simulation.nowNs());
        simulation.note(name + " is up");
    }

    /** What the UAPI would show of a peer. */
    public PeerSnapshot peer(SimNode peer) {
        return device.snapshot().peers().stream().filter(p -> p.publicKey().equals(peer.publicKey)).findFirst().orElseThrow();
    }

    /** Sends inner packets into the tunnel, as one batch. */
    public void send(byte[]... packets) {
        if (!isAsleep()) {
            send(device, packets);
        }
    }

    private void send(Device through, byte[]... packets) {
        outgoing.clear();
        for (byte[] packet : packets) {
            final int i = outgoing.addInner(packet.length);
            MemorySegment.copy(packet, 0, outgoing.slab(), ValueLayout.JAVA_BYTE, outgoing.offset[i], packet.length);
        }
        through.outbound(outgoing, simulation.nowNs());
    }

    /** A datagram arrives. */
    void receive(byte[] bytes, Endpoint source, int tos) {
        if (isAsleep() || natHasForgotten()) {
            return;
        }
        if (incoming.isFull(bytes.length)) {
            handOver();
        }
        final int at = (incoming.used() + 7) & -8;
        MemorySegment.copy(bytes, 0, incoming.slab(), ValueLayout.JAVA_BYTE, at, bytes.length);
        final int i = incoming.add(at, bytes.length, at + bytes.length);
        incoming.endpoint[i] = source;
        incoming.tos[i] = (byte) tos;
        if (coalesceNs == 0) {
            handOver();
        } else if (!arrivalPending) {
            arrivalPending = true;
            simulation.after(coalesceNs, this::handOver);
        }
    }

    private void handOver() {
        arrivalPending = false;
        if (!isAsleep() && incoming.size() > 0) {
            for (int i = 0; simulation.isWatched() && i < incoming.size(); i++) {
                final byte[] bytes = incoming.slab().asSlice(incoming.offset[i], incoming.length[i]).toArray(ValueLayout.JAVA_BYTE);
                simulation.witness().onArrived(this, bytes);
            }
            device.inbound(incoming, simulation.nowNs());
        }
        incoming.clear();
    }

    /** What the loop of a real device does after every event. */
    void work() {
        if (!isAsleep() && device.hasHandshakes()) {
            device.processHandshakes(simulation.nowNs(), Integer.MAX_VALUE);
        }
    }

    @Override
    public void send(PacketBatch datagrams) {
        for (int i = 0; i < datagrams.size(); i++) {
            if (datagrams.length[i] > 0) {
                final byte[] bytes = datagrams.slab()
                        .asSlice(datagrams.offset[i], datagrams.length[i])
                        .toArray(ValueLayout.JAVA_BYTE);
                if (natHasForgotten()) {
                    rebind();
                }
                lastSentNs = simulation.nowNs();
                final Endpoint to = datagrams.endpoint[i].withoutLocal();
                simulation.network().transmit(this, sourceFor(to), to, bytes, datagrams.tos[i] & 0xff);
            }
        }
    }

    /** The NAT chooses another port. */
    private void rebind() {
        Endpoint next;
        do {
            next = Endpoint.v4((int) address.low(), simulation.random().nextInt(1024, 65536));
        } while (!simulation.network().isFree(next));
        move(next);
    }

    private Endpoint sourceFor(Endpoint destination) {
        return secondAddress != null && destination.isV6() == secondAddress.isV6() && destination.isV6() != address.isV6()
                ? secondAddress
                : address;
    }

    @Override
    public int deliver(PacketBatch inner) {
        int n = 0;
        for (int i = 0; i < inner.size(); i++) {
            if (inner.length[i] > 0) {
                final byte[] packet = inner.slab().asSlice(inner.offset[i], inner.length[i]).toArray(ValueLayout.JAVA_BYTE);
                if (simulation.isWatched()) {
                    simulation.witness().onDelivered(this, packet);
                }
                inbox.add(packet);
                n++;
            }
        }
        return n;
    }

    /** What came out of the tunnel so far; the caller may clear it. */
    public List<byte[]> inbox() {
        return inbox;
    }

    /** The device's events so far, as words. */
    public List<String> happenings() {
        return happenings;
    }

    @Override
    public void onHandshakeInitiated(PublicKey peer, int attempt) {
        if (simulation.isWatched()) {
            simulation.witness().onInitiated(this, peer);
        }
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        happen("handshake completed as " + (initiator ? "initiator" : "responder"));
    }

    @Override
    public void onRekeyed(PublicKey peer, boolean initiator) {
        happen("rekeyed");
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        happen("handshake given up");
    }

    @Override
    public void onEndpointChanged(PublicKey peer, Endpoint endpoint) {
        happen("endpoint " + endpoint);
    }

    @Override
    public void onPeerExpired(PublicKey peer) {
        happen("keys wiped");
    }

    private void happen(String what) {
        happenings.add(what);
        simulation.note(name + ": " + what);
    }

    @Override
    public String toString() {
        return name;
    }
}
