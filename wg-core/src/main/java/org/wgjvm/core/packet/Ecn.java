package org.wgjvm.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * Explicit congestion notification across the tunnel (RFC 6040): what the outer header says on the way in, and what is told to the inner
 * one on the way out. The DSCP of inner packets is not shown to the outside: the outer DSCP of data is 0.
 */
public final class Ecn {
    /** The transport does not do ECN. */
    public static final int NOT_ECT = 0;

    /** ECN-capable, codepoint 1. */
    public static final int ECT_1 = 1;

    /** ECN-capable, codepoint 0. */
    public static final int ECT_0 = 2;

    /** Congestion experienced. */
    public static final int CE = 3;

    /** {@link #decapsulate(int, int)}: the packet must be dropped, as the router that marked it meant to say. */
    public static final int DROP = -1;

    private static final int MASK = 3;

    private Ecn() {}

    /** Outer TOS (DSCP 0) for an inner TOS or traffic class: the inner ECN, copied (RFC 6040, section 4.1, normal mode). */
    public static int encapsulate(int innerTos) {
        return innerTos & MASK;
    }

    /**
     * The inner TOS to deliver (RFC 6040, section 4.2, figure 4): congestion outside is passed on to a transport that can react to it.
     *
     * @param outerTos only its low two bits count
     * @return the inner TOS with its DSCP as it was, or {@link #DROP} for congestion met by a transport that can't react
     */
    public static int decapsulate(int outerTos, int innerTos) {
        final int outer = outerTos & MASK;
        final int inner = innerTos & MASK;
        if (inner == NOT_ECT) {
            return outer == CE ? DROP : innerTos;
        }
        final boolean passedOn = outer == CE || (outer == ECT_1 && inner == ECT_0);
        return passedOn ? innerTos & ~MASK | outer : innerTos;
    }

    /**
     * Applies {@link #decapsulate(int, int)} to an inner packet in place, with its checksum.
     *
     * @param offset of a packet that {@link IpHeader#totalLength} has accepted
     * @return false when the packet must be dropped
     */
    public static boolean decapsulate(MemorySegment slab, long offset, int outerTos) {
        if ((outerTos & MASK) == NOT_ECT) {
            return true;
        }
        final int before = IpHeader.tos(slab, offset);
        final int after = decapsulate(outerTos, before);
        if (after != before && after != DROP) {
            IpHeader.setTos(slab, offset, after);
        }
        return after != DROP;
    }
}
