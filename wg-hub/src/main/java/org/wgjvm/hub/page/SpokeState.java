package org.wgjvm.hub.page;

import java.util.Locale;
import org.wgjvm.hub.agent.Overview.SpokeLook;

/** Whether a spoke is there, as far as its hub can know. */
enum SpokeState {
    /** Its session can still be good. */
    CONNECTED,
    /** Its last handshake is so long ago that no session of it can be good. */
    STALE,
    /** It has shaken no hands since the hub's interface was made. */
    NEVER,
    /** It is not to work. */
    OFF,
    /** No hub of its network is here and works. */
    UNSERVED;

    /** For how long a session is good: REJECT_AFTER_TIME. */
    static final long SESSION_MS = 180_000;

    /** That of a spoke at a moment. */
    static SpokeState of(SpokeLook spoke, long epochMs) {
        if (!spoke.port().adminStateUp()) {
            return OFF;
        }
        if (!spoke.served()) {
            return UNSERVED;
        }
        if (spoke.lastHandshakeEpochNs() == 0) {
            return NEVER;
        }
        return epochMs - spoke.lastHandshakeEpochNs() / 1_000_000 <= SESSION_MS ? CONNECTED : STALE;
    }

    /** As the page has it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
