package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The product of the vectors against the arithmetic of {@link BigInteger}, with limbs as large as {@link X25519Lanes} says they may be. */
class X25519LanesTest {
    private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    /** The largest even limb of an operand; an odd one has half of it. */
    private static final long MOST = (1L << 27) + (1L << 13);

    private static final int LIMBS = 10;

    private final MemorySegment state = Arena.ofAuto().allocate(X25519Lanes.STATE, X25519Lanes.ROW);

    private static long offset(long elements, int element, int limb) {
        return elements + limb / 2 * X25519Lanes.ROW + 8L * (element + 4 * (limb & 1));
    }

    private BigInteger value(long elements, int element) {
        BigInteger sum = BigInteger.ZERO;
        for (int k = 0; k < LIMBS; k++) {
            sum = sum.add(BigInteger.valueOf(state.get(Native.LONG, offset(elements, element, k))).shiftLeft((51 * k + 1) / 2));
        }
        return sum;
    }

    /** Limbs of four elements, in size up to the bound of an even one. */
    @Provide
    Arbitrary<long[]> operands() {
        return Arbitraries.oneOf(Arbitraries.of(MOST, -MOST, 0L, 1L, -1L), Arbitraries.longs().between(-MOST, MOST))
                .array(long[].class).ofSize(4 * LIMBS);
    }

    @Property(tries = 1000)
    void productsOfLimbsWithinTheirBounds(@ForAll("operands") long[] left, @ForAll("operands") long[] right) {
        check(left, right);
    }

    @Test
    void productsOfTheLargestLimbs() {
        for (int signs = 0; signs < 16; signs++) {
            final long[] left = new long[4 * LIMBS];
            final long[] right = new long[4 * LIMBS];
            for (int i = 0; i < left.length; i++) {
                left[i] = (signs >>> (i & 1) & 1) == 0 ? MOST : -MOST;
                right[i] = (signs >>> 2 + (i & 1) & 1) == 0 ? MOST : -MOST;
            }
            check(left, right);
        }
    }

    private void check(long[] left, long[] right) {
        for (int i = 0; i < left.length; i++) {
            state.set(Native.LONG, offset(X25519Lanes.LEFT, i / LIMBS, i % LIMBS), left[i] >> (i & 1));
            state.set(Native.LONG, offset(X25519Lanes.RIGHT, i / LIMBS, i % LIMBS), right[i] >> (i & 1));
        }
        X25519Lanes.product(state.address(), X25519Lanes.LEFT);
        for (int e = 0; e < 4; e++) {
            final BigInteger expected = value(X25519Lanes.LEFT, e).multiply(value(X25519Lanes.RIGHT, e)).mod(P);
            assertEquals(expected, value(X25519Lanes.RESULT, e).mod(P));
            for (int k = 0; k < LIMBS; k++) {
                final long limb = state.get(Native.LONG, offset(X25519Lanes.RESULT, e, k));
                final long full = 1L << 26 - (k & 1);
                assertTrue(limb >= -(1 << 12) && limb <= full + (1 << 12), "limb " + k + ": " + limb);
            }
        }
    }
}
