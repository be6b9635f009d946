package org.wgjvm.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two steps of {@link ChaChaLanes} at once, all lanes under one key: a round of ChaCha20 is a chain of twelve operations that wait for each
 * other, and the four chains of one state do not fill a processor; those of two do. It pays with 16 registers too, although half of the
 * words then live on the stack.
 *
 * <p>The loop has one round, not two. After a column round the words trade places so that the diagonals stand in the columns, and after the
 * next one the same trade brings them back: column j takes word -j of the first row of the state, 1 - j of the second, 2 - j of the third,
 * 3 - j of the fourth, modulo 4, which is the diagonals in another order and its own inverse. Both this and adding the input in a kernel of
 * its own keep the kernel small: the JIT's first compiler inlines all of the vector API, runs out of virtual registers in a larger one
 * and never hands it on to the second.
 *
 * <p>The argument for constant time is that of {@link ChaChaLanes}.
 */
final class ChaChaPairs {
    private static final VectorSpecies<Integer> INT = VectorWidth.INT;
    private static final MemorySegment MEMORY = Native.Everything.MEMORY;
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
        IntVector a0 = IntVector.broadcast(INT, ChaCha20.SIGMA_0);
        IntVector a1 = IntVector.broadcast(INT, ChaCha20.SIGMA_1);
        IntVector a2 = IntVector.broadcast(INT, ChaCha20.SIGMA_2);
        IntVector a3 = IntVector.broadcast(INT, ChaCha20.SIGMA_3);
        IntVector a4 = IntVector.fromMemorySegment(INT, MEMORY, keys, LITTLE_ENDIAN);
        IntVector a5 = IntVector.fromMemorySegment(INT, MEMORY, keys + 1 * ROW, LITTLE_ENDIAN);
        IntVector a6 = IntVector.fromMemorySegment(INT, MEMORY, keys + 2 * ROW, LITTLE_ENDIAN);
        IntVector a7 = IntVector.fromMemorySegment(INT, MEMORY, keys + 3 * ROW, LITTLE_ENDIAN);
        IntVector a8 = IntVector.fromMemorySegment(INT, MEMORY, keys + 4 * ROW, LITTLE_ENDIAN);
        IntVector a9 = IntVector.fromMemorySegment(INT, MEMORY, keys + 5 * ROW, LITTLE_ENDIAN);
        IntVector a10 = IntVector.fromMemorySegment(INT, MEMORY, keys + 6 * ROW, LITTLE_ENDIAN);
        IntVector a11 = IntVector.fromMemorySegment(INT, MEMORY, keys + 7 * ROW, LITTLE_ENDIAN);
        IntVector a12 = IntVector.fromMemorySegment(INT, MEMORY, lanes, LITTLE_ENDIAN);
        IntVector a13 = IntVector.zero(INT);
        IntVector a14 = IntVector.fromMemorySegment(INT, MEMORY, lanes + ROW, LITTLE_ENDIAN);
        IntVector a15 = IntVector.fromMemorySegment(INT, MEMORY, lanes + 2 * ROW, LITTLE_ENDIAN);
        IntVector b0 = IntVector.broadcast(INT, ChaCha20.SIGMA_0);
        IntVector b1 = IntVector.broadcast(INT, ChaCha20.SIGMA_1);
        IntVector b2 = IntVector.broadcast(INT, ChaCha20.SIGMA_2);
        IntVector b3 = IntVector.broadcast(INT, ChaCha20.SIGMA_3);
        IntVector b4 = a4;
        IntVector b5 = a5;
        IntVector b6 = a6;
        IntVector b7 = a7;
        IntVector b8 = a8;
        IntVector b9 = a9;
        IntVector b10 = a10;
        IntVector b11 = a11;
        IntVector b12 = IntVector.fromMemorySegment(INT, MEMORY, lanes + VECTOR, LITTLE_ENDIAN);
        IntVector b13 = IntVector.zero(INT);
        IntVector b14 = IntVector.fromMemorySegment(INT, MEMORY, lanes + VECTOR + ROW, LITTLE_ENDIAN);
        IntVector b15 = IntVector.fromMemorySegment(INT, MEMORY, lanes + VECTOR + 2 * ROW, LITTLE_ENDIAN);
        for (int i = 0; i < 20; i++) {
            a0 = a0.add(a4);
            a1 = a1.add(a5);
            a2 = a2.add(a6);
            a3 = a3.add(a7);
            b0 = b0.add(b4);
            b1 = b1.add(b5);
            b2 = b2.add(b6);
            b3 = b3.add(b7);
            a12 = a12.lanewise(XOR, a0).lanewise(ROL, 16);
            a13 = a13.lanewise(XOR, a1).lanewise(ROL, 16);
            a14 = a14.lanewise(XOR, a2).lanewise(ROL, 16);
            a15 = a15.lanewise(XOR, a3).lanewise(ROL, 16);
            b12 = b12.lanewise(XOR, b0).lanewise(ROL, 16);
            b13 = b13.lanewise(XOR, b1).lanewise(ROL, 16);
            b14 = b14.lanewise(XOR, b2).lanewise(ROL, 16);
            b15 = b15.lanewise(XOR, b3).lanewise(ROL, 16);
            a8 = a8.add(a12);
            a9 = a9.add(a13);
            a10 = a10.add(a14);
            a11 = a11.add(a15);
            b8 = b8.add(b12);
            b9 = b9.add(b13);
            b10 = b10.add(b14);
            b11 = b11.add(b15);
            a4 = a4.lanewise(XOR, a8).lanewise(ROL, 12);
            a5 = a5.lanewise(XOR, a9).lanewise(ROL, 12);
            a6 = a6.lanewise(XOR, a10).lanewise(ROL, 12);
            a7 = a7.lanewise(XOR, a11).lanewise(ROL, 12);
            b4 = b4.lanewise(XOR, b8).lanewise(ROL, 12);
            b5 = b5.lanewise(XOR, b9).lanewise(ROL, 12);
            b6 = b6.lanewise(XOR, b10).lanewise(ROL, 12);
            b7 = b7.lanewise(XOR, b11).lanewise(ROL, 12);
            a0 = a0.add(a4);
            a1 = a1.add(a5);
            a2 = a2.add(a6);
            a3 = a3.add(a7);
            b0 = b0.add(b4);
            b1 = b1.add(b5);
            b2 = b2.add(b6);
            b3 = b3.add(b7);
            a12 = a12.lanewise(XOR, a0).lanewise(ROL, 8);
            a13 = a13.lanewise(XOR, a1).lanewise(ROL, 8);
            a14 = a14.lanewise(XOR, a2).lanewise(ROL, 8);
            a15 = a15.lanewise(XOR, a3).lanewise(ROL, 8);
            b12 = b12.lanewise(XOR, b0).lanewise(ROL, 8);
            b13 = b13.lanewise(XOR, b1).lanewise(ROL, 8);
            b14 = b14.lanewise(XOR, b2).lanewise(ROL, 8);
            b15 = b15.lanewise(XOR, b3).lanewise(ROL, 8);
            a8 = a8.add(a12);
            a9 = a9.add(a13);
            a10 = a10.add(a14);
            a11 = a11.add(a15);
            b8 = b8.add(b12);
            b9 = b9.add(b13);
            b10 = b10.add(b14);
            b11 = b11.add(b15);
            a4 = a4.lanewise(XOR, a8).lanewise(ROL, 7);
            a5 = a5.lanewise(XOR, a9).lanewise(ROL, 7);
            a6 = a6.lanewise(XOR, a10).lanewise(ROL, 7);
            a7 = a7.lanewise(XOR, a11).lanewise(ROL, 7);
            b4 = b4.lanewise(XOR, b8).lanewise(ROL, 7);
            b5 = b5.lanewise(XOR, b9).lanewise(ROL, 7);
            b6 = b6.lanewise(XOR, b10).lanewise(ROL, 7);
            b7 = b7.lanewise(XOR, b11).lanewise(ROL, 7);
            IntVector t;
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
        a0.intoMemorySegment(MEMORY, words, LITTLE_ENDIAN);
        a1.intoMemorySegment(MEMORY, words + 1 * VECTOR, LITTLE_ENDIAN);
        a2.intoMemorySegment(MEMORY, words + 2 * VECTOR, LITTLE_ENDIAN);
        a3.intoMemorySegment(MEMORY, words + 3 * VECTOR, LITTLE_ENDIAN);
        a4.intoMemorySegment(MEMORY, words + 4 * VECTOR, LITTLE_ENDIAN);
        a5.intoMemorySegment(MEMORY, words + 5 * VECTOR, LITTLE_ENDIAN);
        a6.intoMemorySegment(MEMORY, words + 6 * VECTOR, LITTLE_ENDIAN);
        a7.intoMemorySegment(MEMORY, words + 7 * VECTOR, LITTLE_ENDIAN);
        a8.intoMemorySegment(MEMORY, words + 8 * VECTOR, LITTLE_ENDIAN);
        a9.intoMemorySegment(MEMORY, words + 9 * VECTOR, LITTLE_ENDIAN);
        a10.intoMemorySegment(MEMORY, words + 10 * VECTOR, LITTLE_ENDIAN);
        a11.intoMemorySegment(MEMORY, words + 11 * VECTOR, LITTLE_ENDIAN);
        a12.intoMemorySegment(MEMORY, words + 12 * VECTOR, LITTLE_ENDIAN);
        a13.intoMemorySegment(MEMORY, words + 13 * VECTOR, LITTLE_ENDIAN);
        a14.intoMemorySegment(MEMORY, words + 14 * VECTOR, LITTLE_ENDIAN);
        a15.intoMemorySegment(MEMORY, words + 15 * VECTOR, LITTLE_ENDIAN);
        b0.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS, LITTLE_ENDIAN);
        b1.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 1 * VECTOR, LITTLE_ENDIAN);
        b2.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 2 * VECTOR, LITTLE_ENDIAN);
        b3.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 3 * VECTOR, LITTLE_ENDIAN);
        b4.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 4 * VECTOR, LITTLE_ENDIAN);
        b5.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 5 * VECTOR, LITTLE_ENDIAN);
        b6.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 6 * VECTOR, LITTLE_ENDIAN);
        b7.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 7 * VECTOR, LITTLE_ENDIAN);
        b8.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 8 * VECTOR, LITTLE_ENDIAN);
        b9.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 9 * VECTOR, LITTLE_ENDIAN);
        b10.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 10 * VECTOR, LITTLE_ENDIAN);
        b11.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 11 * VECTOR, LITTLE_ENDIAN);
        b12.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 12 * VECTOR, LITTLE_ENDIAN);
        b13.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 13 * VECTOR, LITTLE_ENDIAN);
        b14.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 14 * VECTOR, LITTLE_ENDIAN);
        b15.intoMemorySegment(MEMORY, words + ChaChaLanes.WORDS + 15 * VECTOR, LITTLE_ENDIAN);
    }

    /** Adds the input of a step to what twenty rounds made of it, which ends the block function (RFC 8439, section 2.3). */
    private static void addInput(long keys, long lanes, long words) {
        IntVector.fromMemorySegment(INT, MEMORY, words, LITTLE_ENDIAN)
                .add(ChaCha20.SIGMA_0)
                .intoMemorySegment(MEMORY, words, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 1 * VECTOR, LITTLE_ENDIAN)
                .add(ChaCha20.SIGMA_1)
                .intoMemorySegment(MEMORY, words + 1 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 2 * VECTOR, LITTLE_ENDIAN)
                .add(ChaCha20.SIGMA_2)
                .intoMemorySegment(MEMORY, words + 2 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 3 * VECTOR, LITTLE_ENDIAN)
                .add(ChaCha20.SIGMA_3)
                .intoMemorySegment(MEMORY, words + 3 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 4 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 4 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 5 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys + 1 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 5 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 6 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys + 2 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 6 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 7 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys + 3 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 7 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 8 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys + 4 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 8 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 9 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys + 5 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 9 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 10 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys + 6 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 10 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 11 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, keys + 7 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 11 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 12 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, lanes, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 12 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 14 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, lanes + ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 14 * VECTOR, LITTLE_ENDIAN);
        IntVector.fromMemorySegment(INT, MEMORY, words + 15 * VECTOR, LITTLE_ENDIAN)
                .add(IntVector.fromMemorySegment(INT, MEMORY, lanes + 2 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 15 * VECTOR, LITTLE_ENDIAN);
    }
}
