package org.wgjvm.endpoint.cli;

import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlaneEvents;

/** Tells two observers, one after the other. */
final class AllEvents implements DataPlaneEvents {
    private final DataPlaneEvents first;
    private final DataPlaneEvents second;

    private AllEvents(DataPlaneEvents first, DataPlaneEvents second) {
        this.first = first;
        this.second = second;
    }

    static DataPlaneEvents of(DataPlaneEvents first, DataPlaneEvents second) {
        return new AllEvents(first, second);
    }

    @Override
    public void onHandshakeInitiated(PublicKey peer, int attempt) {
        first.onHandshakeInitiated(peer, attempt);
        second.onHandshakeInitiated(peer, attempt);
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        first.onHandshakeCompleted(peer, initiator);
        second.onHandshakeCompleted(peer, initiator);
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        first.onHandshakeGivenUp(peer);
        second.onHandshakeGivenUp(peer);
    }

    @Override
    public void onEndpointChanged(PublicKey peer, Endpoint endpoint) {
        first.onEndpointChanged(peer, endpoint);
        second.onEndpointChanged(peer, endpoint);
    }

    @Override
    public void onPeerExpired(PublicKey peer) {
        first.onPeerExpired(peer);
        second.onPeerExpired(peer);
    }

    @Override
    public void onLink(boolean up) {
        first.onLink(up);
        second.onLink(up);
    }

    @Override
    public void onMtu(int mtu) {
        first.onMtu(mtu);
        second.onMtu(mtu);
    }

    @Override
    public void onListening(int port, String bind) {
        first.onListening(port, bind);
        second.onListening(port, bind);
    }

    @Override
    public void onBindFailed(int port, Exception reason) {
        first.onBindFailed(port, reason);
        second.onBindFailed(port, reason);
    }

    @Override
    public void onDegraded(String what, Exception reason) {
        first.onDegraded(what, reason);
        second.onDegraded(what, reason);
    }
}
