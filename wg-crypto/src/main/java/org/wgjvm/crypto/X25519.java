package org.wgjvm.crypto;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The X25519 function of RFC 7748, section 5: the Montgomery ladder, by {@link X25519Limbs} from the start of a process and by the faster
 * {@link X25519Lanes} when that has been compiled (see {@link #warmUpTask}).
 *
 * <p>Constant time as the two ladders and {@link Field25519} are. Which ladder runs depends on time and machine, not on a secret.
 * Intermediate values in memory are wiped before return.
 */
public final class X25519 {
    private static final int LENGTH = 32;
    private static final int WINDOW = 8;
    /** Between two looks: who goes on in the interpreter instead costs a processor, and gives the JIT nothing to compile sooner. */
    private static final long PAUSE_NS = 20_000_000;

    private static final long GIVE_UP_NS = 10_000_000_000L;

    private static final byte[] BASE = new byte[LENGTH];

    static {
        BASE[0] = 9;
    }

    private static final AtomicBoolean GIVEN_OUT = new AtomicBoolean();

    /** Written once, in the background: the tables take a fifth of a second of a process that has just begun. */
    private static volatile boolean hasBaseTables;

    /** Written once, in the background. */
    private static volatile X25519Ladder ladder = X25519Ladder.SCALAR;

    private X25519() {}

    /** Clamps a scalar as RFC 7748, section 5 does. */
    public static void clamp(byte[] scalar) {
        scalar[0] &= (byte) 248;
        scalar[31] = (byte) ((scalar[31] & 127) | 64);
    }

    /**
     * {@code out = scalar * point}; all three are 32 bytes. The scalar is clamped on the way. {@code out} may be one of the inputs.
     *
     * @return false when the result is all zero, which a low-order point gives: the caller must then give up (RFC 7748, section 6.1)
     */
    public static boolean scalarMult(byte[] out, byte[] scalar, byte[] point) {
        return scalarMult(ladder, out, scalar, point);
    }

    /** The same by a given ladder, for comparisons. */
    public static boolean scalarMult(X25519Ladder by, byte[] out, byte[] scalar, byte[] point) {
        final byte[] clamped = Arrays.copyOf(scalar, LENGTH);
        clamp(clamped);
        final long[] x1 = new long[Field25519.LIMBS];
        final long[] x2 = new long[Field25519.LIMBS];
        final long[] z2 = new long[Field25519.LIMBS];
        final long[] t = new long[Field25519.LIMBS];
        Field25519.decode(x1, point);
        by.climb(x2, z2, x1, clamped);
        Field25519.invert(t, z2);
        Field25519.multiply(x2, x2, t);
        final long any = Field25519.encode(out, x2);
        Arrays.fill(clamped, (byte) 0);
        Arrays.fill(x2, 0);
        Arrays.fill(z2, 0);
        Arrays.fill(t, 0);
        return any != 0;
    }

    /**
     * {@code out = scalar * base point}: by the ladder, or, once somebody has had the time to make its tables ({@link #warmUpTask}), by
     * Bouncy Castle, which takes half as long with them. It selects from them by masks over the whole table.
     */
    public static void scalarMultBase(byte[] out, byte[] scalar) {
        if (hasBaseTables) {
            org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(scalar, 0, out, 0);
        } else {
            scalarMult(out, scalar, BASE);
        }
    }

    /** The ladder in use by now. */
    public static X25519Ladder ladder() {
        return ladder;
    }

    /**
     * What somebody has to run in the background, once in a process, for the faster ladder to take over; it ends by itself, after a second
     * or two. Threads are not this module's business.
     *
     * @return null when it has been given out before
     */
    public static Runnable warmUpTask() {
        return GIVEN_OUT.compareAndSet(false, true) ? X25519::warmUp : null;
    }

    /** Iterates by both ladders, as the test of RFC 7748, section 5.2 does, until the vectors are faster; never uses them if they err. */
    private static void warmUp() {
        org.bouncycastle.math.ec.rfc7748.X25519.precompute();
        hasBaseTables = true;
        if (!X25519Ladder.VECTOR.isAvailable()) {
            return;
        }
        final byte[] slow = new byte[2 * LENGTH];
        slow[0] = 9;
        slow[LENGTH] = 9;
        final byte[] fast = slow.clone();
        final long begun = System.nanoTime();
        int iterations = 1;
        while (ladder == X25519Ladder.SCALAR && System.nanoTime() - begun < GIVE_UP_NS) {
            final long slowNs = round(X25519Ladder.SCALAR, slow, iterations);
            final long fastNs = round(X25519Ladder.VECTOR, fast, iterations);
            if (!Arrays.equals(slow, fast)) {
                return;
            }
            if (fastNs > 2 * slowNs) {
                LockSupport.parkNanos(PAUSE_NS);
            } else if (iterations < WINDOW) {
                iterations = WINDOW;
            } else if (fastNs < slowNs) {
                ladder = X25519Ladder.VECTOR;
            }
        }
    }

    /** Iterations on (scalar, point); the shortest in nanoseconds: what is compiled by now, without what disturbed it. */
    private static long round(X25519Ladder by, byte[] state, int iterations) {
        long best = Long.MAX_VALUE;
        for (int n = 0; n < iterations; n++) {
            final byte[] scalar = Arrays.copyOf(state, LENGTH);
            final byte[] point = Arrays.copyOfRange(state, LENGTH, 2 * LENGTH);
            final byte[] out = new byte[LENGTH];
            final long from = System.nanoTime();
            scalarMult(by, out, scalar, point);
            best = Math.min(best, System.nanoTime() - from);
            System.arraycopy(scalar, 0, state, LENGTH, LENGTH);
            System.arraycopy(out, 0, state, 0, LENGTH);
        }
        return best;
    }
}
