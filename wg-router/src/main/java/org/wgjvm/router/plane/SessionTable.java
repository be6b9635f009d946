package org.wgjvm.router.plane;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wgjvm.sys.LargeMemory;

/**
 * The sessions of one address family, outside the heap and of a size fixed at the start. Each is one record (IPv4: one cache line) with the
 * keys of both of its directions, found by either through a table of open addressing; a slot has enough bits of the hash to pass over
 * nearly all that is not sought without touching a record. Nothing is allocated by any operation. One thread owns it.
 *
 * <pre>
 * record   key of a packet of the initiator | key of an answer | last tick seen, links of the wheel (2), epoch and flags,
 *          kind, packets of the initiator, answers, first tick                                          (8 ints)
 * slot     bits of the hash | 1 + session * 2 + direction; 0 when free
 * </pre>
 */
final class SessionTable {
    /** Direction of the low bit of a reference: a packet of the initiator. */
    static final int FORWARD = 0;

    /** An answer. */
    static final int REVERSE = 1;

    /** {@link #insert}: there are as many sessions as fit. */
    static final int FULL = -1;

    /** {@link #insert}: another session has one of the keys. */
    static final int TAKEN = -2;

    /** Flag: addresses or ports differ between the directions. */
    static final int NAT = 1;

    /** Flag: TCP said goodbye, so the session ends soon after it falls silent. */
    static final int CLOSING = 2;

    /** Flag: the initiator has sent a FIN. */
    static final int FIN_FORWARD = 4;

    /** Flag: the answering side has sent a FIN. */
    static final int FIN_REVERSE = 8;

    /** How long a session stays that TCP has closed: for what is sent again. */
    static final long CLOSING_MS = 10_000;

    /** The most sessions a table can have. */
    static final int MAX_CAPACITY = 1 << 24;

    private static final int EPOCH_MASK = 0xffffff;
    private static final int CLOSING_TICKS = TimeoutTable.ticksOf(CLOSING_MS);
    // All of it is aligned; the unaligned layouts are those that do not check it each time.
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Every index into it here comes from this table's own slots, or is masked. */
    private static final MemorySegment MEMORY = PacketBytes.MEMORY;

    private static final int V4_STRIDE_BITS = 6;
    private static final long V4_KEY_BYTES = (long) FlowBatch.V4_LONGS * Long.BYTES;
    private static final long V4_META_AT = 2 * V4_KEY_BYTES;

    private final int keyLongs;
    private final long keyBytes;
    private final int strideBits;
    private final long metaAt;
    private final int capacity;
    private final int refBits;
    private final int slotMask;
    private final long seed0;
    private final long seed1;
    private final TimeoutTable timeouts;

    /** Keeps the memory that {@link #slotsAt} is the address of. */
    @SuppressWarnings("UnusedVariable")
    private final MemorySegment slots;

    private final long slotsAt;

    /** Keeps the memory that {@link #recordsAt} is the address of. */
    private final MemorySegment records;

    private final long recordsAt;
    private final IdleWheel wheel;
    private final BatchLookup lookup;
    private final long[] scratch = new long[FlowBatch.V6_LONGS];
    private int size;

    /** Records from here on were never used; of the others, those free are a list. */
    private int unused;

    private int free = -1;

    /** Who is told when a session ends by itself. */
    @FunctionalInterface
    interface Ended {
        /** The session is about to go; its record can still be read. */
        void onEnd(int session);
    }

    /**
     * An empty table.
     *
     * @param capacity the most sessions, 1 to {@link #MAX_CAPACITY}
     * @param seed0 random, so that nobody outside can choose packets that collide
     * @param seed1 random
     */
    SessionTable(boolean v6, int capacity, long seed0, long seed1, TimeoutTable timeouts) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("a table of " + capacity + " sessions: 1 to " + MAX_CAPACITY + " are possible");
        }
        this.capacity = capacity;
        this.seed0 = seed0;
        this.seed1 = seed1 | 1;
        this.timeouts = timeouts;
        keyLongs = v6 ? FlowBatch.V6_LONGS : FlowBatch.V4_LONGS;
        keyBytes = (long) keyLongs * Long.BYTES;
        metaAt = 2 * keyBytes;
        strideBits = v6 ? V4_STRIDE_BITS + 1 : V4_STRIDE_BITS;
        refBits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * capacity);
        // Four slots for each session, which has two entries, or up to eight: half full at most.
        final int slotCount = Integer.highestOneBit(4 * capacity - 1) << 1;
        slotMask = slotCount - 1;
        // And one that stays free, so that two may be read at each.
        slots = LargeMemory.allocate((slotCount + 1L) * Integer.BYTES, Arena.ofAuto());
        records = LargeMemory.allocate((long) capacity << strideBits, Arena.ofAuto());
        slotsAt = slots.address();
        recordsAt = records.address();
        wheel = new IdleWheel(records, 1L << strideBits, metaAt + 4);
        lookup = new BatchLookup(this, keyLongs, slotsAt, slotMask, refBits, recordsAt, strideBits);
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return size;
    }

    /** Finds the session of every flow of the batch. */
    void lookup(FlowBatch flows) {
        lookup.all(flows);
    }

    long hash(long[] keys, int at) {
        final long h = hashTwo(keys[at], keys[at + 1]);
        return mix(keyLongs == FlowBatch.V4_LONGS ? h : hashRest(h, keys, at));
    }

    long hashV4(long addresses, long tail) {
        return mix(hashTwo(addresses, tail));
    }

    private long hashTwo(long first, long second) {
        final long h = (first ^ seed0) * 0x9e3779b97f4a7c15L;
        return ((h ^ h >>> 32) + second) * seed1;
    }

    private static long mix(long hash) {
        final long h = (hash ^ hash >>> 29) * 0xbf58476d1ce4e5b9L;
        return h ^ h >>> 32;
    }

    private long hashRest(long begun, long[] keys, int at) {
        long h = begun;
        for (int k = 2; k < keyLongs; k++) {
            h = ((h ^ h >>> 32) + keys[at + k]) * seed1;
        }
        return h;
    }

    /** The first slot that has the bits of a hash, or 0. */
    int slotOf(long hash) {
        final int tag = tag(hash);
        int at = (int) hash & slotMask;
        int slot = slot(at);
        while (slot != 0 && (slot ^ tag) >>> refBits != 0) {
            at = at + 1 & slotMask;
            slot = slot(at);
        }
        return slot;
    }

    /** The session and direction of a key, or {@link FlowBatch#NONE}. */
    int find(long[] keys, int at, long hash) {
        final int tag = tag(hash);
        for (int i = (int) hash & slotMask; ; i = i + 1 & slotMask) {
            final int slot = slot(i);
            if (slot == 0) {
                return FlowBatch.NONE;
            }
            if ((slot ^ tag) >>> refBits == 0) {
                final int ref = (slot & (1 << refBits) - 1) - 1;
                if (hasKey(ref, keys, at)) {
                    return ref;
                }
            }
        }
    }

    /**
     * Begins a session.
     *
     * @param keys holds the key of a packet of the initiator at {@code forwardAt}, and of an answer at {@code reverseAt}
     * @return its number, {@link #FULL} or {@link #TAKEN}
     */
    int insert(long[] keys, int forwardAt, int reverseAt, int epoch, int flags, int kind, int nowTick) {
        if (size == capacity) {
            return FULL;
        }
        final long forwardHash = hash(keys, forwardAt);
        final long reverseHash = hash(keys, reverseAt);
        if (find(keys, forwardAt, forwardHash) != FlowBatch.NONE
                || find(keys, reverseAt, reverseHash) != FlowBatch.NONE
                || equal(keys, forwardAt, reverseAt)) {
            return TAKEN;
        }
        final int session = takeRecord();
        final long at = record(session);
        for (int k = 0; k < keyLongs; k++) {
            MEMORY.set(LONG, at + k * 8L, keys[forwardAt + k]);
            MEMORY.set(LONG, at + keyBytes + k * 8L, keys[reverseAt + k]);
        }
        final long meta = at + metaAt;
        MEMORY.set(INT, meta, nowTick);
        MEMORY.set(INT, meta + 12, (epoch & EPOCH_MASK) << 8 | flags);
        MEMORY.set(INT, meta + 16, kind);
        MEMORY.set(INT, meta + 20, 0);
        MEMORY.set(INT, meta + 24, 0);
        MEMORY.set(INT, meta + 28, nowTick);
        enter(forwardHash, session << 1);
        enter(reverseHash, session << 1 | REVERSE);
        wheel.link(session, nowTick + timeouts.ticks(SessionKind.timeout(kind)), nowTick);
        size++;
        return session;
    }

    /** Ends a session. */
    void remove(int session) {
        wheel.unlink(session);
        release(session);
    }

    private void release(int session) {
        leave(session << 1);
        leave(session << 1 | REVERSE);
        MEMORY.set(INT, meta(session), free);
        MEMORY.set(INT, meta(session) + 28, -1);
        free = session;
        size--;
    }

    /** Packets of the session pass. */
    void touch(int ref, int nowTick, int count) {
        final long meta = meta(ref >>> 1);
        MEMORY.set(INT, meta, nowTick);
        final long packets = meta + 20 + ((ref & 1) << 2);
        MEMORY.set(INT, packets, MEMORY.get(INT, packets) + count);
    }

    /** TCP has closed the session, or a reset has: it stays for {@link #CLOSING_MS} after its last packet. */
    void close(int session, int nowTick) {
        flag(session, CLOSING);
        wheel.unlink(session);
        wheel.link(session, deadlineTick(session), nowTick);
    }

    /** Whether no session is there. */
    boolean isEmpty() {
        return size == 0;
    }

    /** The tick at which {@link #expire} has something to look at; only while not {@link #isEmpty}. */
    int nextTick() {
        return wheel.nextTick();
    }

    /** Ends sessions that were silent for their timeout, looking at {@code limit} at most. Returns whether nothing more is due. */
    boolean expire(int nowTick, int limit, Ended ended) {
        return wheel.advance(nowTick, limit, session -> {
            final int deadline = deadlineTick(session);
            if (deadline - nowTick > 0) {
                return deadline;
            }
            ended.onEnd(session);
            release(session);
            return IdleWheel.GONE;
        });
    }

    private int deadlineTick(int session) {
        final int timeout = timeouts.ticks(SessionKind.timeout(kind(session)));
        return lastTick(session) + ((flags(session) & CLOSING) == 0 ? timeout : Math.min(timeout, CLOSING_TICKS));
    }

    // Of one session.

    /** One long of a key, counted from 0. */
    long key(int session, int direction, int k) {
        return MEMORY.get(LONG, record(session) + direction * keyBytes + k * 8L);
    }

    /** The last long of a key: ports, protocol and interface. */
    long tail(int session, int direction) {
        return key(session, direction, keyLongs - 1);
    }

    int lastTick(int session) {
        return MEMORY.get(INT, meta(session));
    }

    int epoch(int session) {
        return MEMORY.get(INT, meta(session) + 12) >>> 8;
    }

    /** Only the low 24 bits of an epoch are kept. */
    static int epochOf(int epoch) {
        return epoch & EPOCH_MASK;
    }

    int flags(int session) {
        return MEMORY.get(INT, meta(session) + 12) & 0xff;
    }

    void flag(int session, int more) {
        final long at = meta(session) + 12;
        MEMORY.set(INT, at, MEMORY.get(INT, at) | more);
    }

    int kind(int session) {
        return MEMORY.get(INT, meta(session) + 16);
    }

    /** The session was looked at again after a commit, and goes on. */
    void renew(int session, int epoch, int kind) {
        final long meta = meta(session);
        MEMORY.set(INT, meta + 12, (epoch & EPOCH_MASK) << 8 | flags(session));
        MEMORY.set(INT, meta + 16, kind);
    }

    int packets(int session, int direction) {
        return MEMORY.get(INT, meta(session) + 20 + direction * 4L);
    }

    int firstTick(int session) {
        return MEMORY.get(INT, meta(session) + 28);
    }

    /** Sessions have numbers below this. */
    int end() {
        return unused;
    }

    /** Whether there is a session of this number, which is below {@link #end}. */
    boolean exists(int session) {
        return firstTick(session) != -1;
    }

    // Of one session over IPv4 by the address of its record, for the path on which each nanosecond counts: every offset is a constant.

    long recordV4(int session) {
        return PacketBytes.address(recordsAt) + ((long) session << V4_STRIDE_BITS);
    }

    static long addressesV4(long record, int direction) {
        return MEMORY.get(LONG, record + direction * V4_KEY_BYTES);
    }

    static long tailV4(long record, int direction) {
        return MEMORY.get(LONG, record + direction * V4_KEY_BYTES + 8);
    }

    static int epochAndFlagsV4(long record) {
        return MEMORY.get(INT, record + V4_META_AT + 12);
    }

    static int kindV4(long record) {
        return MEMORY.get(INT, record + V4_META_AT + 16);
    }

    static void touchV4(long record, int direction, int nowTick, int count) {
        MEMORY.set(INT, record + V4_META_AT, nowTick);
        final long packets = record + V4_META_AT + 20 + direction * 4L;
        MEMORY.set(INT, packets, MEMORY.get(INT, packets) + count);
    }

    // The memory.

    private long record(int session) {
        return PacketBytes.address(recordsAt) + ((long) session << strideBits);
    }

    private long meta(int session) {
        return record(session) + metaAt;
    }

    private int slot(int i) {
        return MEMORY.get(INT, slotsAt + ((long) i << 2));
    }

    private void slot(int i, int value) {
        MEMORY.set(INT, slotsAt + ((long) i << 2), value);
    }

    // The table.

    private int tag(long hash) {
        return (int) (hash >>> 32) << refBits;
    }

    /** Whether the record has this key for this direction. */
    boolean hasKey(int ref, long[] keys, int at) {
        final long record = record(ref >>> 1) + (ref & 1) * keyBytes;
        return MEMORY.get(LONG, record) == keys[at]
                && MEMORY.get(LONG, record + 8) == keys[at + 1]
                && (keyLongs == FlowBatch.V4_LONGS || hasRest(record, keys, at));
    }

    private boolean hasRest(long record, long[] keys, int at) {
        for (int k = 2; k < keyLongs; k++) {
            if (MEMORY.get(LONG, record + k * 8L) != keys[at + k]) {
                return false;
            }
        }
        return true;
    }

    private boolean equal(long[] keys, int a, int b) {
        for (int k = 0; k < keyLongs; k++) {
            if (keys[a + k] != keys[b + k]) {
                return false;
            }
        }
        return true;
    }

    private int takeRecord() {
        if (free < 0) {
            return unused++;
        }
        final int session = free;
        free = MEMORY.get(INT, meta(session));
        return session;
    }

    private void enter(long hash, int ref) {
        int i = (int) hash & slotMask;
        while (slot(i) != 0) {
            i = i + 1 & slotMask;
        }
        slot(i, tag(hash) | ref + 1);
    }

    private long hashOf(int ref) {
        final long record = record(ref >>> 1) + (ref & 1) * keyBytes;
        for (int k = 0; k < keyLongs; k++) {
            scratch[k] = MEMORY.get(LONG, record + k * 8L);
        }
        return hash(scratch, 0);
    }

    /** Frees the slot of an entry, and moves those up that were pushed past it, so that no marks of what was there are needed. */
    private void leave(int ref) {
        int hole = (int) hashOf(ref) & slotMask;
        while ((slot(hole) & (1 << refBits) - 1) != ref + 1) {
            hole = hole + 1 & slotMask;
        }
        for (int i = hole + 1 & slotMask; ; i = i + 1 & slotMask) {
            final int slot = slot(i);
            if (slot == 0) {
                break;
            }
            final int home = (int) hashOf((slot & (1 << refBits) - 1) - 1) & slotMask;
            // It may move up unless its home lies after the hole.
            if ((i - home & slotMask) >= (i - hole & slotMask)) {
                slot(hole, slot);
                hole = i;
            }
        }
        slot(hole, 0);
    }
}
