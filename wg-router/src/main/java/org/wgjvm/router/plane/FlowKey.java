package org.wgjvm.router.plane;

/** Takes keys of flows ({@link FlowBatch}) apart and puts them together. */
final class FlowKey {
    private FlowKey() {}

    /** The last long of a key. */
    static long tail(int sourcePort, int destinationPort, int protocol, int interfaceNumber) {
        return (long) sourcePort << 48 | (long) destinationPort << 32 | (long) protocol << 16 | interfaceNumber;
    }

    static int sourcePort(long tail) {
        return (int) (tail >>> 48);
    }

    static int destinationPort(long tail) {
        return (int) (tail >>> 32) & 0xffff;
    }

    static int protocol(long tail) {
        return (int) tail >>> 16;
    }

    static int interfaceNumber(long tail) {
        return (int) tail & 0xffff;
    }

    /** The tail of an answer that comes in on another interface. */
    static long reversed(long tail, int interfaceNumber) {
        return tail(destinationPort(tail), sourcePort(tail), protocol(tail), interfaceNumber);
    }

    /** The address long of an IPv4 key. */
    static long v4(int source, int destination) {
        return (long) source << 32 | destination & 0xffffffffL;
    }

    static int sourceV4(long addresses) {
        return (int) (addresses >>> 32);
    }

    static int destinationV4(long addresses) {
        return (int) addresses;
    }
}
