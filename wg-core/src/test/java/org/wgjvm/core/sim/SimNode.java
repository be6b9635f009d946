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
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.JcaAead;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** A host in the simulation: a device, an address in the network, and an inbox for what came out of the tunnel. */
public final class SimNode implements DeviceOutput, DeviceEvents {
    /** The MTU of every inside here. */
    public static final int MTU = 1420;

    private static final Aead AEAD = new JcaAead();

    private final Simulation simulation;
    private final String name;
    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final Device device;
    private final PacketBatch outgoing = new PacketBatch(256, 512 * 1024);
    private final PacketBatch incoming = new PacketBatch(4, 128 * 1024);
    private final List<byte[]> inbox = new ArrayList<>();
    private final List<String> happenings = new ArrayList<>();
    private Endpoint address;

    SimNode(Simulation simulation, String name, Endpoint address, PrivateKey privateKey) {
        this.simulation = simulation;
        this.name = name;
        this.address = address;
        this.privateKey = privateKey;
        this.publicKey = privateKey.publicKey();
        this.device = new Device(AEAD, simulation.randomSource(), simulation::epochNs, this, this);
        device.mtu(MTU, false);
        outgoing.mtu(MTU);
        device.listenPort(address.port());
        device.privateKey(privateKey, simulation.nowNs());
        simulation.network().attach(address, this);
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
    }

    /** What the UAPI would show of a peer. */
    public PeerSnapshot peer(SimNode peer) {
        return device.snapshot().peers().stream().filter(p -> p.publicKey().equals(peer.publicKey)).findFirst().orElseThrow();
    }

    /** Sends inner packets into the tunnel, as one batch. */
    public void send(byte[]... packets) {
        outgoing.clear();
        for (byte[] packet : packets) {
            final int i = outgoing.addInner(packet.length);
            MemorySegment.copy(packet, 0, outgoing.slab(), ValueLayout.JAVA_BYTE, outgoing.offset[i], packet.length);
        }
        device.outbound(outgoing, simulation.nowNs());
    }

    /** A datagram arrives. */
    void receive(byte[] bytes, Endpoint source, int tos) {
        incoming.clear();
        MemorySegment.copy(bytes, 0, incoming.slab(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        final int i = incoming.add(0, bytes.length, bytes.length);
        incoming.endpoint[i] = source;
        incoming.tos[i] = (byte) tos;
        device.inbound(incoming, simulation.nowNs());
    }

    /** What the loop of a real device does after every event. */
    void work() {
        if (device.hasHandshakes()) {
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
                simulation.network().transmit(this, address, datagrams.endpoint[i].withoutLocal(), bytes, datagrams.tos[i] & 0xff);
            }
        }
    }

    @Override
    public int deliver(PacketBatch inner) {
        int n = 0;
        for (int i = 0; i < inner.size(); i++) {
            if (inner.length[i] > 0) {
                inbox.add(inner.slab().asSlice(inner.offset[i], inner.length[i]).toArray(ValueLayout.JAVA_BYTE));
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
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        happen("handshake completed as " + (initiator ? "initiator" : "responder"));
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
