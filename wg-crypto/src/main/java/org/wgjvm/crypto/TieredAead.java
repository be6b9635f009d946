package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The first packets of a process by a cipher that is fast at once, the rest by one that is faster once compiled.
 *
 * <p>Vector code that the JIT has not compiled yet is tens of times slower than any other cipher, and on a busy machine that lasts for
 * seconds. In the background the faster cipher therefore runs on packets of its own until it keeps up with the other,
 * and all instances change over then. Both give the same bytes, so it does not matter which one a packet meets.
 */
public final class TieredAead implements Aead {
    private static final int BATCH = 32;
    private static final int[] LENGTHS = {1424, 64, 0};
    private static final int WINDOW = 8;

    /** Both ways that a packet can take, by itself and in a batch, with and without whole vectors. */
    private static final int[] PRIME_LENGTHS = {1424, 64};

    private static final int[] PRIME_COUNTS = {4, 1};

    /** What sealing and opening a packet takes at most once its kernels are compiled; before, it is tens of times as long. */
    private static final long COMPILED_NS = 50_000;

    /** Vectors of so many lanes are faster than plain integers once they are compiled; of narrower ones it has to be seen. */
    private static final int SURELY_FASTER = 8;

    /** Between two looks: who goes on in the interpreter instead costs a processor, and gives the JIT running loops to replace. */
    private static final long PAUSE_NS = 2_000_000;

    private static final long GIVE_UP_NS = 120_000_000_000L;

    private static final AtomicBoolean GIVEN_OUT = new AtomicBoolean();

    /** Written once, in the background. */
    private static volatile boolean ready;

    private final Aead early;
    private final Supplier<Aead> faster;
    private final BooleanSupplier warm;

    /** Made when the process is ready for it: loading and testing the vector cipher takes long, too, before it is compiled. */
    private Aead late;

    /**
     * For tests; otherwise {@link #create}.
     *
     * @param warm whether to change over; once true, it stays so
     */
    TieredAead(Aead early, Supplier<Aead> faster, BooleanSupplier warm) {
        this.early = early;
        this.faster = faster;
        this.warm = warm;
    }

    /**
     * A cipher for the calling thread: the scalar one until the vector one has warmed up (see {@link #warmUpTask}), if this JVM has it; or,
     * where somebody asked for one by name, that one from the first packet on.
     */
    public static Aead create() {
        return Aeads.isAskedFor() ? Aeads.create() : new TieredAead(new ScalarAead(), Aeads::create, TieredAead::isWarm);
    }

    /**
     * What somebody has to run in the background, once in a process, for the faster cipher to take over; it ends by itself, after seconds.
     * Threads are not this module's business.
     *
     * @return null when it has been given out before, or there is nothing to warm up
     */
    public static Runnable warmUpTask() {
        return !Aeads.isAskedFor() && GIVEN_OUT.compareAndSet(false, true) ? TieredAead::warmUp : null;
    }

    /** Whether the faster cipher has taken over in this process. */
    public static boolean isWarm() {
        return ready;
    }

    private Aead current() {
        if (!warm.getAsBoolean()) {
            return early;
        }
        if (late == null) {
            late = faster.get();
        }
        return late;
    }

    private static void warmUp() {
        final MemorySegment slab = Arena.ofAuto().allocate(BATCH * 1472L, 64);
        final AeadBatch batch = new AeadBatch(BATCH);
        final AeadKey key = new AeadKey(new byte[AeadKey.LENGTH], 0);
        final long begun = System.nanoTime();
        prime(batch, key, slab, begun + GIVE_UP_NS);
        final Aead fast = Aeads.create();
        if (fast instanceof ScalarAead) {
            return;
        }
        if (VectorWidth.INT_LANES >= SURELY_FASTER) {
            ready = true;
            return;
        }
        final Aead slow = new ScalarAead();
        while (!ready && System.nanoTime() - begun < GIVE_UP_NS) {
            ready = keepsUp((length, count) -> round(fast, batch, key, slab, length, count, WINDOW),
                    (length, count) -> round(slow, batch, key, slab, length, count, WINDOW));
        }
    }

    /** Nanoseconds for a round of {@code count} packets of {@code length} bytes. */
    interface Pace {
        long ns(int length, int count);
    }

    /**
     * Has the kernels compiled, as few packets at a time as use them: before that a packet takes as long as thousands do later, and the
     * self-test has hundreds.
     */
    private static void prime(AeadBatch batch, AeadKey key, MemorySegment slab, long deadlineNs) {
        try {
            final Aead vector = new VectorAead();
            for (int length : PRIME_LENGTHS) {
                for (int count : PRIME_COUNTS) {
                    long ns = Long.MAX_VALUE;
                    while (ns > COMPILED_NS * count && System.nanoTime() - deadlineNs < 0) {
                        ns = round(vector, batch, key, slab, length, count, 1);
                        LockSupport.parkNanos(PAUSE_NS);
                    }
                }
            }
        } catch (LinkageError | RuntimeException e) {
            // This JVM has no vectors, or not those that we know. Whoever asks which cipher was chosen is told why (Aeads.describe).
            return;
        }
    }

    /** No kind of batch may wait for a kernel that is not compiled; of those that are, one may be a little slower than the other. */
    static boolean keepsUp(Pace fast, Pace slow) {
        boolean compiled = true;
        long ahead = 0;
        for (int length : LENGTHS) {
            for (int count = BATCH; count > 0; count /= 4) {
                final long fastNs = fast.ns(length, count);
                final long slowNs = slow.ns(length, count);
                compiled &= fastNs <= 2 * slowNs;
                ahead += slowNs - fastNs;
            }
        }
        return compiled && ahead >= 0;
    }

    /** The shortest of {@code rounds} of seal and open, in nanoseconds: what is compiled by now, without what disturbed it. */
    private static long round(Aead aead, AeadBatch batch, AeadKey key, MemorySegment slab, int length, int count, int rounds) {
        long best = Long.MAX_VALUE;
        for (int n = 0; n < rounds; n++) {
            final long from = System.nanoTime();
            fill(batch, key, slab, length, n * count, count);
            aead.seal(batch);
            fill(batch, key, slab, length + TAG_LENGTH, n * count, count);
            aead.open(batch);
            best = Math.min(best, System.nanoTime() - from);
        }
        return best;
    }

    /** Counters go on from {@code first}, as those of a flow do. */
    private static void fill(AeadBatch batch, AeadKey key, MemorySegment slab, int length, int first, int count) {
        batch.clear();
        for (int i = 0; i < count; i++) {
            batch.add(key, first + i, slab, i * 1472L + 16, length, slab, i * 1472L + 16);
        }
    }

    @Override
    public String name() {
        return warm.getAsBoolean() ? current().name() : early.name() + " (until a faster one is warm)";
    }

    @Override
    public void seal(AeadBatch batch) {
        current().seal(batch);
    }

    @Override
    public void open(AeadBatch batch) {
        current().open(batch);
    }

    @Override
    public void seal(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length, MemorySegment out, long outOffset) {
        current().seal(key, counter, source, sourceOffset, length, out, outOffset);
    }

    @Override
    public boolean open(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length, MemorySegment out, long outOffset) {
        return current().open(key, counter, source, sourceOffset, length, out, outOffset);
    }

    @Override
    public void seal(
            byte[] key, long counter, byte[] aad, byte[] source, int sourceOffset, int length, byte[] destination, int destinationOffset) {
        current().seal(key, counter, aad, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            byte[] key, long counter, byte[] aad, byte[] source, int sourceOffset, int length, byte[] destination, int destinationOffset) {
        return current().open(key, counter, aad, source, sourceOffset, length, destination, destinationOffset);
    }
}
