package org.wgjvm.crypto;

/**
 * Key stream for small packets that come one at a time, made for several consecutive counters at once: a step of {@link ChaChaLanes} has
 * room for more blocks than the two that one such packet needs. One per thread and direction.
 *
 * <p>A packet's key stream is wiped when the packet is done. What is left is of counters under which nothing has been sealed or opened
 * here; it is wiped when the key is seen to be closed, when its packets go another way, and when another key comes. A counter that
 * comes a second time finds nothing and is made anew.
 *
 * <p>Whether there is key stream depends on keys' identities and counters, which are public.
 */
final class KeyStreamAhead {
    /** Bytes of key stream of one packet: blocks 0 and 1. */
    static final int PACKET = 2 * ChaCha20.BLOCK;

    /** Bytes of memory. */
    static final int MEMORY = ChaChaLanes.LANES * ChaCha20.BLOCK;

    private static final int PACKETS = ChaChaLanes.LANES / 2;

    private final long keyRows;
    private final long laneRows;
    private final long words;
    private final long stream;

    private AeadKey key;
    private long base;

    /** Bit i: there is key stream for counter {@code base + i}. */
    private long there;

    /**
     * Takes the addresses of scratch memory as {@link ChaChaLanes} uses it, shared with others, and of {@link #MEMORY} bytes that are not.
     */
    KeyStreamAhead(long keyRows, long laneRows, long words, long stream) {
        this.keyRows = keyRows;
        this.laneRows = laneRows;
        this.words = words;
        this.stream = stream;
    }

    /** The address of blocks 0 and 1 of a packet; {@link #done} must follow. */
    long take(AeadKey packetKey, long counter) {
        final long at = counter - base;
        if (packetKey != key || at < 0 || at >= PACKETS || (there >>> at & 1) == 0 || packetKey.isClosed()) {
            make(packetKey, counter);
            return stream;
        }
        return stream + at * PACKET;
    }

    /** Wipes what {@link #take} has returned. */
    void done(long address) {
        LaneRows.wipe(address, PACKET);
        there &= ~(1L << (address - stream) / PACKET);
    }

    /** Wipes everything, if any of it is of this key. */
    void forget(AeadKey packetKey) {
        if (packetKey == key) {
            clear();
        }
    }

    private void clear() {
        LaneRows.wipe(stream, MEMORY);
        there = 0;
        key = null;
    }

    private void make(AeadKey packetKey, long counter) {
        LaneRows.key(keyRows, packetKey.segment(), 0, 1);
        LaneRows.smallPackets(laneRows, counter);
        ChaChaLanes.keyStream(keyRows, 0, laneRows, words, stream, 1);
        LaneRows.wipeKey(keyRows, 1);
        LaneRows.wipe(words, ChaChaLanes.WORDS);
        base = counter;
        // A closed key makes no more than this packet's.
        key = packetKey.isClosed() ? null : packetKey;
        there = (1L << PACKETS) - 1;
    }
}
