package org.wgjvm.transport;

import java.util.Arrays;
import org.wgjvm.core.packet.Endpoint;

/**
 * Destinations to which the kernel refused {@code UDP_SEGMENT} for segments of some length, mostly because the path MTU is smaller. They
 * get single datagrams, which may be fragmented, until the entry expires: paths change. Of fixed size; destinations may push each other
 * out, which costs one refused call.
 */
final class SegmentLimits {
    static final long LIFETIME_NS = 30_000_000_000L;

    private static final int SIZE = 256;

    private final Endpoint[] destination = new Endpoint[SIZE];
    private final int[] refusedLength = new int[SIZE];
    private final long[] expiryNs = new long[SIZE];
    private boolean empty = true;

    boolean isEmpty() {
        return empty;
    }

    /** Segments of {@code length} bytes or more were refused. */
    void refuse(Endpoint to, int length, long nowNs) {
        final int slot = slot(to);
        if (!to.sameRemote(destination[slot]) || nowNs - expiryNs[slot] >= 0 || length < refusedLength[slot]) {
            refusedLength[slot] = length;
        }
        destination[slot] = to;
        expiryNs[slot] = nowNs + LIFETIME_NS;
        empty = false;
    }

    /** Whether segments of {@code length} bytes may be tried. */
    boolean allows(Endpoint to, int length, long nowNs) {
        final int slot = slot(to);
        return !to.sameRemote(destination[slot]) || length < refusedLength[slot] || nowNs - expiryNs[slot] >= 0;
    }

    /** Forgets everything: routes or the mark have changed. */
    void clear() {
        Arrays.fill(destination, null);
        empty = true;
    }

    private static int slot(Endpoint to) {
        return to.hashCode() & SIZE - 1;
    }
}
