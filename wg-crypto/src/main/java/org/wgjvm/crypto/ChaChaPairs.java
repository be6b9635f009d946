package org.wgjvm.crypto;

import static org.wgjvm.crypto.IntOps.add;
import static org.wgjvm.crypto.IntOps.broadcast;
import static org.wgjvm.crypto.IntOps.load;
import static org.wgjvm.crypto.IntOps.rol;
import static org.wgjvm.crypto.IntOps.store;
import static org.wgjvm.crypto.IntOps.xor;

/**
 * Two steps of {@link ChaChaLanes} at once, all lanes under one key: a round of ChaCha20 is a chain of twelve operations that wait for each
 * other, and the four chains of one state do not fill a processor; those of two do. It pays with 16 registers too, although half of the
 * words then live on the stack.
 *
 * <p>The loop has one round, not two. After a column round the words trade places so that the diagonals stand in the columns, and after the
 * next one the same trade brings them back: column j takes word -j of the first row of the state, 1 - j of the second, 2 - j of the third,
 * 3 - j of the fourth, modulo 4, which is the diagonals in another order and its own inverse. Both this and adding the input in a kernel of
 * its own keep the kernel below the bytes of code that the JIT inlines into one ({@link LongOps}).
 *
 * <p>The argument for constant time is that of {@link ChaChaLanes}.
 */
final class ChaChaPairs {
    private static final long ROW = ChaChaLanes.ROW;
    private static final long VECTOR = 4L * ChaChaLanes.LANES;

    private ChaChaPairs() {}

    /**
     * The words of two steps, the second one's behind the first one's, each as {@link ChaChaLanes#transpose} wants them.
     *
     * @param keys address of the first key row
     * @param lanes address of the counter row; the second step's lanes follow the first one's
     * @param words address of twice {@link ChaChaLanes#WORDS} bytes
     */
    static void blocks(long keys, long lanes, long words) {
        rounds(keys, lanes, words);
        addInput(keys, lanes, words);
        addInput(keys, lanes + VECTOR, words + ChaChaLanes.WORDS);
    }

    @SuppressWarnings("checkstyle:MethodLength") // One kernel: what is split off would box its vectors.
    private static void rounds(long keys, long lanes, long words) {
        Ints a0 = broadcast(ChaCha20.SIGMA_0);
        Ints a1 = broadcast(ChaCha20.SIGMA_1);
        Ints a2 = broadcast(ChaCha20.SIGMA_2);
        Ints a3 = broadcast(ChaCha20.SIGMA_3);
        Ints a4 = load(keys);
        Ints a5 = load(keys + 1 * ROW);
        Ints a6 = load(keys + 2 * ROW);
        Ints a7 = load(keys + 3 * ROW);
        Ints a8 = load(keys + 4 * ROW);
        Ints a9 = load(keys + 5 * ROW);
        Ints a10 = load(keys + 6 * ROW);
        Ints a11 = load(keys + 7 * ROW);
        Ints a12 = load(lanes);
        Ints a13 = broadcast(0);
        Ints a14 = load(lanes + ROW);
        Ints a15 = load(lanes + 2 * ROW);
        Ints b0 = broadcast(ChaCha20.SIGMA_0);
        Ints b1 = broadcast(ChaCha20.SIGMA_1);
        Ints b2 = broadcast(ChaCha20.SIGMA_2);
        Ints b3 = broadcast(ChaCha20.SIGMA_3);
        Ints b4 = a4;
        Ints b5 = a5;
        Ints b6 = a6;
        Ints b7 = a7;
        Ints b8 = a8;
        Ints b9 = a9;
        Ints b10 = a10;
        Ints b11 = a11;
        Ints b12 = load(lanes + VECTOR);
        Ints b13 = broadcast(0);
        Ints b14 = load(lanes + VECTOR + ROW);
        Ints b15 = load(lanes + VECTOR + 2 * ROW);
        for (int i = 0; i < 20; i++) {
            a0 = add(a0, a4);
            a1 = add(a1, a5);
            a2 = add(a2, a6);
            a3 = add(a3, a7);
            b0 = add(b0, b4);
            b1 = add(b1, b5);
            b2 = add(b2, b6);
            b3 = add(b3, b7);
            a12 = rol(xor(a12, a0), 16);
            a13 = rol(xor(a13, a1), 16);
            a14 = rol(xor(a14, a2), 16);
            a15 = rol(xor(a15, a3), 16);
            b12 = rol(xor(b12, b0), 16);
            b13 = rol(xor(b13, b1), 16);
            b14 = rol(xor(b14, b2), 16);
            b15 = rol(xor(b15, b3), 16);
            a8 = add(a8, a12);
            a9 = add(a9, a13);
            a10 = add(a10, a14);
            a11 = add(a11, a15);
            b8 = add(b8, b12);
            b9 = add(b9, b13);
            b10 = add(b10, b14);
            b11 = add(b11, b15);
            a4 = rol(xor(a4, a8), 12);
            a5 = rol(xor(a5, a9), 12);
            a6 = rol(xor(a6, a10), 12);
            a7 = rol(xor(a7, a11), 12);
            b4 = rol(xor(b4, b8), 12);
            b5 = rol(xor(b5, b9), 12);
            b6 = rol(xor(b6, b10), 12);
            b7 = rol(xor(b7, b11), 12);
            a0 = add(a0, a4);
            a1 = add(a1, a5);
            a2 = add(a2, a6);
            a3 = add(a3, a7);
            b0 = add(b0, b4);
            b1 = add(b1, b5);
            b2 = add(b2, b6);
            b3 = add(b3, b7);
            a12 = rol(xor(a12, a0), 8);
            a13 = rol(xor(a13, a1), 8);
            a14 = rol(xor(a14, a2), 8);
            a15 = rol(xor(a15, a3), 8);
            b12 = rol(xor(b12, b0), 8);
            b13 = rol(xor(b13, b1), 8);
            b14 = rol(xor(b14, b2), 8);
            b15 = rol(xor(b15, b3), 8);
            a8 = add(a8, a12);
            a9 = add(a9, a13);
            a10 = add(a10, a14);
            a11 = add(a11, a15);
            b8 = add(b8, b12);
            b9 = add(b9, b13);
            b10 = add(b10, b14);
            b11 = add(b11, b15);
            a4 = rol(xor(a4, a8), 7);
            a5 = rol(xor(a5, a9), 7);
            a6 = rol(xor(a6, a10), 7);
            a7 = rol(xor(a7, a11), 7);
            b4 = rol(xor(b4, b8), 7);
            b5 = rol(xor(b5, b9), 7);
            b6 = rol(xor(b6, b10), 7);
            b7 = rol(xor(b7, b11), 7);
            Ints t;
            t = a1;
            a1 = a3;
            a3 = t;
            t = a4;
            a4 = a5;
            a5 = t;
            t = a6;
            a6 = a7;
            a7 = t;
            t = a8;
            a8 = a10;
            a10 = t;
            t = a12;
            a12 = a15;
            a15 = t;
            t = a13;
            a13 = a14;
            a14 = t;
            t = b1;
            b1 = b3;
            b3 = t;
            t = b4;
            b4 = b5;
            b5 = t;
            t = b6;
            b6 = b7;
            b7 = t;
            t = b8;
            b8 = b10;
            b10 = t;
            t = b12;
            b12 = b15;
            b15 = t;
            t = b13;
            b13 = b14;
            b14 = t;
        }
        store(a0, words);
        store(a1, words + 1 * VECTOR);
        store(a2, words + 2 * VECTOR);
        store(a3, words + 3 * VECTOR);
        store(a4, words + 4 * VECTOR);
        store(a5, words + 5 * VECTOR);
        store(a6, words + 6 * VECTOR);
        store(a7, words + 7 * VECTOR);
        store(a8, words + 8 * VECTOR);
        store(a9, words + 9 * VECTOR);
        store(a10, words + 10 * VECTOR);
        store(a11, words + 11 * VECTOR);
        store(a12, words + 12 * VECTOR);
        store(a13, words + 13 * VECTOR);
        store(a14, words + 14 * VECTOR);
        store(a15, words + 15 * VECTOR);
        store(b0, words + ChaChaLanes.WORDS);
        store(b1, words + ChaChaLanes.WORDS + 1 * VECTOR);
        store(b2, words + ChaChaLanes.WORDS + 2 * VECTOR);
        store(b3, words + ChaChaLanes.WORDS + 3 * VECTOR);
        store(b4, words + ChaChaLanes.WORDS + 4 * VECTOR);
        store(b5, words + ChaChaLanes.WORDS + 5 * VECTOR);
        store(b6, words + ChaChaLanes.WORDS + 6 * VECTOR);
        store(b7, words + ChaChaLanes.WORDS + 7 * VECTOR);
        store(b8, words + ChaChaLanes.WORDS + 8 * VECTOR);
        store(b9, words + ChaChaLanes.WORDS + 9 * VECTOR);
        store(b10, words + ChaChaLanes.WORDS + 10 * VECTOR);
        store(b11, words + ChaChaLanes.WORDS + 11 * VECTOR);
        store(b12, words + ChaChaLanes.WORDS + 12 * VECTOR);
        store(b13, words + ChaChaLanes.WORDS + 13 * VECTOR);
        store(b14, words + ChaChaLanes.WORDS + 14 * VECTOR);
        store(b15, words + ChaChaLanes.WORDS + 15 * VECTOR);
    }

    /** Adds the input of a step to what twenty rounds made of it, which ends the block function (RFC 8439, section 2.3). */
    private static void addInput(long keys, long lanes, long words) {
        store(add(load(words), broadcast(ChaCha20.SIGMA_0)), words);
        store(add(load(words + 1 * VECTOR), broadcast(ChaCha20.SIGMA_1)), words + 1 * VECTOR);
        store(add(load(words + 2 * VECTOR), broadcast(ChaCha20.SIGMA_2)), words + 2 * VECTOR);
        store(add(load(words + 3 * VECTOR), broadcast(ChaCha20.SIGMA_3)), words + 3 * VECTOR);
        store(add(load(words + 4 * VECTOR), load(keys)), words + 4 * VECTOR);
        store(add(load(words + 5 * VECTOR), load(keys + 1 * ROW)), words + 5 * VECTOR);
        store(add(load(words + 6 * VECTOR), load(keys + 2 * ROW)), words + 6 * VECTOR);
        store(add(load(words + 7 * VECTOR), load(keys + 3 * ROW)), words + 7 * VECTOR);
        store(add(load(words + 8 * VECTOR), load(keys + 4 * ROW)), words + 8 * VECTOR);
        store(add(load(words + 9 * VECTOR), load(keys + 5 * ROW)), words + 9 * VECTOR);
        store(add(load(words + 10 * VECTOR), load(keys + 6 * ROW)), words + 10 * VECTOR);
        store(add(load(words + 11 * VECTOR), load(keys + 7 * ROW)), words + 11 * VECTOR);
        store(add(load(words + 12 * VECTOR), load(lanes)), words + 12 * VECTOR);
        store(add(load(words + 14 * VECTOR), load(lanes + ROW)), words + 14 * VECTOR);
        store(add(load(words + 15 * VECTOR), load(lanes + 2 * ROW)), words + 15 * VECTOR);
    }
}
