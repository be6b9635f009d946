package org.wgjvm.transport;

import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;

/**
 * Finds runs of datagrams that one {@code UDP_SEGMENT} message can carry: consecutive ones (dropped ones don't count) with the same
 * destination, sticky source and traffic class, all as long as the first; only the last may be shorter.
 */
final class DatagramRuns {
    /** Segments that every kernel with {@code UDP_SEGMENT} takes; since 6.0 it is 128. */
    static final int MAX_SEGMENTS = 64;

    /** Largest UDP payload in IPv4: 65535 less the headers. */
    static final int MAX_BYTES_V4 = 65507;

    /** Largest UDP payload in IPv6 without a jumbogram. */
    static final int MAX_BYTES_V6 = 65527;

    private DatagramRuns() {}

    /**
     * The end (exclusive) of the run that starts at datagram {@code from}, which has a length over 0. The run never ends with a dropped
     * datagram.
     */
    static int end(PacketBatch batch, int from, int maxSegments, int maxBytes) {
        final int[] length = batch.length;
        final Endpoint to = batch.endpoint[from];
        final byte tos = batch.tos[from];
        final int segmentLength = length[from];
        int end = from + 1;
        int bytes = segmentLength;
        for (int i = from + 1, segments = 1; i < batch.size() && segments < maxSegments; i++) {
            final int next = length[i];
            if (next == 0) {
                continue;
            }
            bytes += next;
            if (next > segmentLength || bytes > maxBytes || batch.tos[i] != tos || !sameWay(to, batch.endpoint[i])) {
                break;
            }
            end = i + 1;
            segments++;
            if (next < segmentLength) {
                break;
            }
        }
        return end;
    }

    /** One object is the common case, and quickly told. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean sameWay(Endpoint a, Endpoint b) {
        return a == b || a.sameRemoteAndLocal(b);
    }
}
