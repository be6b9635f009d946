package org.wgjvm.crypto;

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
import static org.wgjvm.crypto.IntOps.add;
import static org.wgjvm.crypto.IntOps.blend;
import static org.wgjvm.crypto.IntOps.broadcast;
import static org.wgjvm.crypto.IntOps.load;
import static org.wgjvm.crypto.IntOps.rearrange;
import static org.wgjvm.crypto.IntOps.rol;
import static org.wgjvm.crypto.IntOps.select;
import static org.wgjvm.crypto.IntOps.store;
import static org.wgjvm.crypto.IntOps.xor;

/**
 * ChaCha20 with one block a lane: {@code LANES} blocks at once, each with its own key, counter and nonce.
 *
 * <p>Inputs are rows of 32-bit words in native memory, one word a lane: eight rows of key, then counter, nonce low, nonce high. The
 * result is first word-major and then transposed, so that the key stream of consecutive lanes lies consecutively in memory.
 *
 * <p>Constant time: additions, exclusive ors, rotations by constants and lane permutations by constant indexes. Each is one
 * data-independent instruction or a fixed sequence of them; nothing secret reaches a branch or an address. Were a kernel not compiled, the
 * interpreter's fallback for these operations is a loop over lanes with the same property.
 */
final class ChaChaLanes {
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
        Ints x0 = broadcast(ChaCha20.SIGMA_0);
        Ints x1 = broadcast(ChaCha20.SIGMA_1);
        Ints x2 = broadcast(ChaCha20.SIGMA_2);
        Ints x3 = broadcast(ChaCha20.SIGMA_3);
        Ints x4 = load(keys);
        Ints x5 = load(keys + 1 * ROW);
        Ints x6 = load(keys + 2 * ROW);
        Ints x7 = load(keys + 3 * ROW);
        Ints x8 = load(keys + 4 * ROW);
        Ints x9 = load(keys + 5 * ROW);
        Ints x10 = load(keys + 6 * ROW);
        Ints x11 = load(keys + 7 * ROW);
        Ints x12 = load(lanes);
        Ints x13 = broadcast(0);
        Ints x14 = load(lanes + ROW);
        Ints x15 = load(lanes + 2 * ROW);
        for (int i = 0; i < 10; i++) {
            x0 = add(x0, x4);
            x1 = add(x1, x5);
            x2 = add(x2, x6);
            x3 = add(x3, x7);
            x12 = rol(xor(x12, x0), 16);
            x13 = rol(xor(x13, x1), 16);
            x14 = rol(xor(x14, x2), 16);
            x15 = rol(xor(x15, x3), 16);
            x8 = add(x8, x12);
            x9 = add(x9, x13);
            x10 = add(x10, x14);
            x11 = add(x11, x15);
            x4 = rol(xor(x4, x8), 12);
            x5 = rol(xor(x5, x9), 12);
            x6 = rol(xor(x6, x10), 12);
            x7 = rol(xor(x7, x11), 12);
            x0 = add(x0, x4);
            x1 = add(x1, x5);
            x2 = add(x2, x6);
            x3 = add(x3, x7);
            x12 = rol(xor(x12, x0), 8);
            x13 = rol(xor(x13, x1), 8);
            x14 = rol(xor(x14, x2), 8);
            x15 = rol(xor(x15, x3), 8);
            x8 = add(x8, x12);
            x9 = add(x9, x13);
            x10 = add(x10, x14);
            x11 = add(x11, x15);
            x4 = rol(xor(x4, x8), 7);
            x5 = rol(xor(x5, x9), 7);
            x6 = rol(xor(x6, x10), 7);
            x7 = rol(xor(x7, x11), 7);
            x0 = add(x0, x5);
            x1 = add(x1, x6);
            x2 = add(x2, x7);
            x3 = add(x3, x4);
            x15 = rol(xor(x15, x0), 16);
            x12 = rol(xor(x12, x1), 16);
            x13 = rol(xor(x13, x2), 16);
            x14 = rol(xor(x14, x3), 16);
            x10 = add(x10, x15);
            x11 = add(x11, x12);
            x8 = add(x8, x13);
            x9 = add(x9, x14);
            x5 = rol(xor(x5, x10), 12);
            x6 = rol(xor(x6, x11), 12);
            x7 = rol(xor(x7, x8), 12);
            x4 = rol(xor(x4, x9), 12);
            x0 = add(x0, x5);
            x1 = add(x1, x6);
            x2 = add(x2, x7);
            x3 = add(x3, x4);
            x15 = rol(xor(x15, x0), 8);
            x12 = rol(xor(x12, x1), 8);
            x13 = rol(xor(x13, x2), 8);
            x14 = rol(xor(x14, x3), 8);
            x10 = add(x10, x15);
            x11 = add(x11, x12);
            x8 = add(x8, x13);
            x9 = add(x9, x14);
            x5 = rol(xor(x5, x10), 7);
            x6 = rol(xor(x6, x11), 7);
            x7 = rol(xor(x7, x8), 7);
            x4 = rol(xor(x4, x9), 7);
        }
        store(add(x0, broadcast(ChaCha20.SIGMA_0)), words);
        store(add(x1, broadcast(ChaCha20.SIGMA_1)), words + 1 * VECTOR);
        store(add(x2, broadcast(ChaCha20.SIGMA_2)), words + 2 * VECTOR);
        store(add(x3, broadcast(ChaCha20.SIGMA_3)), words + 3 * VECTOR);
        store(add(x4, load(keys)), words + 4 * VECTOR);
        store(add(x5, load(keys + 1 * ROW)), words + 5 * VECTOR);
        store(add(x6, load(keys + 2 * ROW)), words + 6 * VECTOR);
        store(add(x7, load(keys + 3 * ROW)), words + 7 * VECTOR);
        store(add(x8, load(keys + 4 * ROW)), words + 8 * VECTOR);
        store(add(x9, load(keys + 5 * ROW)), words + 9 * VECTOR);
        store(add(x10, load(keys + 6 * ROW)), words + 10 * VECTOR);
        store(add(x11, load(keys + 7 * ROW)), words + 11 * VECTOR);
        store(add(x12, load(lanes)), words + 12 * VECTOR);
        store(x13, words + 13 * VECTOR);
        store(add(x14, load(lanes + ROW)), words + 14 * VECTOR);
        store(add(x15, load(lanes + 2 * ROW)), words + 15 * VECTOR);
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
        final Ints a0 = load(words);
        final Ints a1 = load(words + 1 * VECTOR);
        final Ints a2 = load(words + 2 * VECTOR);
        final Ints a3 = load(words + 3 * VECTOR);
        final Ints a4 = load(words + 4 * VECTOR);
        final Ints a5 = load(words + 5 * VECTOR);
        final Ints a6 = load(words + 6 * VECTOR);
        final Ints a7 = load(words + 7 * VECTOR);
        final Ints a8 = load(words + 8 * VECTOR);
        final Ints a9 = load(words + 9 * VECTOR);
        final Ints a10 = load(words + 10 * VECTOR);
        final Ints a11 = load(words + 11 * VECTOR);
        final Ints a12 = load(words + 12 * VECTOR);
        final Ints a13 = load(words + 13 * VECTOR);
        final Ints a14 = load(words + 14 * VECTOR);
        final Ints a15 = load(words + 15 * VECTOR);
        final Ints b0 = select(LOW_8, a0, a8);
        final Ints b8 = select(HIGH_8, a0, a8);
        final Ints b1 = select(LOW_8, a1, a9);
        final Ints b9 = select(HIGH_8, a1, a9);
        final Ints b2 = select(LOW_8, a2, a10);
        final Ints b10 = select(HIGH_8, a2, a10);
        final Ints b3 = select(LOW_8, a3, a11);
        final Ints b11 = select(HIGH_8, a3, a11);
        final Ints b4 = select(LOW_8, a4, a12);
        final Ints b12 = select(HIGH_8, a4, a12);
        final Ints b5 = select(LOW_8, a5, a13);
        final Ints b13 = select(HIGH_8, a5, a13);
        final Ints b6 = select(LOW_8, a6, a14);
        final Ints b14 = select(HIGH_8, a6, a14);
        final Ints b7 = select(LOW_8, a7, a15);
        final Ints b15 = select(HIGH_8, a7, a15);
        final Ints c0 = select(LOW_4, b0, b4);
        final Ints c4 = select(HIGH_4, b0, b4);
        final Ints c1 = select(LOW_4, b1, b5);
        final Ints c5 = select(HIGH_4, b1, b5);
        final Ints c2 = select(LOW_4, b2, b6);
        final Ints c6 = select(HIGH_4, b2, b6);
        final Ints c3 = select(LOW_4, b3, b7);
        final Ints c7 = select(HIGH_4, b3, b7);
        final Ints c8 = select(LOW_4, b8, b12);
        final Ints c12 = select(HIGH_4, b8, b12);
        final Ints c9 = select(LOW_4, b9, b13);
        final Ints c13 = select(HIGH_4, b9, b13);
        final Ints c10 = select(LOW_4, b10, b14);
        final Ints c14 = select(HIGH_4, b10, b14);
        final Ints c11 = select(LOW_4, b11, b15);
        final Ints c15 = select(HIGH_4, b11, b15);
        final Ints d0 = select(LOW_2, c0, c2);
        final Ints d2 = select(HIGH_2, c0, c2);
        final Ints d1 = select(LOW_2, c1, c3);
        final Ints d3 = select(HIGH_2, c1, c3);
        final Ints d4 = select(LOW_2, c4, c6);
        final Ints d6 = select(HIGH_2, c4, c6);
        final Ints d5 = select(LOW_2, c5, c7);
        final Ints d7 = select(HIGH_2, c5, c7);
        final Ints d8 = select(LOW_2, c8, c10);
        final Ints d10 = select(HIGH_2, c8, c10);
        final Ints d9 = select(LOW_2, c9, c11);
        final Ints d11 = select(HIGH_2, c9, c11);
        final Ints d12 = select(LOW_2, c12, c14);
        final Ints d14 = select(HIGH_2, c12, c14);
        final Ints d13 = select(LOW_2, c13, c15);
        final Ints d15 = select(HIGH_2, c13, c15);
        final Ints e0 = select(LOW_1, d0, d1);
        final Ints e1 = select(HIGH_1, d0, d1);
        final Ints e2 = select(LOW_1, d2, d3);
        final Ints e3 = select(HIGH_1, d2, d3);
        final Ints e4 = select(LOW_1, d4, d5);
        final Ints e5 = select(HIGH_1, d4, d5);
        final Ints e6 = select(LOW_1, d6, d7);
        final Ints e7 = select(HIGH_1, d6, d7);
        final Ints e8 = select(LOW_1, d8, d9);
        final Ints e9 = select(HIGH_1, d8, d9);
        final Ints e10 = select(LOW_1, d10, d11);
        final Ints e11 = select(HIGH_1, d10, d11);
        final Ints e12 = select(LOW_1, d12, d13);
        final Ints e13 = select(HIGH_1, d12, d13);
        final Ints e14 = select(LOW_1, d14, d15);
        final Ints e15 = select(HIGH_1, d14, d15);
        store(e0, stream);
        store(e1, stream + 1L * ChaCha20.BLOCK);
        store(e2, stream + 2L * ChaCha20.BLOCK);
        store(e3, stream + 3L * ChaCha20.BLOCK);
        store(e4, stream + 4L * ChaCha20.BLOCK);
        store(e5, stream + 5L * ChaCha20.BLOCK);
        store(e6, stream + 6L * ChaCha20.BLOCK);
        store(e7, stream + 7L * ChaCha20.BLOCK);
        store(e8, stream + 8L * ChaCha20.BLOCK);
        store(e9, stream + 9L * ChaCha20.BLOCK);
        store(e10, stream + 10L * ChaCha20.BLOCK);
        store(e11, stream + 11L * ChaCha20.BLOCK);
        store(e12, stream + 12L * ChaCha20.BLOCK);
        store(e13, stream + 13L * ChaCha20.BLOCK);
        store(e14, stream + 14L * ChaCha20.BLOCK);
        store(e15, stream + 15L * ChaCha20.BLOCK);
    }

    /** 8 vectors of 8: half a block of each lane. */
    private static void transpose8(long words, long stream) {
        final Ints a0 = load(words);
        final Ints a1 = load(words + 1 * VECTOR);
        final Ints a2 = load(words + 2 * VECTOR);
        final Ints a3 = load(words + 3 * VECTOR);
        final Ints a4 = load(words + 4 * VECTOR);
        final Ints a5 = load(words + 5 * VECTOR);
        final Ints a6 = load(words + 6 * VECTOR);
        final Ints a7 = load(words + 7 * VECTOR);
        final Ints b0 = blend(a0, rearrange(a4, SWAP_4), BIT_4);
        final Ints b4 = blend(rearrange(a0, SWAP_4), a4, BIT_4);
        final Ints b1 = blend(a1, rearrange(a5, SWAP_4), BIT_4);
        final Ints b5 = blend(rearrange(a1, SWAP_4), a5, BIT_4);
        final Ints b2 = blend(a2, rearrange(a6, SWAP_4), BIT_4);
        final Ints b6 = blend(rearrange(a2, SWAP_4), a6, BIT_4);
        final Ints b3 = blend(a3, rearrange(a7, SWAP_4), BIT_4);
        final Ints b7 = blend(rearrange(a3, SWAP_4), a7, BIT_4);
        final Ints c0 = blend(b0, rearrange(b2, SWAP_2), BIT_2);
        final Ints c2 = blend(rearrange(b0, SWAP_2), b2, BIT_2);
        final Ints c1 = blend(b1, rearrange(b3, SWAP_2), BIT_2);
        final Ints c3 = blend(rearrange(b1, SWAP_2), b3, BIT_2);
        final Ints c4 = blend(b4, rearrange(b6, SWAP_2), BIT_2);
        final Ints c6 = blend(rearrange(b4, SWAP_2), b6, BIT_2);
        final Ints c5 = blend(b5, rearrange(b7, SWAP_2), BIT_2);
        final Ints c7 = blend(rearrange(b5, SWAP_2), b7, BIT_2);
        final Ints d0 = blend(c0, rearrange(c1, SWAP_1), BIT_1);
        final Ints d1 = blend(rearrange(c0, SWAP_1), c1, BIT_1);
        final Ints d2 = blend(c2, rearrange(c3, SWAP_1), BIT_1);
        final Ints d3 = blend(rearrange(c2, SWAP_1), c3, BIT_1);
        final Ints d4 = blend(c4, rearrange(c5, SWAP_1), BIT_1);
        final Ints d5 = blend(rearrange(c4, SWAP_1), c5, BIT_1);
        final Ints d6 = blend(c6, rearrange(c7, SWAP_1), BIT_1);
        final Ints d7 = blend(rearrange(c6, SWAP_1), c7, BIT_1);
        store(d0, stream);
        store(d1, stream + 1L * ChaCha20.BLOCK);
        store(d2, stream + 2L * ChaCha20.BLOCK);
        store(d3, stream + 3L * ChaCha20.BLOCK);
        store(d4, stream + 4L * ChaCha20.BLOCK);
        store(d5, stream + 5L * ChaCha20.BLOCK);
        store(d6, stream + 6L * ChaCha20.BLOCK);
        store(d7, stream + 7L * ChaCha20.BLOCK);
    }

    /** 4 vectors of 4: a quarter of a block of each lane. */
    private static void transpose4(long words, long stream) {
        final Ints a0 = load(words);
        final Ints a1 = load(words + 1 * VECTOR);
        final Ints a2 = load(words + 2 * VECTOR);
        final Ints a3 = load(words + 3 * VECTOR);
        final Ints b0 = blend(a0, rearrange(a2, SWAP_2), BIT_2);
        final Ints b2 = blend(rearrange(a0, SWAP_2), a2, BIT_2);
        final Ints b1 = blend(a1, rearrange(a3, SWAP_2), BIT_2);
        final Ints b3 = blend(rearrange(a1, SWAP_2), a3, BIT_2);
        final Ints c0 = blend(b0, rearrange(b1, SWAP_1), BIT_1);
        final Ints c1 = blend(rearrange(b0, SWAP_1), b1, BIT_1);
        final Ints c2 = blend(b2, rearrange(b3, SWAP_1), BIT_1);
        final Ints c3 = blend(rearrange(b2, SWAP_1), b3, BIT_1);
        store(c0, stream);
        store(c1, stream + 1L * ChaCha20.BLOCK);
        store(c2, stream + 2L * ChaCha20.BLOCK);
        store(c3, stream + 3L * ChaCha20.BLOCK);
    }
}
