package org.wgjvm.endpoint.cli;

import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.endpoint.log.Log;

/** Writes what happens to a data plane to the log. On its event loop. */
final class LoggedEvents implements DataPlaneEvents {
    private final Log log;

    LoggedEvents(Log log) {
        this.log = log;
    }

    private void verbose(PublicKey peer, String text) {
        log.verbose(peer, text);
    }

    @Override
    public void onHandshakeInitiated(PublicKey peer, int attempt) {
        verbose(peer, attempt == 0 ? "Sending handshake initiation" : "Sending handshake initiation, try " + (attempt + 1));
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        verbose(peer, "Session confirmed, we are the " + (initiator ? "initiator" : "responder"));
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        verbose(peer, "Handshake did not complete, giving up");
    }

    @Override
    public void onEndpointChanged(PublicKey peer, Endpoint endpoint) {
        verbose(peer, "Endpoint is now " + endpoint);
    }

    @Override
    public void onPeerExpired(PublicKey peer) {
        verbose(peer, "No session for long, keys wiped");
    }

    @Override
    public void onLink(boolean up) {
        log.verbose(up ? "Interface up" : "Interface down");
    }

    @Override
    public void onMtu(int mtu) {
        log.verbose("MTU is " + mtu);
    }

    @Override
    public void onListening(int port, String bind) {
        log.verbose("Listening on UDP port " + port + " with " + bind);
    }

    @Override
    public void onBindFailed(int port, Exception reason) {
        log.error("Cannot listen on UDP port " + port + ": " + reason.getMessage());
    }

    @Override
    public void onDegraded(String what, Exception reason) {
        log.error(what + " is not to be had: " + reason.getMessage());
    }
}
