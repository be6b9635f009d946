package org.wgjvm.core.device;

import java.util.Arrays;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.core.session.Limits;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/**
 * The state of a device as bytes, for the process that takes this one's place on the same host: clocks are those of the host, and go on.
 *
 * <pre>
 * magic(8) format(16) written-at(64)
 * record device: key, identity's MACs, port, mark, MTU, counts, timestamps of initiations
 * count(32) of peers, and for each a record: key, endpoint, settings, counts, timers, handshake, cookies, sessions, what waits
 * </pre>
 *
 * <p>Left behind are handshake messages not yet looked at (their senders repeat them), the measure of load, and rate limits.
 *
 * <p>A change of what is written is a new {@link #FORMAT}; the reader then goes on reading the one before.
 */
final class DeviceHandover {
    /** The format that is written, and the only one that is read so far. */
    static final int FORMAT = 1;

    /** {@code wgjvmDEV} as it stands in memory. */
    private static final long MAGIC = 0x5645446d766a6777L;

    /** State older than this was not written by whom it should come from. */
    private static final long MAX_AGE_NS = 60_000_000_000L;

    private static final int KEY_BYTES = PublicKey.LENGTH;
    private static final int MIN_PEER_BYTES = 64;
    private static final int PREFIX_BYTES = 18;

    private final DeviceState state;

    DeviceHandover(DeviceState state) {
        this.state = state;
    }

    static void writeHeader(StateWriter out, long nowNs) {
        out.i64(MAGIC).u16(FORMAT).i64(nowNs);
    }

    static void readHeader(StateReader in, long nowNs) throws StateException {
        if (in.i64() != MAGIC) {
            throw new StateException("not the state of a device");
        }
        final int format = in.u16();
        if (format != FORMAT) {
            throw new StateException("state of format " + format + ", and this version reads format " + FORMAT);
        }
        final long ageNs = nowNs - in.i64();
        if (ageNs < 0 || ageNs > MAX_AGE_NS) {
            throw new StateException("state that is " + ageNs / 1_000_000_000L + " s old: its clock is not ours");
        }
    }

    void writeKey(StateWriter out, PrivateKey key) {
        out.flag(key != null);
        if (key != null) {
            final byte[] bytes = new byte[PrivateKey.LENGTH];
            key.copyTo(bytes, 0);
            out.bytes(bytes);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** The private key, or null. */
    PrivateKey readKey(StateReader in) throws StateException {
        if (!in.flag()) {
            return null;
        }
        final byte[] bytes = in.bytes(PrivateKey.LENGTH);
        final PrivateKey key = PrivateKey.of(bytes, 0);
        Arrays.fill(bytes, (byte) 0);
        return key;
    }

    /** What is neither a peer's nor held by {@link Device} itself. */
    void writeShared(StateWriter out) {
        out.flag(state.up).flag(state.enforceMtu).i32(state.mtu).u16(state.listenPort).i64(state.timestamps.lastNs());
        state.counters.writeTo(out);
    }

    void readShared(StateReader in) throws StateException {
        state.up = in.flag();
        state.enforceMtu = in.flag();
        state.mtu = in.i32();
        state.listenPort = in.u16();
        state.timestamps.continueAfter(in.i64());
        state.counters.readFrom(in);
    }

    void writePeers(StateWriter out, long counterMargin) {
        out.i32(state.peers.size());
        for (Peer peer : state.peers.values()) {
            final long mark = out.beginRecord();
            writePeer(out, peer, counterMargin);
            out.endRecord(mark);
        }
    }

    void readPeers(StateReader in) throws StateException {
        final int count = in.count(MIN_PEER_BYTES);
        if (count > Limits.MAX_PEERS) {
            throw new StateException(count + " peers");
        }
        final AllowedIps<Peer>.Transaction routes = state.allowedIps.begin();
        for (int i = 0; i < count; i++) {
            final StateReader part = in.part();
            readPeer(part, routes);
            part.end();
        }
        routes.commit();
    }

    private void writePeer(StateWriter out, Peer peer, long counterMargin) {
        out.bytes(peer.publicKey().toBytes());
        writeEndpoint(out, peer.endpoint);
        out.u16(peer.persistentKeepaliveSeconds).i64(peer.txBytes).i64(peer.rxBytes).i64(peer.txPackets).i64(peer.rxPackets);
        out.i64(peer.missing());
        out.i64(peer.lastHandshakeEpochNs).i64(peer.lastSentHandshakeNs);
        final var prefixes = state.allowedIps.prefixes(peer);
        out.i32(prefixes.size());
        for (IpPrefix prefix : prefixes) {
            out.flag(prefix.v6()).i64(prefix.high()).i64(prefix.low()).u8(prefix.bits());
        }
        peer.timers.writeTo(out);
        peer.handshake.writeTo(out);
        peer.cookies.writeTo(out);
        peer.keypairs.writeTo(out, counterMargin);
        peer.staged.writeTo(out);
    }

    private void readPeer(StateReader in, AllowedIps<Peer>.Transaction routes) throws StateException {
        final Peer peer = new Peer(PublicKey.of(in.bytes(KEY_BYTES), 0), state);
        if (state.peers.putIfAbsent(peer.publicKey(), peer) != null) {
            throw new StateException("a peer twice");
        }
        peer.endpoint = readEndpoint(in);
        peer.persistentKeepaliveSeconds = in.u16();
        peer.txBytes = in.i64();
        peer.rxBytes = in.i64();
        peer.txPackets = in.i64();
        peer.rxPackets = in.i64();
        peer.retiredMissing = in.i64();
        peer.lastHandshakeEpochNs = in.i64();
        peer.lastSentHandshakeNs = in.i64();
        for (int left = in.count(PREFIX_BYTES); left > 0; left--) {
            routes.insert(readPrefix(in), peer);
        }
        peer.timers.readFrom(in);
        peer.handshake.readFrom(in, state.identity);
        peer.cookies.readFrom(in);
        final boolean[] taken = new boolean[1];
        peer.keypairs.readFrom(in, peer, keypair -> taken[0] |= !state.indices.insert(keypair.localIndex(), keypair));
        if (taken[0] || !peer.indexHandshake()) {
            throw new StateException("an index twice");
        }
        peer.staged.readFrom(in);
    }

    private static IpPrefix readPrefix(StateReader in) throws StateException {
        final boolean v6 = in.flag();
        final long high = in.i64();
        final long low = in.i64();
        final int bits = in.u8();
        final IpPrefix prefix;
        try {
            prefix = new IpPrefix(v6, high, low, bits);
        } catch (IllegalArgumentException e) {
            throw new StateException(e.getMessage());
        }
        if (prefix.high() != high || prefix.low() != low) {
            throw new StateException("a prefix with host bits");
        }
        return prefix;
    }

    private static void writeEndpoint(StateWriter out, Endpoint endpoint) {
        out.flag(endpoint != null);
        if (endpoint == null) {
            return;
        }
        out.flag(endpoint.isV6()).i64(endpoint.high()).i64(endpoint.low()).u16(endpoint.port()).i32(endpoint.scopeId());
        final boolean local = endpoint.hasLocal();
        out.flag(local);
        if (local) {
            out.i64(endpoint.localHigh()).i64(endpoint.localLow()).i32(endpoint.localInterface());
        }
    }

    private static Endpoint readEndpoint(StateReader in) throws StateException {
        if (!in.flag()) {
            return null;
        }
        final boolean v6 = in.flag();
        final long high = in.i64();
        final long low = in.i64();
        final int port = in.u16();
        final int scopeId = in.i32();
        final Endpoint remote = v6 ? Endpoint.v6(high, low, port, scopeId) : Endpoint.v4((int) low, port);
        return in.flag() ? remote.withLocal(in.i64(), in.i64(), in.i32()) : remote;
    }
}
