package org.wgjvm.dataplane.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A step of a handshake. */
@Name("wgjvm.Handshake")
@Label("Handshake")
@Category("WireGuard")
@Description("A handshake was begun, completed or given up, or a peer's keys were wiped")
@StackTrace(false)
public final class HandshakeEvent extends Event {
    /** Base64 of the peer's public key. */
    @Label("Peer")
    public String peer;

    /** {@code initiated}, {@code completed-as-initiator}, {@code completed-as-responder}, {@code given-up} or {@code expired}. */
    @Label("Outcome")
    public String outcome;

    /** 0 for the first initiation, then counting retries; else 0. */
    @Label("Attempt")
    public int attempt;
}
