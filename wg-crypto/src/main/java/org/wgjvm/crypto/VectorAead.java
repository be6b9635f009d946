package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * ChaCha20-Poly1305 on vectors, with the lanes filled from all packets of a batch: every block of every packet is a lane of ChaCha20, and
 * every packet a lane of Poly1305. One per thread.
 *
 * <p>A batch is cut into pieces whose key stream fits the scratch memory. For a piece: the key stream of all packets, block 0 (the
 * Poly1305 key) included; then for seal XOR and authentication of what was written, for open authentication of what was read and XOR of
 * the packets that verified. No plaintext of a forgery is ever written.
 *
 * <p>Fewer than three packets are worked on one by one ({@link LonePacket}).
 *
 * <p>Packets in native memory are worked on where they are; others are copied in and out. Callers keep their segments alive during a call.
 * Scratch memory is native: key rows and Poly1305 state are wiped after every call, key stream of a batch or a long packet lives until the
 * next call overwrites it, and that of a small packet is wiped.
 *
 * <p>Constant time: see {@link ChaChaLanes} and {@link PolyLanes}; tags are compared by OR of XORs. Lengths, the number of packets and
 * verdicts are public.
 */
public final class VectorAead implements Aead {
    /** Blocks of key stream in scratch memory: the largest UDP payload and its block 0, with room. */
    static final int MAX_LANES = 1088;

    private static final int MAX_LENGTH = (MAX_LANES - 1) * ChaCha20.BLOCK;
    private static final int LANES = ChaChaLanes.LANES;
    private static final int VECTOR = 4 * LANES;
    private static final long ROW = ChaChaLanes.ROW;

    /** Below so many packets, each is worked on by itself. */
    private static final int FEW = 3;

    /** Packets in one piece: no more than block 0 of each leaves room for. */
    private static final int MAX_PIECE = MAX_LANES;

    private final MemorySegment memory = Arena.ofAuto().allocate(11 * ROW + 2 * ChaChaLanes.WORDS + MAX_LANES * 64L, 64);
    private final long keyRows = memory.address();
    private final long laneRows = keyRows + 8 * ROW;
    private final long words = laneRows + 3 * ROW;
    private final long stream = words + 2 * ChaChaLanes.WORDS;
    private final MemorySegment staging = Arena.ofAuto().allocate(MAX_LENGTH + TAG_LENGTH, 64);

    private final PolyPackets packets = new PolyPackets();
    private final LonePacket lone = new LonePacket(keyRows, laneRows, words, stream);
    private final ScalarAead scalar = new ScalarAead();

    /** Per packet of the piece: its first lane, and its data's address and length. */
    private final int[] firstLane = new int[MAX_PIECE];
    private final int[] sizes = new int[MAX_PIECE];
    private final long[] sources = new long[MAX_PIECE];
    private final long[] destinations = new long[MAX_PIECE];
    private final long[] tagLow = new long[MAX_PIECE];
    private final long[] tagHigh = new long[MAX_PIECE];
    private final int[] order = new int[MAX_PIECE];

    /** How far the key rows have been written since they were wiped. */
    private int keyLanes;

    /** Whether {@link #packets} has anything to wipe. */
    private boolean packetsUsed;

    /** Makes one for the calling thread; throws an {@link Error} or an exception where this JVM has no vector module. */
    public VectorAead() {}

    @Override
    public String name() {
        return "vector-" + 32 * LANES;
    }

    @Override
    public void seal(AeadBatch b) {
        try {
            sealAll(b);
        } finally {
            wipe();
            // Addresses keep nothing alive: neither the callers' segments nor our scratch memory.
            Reference.reachabilityFence(b);
            Reference.reachabilityFence(this);
        }
    }

    private void sealAll(AeadBatch b) {
        for (int i = 0; i < b.size; ) {
            final int n = take(b, i, 0);
            if (n == 0) {
                sealElsewhere(
                        b.keys[i], b.counters[i], b.source(i), b.sourceOffsets[i], b.lengths[i],
                        b.destination(i), b.destinationOffsets[i]);
                i++;
                continue;
            }
            if (n < FEW) {
                for (int j = 0; j < n; j++) {
                    lone.seal(b.keys[i + j], b.counters[i + j], sources[j], sizes[j], destinations[j]);
                }
                i += n;
                continue;
            }
            keyStream(b, i, n);
            for (int j = 0; j < n; j++) {
                xor(sources[j], stream + (firstLane[j] + 1L) * ChaCha20.BLOCK, destinations[j], sizes[j]);
            }
            authenticate(destinations, n);
            for (int j = 0; j < n; j++) {
                RawMemory.putLong(destinations[j] + sizes[j], tagLow[j]);
                RawMemory.putLong(destinations[j] + sizes[j] + 8, tagHigh[j]);
            }
            i += n;
        }
    }

    @Override
    public void open(AeadBatch b) {
        try {
            openAll(b);
        } finally {
            wipe();
            // Addresses keep nothing alive: neither the callers' segments nor our scratch memory.
            Reference.reachabilityFence(b);
            Reference.reachabilityFence(this);
        }
    }

    private void openAll(AeadBatch b) {
        for (int i = 0; i < b.size; ) {
            final int n = take(b, i, TAG_LENGTH);
            if (n == 0) {
                b.verified[i] =
                        openElsewhere(
                                b.keys[i], b.counters[i], b.source(i), b.sourceOffsets[i], b.lengths[i],
                                b.destination(i), b.destinationOffsets[i]);
                i++;
                continue;
            }
            if (n < FEW) {
                for (int j = 0; j < n; j++) {
                    b.verified[i + j] = lone.open(b.keys[i + j], b.counters[i + j], sources[j], sizes[j], destinations[j]);
                }
                i += n;
                continue;
            }
            keyStream(b, i, n);
            authenticate(sources, n);
            for (int j = 0; j < n; j++) {
                final long tag = sources[j] + sizes[j];
                final boolean ok = ((RawMemory.getLong(tag) ^ tagLow[j]) | (RawMemory.getLong(tag + 8) ^ tagHigh[j])) == 0;
                b.verified[i + j] = ok;
                if (ok) {
                    xor(sources[j], stream + (firstLane[j] + 1L) * ChaCha20.BLOCK, destinations[j], sizes[j]);
                }
            }
            i += n;
        }
    }

    @Override
    public void seal(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        if (length > MAX_LENGTH || !source.isNative() || !destination.isNative()) {
            sealElsewhere(key, counter, source, sourceOffset, length, destination, destinationOffset);
            return;
        }
        Native.check(source, sourceOffset, length);
        Native.check(destination, destinationOffset, length + TAG_LENGTH);
        try {
            lone.seal(key, counter, source.address() + sourceOffset, length, destination.address() + destinationOffset);
        } finally {
            // Addresses keep nothing alive: neither the caller's segments nor our scratch memory.
            Reference.reachabilityFence(source);
            Reference.reachabilityFence(destination);
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public boolean open(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        final int size = length - TAG_LENGTH;
        if (size < 0 || size > MAX_LENGTH || !source.isNative() || !destination.isNative()) {
            return openElsewhere(key, counter, source, sourceOffset, length, destination, destinationOffset);
        }
        Native.check(source, sourceOffset, length);
        Native.check(destination, destinationOffset, size);
        try {
            return lone.open(key, counter, source.address() + sourceOffset, size, destination.address() + destinationOffset);
        } finally {
            Reference.reachabilityFence(source);
            Reference.reachabilityFence(destination);
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void seal(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        scalar.seal(key, counter, associatedData, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        return scalar.open(key, counter, associatedData, source, sourceOffset, length, destination, destinationOffset);
    }

    /**
     * Lays out lanes for as many packets from {@code from} on as fit, and checks their regions.
     *
     * @param tag 16 when lengths count a tag, else 0
     * @return how many; 0 when the first one isn't for the kernels: heap memory, too long, or too short to hold its tag
     */
    private int take(AeadBatch b, int from, int tag) {
        int n = 0;
        int lanes = 0;
        int whole = 0;
        while (from + n < b.size) {
            final int i = from + n;
            final int size = b.lengths[i] - tag;
            final MemorySegment source = b.source(i);
            final MemorySegment destination = b.destination(i);
            if (size < 0 || size > MAX_LENGTH || !source.isNative() || !destination.isNative()) {
                break;
            }
            final int next = lanes + 1 + (size + ChaCha20.BLOCK - 1) / ChaCha20.BLOCK;
            if (next > MAX_LANES) {
                // Whole groups of Poly1305 lanes, when there are any: the rest joins the next piece.
                n = whole > 0 ? whole : n;
                break;
            }
            Native.check(source, b.sourceOffsets[i], size + tag);
            Native.check(destination, b.destinationOffsets[i], tag > 0 ? size : size + TAG_LENGTH);
            sources[n] = source.address() + b.sourceOffsets[i];
            destinations[n] = destination.address() + b.destinationOffsets[i];
            sizes[n] = size;
            firstLane[n] = lanes;
            lanes = next;
            n++;
            if (n % PolyLanes.LANES == 0) {
                whole = n;
            }
        }
        return n;
    }

    private void keyStream(AeadBatch b, int from, int n) {
        boolean oneKey = true;
        for (int j = 0; j < n; j++) {
            oneKey &= b.keys[from + j] == b.keys[from];
            lone.forget(b.keys[from + j]);
        }
        if (oneKey) {
            LaneRows.key(keyRows, b.keys[from].segment(), 0, 1);
            keyLanes = 1;
        }
        int lanes = 0;
        for (int j = 0; j < n; j++) {
            final int count = 1 + (sizes[j] + ChaCha20.BLOCK - 1) / ChaCha20.BLOCK;
            if (!oneKey) {
                LaneRows.key(keyRows, b.keys[from + j].segment(), firstLane[j], count);
                keyLanes = Math.max(keyLanes, firstLane[j] + count);
            }
            LaneRows.packet(laneRows, b.counters[from + j], firstLane[j], count);
            lanes = firstLane[j] + count;
        }
        ChaChaLanes.keyStream(keyRows, oneKey ? 0 : VECTOR, laneRows, words, stream, (lanes + LANES - 1) / LANES);
    }

    static void xor(long source, long keyStream, long destination, int length) {
        int i = 0;
        for (; i + VECTOR <= length; i += VECTOR) {
            IntOps.store(IntOps.xor(IntOps.load(source + i), IntOps.load(keyStream + i)), destination + i);
        }
        for (; i + 8 <= length; i += 8) {
            RawMemory.putLong(destination + i, RawMemory.getLong(source + i) ^ RawMemory.getLong(keyStream + i));
        }
        for (; i < length; i++) {
            RawMemory.putByte(destination + i, (byte) (RawMemory.getByte(source + i) ^ RawMemory.getByte(keyStream + i)));
        }
    }

    /** Tags of the {@code n} packets at {@code data}. */
    private void authenticate(long[] data, int n) {
        sortBySize(n);
        packetsUsed = true;
        for (int at = 0; at < n; at += PolyLanes.LANES) {
            final int group = Math.min(PolyLanes.LANES, n - at);
            for (int l = 0; l < group; l++) {
                final int j = order[at + l];
                packets.set(l, data[j], sizes[j], stream + (long) firstLane[j] * ChaCha20.BLOCK);
            }
            packets.run(group);
            for (int l = 0; l < group; l++) {
                final int j = order[at + l];
                tagLow[j] = packets.tagLow(l);
                tagHigh[j] = packets.tagHigh(l);
            }
        }
    }

    /** Packets of like length side by side. Most batches are sorted already, but for the last packet: insertion. */
    private void sortBySize(int n) {
        for (int j = 0; j < n; j++) {
            int at = j;
            while (at > 0 && sizes[order[at - 1]] < sizes[j]) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = j;
        }
    }

    /** A packet through the staging buffer, or without vectors when it is longer than any datagram. */
    private void sealElsewhere(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        if (length > MAX_LENGTH) {
            scalar.seal(key, counter, source, sourceOffset, length, destination, destinationOffset);
            return;
        }
        MemorySegment.copy(source, sourceOffset, staging, 0, length);
        seal(key, counter, staging, 0, length, staging, 0);
        MemorySegment.copy(staging, 0, destination, destinationOffset, length + (long) TAG_LENGTH);
    }

    private boolean openElsewhere(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        if (length < TAG_LENGTH) {
            return false;
        }
        if (length - TAG_LENGTH > MAX_LENGTH) {
            return scalar.open(key, counter, source, sourceOffset, length, destination, destinationOffset);
        }
        MemorySegment.copy(source, sourceOffset, staging, 0, length);
        final boolean verified = open(key, counter, staging, 0, length, staging, 0);
        if (verified) {
            MemorySegment.copy(staging, 0, destination, destinationOffset, length - TAG_LENGTH);
        }
        return verified;
    }

    private void wipe() {
        LaneRows.wipeKey(keyRows, keyLanes);
        keyLanes = 0;
        if (packetsUsed) {
            packets.wipe();
            packetsUsed = false;
        }
    }
}
