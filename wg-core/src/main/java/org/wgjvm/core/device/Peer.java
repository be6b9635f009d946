package org.wgjvm.core.device;

import java.util.Arrays;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.noise.CookieGenerator;
import org.wgjvm.core.noise.Handshake;
import org.wgjvm.core.noise.RemoteStatic;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.core.session.Keypairs;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;

/** One peer: its keys, sessions, timers, endpoint and counts. It belongs to the device's thread. */
final class Peer {
    /** So long ago that no rate limit counts it. */
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    final RemoteStatic remote;
    final Handshake handshake;
    final CookieGenerator cookies;
    final Keypairs keypairs;
    final PeerTimers timers;
    final StagedPackets staged = new StagedPackets();
    private final DeviceState state;

    Endpoint endpoint;
    int persistentKeepaliveSeconds;
    long txBytes;
    long rxBytes;
    long txPackets;
    long rxPackets;
    long retiredMissing;
    long lastHandshakeEpochNs;
    long lastSentHandshakeNs = LONG_AGO;
    boolean wantsHandshake;

    /** Where the peer stands in the {@link DeadlineHeap}; -1 for nowhere. */
    int heapIndex = -1;

    /** When the heap will wake it. */
    long armedNs = DeadlineHeap.NEVER;

    Peer(PublicKey publicKey, DeviceState state) {
        this.state = state;
        this.remote = new RemoteStatic(publicKey);
        this.handshake = new Handshake(remote);
        handshake.keyLog(state.keyLog);
        this.cookies = new CookieGenerator(publicKey);
        this.keypairs = new Keypairs(this::retire);
        this.timers = new PeerTimers(this, state);
    }

    PublicKey publicKey() {
        return remote.publicKey();
    }

    /** The current session if it may send now, or null. */
    Keypair sendableKeypair(long nowNs) {
        final Keypair current = keypairs.current();
        return current != null && current.canSend(nowNs) ? current : null;
    }

    /** An authenticated message came from there: the peer has roamed if that is news (paper, section 2.1). */
    void heardFrom(Endpoint source) {
        final Endpoint known = endpoint;
        if (source == null || source.sameRemoteAndLocal(known)) {
            return;
        }
        endpoint = source;
        if (known == null || !known.sameRemote(source)) {
            state.events.onEndpointChanged(publicKey(), source);
        }
    }

    /** Lets the kernel choose our address anew. */
    void forgetLocalAddress() {
        if (endpoint != null) {
            endpoint = endpoint.withoutLocal();
        }
    }

    /** A session is confirmed: by the response, or by the first packet under it. */
    void sessionConfirmed(boolean initiator) {
        timers.onHandshakeComplete();
        lastHandshakeEpochNs = state.epochNs.getAsLong();
        state.counters.handshakeCompleted(initiator);
        state.events.onHandshakeCompleted(publicKey(), initiator);
        if (keypairs.previous() != null) {
            state.events.onRekeyed(publicKey(), initiator);
        }
    }

    /** The next initiation may go at once. */
    void resetLastSentHandshake() {
        lastSentHandshakeNs = LONG_AGO;
    }

    /** Forgets a handshake under way and every session, and wipes their keys. */
    void wipeSessions() {
        forgetHandshakeIndex();
        handshake.clear();
        keypairs.clear();
    }

    /** The index of a handshake under way is no longer ours to answer to. */
    void forgetHandshakeIndex() {
        if (handshakeIndexed) {
            state.indices.remove(handshakeIndex, this);
            handshakeIndexed = false;
        }
    }

    /** Takes a new random index for a handshake, in place of the one before. */
    int newHandshakeIndex() {
        forgetHandshakeIndex();
        handshakeIndex = state.indices.insert(this, state.random);
        handshakeIndexed = true;
        return handshakeIndex;
    }

    /** Takes back the index of a handshake that was handed over, if there is one; false when it is in use. */
    boolean indexHandshake() {
        if (handshake.state() != Handshake.State.INITIATION_CREATED) {
            return true;
        }
        handshakeIndex = handshake.localIndex();
        handshakeIndexed = state.indices.insert(handshakeIndex, this);
        return handshakeIndexed;
    }

    /** The handshake's index becomes the keypair's. */
    void indexBecomes(Keypair keypair) {
        state.indices.replace(handshakeIndex, this, keypair);
        handshakeIndexed = false;
    }

    private int handshakeIndex;
    private boolean handshakeIndexed;

    private void retire(Keypair keypair) {
        state.indices.remove(keypair.localIndex(), keypair);
        retiredMissing += keypair.missing();
        keypair.close();
    }

    private PresharedKey presharedKey() {
        if (!handshake.hasPresharedKey()) {
            return null;
        }
        final byte[] bytes = new byte[PresharedKey.LENGTH];
        handshake.copyPresharedKeyTo(bytes, 0);
        final PresharedKey copy = PresharedKey.of(bytes, 0);
        Arrays.fill(bytes, (byte) 0);
        return copy;
    }

    /** Messages that the peer sent and that have not come, of all sessions so far. */
    long missing() {
        return retiredMissing + missing(keypairs.previous()) + missing(keypairs.current()) + missing(keypairs.next());
    }

    private static long missing(Keypair keypair) {
        return keypair == null ? 0 : keypair.missing();
    }

    PeerStatistics statistics() {
        return new PeerStatistics(
                publicKey(),
                endpoint,
                lastHandshakeEpochNs,
                txBytes,
                rxBytes,
                txPackets,
                rxPackets,
                missing(),
                staged.size(),
                state.allowedIps.prefixes(this));
    }

    PeerSnapshot snapshot() {
        return new PeerSnapshot(
                publicKey(),
                presharedKey(),
                endpoint,
                lastHandshakeEpochNs,
                txBytes,
                rxBytes,
                persistentKeepaliveSeconds,
                state.allowedIps.prefixes(this));
    }
}
