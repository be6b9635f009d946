package org.wgjvm.transport;

import org.wgjvm.core.packet.Endpoint;

/**
 * Remembers the endpoints of recent senders, so that a datagram from a known one makes no object, and two from one sender carry the same
 * object. Direct-mapped and of fixed size: strangers replace each other, and nothing grows.
 */
final class EndpointCache {
    private static final int BITS = 12;

    private final Endpoint[] entries = new Endpoint[1 << BITS];

    /** The endpoint for an IPv4 source; {@code local} 0 when the address we were addressed on is unknown. */
    Endpoint v4(long address, int port, long local, int localInterface) {
        final int slot = slot(0, address, port, local);
        final Endpoint known = entries[slot];
        if (known != null
                && !known.isV6()
                && known.low() == address
                && known.port() == port
                && hasLocal(known, 0, local, localInterface)) {
            return known;
        }
        final Endpoint remote = Endpoint.v4((int) address, port);
        final Endpoint made = local == 0 ? remote : remote.withLocal(0, local, localInterface);
        entries[slot] = made;
        return made;
    }

    /** The endpoint for an IPv6 source; the local address is 0 when it is unknown. */
    Endpoint v6(long high, long low, int port, int scope, long localHigh, long localLow, int localInterface) {
        final int slot = slot(high, low, port, localLow);
        final Endpoint known = entries[slot];
        if (known != null
                && known.isV6()
                && known.low() == low
                && known.high() == high
                && known.port() == port
                && known.scopeId() == scope
                && hasLocal(known, localHigh, localLow, localInterface)) {
            return known;
        }
        final Endpoint remote = Endpoint.v6(high, low, port, scope);
        final Endpoint made = (localHigh | localLow) == 0 ? remote : remote.withLocal(localHigh, localLow, localInterface);
        entries[slot] = made;
        return made;
    }

    private static boolean hasLocal(Endpoint known, long localHigh, long localLow, int localInterface) {
        if ((localHigh | localLow) == 0) {
            return !known.hasLocal();
        }
        return known.hasLocal()
                && known.localLow() == localLow
                && known.localHigh() == localHigh
                && known.localInterface() == localInterface;
    }

    private static int slot(long high, long low, int port, long localLow) {
        long h = high * 0x9E3779B97F4A7C15L + low;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L + port;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L + localLow;
        h = (h ^ h >>> 32) * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 64 - BITS);
    }
}
