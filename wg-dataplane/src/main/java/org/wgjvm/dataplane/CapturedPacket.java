package org.wgjvm.dataplane;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;

/** A packet in a {@link PacketCapture}, lent for the moment. */
public final class CapturedPacket {
    static final int OUTER = 1;
    static final int OUTGOING = 2;

    private final MemorySegment bytes;
    private int place;
    private int length;
    private int originalLength;
    private long epochNs;
    private int kind;
    private PublicKey peer;
    private Endpoint endpoint;
    private int tos;
    private int localPort;

    CapturedPacket(MemorySegment bytes) {
        this.bytes = bytes;
    }

    void set(int newPlace, int newLength, int original, long ns, int newKind, PublicKey whose, Endpoint where, int newTos, int port) {
        place = newPlace;
        length = newLength;
        originalLength = original;
        epochNs = ns;
        kind = newKind;
        peer = whose;
        endpoint = where;
        tos = newTos;
        localPort = port;
    }

    /** What was captured: the IP packet inside, or the payload of the datagram outside. */
    public MemorySegment bytes() {
        return bytes.asSlice(place, length);
    }

    /** How long the packet is, if more was not captured. */
    public int originalLength() {
        return originalLength;
    }

    /** When it was seen, in nanoseconds since 1970. */
    public long epochNs() {
        return epochNs;
    }

    /** Whether it is a datagram of the outside; else an IP packet of the inside. */
    public boolean isOuter() {
        return (kind & OUTER) != 0;
    }

    /** Whether it is on its way from here to the peer. */
    public boolean isOutgoing() {
        return (kind & OUTGOING) != 0;
    }

    /** Whose it is, or null when that is not known. Of what came in from outside, it is only a claim. */
    public PublicKey peer() {
        return peer;
    }

    /** Where a datagram came from or goes to, with our own address where that is known; null inside. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** TOS or traffic class of a datagram. */
    public int tos() {
        return tos;
    }

    /** Our own port. */
    public int localPort() {
        return localPort;
    }
}
