package org.wgjvm.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.internal.vm.vector.VectorSupport.MODE_BROADCAST;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_ADD;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_AND;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_LSHIFT;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_MUL;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_OR;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_RSHIFT;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_SUB;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_URSHIFT;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_XOR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.internal.vm.vector.VectorSupport;
import jdk.internal.vm.vector.VectorSupport.BinaryOperation;
import jdk.internal.vm.vector.VectorSupport.VectorBroadcastIntOp;

/**
 * Operations of the kernels on 64-bit lanes, each of which is one intrinsic of the JIT and nothing else.
 *
 * <p>Those of {@code jdk.incubator.vector} end in the same intrinsics, but behind layers of Java that check, look up and dispatch: a few
 * hundred nodes of the JIT's graph for an addition, which it makes, folds to constants and throws away. With two hundred operations in a
 * kernel that was most of the time and of the memory of its compilation, and too much for the first compiler. A vector here is still one of
 * that module, and what the interpreter does instead of an intrinsic is still its method.
 *
 * <p>It needs {@code --add-exports java.base/jdk.internal.vm.vector=ALL-UNNAMED}; without it, and in a JDK that has another form of these
 * intrinsics, the class cannot be used, and {@link Aeads} chooses another cipher.
 *
 * <p>The JIT inlines 8,000 bytes of code into a kernel (DesiredMethodLimit), and boxes every vector around a call that it does not: hence
 * methods of 20 to 30 bytes, constants as fields, and no checks. Addresses are taken as they are.
 */
final class LongOps {
    private static final int LANES = VectorWidth.LONG_LANES;
    private static final MemorySegment MEMORY = Native.Everything.MEMORY;

    // Constants for the JIT: the class of the vectors, of their masks and of their permutations, and the species.
    private static final Class<? extends LongVector> VECTOR = VectorWidth.LONG.vectorType().asSubclass(LongVector.class);

    @SuppressWarnings("unchecked")
    private static final Class<VectorMask<Long>> MASK = (Class<VectorMask<Long>>) VectorMask.fromLong(VectorWidth.LONG, 0).getClass();

    @SuppressWarnings("unchecked")
    private static final Class<VectorShuffle<Long>> SHUFFLE =
            (Class<VectorShuffle<Long>>) VectorShuffle.iota(VectorWidth.LONG, 0, 1, true).getClass();

    @SuppressWarnings("unchecked")
    private static final VectorSupport.VectorSpecies<Long> SPECIES = (VectorSupport.VectorSpecies<Long>) VectorWidth.LONG;

    // What is done where there is no intrinsic: in the interpreter, and in what the first compiler makes.
    private static final BinaryOperation<LongVector, VectorMask<Long>> ADD = (a, b, m) -> a.add(b);
    private static final BinaryOperation<LongVector, VectorMask<Long>> XOR = (a, b, m) -> a.lanewise(VectorOperators.XOR, b);
    private static final BinaryOperation<LongVector, VectorMask<Long>> SUB = (a, b, m) -> a.sub(b);
    private static final BinaryOperation<LongVector, VectorMask<Long>> MUL = (a, b, m) -> a.mul(b);
    private static final BinaryOperation<LongVector, VectorMask<Long>> AND = (a, b, m) -> a.and(b);
    private static final BinaryOperation<LongVector, VectorMask<Long>> OR = (a, b, m) -> a.or(b);
    private static final VectorBroadcastIntOp<LongVector, VectorMask<Long>> SHL = (a, n, m) -> a.lanewise(VectorOperators.LSHL, n);
    private static final VectorBroadcastIntOp<LongVector, VectorMask<Long>> SHR = (a, n, m) -> a.lanewise(VectorOperators.LSHR, n);
    private static final VectorBroadcastIntOp<LongVector, VectorMask<Long>> SAR = (a, n, m) -> a.lanewise(VectorOperators.ASHR, n);
    private static final VectorSupport.FromBitsCoercedOperation<LongVector, VectorSupport.VectorSpecies<Long>> BROADCAST =
            (bits, s) -> LongVector.broadcast(VectorWidth.LONG, bits);
    private static final VectorSupport.LoadOperation<Object, LongVector, VectorSupport.VectorSpecies<Long>> LOAD =
            (c, at, s) -> LongVector.fromMemorySegment(VectorWidth.LONG, MEMORY, at, LITTLE_ENDIAN);
    private static final VectorSupport.StoreVectorOperation<Object, LongVector> STORE =
            (c, at, v) -> v.intoMemorySegment(MEMORY, at, LITTLE_ENDIAN);
    private static final VectorSupport.SelectFromTwoVector<LongVector> SELECT = (index, a, b) -> index.selectFrom(a, b);
    private static final VectorSupport.VectorSelectFromOp<LongVector, VectorMask<Long>> PERMUTE = (index, v, m) -> index.selectFrom(v);
    private static final VectorSupport.VectorRearrangeOp<LongVector, VectorShuffle<Long>, VectorMask<Long>> REARRANGE =
            (v, s, m) -> v.rearrange(s);
    private static final VectorSupport.VectorBlendOp<LongVector, VectorMask<Long>> BLEND = (a, b, m) -> a.blend(b, m);

    private LongOps() {}

    static LongVector load(long address) {
        return VectorSupport.load(VECTOR, long.class, LANES, null, address, true, null, address, SPECIES, LOAD);
    }

    static void store(LongVector v, long address) {
        VectorSupport.store(VECTOR, long.class, LANES, null, address, true, v, null, address, STORE);
    }

    /** A vector that has it in every lane. */
    static LongVector broadcast(long value) {
        return VectorSupport.fromBitsCoerced(VECTOR, long.class, LANES, value, MODE_BROADCAST, SPECIES, BROADCAST);
    }

    static LongVector add(LongVector a, LongVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_ADD, VECTOR, null, long.class, LANES, a, b, null, ADD);
    }

    static LongVector xor(LongVector a, LongVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_XOR, VECTOR, null, long.class, LANES, a, b, null, XOR);
    }

    static LongVector sub(LongVector a, LongVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_SUB, VECTOR, null, long.class, LANES, a, b, null, SUB);
    }

    static LongVector mul(LongVector a, LongVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_MUL, VECTOR, null, long.class, LANES, a, b, null, MUL);
    }

    static LongVector and(LongVector a, LongVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_AND, VECTOR, null, long.class, LANES, a, b, null, AND);
    }

    static LongVector or(LongVector a, LongVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_OR, VECTOR, null, long.class, LANES, a, b, null, OR);
    }

    /** Shifts left. */
    static LongVector shl(LongVector v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_LSHIFT, VECTOR, null, long.class, LANES, v, bits, null, SHL);
    }

    /** Shifts right, zeros coming in. */
    static LongVector shr(LongVector v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_URSHIFT, VECTOR, null, long.class, LANES, v, bits, null, SHR);
    }

    /** Shifts right, the sign coming in. */
    static LongVector sar(LongVector v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_RSHIFT, VECTOR, null, long.class, LANES, v, bits, null, SAR);
    }

    /** Lanes of the pair (a, b), by their numbers in it. */
    static LongVector select(LongVector index, LongVector a, LongVector b) {
        return VectorSupport.selectFromTwoVectorOp(VECTOR, long.class, LANES, index, a, b, SELECT);
    }

    /** Lanes of a vector, by their numbers. */
    static LongVector permute(LongVector v, LongVector index) {
        return VectorSupport.selectFromOp(VECTOR, null, long.class, LANES, index, v, null, PERMUTE);
    }

    static LongVector rearrange(LongVector v, VectorShuffle<Long> shuffle) {
        return VectorSupport.rearrangeOp(VECTOR, SHUFFLE, null, long.class, LANES, v, shuffle, null, REARRANGE);
    }

    /** Lanes of {@code b} where the mask is set, else of {@code a}. */
    static LongVector blend(LongVector a, LongVector b, VectorMask<Long> mask) {
        return VectorSupport.blend(VECTOR, MASK, long.class, LANES, a, b, mask, BLEND);
    }
}
