package org.wgjvm.core.device;

import org.wgjvm.core.packet.Endpoint;

/** Who may speak to a device at all: asked of every datagram before any cryptography, on the device's thread. */
@FunctionalInterface
public interface EndpointFilter {
    /** Whether a datagram from {@code source} may be looked at. Returns at once, throws nothing and makes no objects. */
    boolean accepts(Endpoint source);
}
