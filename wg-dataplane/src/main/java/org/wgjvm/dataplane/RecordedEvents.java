package org.wgjvm.dataplane;

import jdk.jfr.FlightRecorder;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.recording.HandshakeEvent;
import org.wgjvm.dataplane.recording.RekeyEvent;

/** Puts handshakes and rekeys into the flight recorder. On the event loop; it allocates nothing while nothing is recorded. */
final class RecordedEvents implements DataPlaneEvents {
    // Made when there is a recorder: see LoopObserver.
    private HandshakeEvent handshake;
    private RekeyEvent rekey;

    private boolean isRecorded() {
        if (handshake == null && FlightRecorder.isInitialized()) {
            handshake = new HandshakeEvent();
            rekey = new RekeyEvent();
        }
        return handshake != null;
    }

    private void handshake(PublicKey peer, String outcome, int attempt) {
        if (isRecorded() && handshake.isEnabled()) {
            handshake.peer = peer.toBase64();
            handshake.outcome = outcome;
            handshake.attempt = attempt;
            handshake.commit();
        }
    }

    @Override
    public void onHandshakeInitiated(PublicKey peer, int attempt) {
        handshake(peer, "initiated", attempt);
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        handshake(peer, initiator ? "completed-as-initiator" : "completed-as-responder", 0);
    }

    @Override
    public void onRekeyed(PublicKey peer, boolean initiator) {
        if (isRecorded() && rekey.isEnabled()) {
            rekey.peer = peer.toBase64();
            rekey.initiator = initiator;
            rekey.commit();
        }
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        handshake(peer, "given-up", 0);
    }

    @Override
    public void onPeerExpired(PublicKey peer) {
        handshake(peer, "expired", 0);
    }
}
