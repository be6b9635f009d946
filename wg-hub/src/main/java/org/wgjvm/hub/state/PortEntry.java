package org.wgjvm.hub.state;

import org.wgjvm.hub.port.Port;

/**
 * What is desired of a port.
 *
 * @param port the port
 * @param listenPort the UDP port of a hub, chosen once; 0 for a spoke
 * @param attachment the router that a hub is added to, or null
 */
public record PortEntry(Port port, int listenPort, Attachment attachment) {
    /** With another port. */
    public PortEntry with(Port other) {
        return new PortEntry(other, listenPort, attachment);
    }

    /** Added to a router, or, with null, to none. */
    public PortEntry with(Attachment other) {
        return new PortEntry(port, listenPort, other);
    }
}
