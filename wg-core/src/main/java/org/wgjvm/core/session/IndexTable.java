package org.wgjvm.core.session;

import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.wgjvm.crypto.RandomSource;

/**
 * The receiver indices that we have given out, each to the handshake or keypair that messages bearing it are for.
 *
 * <p>Indices are random and unique among those in use, never sequential, so that they tell an observer nothing (paper, section 5.4.2).
 * {@link #get} neither allocates nor throws. One thread owns the table.
 *
 * @param <V> handshakes and keypairs; compared by identity
 */
public final class IndexTable<V> {
    /** With three indices for each of 2^20 peers a draw collides once in 1,365: this many in a row only with a broken source. */
    private static final int MAX_DRAWS = 64;

    private final Int2ObjectHashMap<V> entries = new Int2ObjectHashMap<>();
    private final byte[] drawn = new byte[4];

    /**
     * Gives out a fresh index.
     *
     * @return the index, any 32-bit value
     * @throws IllegalStateException when the random source repeats itself
     */
    public int insert(V value, RandomSource random) {
        for (int i = 0; i < MAX_DRAWS; i++) {
            random.nextBytes(drawn);
            final int index = (drawn[0] & 0xff) | (drawn[1] & 0xff) << 8 | (drawn[2] & 0xff) << 16 | drawn[3] << 24;
            if (entries.putIfAbsent(index, value) == null) {
                return index;
            }
        }
        throw new IllegalStateException("the random source repeats itself");
    }

    /**
     * Gives out an index that was given out before, by the process whose place this one takes.
     *
     * @return false, with nothing changed, when it is in use
     */
    public boolean insert(int index, V value) {
        return entries.putIfAbsent(index, value) == null;
    }

    /** Whom a message with this receiver index is for, or null when the index is not in use. */
    public V get(int index) {
        return entries.get(index);
    }

    /**
     * Hands an index on: a handshake's becomes its keypair's.
     *
     * @return false, with nothing changed, when the index is no longer {@code present}'s
     */
    public boolean replace(int index, V present, V successor) {
        if (!holds(index, present)) {
            return false;
        }
        entries.put(index, successor);
        return true;
    }

    /** Takes an index back; returns whose it was, or null. */
    public V remove(int index) {
        return entries.remove(index);
    }

    /**
     * Takes an index back from its holder.
     *
     * @return false, with nothing changed, when the index is no longer {@code present}'s: it may have been given to another since
     */
    public boolean remove(int index, V present) {
        if (!holds(index, present)) {
            return false;
        }
        entries.remove(index);
        return true;
    }

    // By identity: a holder that equals the present one is still another.
    @SuppressWarnings("ReferenceEquality")
    private boolean holds(int index, V present) {
        return present != null && entries.get(index) == present;
    }

    /** How many indices are in use. */
    public int size() {
        return entries.size();
    }

    /** Shows every holder, in no particular order; the table must not change meanwhile. */
    public void forEach(Consumer<? super V> action) {
        entries.values().forEach(action);
    }

    /** Takes all indices back. */
    public void clear() {
        entries.clear();
    }
}
