package org.wgjvm.core.device;

import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.noise.Handshake;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.crypto.PublicKey;

/** Looks into a device, for the simulator: what must hold between any two events. The constants are restated. */
public final class DeviceProbe {
    private static final long KEYS_GONE_AFTER_NS = 540_000_000_000L;
    private static final long SLACK_NS = 1_000_000L;
    private static final int MAX_STAGED = 128;

    private DeviceProbe() {}

    /** What is wrong, or null: state without an owner, more of it than there may be, or keys past their time. */
    public static String violation(Device device, long nowNs) {
        final DeviceState state = device.state();
        final List<String> wrong = new ArrayList<>();
        final int[] known = {0};
        for (Peer peer : state.peers.values()) {
            final boolean handshaking = peer.handshake.state() != Handshake.State.NONE;
            boolean young = false;
            for (Keypair keypair : keypairsOf(peer)) {
                known[0]++;
                young |= !keypair.isOlderThan(KEYS_GONE_AFTER_NS + SLACK_NS, nowNs);
                if (state.indices.get(keypair.localIndex()) != keypair) {
                    wrong.add("a session of " + peer.publicKey() + " has no index");
                }
            }
            if (!keypairsOf(peer).isEmpty() && !young) {
                wrong.add("keys of " + peer.publicKey() + " are older than 540 s");
            }
            if (handshaking && peer.heapIndex < 0) {
                wrong.add("a handshake with " + peer.publicKey() + " that no timer will end");
            }
            if (stagedOf(peer) > 0 && state.identity != null && peer.endpoint != null && !peer.timers.handshakeDue()) {
                wrong.add("packets wait for " + peer.publicKey() + ", and nobody asks for a session");
            }
            if (stagedOf(peer) > MAX_STAGED) {
                wrong.add(stagedOf(peer) + " packets wait for " + peer.publicKey());
            }
        }
        state.indices.forEach(holder -> {
            final Peer peer = holder instanceof Keypair keypair ? (Peer) keypair.owner() : (Peer) holder;
            if (state.peers.get(peer.publicKey()) != peer) {
                wrong.add("an index of a peer that is gone");
            }
            if (holder instanceof Keypair keypair && !keypairsOf(peer).contains(keypair)) {
                wrong.add("an index of a session that is gone");
            }
            known[0] += holder instanceof Peer ? 1 : 0;
        });
        if (state.indices.size() != known[0] || state.indices.size() > 4 * state.peers.size()) {
            wrong.add(state.indices.size() + " indices for " + state.peers.size() + " peers");
        }
        if (state.deadlines.size() > state.peers.size()) {
            wrong.add(state.deadlines.size() + " timers for " + state.peers.size() + " peers");
        }
        return wrong.isEmpty() ? null : String.join("; ", wrong);
    }

    /** What is left of sessions, handshakes, timers and waiting packets, or null for nothing at all. */
    public static String remains(Device device) {
        final DeviceState state = device.state();
        final List<String> left = new ArrayList<>();
        if (state.indices.size() != 0) {
            left.add(state.indices.size() + " indices");
        }
        if (device.nextDeadlineNs() != Long.MAX_VALUE || state.deadlines.size() != 0) {
            left.add(state.deadlines.size() + " timers");
        }
        for (Peer peer : state.peers.values()) {
            if (!keypairsOf(peer).isEmpty() || peer.handshake.state() != Handshake.State.NONE || stagedOf(peer) != 0) {
                left.add("sessions or packets of " + peer.publicKey());
            }
        }
        return left.isEmpty() ? null : String.join("; ", left);
    }

    /** What is different between a device and the one that was made of its bytes, or null: counters begin later there, and nothing else. */
    public static String difference(Device before, Device after, long nowNs) {
        if (before.nextDeadlineNs() > after.nextDeadlineNs()) {
            return "a timer before any that there was";
        }
        try (StateWriter one = new StateWriter(); StateWriter other = new StateWriter()) {
            before.writeTo(one, nowNs);
            after.writeTo(other, 0, nowNs);
            final long at = one.written().mismatch(other.written());
            return at < 0 ? null : "byte " + at + " of the state";
        }
    }

    /** Whether a session that may send now exists. */
    public static boolean hasSession(Device device, PublicKey peer, long nowNs) {
        return device.state().peers.get(peer).sendableKeypair(nowNs) != null;
    }

    /** Sets the next counter of the current session, if there is one. */
    public static void advanceCounter(Device device, PublicKey peer, long counter) {
        final Peer p = device.state().peers.get(peer);
        if (p != null && p.keypairs.current() != null) {
            p.keypairs.current().advanceCounter(counter);
        }
    }

    private static int stagedOf(Peer peer) {
        return peer.staged.size();
    }

    private static List<Keypair> keypairsOf(Peer peer) {
        final List<Keypair> all = new ArrayList<>(3);
        for (Keypair keypair : new Keypair[] {peer.keypairs.previous(), peer.keypairs.current(), peer.keypairs.next()}) {
            if (keypair != null) {
                all.add(keypair);
            }
        }
        return all;
    }
}
