package org.wgjvm.dataplane;

import java.util.Arrays;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;

/** Tells several observers, in the order in which they were added. On the event loop. */
final class EventFan implements DataPlaneEvents {
    private DataPlaneEvents[] observers;

    EventFan(DataPlaneEvents... observers) {
        this.observers = observers.clone();
    }

    /** One more; to be called on the event loop, but not by an observer. */
    void add(DataPlaneEvents observer) {
        final DataPlaneEvents[] more = Arrays.copyOf(observers, observers.length + 1);
        more[observers.length] = observer;
        observers = more;
    }

    @Override
    public void onHandshakeInitiated(PublicKey peer, int attempt) {
        for (final DataPlaneEvents observer : observers) {
            observer.onHandshakeInitiated(peer, attempt);
        }
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        for (final DataPlaneEvents observer : observers) {
            observer.onHandshakeCompleted(peer, initiator);
        }
    }

    @Override
    public void onRekeyed(PublicKey peer, boolean initiator) {
        for (final DataPlaneEvents observer : observers) {
            observer.onRekeyed(peer, initiator);
        }
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        for (final DataPlaneEvents observer : observers) {
            observer.onHandshakeGivenUp(peer);
        }
    }

    @Override
    public void onEndpointChanged(PublicKey peer, Endpoint endpoint) {
        for (final DataPlaneEvents observer : observers) {
            observer.onEndpointChanged(peer, endpoint);
        }
    }

    @Override
    public void onPeerExpired(PublicKey peer) {
        for (final DataPlaneEvents observer : observers) {
            observer.onPeerExpired(peer);
        }
    }

    @Override
    public void onLink(boolean up) {
        for (final DataPlaneEvents observer : observers) {
            observer.onLink(up);
        }
    }

    @Override
    public void onMtu(int mtu) {
        for (final DataPlaneEvents observer : observers) {
            observer.onMtu(mtu);
        }
    }

    @Override
    public void onListening(int port, String bind) {
        for (final DataPlaneEvents observer : observers) {
            observer.onListening(port, bind);
        }
    }

    @Override
    public void onBindFailed(int port, Exception reason) {
        for (final DataPlaneEvents observer : observers) {
            observer.onBindFailed(port, reason);
        }
    }

    @Override
    public void onDegraded(String what, Exception reason) {
        for (final DataPlaneEvents observer : observers) {
            observer.onDegraded(what, reason);
        }
    }
}
