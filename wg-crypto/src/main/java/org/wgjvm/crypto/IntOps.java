package org.wgjvm.crypto;

import static jdk.internal.vm.vector.VectorSupport.MODE_BROADCAST;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_ADD;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_LROTATE;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_XOR;

import java.util.function.IntBinaryOperator;
import jdk.internal.vm.vector.VectorSupport;
import jdk.internal.vm.vector.VectorSupport.BinaryOperation;
import jdk.internal.vm.vector.VectorSupport.VectorBroadcastIntOp;

/** Operations of the kernels on 32-bit lanes: what is said of {@link LongOps} holds here. */
final class IntOps {
    private static final int LANES = Ints.VLENGTH;

    // What is done where there is no intrinsic: in the interpreter, and in what the first compiler makes.
    private static final BinaryOperation<Ints, Ints.Mask> ADD = (a, b, m) -> zip(a, b, Integer::sum);
    private static final BinaryOperation<Ints, Ints.Mask> XOR = (a, b, m) -> zip(a, b, (x, y) -> x ^ y);
    private static final VectorBroadcastIntOp<Ints, Ints.Mask> ROL = (a, n, m) -> zip(a, fill(n), Integer::rotateLeft);
    private static final VectorSupport.FromBitsCoercedOperation<Ints, VectorSupport.VectorSpecies<Integer>> BROADCAST =
            (bits, s) -> fill((int) bits);
    private static final VectorSupport.LoadOperation<Object, Ints, VectorSupport.VectorSpecies<Integer>> LOAD = (c, at, s) -> read(at);
    private static final VectorSupport.StoreVectorOperation<Object, Ints> STORE = (c, at, v) -> write(v, at);
    private static final VectorSupport.SelectFromTwoVector<Ints> SELECT = IntOps::pick;
    private static final VectorSupport.VectorRearrangeOp<Ints, Ints.Shuffle, Ints.Mask> REARRANGE =
            (v, s, m) -> pick(new Ints(s.sources()), v, v);
    private static final VectorSupport.VectorBlendOp<Ints, Ints.Mask> BLEND = IntOps::choose;

    private IntOps() {}

    static Ints load(long address) {
        return VectorSupport.load(Ints.class, int.class, LANES, null, address, true, null, address, null, LOAD);
    }

    static void store(Ints v, long address) {
        VectorSupport.store(Ints.class, int.class, LANES, null, address, true, v, null, address, STORE);
    }

    /** A vector that has it in every lane. */
    static Ints broadcast(int value) {
        return VectorSupport.fromBitsCoerced(Ints.class, int.class, LANES, value, MODE_BROADCAST, null, BROADCAST);
    }

    static Ints add(Ints a, Ints b) {
        return VectorSupport.binaryOp(VECTOR_OP_ADD, Ints.class, null, int.class, LANES, a, b, null, ADD);
    }

    static Ints xor(Ints a, Ints b) {
        return VectorSupport.binaryOp(VECTOR_OP_XOR, Ints.class, null, int.class, LANES, a, b, null, XOR);
    }

    /** Rotates left. */
    static Ints rol(Ints v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_LROTATE, Ints.class, null, int.class, LANES, v, bits, null, ROL);
    }

    /** Lanes of the pair (a, b), by their numbers in it. */
    static Ints select(Ints index, Ints a, Ints b) {
        return VectorSupport.selectFromTwoVectorOp(Ints.class, int.class, LANES, index, a, b, SELECT);
    }

    static Ints rearrange(Ints v, Ints.Shuffle shuffle) {
        return VectorSupport.rearrangeOp(Ints.class, Ints.Shuffle.class, null, int.class, LANES, v, shuffle, null, REARRANGE);
    }

    /** Lanes of {@code b} where the mask is set, else of {@code a}. */
    static Ints blend(Ints a, Ints b, Ints.Mask mask) {
        return VectorSupport.blend(Ints.class, Ints.Mask.class, int.class, LANES, a, b, mask, BLEND);
    }

    private static Ints fill(int value) {
        return Ints.of(l -> value);
    }

    private static Ints zip(Ints a, Ints b, IntBinaryOperator f) {
        final int[] x = a.lanes();
        final int[] y = b.lanes();
        return Ints.of(l -> f.applyAsInt(x[l], y[l]));
    }

    private static Ints read(long address) {
        return Ints.of(l -> (int) (RawMemory.getLong(address + 4L * (l & ~1)) >>> 32 * (l & 1)));
    }

    private static void write(Ints v, long address) {
        final int[] lanes = v.lanes();
        for (int l = 0; l < LANES; l += 2) {
            RawMemory.putLong(address + 4L * l, (lanes[l] & 0xffffffffL) | (long) lanes[l + 1] << 32);
        }
    }

    private static Ints pick(Ints index, Ints a, Ints b) {
        final int[] sources = index.lanes();
        final int[] x = a.lanes();
        final int[] y = b.lanes();
        return Ints.of(l -> ((sources[l] & LANES) == 0 ? x : y)[sources[l] & LANES - 1]);
    }

    private static Ints choose(Ints a, Ints b, Ints.Mask mask) {
        final boolean[] bits = mask.bits();
        final int[] x = a.lanes();
        final int[] y = b.lanes();
        return Ints.of(l -> bits[l] ? y[l] : x[l]);
    }
}
