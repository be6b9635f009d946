package org.wgjvm.hub.agent;

import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.hub.port.PortReader.KeyChange;
import org.wgjvm.hub.state.PortEntry;

/**
 * A change of one port.
 *
 * @param before what was wanted, or null
 * @param after what is to be wanted, or null for nothing
 * @param keyChange what becomes of the preshared key
 * @param presharedKey null unless it is to be set
 * @param what for the history
 */
record Edit(PortEntry before, PortEntry after, KeyChange keyChange, PresharedKey presharedKey, String what) {
    String id() {
        return (after == null ? before : after).port().id();
    }

    /** This one and then another of the same port. */
    Edit then(Edit next) {
        final boolean keeps = next.keyChange == KeyChange.KEEP;
        return new Edit(before, next.after, keeps ? keyChange : next.keyChange, keeps ? presharedKey : next.presharedKey,
                what + ", " + next.what);
    }
}
