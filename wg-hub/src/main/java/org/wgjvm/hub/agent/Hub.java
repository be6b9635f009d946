package org.wgjvm.hub.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.hub.machine.PortHold;
import org.wgjvm.hub.machine.Tunnel;

/** What is there of a hub, and how it went. Belongs to the reconciler. */
final class Hub {
    PortHold hold;
    Tunnel tunnel;
    final Map<PublicKey, PeerPlan> applied = new LinkedHashMap<>();
    boolean keyed;
    String place = "";
    boolean up;

    /** Why it is not as it should be; null when it is, empty before the first attempt. */
    String error = "";

    int failures;
    long retryAtNs;

    boolean isRealised() {
        return error == null && tunnel != null && !tunnel.isGone();
    }

    /** The interface is not there any more; what it was told is forgotten with it. */
    void forgetTunnel() {
        if (tunnel != null) {
            tunnel.close();
            tunnel = null;
        }
        applied.clear();
        keyed = false;
        place = "";
        up = false;
    }

    void close() {
        forgetTunnel();
        if (hold != null) {
            hold.close();
            hold = null;
        }
    }
}
