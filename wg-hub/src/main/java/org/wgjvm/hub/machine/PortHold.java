package org.wgjvm.hub.machine;

/** A UDP port that is bound, and so nobody else's, whether a tunnel uses it or not. */
public interface PortHold extends AutoCloseable {
    /** Its number. */
    int port();

    /** Whether something took it away after all. */
    boolean isBroken();

    /** Lets go of it. Idempotent. */
    @Override
    void close();
}
