package org.wgjvm.core.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.noise.KeyLog;
import org.wgjvm.core.noise.StaticIdentity;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.crypto.RandomSource;

/**
 * A WireGuard device without I/O: packets, time and randomness come in as arguments, and what it makes goes out through {@link
 * DeviceOutput}.
 *
 * <p>One thread owns it and calls every method. {@code nowNs} is a clock that does not go back and counts on while the host sleeps
 * (CLOCK_BOOTTIME), so that a suspended host rekeys when it wakes. The owner calls {@link #onDeadline} at {@link #nextDeadlineNs} and
 * {@link #processHandshakes} while {@link #hasHandshakes}; nothing else ticks.
 */
public final class Device {
    /**
     * Counters left out between a process and its successor. Twice as many are still far less than a replay window, so that what is on its
     * way when they are left out is not taken for too old.
     */
    public static final long HANDOVER_MARGIN = 1024;

    private final DeviceState state;
    private final Outbound outbound;
    private final Inbound inbound;
    private final HandshakeQueue queue;
    private final Handshakes handshakes;
    private PrivateKey privateKey;
    private int fwmark;

    /**
     * A device without keys or peers, down.
     *
     * @param aead the cipher, which belongs to the owner's thread
     * @param random a CSPRNG, but for a simulation
     * @param epochNs the wall clock in nanoseconds since 1970: for the timestamps of initiations and the time of the last handshake
     */
    public Device(Aead aead, RandomSource random, LongSupplier epochNs, DeviceEvents events, DeviceOutput output) {
        state = new DeviceState(aead, random, epochNs, events, output);
        outbound = new Outbound(state);
        state.sender = new Sender(state, outbound);
        queue = new HandshakeQueue(state.counters);
        handshakes = new Handshakes(state, queue);
        inbound = new Inbound(state, queue);
    }

    /** What is inside, for tests of this package: nobody else sees it. */
    DeviceState state() {
        return state;
    }

    /** Counts so far. */
    public DeviceCounters counters() {
        return state.counters;
    }

    /** Our public key, or null. */
    public PublicKey publicKey() {
        return state.identity == null ? null : state.identity.publicKey();
    }

    /** Tells {@code log} the secrets of all handshakes from now on; null, as it is at first, for none. See {@link KeyLog}. */
    public void keyLog(KeyLog log) {
        state.keyLog = log;
        state.peers.values().forEach(p -> p.handshake.keyLog(log));
    }

    /** Whose packets are whose, for a capture. */
    public PacketOwners packetOwners() {
        return new PacketOwners(state);
    }

    /** Whether the device is up. */
    public boolean isUp() {
        return state.up;
    }

    /** How many peers there are. */
    public int peerCount() {
        return state.peers.size();
    }

    /** The UDP port that is shown, and by which an encapsulation loop is known. */
    public int listenPort() {
        return state.listenPort;
    }

    /** Sets the UDP port in use, and lets the kernel choose our address anew for every peer. The owner binds it. */
    public void listenPort(int port) {
        state.listenPort = port;
        state.peers.values().forEach(Peer::forgetLocalAddress);
    }

    /** The mark of outer packets that is shown. */
    public int fwmark() {
        return fwmark;
    }

    /** Sets the mark of outer packets, and lets the kernel choose our address anew for every peer. The owner puts it on the sockets. */
    public void fwmark(int mark) {
        fwmark = mark;
        state.peers.values().forEach(Peer::forgetLocalAddress);
    }

    /**
     * Sets the inside's MTU.
     *
     * @param enforce whether larger packets are answered with "packet too big": for a port behind which no kernel does so
     */
    public void mtu(int mtu, boolean enforce) {
        state.mtu = mtu;
        state.enforceMtu = enforce;
    }

    /**
     * Takes another private key; null or an all-zero one means none. Sessions made with the old one send no more, and a peer that has our
     * own public key goes. The device copies the key.
     */
    public void privateKey(PrivateKey key, long nowNs) {
        final PrivateKey fresh = key == null || key.isZero() ? null : copy(key);
        final StaticIdentity identity = fresh == null ? null : new StaticIdentity(fresh);
        final boolean same = identity != null && state.identity != null && identity.publicKey().equals(state.identity.publicKey());
        if (privateKey != null) {
            privateKey.close();
        }
        privateKey = fresh;
        if (same) {
            identity.close();
            return;
        }
        final StaticIdentity old = state.identity;
        state.identity = identity;
        handshakes.identityChanged(identity);
        if (identity != null) {
            final Peer self = state.peers.get(identity.publicKey());
            if (self != null) {
                remove(self);
            }
        }
        for (Peer peer : state.peers.values()) {
            peer.forgetHandshakeIndex();
            peer.handshake.clear();
            peer.keypairs.stopSending();
            peer.resetLastSentHandshake();
        }
        if (old != null) {
            old.close();
        }
        if (state.up && identity != null) {
            wakePeers(nowNs);
        }
    }

    /**
     * Applies the peers' part of a transaction, and swaps the cryptokey routing table once, so that no packet sees it half done.
     *
     * @param replace whether peers that the list does not name go; those that it names keep their sessions
     */
    public void applyPeers(boolean replace, List<PeerChange> changes, long nowNs) {
        final PeerTransaction transaction = new PeerTransaction(state, this::dispose);
        transaction.run(replace, changes);
        transaction.commit();
        if (state.up) {
            for (Peer peer : transaction.touched()) {
                if (transaction.keepaliveStarted(peer)) {
                    state.sender.sendKeepalive(peer, nowNs);
                } else {
                    state.sender.sendStaged(peer, nowNs);
                }
            }
            state.sender.flushControl();
        }
    }

    /** The inside is up, and the sockets are open: what waits goes, and persistent keepalives begin. */
    public void up(long nowNs) {
        if (!state.up) {
            state.up = true;
            wakePeers(nowNs);
        }
    }

    /** Down is silence: no timers, no sessions, nothing staged. The owner closes the sockets. */
    public void down() {
        state.up = false;
        queue.clear();
        for (Peer peer : state.peers.values()) {
            quiet(peer);
        }
    }

    /** Our own outer address has changed: peers with a session hear from us at once, and so learn where we are. */
    public void announce(long nowNs) {
        if (state.up) {
            for (Peer peer : state.peers.values()) {
                if (peer.endpoint != null && peer.sendableKeypair(nowNs) != null) {
                    state.sender.sendKeepalive(peer, nowNs);
                }
            }
            state.sender.flushControl();
        }
    }

    /** Takes out of the batch, and counts, what {@code filter} refuses, before anything of it is looked at. */
    public void refuse(PacketBatch batch, EndpointFilter filter) {
        for (int i = 0; i < batch.size(); i++) {
            if (batch.length[i] > 0 && !filter.accepts(batch.endpoint[i])) {
                batch.length[i] = 0;
                state.counters.drop(DropReason.SOURCE_REFUSED);
            }
        }
    }

    /** Inner packets to send. The batch is spent on return. */
    public void outbound(PacketBatch batch, long nowNs) {
        if (state.up) {
            outbound.process(batch, nowNs);
        } else {
            dropAll(batch);
        }
    }

    /**
     * Datagrams received. The batch is spent on return. Handshake messages among them wait for {@link #processHandshakes}.
     *
     * @return how many of them belonged to a session: authentic, and not seen before
     */
    public int inbound(PacketBatch batch, long nowNs) {
        if (!state.up) {
            dropAll(batch);
            return 0;
        }
        final int authentic = inbound.process(batch, nowNs);
        state.sender.flushControl();
        return authentic;
    }

    /** Whether handshake messages wait. */
    public boolean hasHandshakes() {
        return !queue.isEmpty();
    }

    /** Works off up to {@code most} handshake messages; fewer when one took more than a few hashes, so that the owner sees the clock. */
    public void processHandshakes(long nowNs, int most) {
        handshakes.process(nowNs, most);
    }

    /** When {@link #onDeadline} wants to be called: {@code Long.MAX_VALUE} for never. It may be called earlier. */
    public long nextDeadlineNs() {
        return state.deadlines.nextNs();
    }

    /** Runs every timer that is due. */
    public void onDeadline(long nowNs) {
        for (Peer peer = state.deadlines.poll(nowNs); peer != null; peer = state.deadlines.poll(nowNs)) {
            peer.timers.fire(nowNs);
        }
        state.sender.flushControl();
    }

    /** Shows the endpoint of every peer that has one, for a watch over routes and addresses. */
    public void forEachEndpoint(Consumer<Endpoint> action) {
        for (Peer peer : state.peers.values()) {
            if (peer.endpoint != null) {
                action.accept(peer.endpoint);
            }
        }
    }

    /** The state as the UAPI shows it, secrets included. */
    public DeviceSnapshot snapshot() {
        final List<PeerSnapshot> peers = new ArrayList<>(state.peers.size());
        for (Peer peer : state.peers.values()) {
            peers.add(peer.snapshot());
        }
        return new DeviceSnapshot(privateKey == null ? null : copy(privateKey), state.listenPort, fwmark, peers);
    }

    /**
     * Writes everything that the process in whose favour this one retires needs to go on as if nothing had been: settings, sessions with
     * their keys, counters and replay windows, timers, what waits. There, counters begin {@value #HANDOVER_MARGIN} later than they ended
     * here. Nothing changes here; but if this device goes on after all, {@link #takeBack} comes first.
     */
    public void writeTo(StateWriter out, long nowNs) {
        writeTo(out, HANDOVER_MARGIN, nowNs);
    }

    void writeTo(StateWriter out, long counterMargin, long nowNs) {
        DeviceHandover.writeHeader(out, nowNs);
        final DeviceHandover handover = new DeviceHandover(state);
        final long mark = out.beginRecord();
        handover.writeKey(out, privateKey);
        out.i32(fwmark);
        handover.writeShared(out);
        handshakes.writeTo(out);
        out.endRecord(mark);
        handover.writePeers(out, counterMargin);
    }

    /**
     * Takes on what {@link #writeTo} wrote, on a device that is new. It sends nothing: timers are armed, and {@link #nextDeadlineNs} says
     * for when.
     *
     * @throws StateException says what is wrong with the state; the device is then wiped, and of no use
     */
    public void readFrom(StateReader in, long nowNs) throws StateException {
        if (privateKey != null || !state.peers.isEmpty() || state.up) {
            throw new IllegalStateException("not a new device");
        }
        boolean done = false;
        try {
            DeviceHandover.readHeader(in, nowNs);
            final DeviceHandover handover = new DeviceHandover(state);
            final StateReader own = in.part();
            final PrivateKey key = handover.readKey(own);
            if (key != null) {
                privateKey(key, nowNs);
                key.close();
            }
            fwmark = own.i32();
            handover.readShared(own);
            handshakes.readFrom(own);
            own.end();
            handover.readPeers(in);
            in.end();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    /**
     * This device was written for another process, which did not come to life, and goes on itself: beyond the counters with which the other
     * would have begun, and as many again. That the other sends nothing before it is told to is what keeps nonces apart; this is for the
     * case that it did.
     */
    public void takeBack() {
        state.peers.values().forEach(peer -> peer.keypairs.skipCounters(2 * HANDOVER_MARGIN));
    }

    /**
     * Wipes all sessions and handshakes under way, and keeps settings and what waits: another process has them now. Nothing can be sent
     * under them again; if the device goes on after all, it asks for new ones.
     */
    public void forgetSessions() {
        queue.clear();
        for (Peer peer : state.peers.values()) {
            peer.timers.stop();
            peer.wipeSessions();
        }
    }

    /**
     * Goes on after {@link #forgetSessions}: peers that something waits for, or that are kept alive, are asked for new sessions.
     *
     * @param timestampNs no initiation carries a timestamp up to this one, in nanoseconds since 1970: the other process may have used it
     */
    public void beginAnew(long timestampNs, long nowNs) {
        state.timestamps.continueAfter(timestampNs);
        state.timestamps.skip(HANDOVER_MARGIN);
        for (Peer peer : state.peers.values()) {
            peer.resetLastSentHandshake();
        }
        if (state.up) {
            wakePeers(nowNs);
        }
    }

    /** Counts, and what can be told of peers without a secret. */
    public DeviceStatistics statistics() {
        final List<PeerStatistics> peers = new ArrayList<>(state.peers.size());
        int staged = 0;
        for (Peer peer : state.peers.values()) {
            peers.add(peer.statistics());
            staged += peer.staged.size();
        }
        final DeviceCounters counts = state.counters;
        final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            drops.put(reason, counts.drops(reason));
        }
        final DeviceStatistics.Handshakes made = new DeviceStatistics.Handshakes(
                counts.handshakesInitiated(),
                counts.handshakesResponded(),
                counts.handshakesCompletedAsInitiator(),
                counts.handshakesCompleted() - counts.handshakesCompletedAsInitiator(),
                counts.handshakesGivenUp(),
                counts.cookieRepliesSent(),
                queue.size());
        return new DeviceStatistics(
                publicKey(), state.up, state.listenPort, state.mtu, made, drops, staged, state.indices.size(), peers);
    }

    /** Wipes everything. */
    public void close() {
        down();
        final AllowedIps<Peer>.Transaction routes = state.allowedIps.begin();
        for (Iterator<Peer> it = state.peers.values().iterator(); it.hasNext(); ) {
            final Peer peer = it.next();
            it.remove();
            routes.removeAll(peer);
            dispose(peer);
        }
        routes.commit();
        handshakes.identityChanged(null);
        if (state.identity != null) {
            state.identity.close();
            state.identity = null;
        }
        if (privateKey != null) {
            privateKey.close();
            privateKey = null;
        }
    }

    private void wakePeers(long nowNs) {
        for (Peer peer : state.peers.values()) {
            if (peer.persistentKeepaliveSeconds != 0) {
                state.sender.sendKeepalive(peer, nowNs);
            } else {
                state.sender.sendStaged(peer, nowNs);
            }
        }
        state.sender.flushControl();
    }

    private void remove(Peer peer) {
        state.peers.remove(peer.publicKey());
        final AllowedIps<Peer>.Transaction routes = state.allowedIps.begin();
        routes.removeAll(peer);
        routes.commit();
        dispose(peer);
    }

    private void dispose(Peer peer) {
        quiet(peer);
        peer.handshake.close();
        peer.cookies.close();
    }

    private void quiet(Peer peer) {
        state.counters.drop(DropReason.DEVICE_DOWN, peer.staged.clear());
        peer.timers.stop();
        peer.wipeSessions();
        peer.resetLastSentHandshake();
    }

    private void dropAll(PacketBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            if (batch.length[i] > 0) {
                batch.length[i] = 0;
                state.counters.drop(DropReason.DEVICE_DOWN);
            }
        }
    }

    private static PrivateKey copy(PrivateKey key) {
        final byte[] bytes = new byte[PrivateKey.LENGTH];
        key.copyTo(bytes, 0);
        final PrivateKey copy = PrivateKey.of(bytes, 0);
        Arrays.fill(bytes, (byte) 0);
        return copy;
    }
}
