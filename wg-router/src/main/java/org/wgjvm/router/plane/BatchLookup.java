package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Finds the sessions of a batch of flows in a {@link SessionTable}: all hashes, all first slots, all candidates by the bits of their hash,
 * the beginnings of all records, and only then whether they are the ones. Of a run of equal flows only the first is looked up.
 *
 * <p>The two loops that miss the cache do nothing but load from addresses that the loop before them has laid out: how many misses overlap
 * is a matter of how many rounds of the loop the processor can hold at once. One thread owns it.
 */
final class BatchLookup {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Every address here is that of one of the table's slots, by a masked hash, or of a record, by a slot's number. */
    private static final MemorySegment MEMORY = PacketBytes.MEMORY;

    private final SessionTable table;
    private final int keyLongs;
    private final long slotsAt;
    private final int slotMask;
    private final int refBits;
    private final long recordsAt;
    private final int strideBits;

    /** The first flow of each run of equal ones. */
    private int[] heads = new int[256];

    /** The runs whose entry is in neither of its first two slots. */
    private int[] farther = new int[256];

    /** Where to load from next, of each run: its first slot, then its key in its record. */
    private long[] addresses = new long[256];

    /** What was loaded: two slots, then the first long of the key. */
    private long[] loaded = new long[256];

    BatchLookup(SessionTable table, int keyLongs, long slotsAt, int slotMask, int refBits, long recordsAt, int strideBits) {
        this.table = table;
        this.keyLongs = keyLongs;
        this.slotsAt = slotsAt;
        this.slotMask = slotMask;
        this.refBits = refBits;
        this.recordsAt = recordsAt;
        this.strideBits = strideBits;
    }

    /** Sets {@link FlowBatch#ref} of all flows. */
    void all(FlowBatch flows) {
        final int count = flows.size();
        if (count > heads.length) {
            heads = new int[count];
            farther = new int[count];
            addresses = new long[count];
            loaded = new long[count];
        }
        final int runs = keyLongs == FlowBatch.V4_LONGS ? hashV4(flows, count) : hashV6(flows, count);
        load(runs);
        choose(flows, runs);
        load(runs);
        if (keyLongs == FlowBatch.V4_LONGS) {
            verifyV4(flows, runs, count);
        } else {
            verifyV6(flows, runs, count);
        }
    }

    /** What misses the cache: no more than this is in the loop, so that the misses overlap. */
    private void load(int runs) {
        final long[] from = addresses;
        final long[] to = loaded;
        for (int r = 0; r < runs; r++) {
            to[r] = MEMORY.get(LONG, PacketBytes.address(from[r]));
        }
    }

    /** Hashes all, and finds where runs begin; returns how many there are. */
    private int hashV4(FlowBatch flows, int count) {
        final long[] keys = flows.keys;
        final long[] hashes = flows.hash;
        final int[] of = heads;
        final long[] at = addresses;
        int runs = 0;
        long hash = 0;
        long beforeAddresses = 0;
        long beforeTail = -1; // of no packet
        for (int i = 0; i < count; i++) {
            final long flowAddresses = keys[2 * i];
            final long flowTail = keys[2 * i + 1];
            if (flowAddresses != beforeAddresses || flowTail != beforeTail) {
                beforeAddresses = flowAddresses;
                beforeTail = flowTail;
                hash = table.hashV4(flowAddresses, flowTail);
                at[runs] = slotAt(hash);
                of[runs++] = i;
            }
            hashes[i] = hash;
        }
        return runs;
    }

    private int hashV6(FlowBatch flows, int count) {
        int runs = 0;
        long hash = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || !flows.isSameAsBefore(i)) {
                hash = table.hash(flows.keys, i * keyLongs);
                addresses[runs] = slotAt(hash);
                heads[runs++] = i;
            }
            flows.hash[i] = hash;
        }
        return runs;
    }

    private long slotAt(long hash) {
        return slotsAt + ((hash & slotMask) << 2);
    }

    /**
     * By the bits of the hash alone. Nearly always it is in one of the first two slots: which, is no branch that could be mispredicted.
     * Those that are in neither are noted, by no branch either, and sought afterwards.
     */
    private void choose(FlowBatch flows, int runs) {
        final long[] hashes = flows.hash;
        final long[] slots = loaded;
        final long[] at = addresses;
        final int[] of = heads;
        final int[] refs = flows.ref;
        final int[] further = farther;
        final int bits = refBits;
        final int refMask = (1 << bits) - 1;
        int count = 0;
        for (int r = 0; r < runs; r++) {
            final int i = of[r];
            final int tag = (int) (hashes[i] >>> 32) << bits;
            final int one = (int) slots[r];
            final int difference = (one ^ tag) >>> bits;
            final int isOther = (difference | -difference) >> 31;
            final int slot = one & ~isOther | (int) (slots[r] >>> 32) & isOther;
            final int ref = (slot & refMask) - 1;
            refs[i] = ref;
            at[r] = keyAt(ref);
            final int left = (slot ^ tag) >>> bits;
            further[count] = r;
            count += (left | -left) >>> 31;
        }
        for (int k = 0; k < count; k++) {
            final int r = further[k];
            final int ref = (table.slotOf(hashes[of[r]]) & refMask) - 1;
            refs[of[r]] = ref;
            at[r] = keyAt(ref);
        }
    }

    /** Where the key of a reference is; of none, somewhere that can be read. */
    private long keyAt(int ref) {
        final int loadable = Math.max(ref, 0);
        return recordsAt + ((long) (loadable >>> 1) << strideBits) + (loadable & 1) * (keyLongs * (long) Long.BYTES);
    }

    private void verifyV4(FlowBatch flows, int runs, int count) {
        final long[] keys = flows.keys;
        final long[] words = loaded;
        final long[] at = addresses;
        final int[] of = heads;
        final int[] refs = flows.ref;
        for (int r = 0; r < runs; r++) {
            final int i = of[r];
            int ref = refs[i];
            final long tail = MEMORY.get(LONG, PacketBytes.address(at[r]) + 8);
            if (ref >= 0 && (words[r] != keys[2 * i] || tail != keys[2 * i + 1])) {
                ref = table.find(keys, 2 * i, flows.hash[i]);
                refs[i] = ref;
            }
            final int end = r + 1 < runs ? of[r + 1] : count;
            for (int same = i + 1; same < end; same++) {
                refs[same] = ref;
            }
        }
    }

    private void verifyV6(FlowBatch flows, int runs, int count) {
        final long[] keys = flows.keys;
        final long[] words = loaded;
        final int[] refs = flows.ref;
        int ref = FlowBatch.NONE;
        int run = 0;
        for (int i = 0; i < count; i++) {
            if (run < runs && heads[run] == i) {
                ref = refs[i];
                if (ref >= 0 && (words[run] != keys[i * keyLongs] || !table.hasKey(ref, keys, i * keyLongs))) {
                    ref = table.find(keys, i * keyLongs, flows.hash[i]);
                }
                run++;
            }
            refs[i] = ref;
        }
    }
}
