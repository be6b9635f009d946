package org.wgjvm.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.wgjvm.crypto.IntButterfly.BIT_1;
import static org.wgjvm.crypto.IntButterfly.BIT_2;
import static org.wgjvm.crypto.IntButterfly.BIT_4;
import static org.wgjvm.crypto.IntButterfly.HIGH_1;
import static org.wgjvm.crypto.IntButterfly.HIGH_2;
import static org.wgjvm.crypto.IntButterfly.HIGH_4;
import static org.wgjvm.crypto.IntButterfly.HIGH_8;
import static org.wgjvm.crypto.IntButterfly.LOW_1;
import static org.wgjvm.crypto.IntButterfly.LOW_2;
import static org.wgjvm.crypto.IntButterfly.LOW_4;
import static org.wgjvm.crypto.IntButterfly.LOW_8;
import static org.wgjvm.crypto.IntButterfly.SWAP_1;
import static org.wgjvm.crypto.IntButterfly.SWAP_2;
import static org.wgjvm.crypto.IntButterfly.SWAP_4;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * ChaCha20 with one block a lane: {@code LANES} blocks at once, each with its own key, counter and nonce.
 *
 * <p>Inputs are rows of 32-bit words in native memory, one word a lane: eight rows of key, then counter, nonce low, nonce high. The
 * result is first word-major and then transposed, so that the key stream of consecutive lanes lies consecutively in memory.
 *
 * <p>Constant time: additions, exclusive ors, rotations by constants and lane permutations by constant indexes. Each is one
 * data-independent instruction or a fixed sequence of them; nothing secret reaches a branch or an address. Were a kernel not compiled, the
 * interpreter's fallback for these operations is a loop over lanes with the same property.
 *
 * <p>Kernels call the vector API without wrappers of ours: its methods are inlined without limit, ours only up to the JIT's limit of nodes,
 * and one call that is not inlined boxes every vector around it.
 */
final class ChaChaLanes {
    private static final VectorSpecies<Integer> INT = VectorWidth.INT;
    private static final MemorySegment MEMORY = Native.Everything.MEMORY;

    /** Blocks computed by one step. */
    static final int LANES = VectorWidth.INT_LANES;

    private static final long VECTOR = 4L * LANES;

    /** Distance in bytes between two rows of inputs. Not a power of two, so that rows do not share their cache sets. */
    static final long ROW = 4L * VectorAead.MAX_LANES + 64;

    /** Bytes of word-major scratch for one step. */
    static final long WORDS = 16 * VECTOR;

    /** Bytes of key stream that one step makes. */
    private static final int STEP = LANES * ChaCha20.BLOCK;

    private ChaChaLanes() {}

    /**
     * Key stream for {@code steps * LANES} lanes, two steps at a time where all have one key ({@link ChaChaPairs}).
     *
     * @param keys address of the first key row
     * @param keyStride bytes to advance in the key rows per step: 0 when all lanes have one key
     * @param lanes address of the counter row
     * @param words address of twice {@link #WORDS} bytes of scratch
     * @param stream address of {@code 64 * steps * LANES} bytes of result
     */
    static void keyStream(long keys, long keyStride, long lanes, long words, long stream, int steps) {
        int i = 0;
        for (; keyStride == 0 && i + 2 <= steps; i += 2) {
            ChaChaPairs.blocks(keys, lanes + i * VECTOR, words);
            transpose(words, stream + (long) i * STEP);
            transpose(words + WORDS, stream + (i + 1L) * STEP);
        }
        for (; i < steps; i++) {
            blocks(keys + i * keyStride, lanes + i * VECTOR, words);
            transpose(words, stream + (long) i * STEP);
        }
    }

    private static void blocks(long keys, long lanes, long words) {
        IntVector x0 = IntVector.broadcast(INT, ChaCha20.SIGMA_0);
        IntVector x1 = IntVector.broadcast(INT, ChaCha20.SIGMA_1);
        IntVector x2 = IntVector.broadcast(INT, ChaCha20.SIGMA_2);
        IntVector x3 = IntVector.broadcast(INT, ChaCha20.SIGMA_3);
        IntVector x4 = IntVector.fromMemorySegment(INT, MEMORY, keys, LITTLE_ENDIAN);
        IntVector x5 = IntVector.fromMemorySegment(INT, MEMORY, keys + 1 * ROW, LITTLE_ENDIAN);
        IntVector x6 = IntVector.fromMemorySegment(INT, MEMORY, keys + 2 * ROW, LITTLE_ENDIAN);
        IntVector x7 = IntVector.fromMemorySegment(INT, MEMORY, keys + 3 * ROW, LITTLE_ENDIAN);
        IntVector x8 = IntVector.fromMemorySegment(INT, MEMORY, keys + 4 * ROW, LITTLE_ENDIAN);
        IntVector x9 = IntVector.fromMemorySegment(INT, MEMORY, keys + 5 * ROW, LITTLE_ENDIAN);
        IntVector x10 = IntVector.fromMemorySegment(INT, MEMORY, keys + 6 * ROW, LITTLE_ENDIAN);
        IntVector x11 = IntVector.fromMemorySegment(INT, MEMORY, keys + 7 * ROW, LITTLE_ENDIAN);
        IntVector x12 = IntVector.fromMemorySegment(INT, MEMORY, lanes, LITTLE_ENDIAN);
        IntVector x13 = IntVector.zero(INT);
        IntVector x14 = IntVector.fromMemorySegment(INT, MEMORY, lanes + ROW, LITTLE_ENDIAN);
        IntVector x15 = IntVector.fromMemorySegment(INT, MEMORY, lanes + 2 * ROW, LITTLE_ENDIAN);
        for (int i = 0; i < 10; i++) {
            x0 = x0.add(x4);
            x1 = x1.add(x5);
            x2 = x2.add(x6);
            x3 = x3.add(x7);
            x12 = x12.lanewise(XOR, x0).lanewise(ROL, 16);
            x13 = x13.lanewise(XOR, x1).lanewise(ROL, 16);
            x14 = x14.lanewise(XOR, x2).lanewise(ROL, 16);
            x15 = x15.lanewise(XOR, x3).lanewise(ROL, 16);
            x8 = x8.add(x12);
            x9 = x9.add(x13);
            x10 = x10.add(x14);
            x11 = x11.add(x15);
            x4 = x4.lanewise(XOR, x8).lanewise(ROL, 12);
            x5 = x5.lanewise(XOR, x9).lanewise(ROL, 12);
            x6 = x6.lanewise(XOR, x10).lanewise(ROL, 12);
            x7 = x7.lanewise(XOR, x11).lanewise(ROL, 12);
            x0 = x0.add(x4);
            x1 = x1.add(x5);
            x2 = x2.add(x6);
            x3 = x3.add(x7);
            x12 = x12.lanewise(XOR, x0).lanewise(ROL, 8);
            x13 = x13.lanewise(XOR, x1).lanewise(ROL, 8);
            x14 = x14.lanewise(XOR, x2).lanewise(ROL, 8);
            x15 = x15.lanewise(XOR, x3).lanewise(ROL, 8);
            x8 = x8.add(x12);
            x9 = x9.add(x13);
            x10 = x10.add(x14);
            x11 = x11.add(x15);
            x4 = x4.lanewise(XOR, x8).lanewise(ROL, 7);
            x5 = x5.lanewise(XOR, x9).lanewise(ROL, 7);
            x6 = x6.lanewise(XOR, x10).lanewise(ROL, 7);
            x7 = x7.lanewise(XOR, x11).lanewise(ROL, 7);
            x0 = x0.add(x5);
            x1 = x1.add(x6);
            x2 = x2.add(x7);
            x3 = x3.add(x4);
            x15 = x15.lanewise(XOR, x0).lanewise(ROL, 16);
            x12 = x12.lanewise(XOR, x1).lanewise(ROL, 16);
            x13 = x13.lanewise(XOR, x2).lanewise(ROL, 16);
            x14 = x14.lanewise(XOR, x3).lanewise(ROL, 16);
            x10 = x10.add(x15);
            x11 = x11.add(x12);
            x8 = x8.add(x13);
            x9 = x9.add(x14);
            x5 = x5.lanewise(XOR, x10).lanewise(ROL, 12);
            x6 = x6.lanewise(XOR, x11).lanewise(ROL, 12);
            x7 = x7.lanewise(XOR, x8).lanewise(ROL, 12);
            x4 = x4.lanewise(XOR, x9).lanewise(ROL, 12);
            x0 = x0.add(x5);
            x1 = x1.add(x6);
            x2 = x2.add(x7);
            x3 = x3.add(x4);
            x15 = x15.lanewise(XOR, x0).lanewise(ROL, 8);
            x12 = x12.lanewise(XOR, x1).lanewise(ROL, 8);
            x13 = x13.lanewise(XOR, x2).lanewise(ROL, 8);
            x14 = x14.lanewise(XOR, x3).lanewise(ROL, 8);
            x10 = x10.add(x15);
            x11 = x11.add(x12);
            x8 = x8.add(x13);
            x9 = x9.add(x14);
            x5 = x5.lanewise(XOR, x10).lanewise(ROL, 7);
            x6 = x6.lanewise(XOR, x11).lanewise(ROL, 7);
            x7 = x7.lanewise(XOR, x8).lanewise(ROL, 7);
            x4 = x4.lanewise(XOR, x9).lanewise(ROL, 7);
        }
        x0.add(ChaCha20.SIGMA_0).intoMemorySegment(MEMORY, words, LITTLE_ENDIAN);
        x1.add(ChaCha20.SIGMA_1).intoMemorySegment(MEMORY, words + 1 * VECTOR, LITTLE_ENDIAN);
        x2.add(ChaCha20.SIGMA_2).intoMemorySegment(MEMORY, words + 2 * VECTOR, LITTLE_ENDIAN);
        x3.add(ChaCha20.SIGMA_3).intoMemorySegment(MEMORY, words + 3 * VECTOR, LITTLE_ENDIAN);
        x4.add(IntVector.fromMemorySegment(INT, MEMORY, keys, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 4 * VECTOR, LITTLE_ENDIAN);
        x5.add(IntVector.fromMemorySegment(INT, MEMORY, keys + 1 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 5 * VECTOR, LITTLE_ENDIAN);
        x6.add(IntVector.fromMemorySegment(INT, MEMORY, keys + 2 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 6 * VECTOR, LITTLE_ENDIAN);
        x7.add(IntVector.fromMemorySegment(INT, MEMORY, keys + 3 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 7 * VECTOR, LITTLE_ENDIAN);
        x8.add(IntVector.fromMemorySegment(INT, MEMORY, keys + 4 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 8 * VECTOR, LITTLE_ENDIAN);
        x9.add(IntVector.fromMemorySegment(INT, MEMORY, keys + 5 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 9 * VECTOR, LITTLE_ENDIAN);
        x10.add(IntVector.fromMemorySegment(INT, MEMORY, keys + 6 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 10 * VECTOR, LITTLE_ENDIAN);
        x11.add(IntVector.fromMemorySegment(INT, MEMORY, keys + 7 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 11 * VECTOR, LITTLE_ENDIAN);
        x12.add(IntVector.fromMemorySegment(INT, MEMORY, lanes, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 12 * VECTOR, LITTLE_ENDIAN);
        x13.intoMemorySegment(MEMORY, words + 13 * VECTOR, LITTLE_ENDIAN);
        x14.add(IntVector.fromMemorySegment(INT, MEMORY, lanes + ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 14 * VECTOR, LITTLE_ENDIAN);
        x15.add(IntVector.fromMemorySegment(INT, MEMORY, lanes + 2 * ROW, LITTLE_ENDIAN))
                .intoMemorySegment(MEMORY, words + 15 * VECTOR, LITTLE_ENDIAN);
    }

    static void transpose(long words, long stream) {
        if (LANES == 16) {
            transpose16(words, stream);
        } else if (LANES == 8) {
            transpose8(words, stream);
            transpose8(words + 8 * VECTOR, stream + VECTOR);
        } else {
            transpose4(words, stream);
            transpose4(words + 4 * VECTOR, stream + VECTOR);
            transpose4(words + 8 * VECTOR, stream + 2 * VECTOR);
            transpose4(words + 12 * VECTOR, stream + 3 * VECTOR);
        }
    }

    /** 16 vectors of 16: the rows of the result are whole blocks. */
    private static void transpose16(long words, long stream) {
        final IntVector a0 = IntVector.fromMemorySegment(INT, MEMORY, words, LITTLE_ENDIAN);
        final IntVector a1 = IntVector.fromMemorySegment(INT, MEMORY, words + 1 * VECTOR, LITTLE_ENDIAN);
        final IntVector a2 = IntVector.fromMemorySegment(INT, MEMORY, words + 2 * VECTOR, LITTLE_ENDIAN);
        final IntVector a3 = IntVector.fromMemorySegment(INT, MEMORY, words + 3 * VECTOR, LITTLE_ENDIAN);
        final IntVector a4 = IntVector.fromMemorySegment(INT, MEMORY, words + 4 * VECTOR, LITTLE_ENDIAN);
        final IntVector a5 = IntVector.fromMemorySegment(INT, MEMORY, words + 5 * VECTOR, LITTLE_ENDIAN);
        final IntVector a6 = IntVector.fromMemorySegment(INT, MEMORY, words + 6 * VECTOR, LITTLE_ENDIAN);
        final IntVector a7 = IntVector.fromMemorySegment(INT, MEMORY, words + 7 * VECTOR, LITTLE_ENDIAN);
        final IntVector a8 = IntVector.fromMemorySegment(INT, MEMORY, words + 8 * VECTOR, LITTLE_ENDIAN);
        final IntVector a9 = IntVector.fromMemorySegment(INT, MEMORY, words + 9 * VECTOR, LITTLE_ENDIAN);
        final IntVector a10 = IntVector.fromMemorySegment(INT, MEMORY, words + 10 * VECTOR, LITTLE_ENDIAN);
        final IntVector a11 = IntVector.fromMemorySegment(INT, MEMORY, words + 11 * VECTOR, LITTLE_ENDIAN);
        final IntVector a12 = IntVector.fromMemorySegment(INT, MEMORY, words + 12 * VECTOR, LITTLE_ENDIAN);
        final IntVector a13 = IntVector.fromMemorySegment(INT, MEMORY, words + 13 * VECTOR, LITTLE_ENDIAN);
        final IntVector a14 = IntVector.fromMemorySegment(INT, MEMORY, words + 14 * VECTOR, LITTLE_ENDIAN);
        final IntVector a15 = IntVector.fromMemorySegment(INT, MEMORY, words + 15 * VECTOR, LITTLE_ENDIAN);
        final IntVector b0 = LOW_8.selectFrom(a0, a8);
        final IntVector b8 = HIGH_8.selectFrom(a0, a8);
        final IntVector b1 = LOW_8.selectFrom(a1, a9);
        final IntVector b9 = HIGH_8.selectFrom(a1, a9);
        final IntVector b2 = LOW_8.selectFrom(a2, a10);
        final IntVector b10 = HIGH_8.selectFrom(a2, a10);
        final IntVector b3 = LOW_8.selectFrom(a3, a11);
        final IntVector b11 = HIGH_8.selectFrom(a3, a11);
        final IntVector b4 = LOW_8.selectFrom(a4, a12);
        final IntVector b12 = HIGH_8.selectFrom(a4, a12);
        final IntVector b5 = LOW_8.selectFrom(a5, a13);
        final IntVector b13 = HIGH_8.selectFrom(a5, a13);
        final IntVector b6 = LOW_8.selectFrom(a6, a14);
        final IntVector b14 = HIGH_8.selectFrom(a6, a14);
        final IntVector b7 = LOW_8.selectFrom(a7, a15);
        final IntVector b15 = HIGH_8.selectFrom(a7, a15);
        final IntVector c0 = LOW_4.selectFrom(b0, b4);
        final IntVector c4 = HIGH_4.selectFrom(b0, b4);
        final IntVector c1 = LOW_4.selectFrom(b1, b5);
        final IntVector c5 = HIGH_4.selectFrom(b1, b5);
        final IntVector c2 = LOW_4.selectFrom(b2, b6);
        final IntVector c6 = HIGH_4.selectFrom(b2, b6);
        final IntVector c3 = LOW_4.selectFrom(b3, b7);
        final IntVector c7 = HIGH_4.selectFrom(b3, b7);
        final IntVector c8 = LOW_4.selectFrom(b8, b12);
        final IntVector c12 = HIGH_4.selectFrom(b8, b12);
        final IntVector c9 = LOW_4.selectFrom(b9, b13);
        final IntVector c13 = HIGH_4.selectFrom(b9, b13);
        final IntVector c10 = LOW_4.selectFrom(b10, b14);
        final IntVector c14 = HIGH_4.selectFrom(b10, b14);
        final IntVector c11 = LOW_4.selectFrom(b11, b15);
        final IntVector c15 = HIGH_4.selectFrom(b11, b15);
        final IntVector d0 = LOW_2.selectFrom(c0, c2);
        final IntVector d2 = HIGH_2.selectFrom(c0, c2);
        final IntVector d1 = LOW_2.selectFrom(c1, c3);
        final IntVector d3 = HIGH_2.selectFrom(c1, c3);
        final IntVector d4 = LOW_2.selectFrom(c4, c6);
        final IntVector d6 = HIGH_2.selectFrom(c4, c6);
        final IntVector d5 = LOW_2.selectFrom(c5, c7);
        final IntVector d7 = HIGH_2.selectFrom(c5, c7);
        final IntVector d8 = LOW_2.selectFrom(c8, c10);
        final IntVector d10 = HIGH_2.selectFrom(c8, c10);
        final IntVector d9 = LOW_2.selectFrom(c9, c11);
        final IntVector d11 = HIGH_2.selectFrom(c9, c11);
        final IntVector d12 = LOW_2.selectFrom(c12, c14);
        final IntVector d14 = HIGH_2.selectFrom(c12, c14);
        final IntVector d13 = LOW_2.selectFrom(c13, c15);
        final IntVector d15 = HIGH_2.selectFrom(c13, c15);
        final IntVector e0 = LOW_1.selectFrom(d0, d1);
        final IntVector e1 = HIGH_1.selectFrom(d0, d1);
        final IntVector e2 = LOW_1.selectFrom(d2, d3);
        final IntVector e3 = HIGH_1.selectFrom(d2, d3);
        final IntVector e4 = LOW_1.selectFrom(d4, d5);
        final IntVector e5 = HIGH_1.selectFrom(d4, d5);
        final IntVector e6 = LOW_1.selectFrom(d6, d7);
        final IntVector e7 = HIGH_1.selectFrom(d6, d7);
        final IntVector e8 = LOW_1.selectFrom(d8, d9);
        final IntVector e9 = HIGH_1.selectFrom(d8, d9);
        final IntVector e10 = LOW_1.selectFrom(d10, d11);
        final IntVector e11 = HIGH_1.selectFrom(d10, d11);
        final IntVector e12 = LOW_1.selectFrom(d12, d13);
        final IntVector e13 = HIGH_1.selectFrom(d12, d13);
        final IntVector e14 = LOW_1.selectFrom(d14, d15);
        final IntVector e15 = HIGH_1.selectFrom(d14, d15);
        e0.intoMemorySegment(MEMORY, stream, LITTLE_ENDIAN);
        e1.intoMemorySegment(MEMORY, stream + 1L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e2.intoMemorySegment(MEMORY, stream + 2L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e3.intoMemorySegment(MEMORY, stream + 3L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e4.intoMemorySegment(MEMORY, stream + 4L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e5.intoMemorySegment(MEMORY, stream + 5L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e6.intoMemorySegment(MEMORY, stream + 6L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e7.intoMemorySegment(MEMORY, stream + 7L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e8.intoMemorySegment(MEMORY, stream + 8L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e9.intoMemorySegment(MEMORY, stream + 9L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e10.intoMemorySegment(MEMORY, stream + 10L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e11.intoMemorySegment(MEMORY, stream + 11L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e12.intoMemorySegment(MEMORY, stream + 12L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e13.intoMemorySegment(MEMORY, stream + 13L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e14.intoMemorySegment(MEMORY, stream + 14L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        e15.intoMemorySegment(MEMORY, stream + 15L * ChaCha20.BLOCK, LITTLE_ENDIAN);
    }

    /** 8 vectors of 8: half a block of each lane. */
    private static void transpose8(long words, long stream) {
        final IntVector a0 = IntVector.fromMemorySegment(INT, MEMORY, words, LITTLE_ENDIAN);
        final IntVector a1 = IntVector.fromMemorySegment(INT, MEMORY, words + 1 * VECTOR, LITTLE_ENDIAN);
        final IntVector a2 = IntVector.fromMemorySegment(INT, MEMORY, words + 2 * VECTOR, LITTLE_ENDIAN);
        final IntVector a3 = IntVector.fromMemorySegment(INT, MEMORY, words + 3 * VECTOR, LITTLE_ENDIAN);
        final IntVector a4 = IntVector.fromMemorySegment(INT, MEMORY, words + 4 * VECTOR, LITTLE_ENDIAN);
        final IntVector a5 = IntVector.fromMemorySegment(INT, MEMORY, words + 5 * VECTOR, LITTLE_ENDIAN);
        final IntVector a6 = IntVector.fromMemorySegment(INT, MEMORY, words + 6 * VECTOR, LITTLE_ENDIAN);
        final IntVector a7 = IntVector.fromMemorySegment(INT, MEMORY, words + 7 * VECTOR, LITTLE_ENDIAN);
        final IntVector b0 = a0.blend(a4.rearrange(SWAP_4), BIT_4);
        final IntVector b4 = a0.rearrange(SWAP_4).blend(a4, BIT_4);
        final IntVector b1 = a1.blend(a5.rearrange(SWAP_4), BIT_4);
        final IntVector b5 = a1.rearrange(SWAP_4).blend(a5, BIT_4);
        final IntVector b2 = a2.blend(a6.rearrange(SWAP_4), BIT_4);
        final IntVector b6 = a2.rearrange(SWAP_4).blend(a6, BIT_4);
        final IntVector b3 = a3.blend(a7.rearrange(SWAP_4), BIT_4);
        final IntVector b7 = a3.rearrange(SWAP_4).blend(a7, BIT_4);
        final IntVector c0 = b0.blend(b2.rearrange(SWAP_2), BIT_2);
        final IntVector c2 = b0.rearrange(SWAP_2).blend(b2, BIT_2);
        final IntVector c1 = b1.blend(b3.rearrange(SWAP_2), BIT_2);
        final IntVector c3 = b1.rearrange(SWAP_2).blend(b3, BIT_2);
        final IntVector c4 = b4.blend(b6.rearrange(SWAP_2), BIT_2);
        final IntVector c6 = b4.rearrange(SWAP_2).blend(b6, BIT_2);
        final IntVector c5 = b5.blend(b7.rearrange(SWAP_2), BIT_2);
        final IntVector c7 = b5.rearrange(SWAP_2).blend(b7, BIT_2);
        final IntVector d0 = c0.blend(c1.rearrange(SWAP_1), BIT_1);
        final IntVector d1 = c0.rearrange(SWAP_1).blend(c1, BIT_1);
        final IntVector d2 = c2.blend(c3.rearrange(SWAP_1), BIT_1);
        final IntVector d3 = c2.rearrange(SWAP_1).blend(c3, BIT_1);
        final IntVector d4 = c4.blend(c5.rearrange(SWAP_1), BIT_1);
        final IntVector d5 = c4.rearrange(SWAP_1).blend(c5, BIT_1);
        final IntVector d6 = c6.blend(c7.rearrange(SWAP_1), BIT_1);
        final IntVector d7 = c6.rearrange(SWAP_1).blend(c7, BIT_1);
        d0.intoMemorySegment(MEMORY, stream, LITTLE_ENDIAN);
        d1.intoMemorySegment(MEMORY, stream + 1L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        d2.intoMemorySegment(MEMORY, stream + 2L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        d3.intoMemorySegment(MEMORY, stream + 3L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        d4.intoMemorySegment(MEMORY, stream + 4L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        d5.intoMemorySegment(MEMORY, stream + 5L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        d6.intoMemorySegment(MEMORY, stream + 6L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        d7.intoMemorySegment(MEMORY, stream + 7L * ChaCha20.BLOCK, LITTLE_ENDIAN);
    }

    /** 4 vectors of 4: a quarter of a block of each lane. */
    private static void transpose4(long words, long stream) {
        final IntVector a0 = IntVector.fromMemorySegment(INT, MEMORY, words, LITTLE_ENDIAN);
        final IntVector a1 = IntVector.fromMemorySegment(INT, MEMORY, words + 1 * VECTOR, LITTLE_ENDIAN);
        final IntVector a2 = IntVector.fromMemorySegment(INT, MEMORY, words + 2 * VECTOR, LITTLE_ENDIAN);
        final IntVector a3 = IntVector.fromMemorySegment(INT, MEMORY, words + 3 * VECTOR, LITTLE_ENDIAN);
        final IntVector b0 = a0.blend(a2.rearrange(SWAP_2), BIT_2);
        final IntVector b2 = a0.rearrange(SWAP_2).blend(a2, BIT_2);
        final IntVector b1 = a1.blend(a3.rearrange(SWAP_2), BIT_2);
        final IntVector b3 = a1.rearrange(SWAP_2).blend(a3, BIT_2);
        final IntVector c0 = b0.blend(b1.rearrange(SWAP_1), BIT_1);
        final IntVector c1 = b0.rearrange(SWAP_1).blend(b1, BIT_1);
        final IntVector c2 = b2.blend(b3.rearrange(SWAP_1), BIT_1);
        final IntVector c3 = b2.rearrange(SWAP_1).blend(b3, BIT_1);
        c0.intoMemorySegment(MEMORY, stream, LITTLE_ENDIAN);
        c1.intoMemorySegment(MEMORY, stream + 1L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        c2.intoMemorySegment(MEMORY, stream + 2L * ChaCha20.BLOCK, LITTLE_ENDIAN);
        c3.intoMemorySegment(MEMORY, stream + 3L * ChaCha20.BLOCK, LITTLE_ENDIAN);
    }
}
