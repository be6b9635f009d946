package org.wgjvm.crypto;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.internal.vm.vector.VectorSupport.MODE_BROADCAST;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_ADD;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_LROTATE;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_XOR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.internal.vm.vector.VectorSupport;
import jdk.internal.vm.vector.VectorSupport.BinaryOperation;
import jdk.internal.vm.vector.VectorSupport.VectorBroadcastIntOp;

/** Operations of the kernels on 32-bit lanes: what is said of {@link LongOps} holds here. */
final class IntOps {
    private static final int LANES = VectorWidth.INT_LANES;
    private static final MemorySegment MEMORY = Native.Everything.MEMORY;

    // Constants for the JIT: the class of the vectors, of their masks and of their permutations, and the species.
    private static final Class<? extends IntVector> VECTOR = VectorWidth.INT.vectorType().asSubclass(IntVector.class);

    @SuppressWarnings("unchecked")
    private static final Class<VectorMask<Integer>> MASK = (Class<VectorMask<Integer>>) VectorMask.fromLong(VectorWidth.INT, 0).getClass();

    @SuppressWarnings("unchecked")
    private static final Class<VectorShuffle<Integer>> SHUFFLE =
            (Class<VectorShuffle<Integer>>) VectorShuffle.iota(VectorWidth.INT, 0, 1, true).getClass();

    @SuppressWarnings("unchecked")
    private static final VectorSupport.VectorSpecies<Integer> SPECIES = (VectorSupport.VectorSpecies<Integer>) VectorWidth.INT;

    // What is done where there is no intrinsic: in the interpreter, and in what the first compiler makes.
    private static final BinaryOperation<IntVector, VectorMask<Integer>> ADD = (a, b, m) -> a.add(b);
    private static final BinaryOperation<IntVector, VectorMask<Integer>> XOR = (a, b, m) -> a.lanewise(VectorOperators.XOR, b);
    private static final VectorBroadcastIntOp<IntVector, VectorMask<Integer>> ROL = (a, n, m) -> a.lanewise(VectorOperators.ROL, n);
    private static final VectorSupport.FromBitsCoercedOperation<IntVector, VectorSupport.VectorSpecies<Integer>> BROADCAST =
            (bits, s) -> IntVector.broadcast(VectorWidth.INT, (int) bits);
    private static final VectorSupport.LoadOperation<Object, IntVector, VectorSupport.VectorSpecies<Integer>> LOAD =
            (c, at, s) -> IntVector.fromMemorySegment(VectorWidth.INT, MEMORY, at, LITTLE_ENDIAN);
    private static final VectorSupport.StoreVectorOperation<Object, IntVector> STORE =
            (c, at, v) -> v.intoMemorySegment(MEMORY, at, LITTLE_ENDIAN);
    private static final VectorSupport.SelectFromTwoVector<IntVector> SELECT = (index, a, b) -> index.selectFrom(a, b);
    private static final VectorSupport.VectorRearrangeOp<IntVector, VectorShuffle<Integer>, VectorMask<Integer>> REARRANGE =
            (v, s, m) -> v.rearrange(s);
    private static final VectorSupport.VectorBlendOp<IntVector, VectorMask<Integer>> BLEND = (a, b, m) -> a.blend(b, m);

    private IntOps() {}

    static IntVector load(long address) {
        return VectorSupport.load(VECTOR, int.class, LANES, null, address, true, null, address, SPECIES, LOAD);
    }

    static void store(IntVector v, long address) {
        VectorSupport.store(VECTOR, int.class, LANES, null, address, true, v, null, address, STORE);
    }

    /** A vector that has it in every lane. */
    static IntVector broadcast(int value) {
        return VectorSupport.fromBitsCoerced(VECTOR, int.class, LANES, value, MODE_BROADCAST, SPECIES, BROADCAST);
    }

    static IntVector add(IntVector a, IntVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_ADD, VECTOR, null, int.class, LANES, a, b, null, ADD);
    }

    static IntVector xor(IntVector a, IntVector b) {
        return VectorSupport.binaryOp(VECTOR_OP_XOR, VECTOR, null, int.class, LANES, a, b, null, XOR);
    }

    /** Rotates left. */
    static IntVector rol(IntVector v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_LROTATE, VECTOR, null, int.class, LANES, v, bits, null, ROL);
    }

    /** Lanes of the pair (a, b), by their numbers in it. */
    static IntVector select(IntVector index, IntVector a, IntVector b) {
        return VectorSupport.selectFromTwoVectorOp(VECTOR, int.class, LANES, index, a, b, SELECT);
    }

    static IntVector rearrange(IntVector v, VectorShuffle<Integer> shuffle) {
        return VectorSupport.rearrangeOp(VECTOR, SHUFFLE, null, int.class, LANES, v, shuffle, null, REARRANGE);
    }

    /** Lanes of {@code b} where the mask is set, else of {@code a}. */
    static IntVector blend(IntVector a, IntVector b, VectorMask<Integer> mask) {
        return VectorSupport.blend(VECTOR, MASK, int.class, LANES, a, b, mask, BLEND);
    }
}
