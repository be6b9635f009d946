package org.wgjvm.hub.agent;

import org.wgjvm.hub.state.PortEntry;

/** Which hubs may be had on this host. One that may be had only for a time is cut off when that is over, on some thread. */
interface Rights {
    /** All of them: there is nobody else. */
    Rights ALL = new Rights() {
        @Override
        public boolean has(PortEntry hub) {
            return true;
        }

        @Override
        public boolean enter(PortEntry hub, Runnable cut) {
            return true;
        }

        @Override
        public void leave(String id) {
            // Nobody was told.
        }

        @Override
        public String publishedKey(String id) {
            return "";
        }
    };

    /** Whether a hub may be had here now. */
    boolean has(PortEntry hub);

    /** Whether it may still be, now that it is there; if so {@code cut} is called when it may no longer. */
    boolean enter(PortEntry hub, Runnable cut);

    /** A hub is here no longer. */
    void leave(String id);

    /** The public key that devices know of a hub, as far as somebody has said so; else empty. */
    String publishedKey(String id);
}
