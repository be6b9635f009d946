package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One packet by itself, at addresses that have been checked. One per thread.
 *
 * <p>Small ones take their key stream from {@link KeyStreamAhead}, one of each direction. The tag of a longer one is computed by
 * {@link PolyBlocks}, where the powers that this takes do not cost more than they save.
 */
final class LonePacket {
    /** Packets up to this many bytes use key stream made ahead. */
    private static final int SMALL = ChaCha20.BLOCK;

    /** Below this many bytes a tag is faster without vectors. */
    private static final int MAX_SCALAR = 512;

    private final long keyRows;
    private final long laneRows;
    private final long words;
    private final long stream;
    private final KeyStreamAhead sealing;
    private final KeyStreamAhead opening;
    private final PolyBlocks blocks = new PolyBlocks();
    private final Poly1305 mac = new Poly1305();
    private final MemorySegment memory = Arena.ofAuto().allocate(2L * KeyStreamAhead.MEMORY + 16, 64);
    private final long lengths = memory.address() + 2L * KeyStreamAhead.MEMORY;

    /** Takes the addresses of scratch memory as {@link ChaChaLanes} uses it. */
    LonePacket(long keyRows, long laneRows, long words, long stream) {
        this.keyRows = keyRows;
        this.laneRows = laneRows;
        this.words = words;
        this.stream = stream;
        sealing = new KeyStreamAhead(keyRows, laneRows, words, memory.address());
        opening = new KeyStreamAhead(keyRows, laneRows, words, memory.address() + KeyStreamAhead.MEMORY);
    }

    void seal(AeadKey key, long counter, long source, int size, long destination) {
        final long pad = take(sealing, key, counter, size);
        VectorAead.xor(source, pad + ChaCha20.BLOCK, destination, size);
        authenticate(pad, destination, size);
        RawMemory.putLong(destination + size, mac.tagLow());
        RawMemory.putLong(destination + size + 8, mac.tagHigh());
        done(sealing, pad, size);
    }

    boolean open(AeadKey key, long counter, long source, int size, long destination) {
        final long pad = take(opening, key, counter, size);
        authenticate(pad, source, size);
        final long tag = source + size;
        final boolean verified = ((RawMemory.getLong(tag) ^ mac.tagLow()) | (RawMemory.getLong(tag + 8) ^ mac.tagHigh())) == 0;
        if (verified) {
            VectorAead.xor(source, pad + ChaCha20.BLOCK, destination, size);
        }
        done(opening, pad, size);
        return verified;
    }

    /** What was made ahead under a key is not needed, or not to be kept. */
    void forget(AeadKey key) {
        sealing.forget(key);
        opening.forget(key);
    }

    /** The address of a packet's key stream. */
    private long take(KeyStreamAhead ahead, AeadKey key, long counter, int size) {
        if (size <= SMALL) {
            return ahead.take(key, counter);
        }
        final int count = 1 + (size + ChaCha20.BLOCK - 1) / ChaCha20.BLOCK;
        ahead.forget(key);
        LaneRows.key(keyRows, key.segment(), 0, 1);
        LaneRows.packet(laneRows, counter, 0, count);
        ChaChaLanes.keyStream(keyRows, 0, laneRows, words, stream, (count + ChaChaLanes.LANES - 1) / ChaChaLanes.LANES);
        LaneRows.wipeKey(keyRows, 1);
        return stream;
    }

    private void done(KeyStreamAhead ahead, long pad, int size) {
        if (size <= SMALL) {
            ahead.done(pad);
        }
        mac.wipe();
    }

    private void authenticate(long pad, long data, int size) {
        mac.init(RawMemory.getLong(pad), RawMemory.getLong(pad + 8), RawMemory.getLong(pad + 16), RawMemory.getLong(pad + 24));
        int done = 0;
        if (size > MAX_SCALAR) {
            done = blocks.absorb(data, size, mac);
            blocks.wipe();
        }
        mac.update(Native.Everything.MEMORY, data + done, size - done);
        RawMemory.putLong(lengths + 8, size);
        mac.finish(Native.Everything.MEMORY, lengths);
    }
}
