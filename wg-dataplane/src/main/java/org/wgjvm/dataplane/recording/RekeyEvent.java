package org.wgjvm.dataplane.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A session follows another one. */
@Name("wgjvm.Rekey")
@Label("Rekey")
@Category("WireGuard")
@Description("A new session with a peer has replaced an earlier one")
@StackTrace(false)
public final class RekeyEvent extends Event {
    /** Base64 of the peer's public key. */
    @Label("Peer")
    public String peer;

    /** Whether we began the handshake. */
    @Label("Initiator")
    public boolean initiator;
}
