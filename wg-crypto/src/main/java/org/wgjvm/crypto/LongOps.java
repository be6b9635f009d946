package org.wgjvm.crypto;

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

import java.util.function.LongBinaryOperator;
import jdk.internal.vm.vector.VectorSupport;
import jdk.internal.vm.vector.VectorSupport.BinaryOperation;
import jdk.internal.vm.vector.VectorSupport.VectorBroadcastIntOp;

/**
 * Operations of the kernels on 64-bit lanes, each of which is one intrinsic of the JIT and nothing else.
 *
 * <p>Those of {@code jdk.incubator.vector} end in the same intrinsics, but behind layers of Java that check, look up and dispatch: a few
 * hundred nodes of the JIT's graph for an addition, which it makes, folds to constants and throws away. With two hundred operations in a
 * kernel that was most of the time and of the memory of its compilation, and too much for the first compiler.
 *
 * <p>It needs {@code --add-exports java.base/jdk.internal.vm.vector=ALL-UNNAMED}; without it, and in a JDK that has another form of these
 * intrinsics, the class cannot be used, and {@link Aeads} chooses another cipher.
 *
 * <p>The JIT inlines 8,000 bytes of code into a kernel (DesiredMethodLimit), and boxes every vector around a call that it does not: hence
 * methods of 20 to 30 bytes, constants as fields, and no checks. Addresses are taken as they are.
 */
final class LongOps {
    private static final int LANES = Longs.VLENGTH;

    // What is done where there is no intrinsic: in the interpreter, and in what the first compiler makes.
    private static final BinaryOperation<Longs, Longs.Mask> ADD = (a, b, m) -> zip(a, b, Long::sum);
    private static final BinaryOperation<Longs, Longs.Mask> XOR = (a, b, m) -> zip(a, b, (x, y) -> x ^ y);
    private static final BinaryOperation<Longs, Longs.Mask> SUB = (a, b, m) -> zip(a, b, (x, y) -> x - y);
    private static final BinaryOperation<Longs, Longs.Mask> MUL = (a, b, m) -> zip(a, b, (x, y) -> x * y);
    private static final BinaryOperation<Longs, Longs.Mask> AND = (a, b, m) -> zip(a, b, (x, y) -> x & y);
    private static final BinaryOperation<Longs, Longs.Mask> OR = (a, b, m) -> zip(a, b, (x, y) -> x | y);
    private static final BinaryOperation<Longs, Longs.Mask> SAR_EACH = (a, b, m) -> zip(a, b, (x, y) -> x >> y);
    private static final VectorBroadcastIntOp<Longs, Longs.Mask> SHL = (a, n, m) -> zip(a, fill(n), (x, y) -> x << y);
    private static final VectorBroadcastIntOp<Longs, Longs.Mask> SHR = (a, n, m) -> zip(a, fill(n), (x, y) -> x >>> y);
    private static final VectorBroadcastIntOp<Longs, Longs.Mask> SAR = (a, n, m) -> zip(a, fill(n), (x, y) -> x >> y);
    private static final VectorSupport.FromBitsCoercedOperation<Longs, VectorSupport.VectorSpecies<Long>> BROADCAST =
            (bits, s) -> fill(bits);
    private static final VectorSupport.LoadOperation<Object, Longs, VectorSupport.VectorSpecies<Long>> LOAD = (c, at, s) -> read(at);
    private static final VectorSupport.StoreVectorOperation<Object, Longs> STORE = (c, at, v) -> write(v, at);
    private static final VectorSupport.SelectFromTwoVector<Longs> SELECT = LongOps::pick;
    private static final VectorSupport.VectorSelectFromOp<Longs, Longs.Mask> PERMUTE = (index, v, m) -> pick(index, v, v);
    private static final VectorSupport.VectorRearrangeOp<Longs, Longs.Shuffle, Longs.Mask> REARRANGE =
            (v, s, m) -> pick(new Longs(s.sources()), v, v);
    private static final VectorSupport.VectorBlendOp<Longs, Longs.Mask> BLEND = LongOps::choose;

    private LongOps() {}

    static Longs load(long address) {
        return VectorSupport.load(Longs.class, long.class, LANES, null, address, true, null, address, null, LOAD);
    }

    static void store(Longs v, long address) {
        VectorSupport.store(Longs.class, long.class, LANES, null, address, true, v, null, address, STORE);
    }

    /** A vector that has it in every lane. */
    static Longs broadcast(long value) {
        return VectorSupport.fromBitsCoerced(Longs.class, long.class, LANES, value, MODE_BROADCAST, null, BROADCAST);
    }

    static Longs add(Longs a, Longs b) {
        return VectorSupport.binaryOp(VECTOR_OP_ADD, Longs.class, null, long.class, LANES, a, b, null, ADD);
    }

    static Longs xor(Longs a, Longs b) {
        return VectorSupport.binaryOp(VECTOR_OP_XOR, Longs.class, null, long.class, LANES, a, b, null, XOR);
    }

    static Longs sub(Longs a, Longs b) {
        return VectorSupport.binaryOp(VECTOR_OP_SUB, Longs.class, null, long.class, LANES, a, b, null, SUB);
    }

    static Longs mul(Longs a, Longs b) {
        return VectorSupport.binaryOp(VECTOR_OP_MUL, Longs.class, null, long.class, LANES, a, b, null, MUL);
    }

    static Longs and(Longs a, Longs b) {
        return VectorSupport.binaryOp(VECTOR_OP_AND, Longs.class, null, long.class, LANES, a, b, null, AND);
    }

    static Longs or(Longs a, Longs b) {
        return VectorSupport.binaryOp(VECTOR_OP_OR, Longs.class, null, long.class, LANES, a, b, null, OR);
    }

    /** Shifts left. */
    static Longs shl(Longs v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_LSHIFT, Longs.class, null, long.class, LANES, v, bits, null, SHL);
    }

    /** Shifts right, zeros coming in. */
    static Longs shr(Longs v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_URSHIFT, Longs.class, null, long.class, LANES, v, bits, null, SHR);
    }

    /** Shifts right, the sign coming in. */
    static Longs sar(Longs v, int bits) {
        return VectorSupport.broadcastInt(VECTOR_OP_RSHIFT, Longs.class, null, long.class, LANES, v, bits, null, SAR);
    }

    /** Shifts right, each lane by its own distance, the sign coming in. */
    static Longs sar(Longs v, Longs bits) {
        return VectorSupport.binaryOp(VECTOR_OP_RSHIFT, Longs.class, null, long.class, LANES, v, bits, null, SAR_EACH);
    }

    /** Lanes of the pair (a, b), by their numbers in it. */
    static Longs select(Longs index, Longs a, Longs b) {
        return VectorSupport.selectFromTwoVectorOp(Longs.class, long.class, LANES, index, a, b, SELECT);
    }

    /** Lanes of a vector, by their numbers. */
    static Longs permute(Longs v, Longs index) {
        return VectorSupport.selectFromOp(Longs.class, null, long.class, LANES, index, v, null, PERMUTE);
    }

    static Longs rearrange(Longs v, Longs.Shuffle shuffle) {
        return VectorSupport.rearrangeOp(Longs.class, Longs.Shuffle.class, null, long.class, LANES, v, shuffle, null, REARRANGE);
    }

    /** Lanes of {@code b} where the mask is set, else of {@code a}. */
    static Longs blend(Longs a, Longs b, Longs.Mask mask) {
        return VectorSupport.blend(Longs.class, Longs.Mask.class, long.class, LANES, a, b, mask, BLEND);
    }

    private static Longs fill(long value) {
        return Longs.of(l -> value);
    }

    private static Longs zip(Longs a, Longs b, LongBinaryOperator f) {
        final long[] x = a.lanes();
        final long[] y = b.lanes();
        return Longs.of(l -> f.applyAsLong(x[l], y[l]));
    }

    private static Longs read(long address) {
        return Longs.of(l -> RawMemory.getLong(address + 8L * l));
    }

    private static void write(Longs v, long address) {
        final long[] lanes = v.lanes();
        for (int l = 0; l < LANES; l++) {
            RawMemory.putLong(address + 8L * l, lanes[l]);
        }
    }

    private static Longs pick(Longs index, Longs a, Longs b) {
        final long[] sources = index.lanes();
        final long[] x = a.lanes();
        final long[] y = b.lanes();
        return Longs.of(l -> ((sources[l] & LANES) == 0 ? x : y)[(int) sources[l] & LANES - 1]);
    }

    private static Longs choose(Longs a, Longs b, Longs.Mask mask) {
        final boolean[] bits = mask.bits();
        final long[] x = a.lanes();
        final long[] y = b.lanes();
        return Longs.of(l -> bits[l] ? y[l] : x[l]);
    }
}
