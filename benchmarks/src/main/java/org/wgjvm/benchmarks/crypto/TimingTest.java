package org.wgjvm.benchmarks.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.X25519;
import org.wgjvm.crypto.X25519Ladder;

/**
 * {@code bin/bench timing}: a leakage test in the manner of dudect (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?",
 * DATE 2017). Two classes of secrets, one fixed and one random, in random order; Welch's t-test on the times of each, of all and of the
 * faster part. A |t| that stays above 10 says that time depends on the secret; below 4.5 there is no evidence of it.
 */
public final class TimingTest {
    private static final int SAMPLES = 200_000;
    private static final int[] SIZES = {64, 512};
    private static final double[] PERCENTILES = {0.5, 0.8, 0.95, 1.0};

    private final Random random = new Random(1);

    private TimingTest() {}

    /** A piece of work under a secret that has been set up for it. */
    private interface Work {
        void prepare(boolean fixed, Random random);

        void run();
    }

    /** No arguments. */
    public static void main(String[] args) {
        final TimingTest test = new TimingTest();
        for (X25519Ladder ladder : X25519Ladder.values()) {
            if (ladder.isAvailable()) {
                test.measure("x25519 " + ladder.label() + ", private key", new Agreement(ladder), SAMPLES / 10);
            }
        }
        for (String name : new String[] {"vector", "scalar"}) {
            for (int size : SIZES) {
                test.measure(name + " seal, " + size + " bytes, key and plaintext", new Sealing(name, size), SAMPLES);
            }
            test.measure(name + " open, where the forged tag differs", new Forgery(name), SAMPLES);
        }
    }

    private void measure(String name, Work work, int samples) {
        for (int i = 0; i < samples / 2; i++) {
            work.prepare(random.nextBoolean(), random);
            work.run();
        }
        final boolean[] fixed = new boolean[samples];
        final long[] ns = new long[samples];
        for (int i = 0; i < samples; i++) {
            fixed[i] = random.nextBoolean();
            work.prepare(fixed[i], random);
            final long began = System.nanoTime();
            work.run();
            ns[i] = System.nanoTime() - began;
        }
        final long[] sorted = ns.clone();
        Arrays.sort(sorted);
        double worst = 0;
        for (double percentile : PERCENTILES) {
            final double t = welch(ns, fixed, sorted[(int) ((samples - 1) * percentile)]);
            worst = Math.max(worst, Math.abs(t));
        }
        System.out.printf(
                Locale.ROOT, "%-40s %d samples, median %d ns, max |t| %.2f: %s%n", name, samples, sorted[samples / 2], worst,
                worst > 10 ? "LEAKS" : worst > 4.5 ? "doubtful, run again" : "no evidence of a leak");
    }

    private static double welch(long[] ns, boolean[] fixed, long limit) {
        final double[] n = new double[2];
        final double[] mean = new double[2];
        final double[] squares = new double[2];
        for (int i = 0; i < ns.length; i++) {
            if (ns[i] <= limit) {
                final int c = fixed[i] ? 1 : 0;
                n[c]++;
                final double delta = ns[i] - mean[c];
                mean[c] += delta / n[c];
                squares[c] += delta * (ns[i] - mean[c]);
            }
        }
        final double variance = squares[0] / (n[0] - 1) / n[0] + squares[1] / (n[1] - 1) / n[1];
        return (mean[0] - mean[1]) / Math.sqrt(variance);
    }

    /**
     * Inputs of both classes, made beforehand and as many of each, so that what is done just before the clock starts is the same for both,
     * down to the memory that it touches. A branch or a store more for one class shows up as a difference of the code under test.
     */
    private static final class Inputs {
        private final byte[][] ofEither = new byte[128][];

        Inputs(int size) {
            final Random random = new Random(4);
            for (int i = 0; i < ofEither.length; i++) {
                ofEither[i] = new byte[size];
                if (i % 2 == 0) {
                    random.nextBytes(ofEither[i]);
                }
            }
        }

        /** An input of a class: all zero, or any. */
        void copy(boolean fixed, Random random, byte[] to) {
            final int i = 2 * random.nextInt(ofEither.length / 2) + (fixed ? 1 : 0);
            System.arraycopy(ofEither[i], 0, to, 0, to.length);
        }
    }

    /** Scalars: one of few bits, or any. */
    private static final class Agreement implements Work {
        private final byte[] scalar = new byte[32];
        private final byte[] point = new byte[32];
        private final byte[] out = new byte[32];

        private final Inputs inputs = new Inputs(32);
        private final X25519Ladder ladder;

        Agreement(X25519Ladder ladder) {
            this.ladder = ladder;
            new Random(2).nextBytes(point);
        }

        @Override
        public void prepare(boolean fixed, Random random) {
            inputs.copy(fixed, random, scalar);
        }

        @Override
        public void run() {
            X25519.scalarMult(ladder, out, scalar, point);
        }
    }

    /** Keys and plaintexts: all zero, or any. */
    private static final class Sealing implements Work {
        private final Aead aead;
        private final AeadKey[] keys = new AeadKey[64];
        private final MemorySegment plain;
        private final MemorySegment sealed;
        private final byte[] bytes;
        private final Inputs inputs;
        private AeadKey key;

        Sealing(String name, int size) {
            aead = Aeads.create(name);
            plain = Arena.ofAuto().allocate(size, 64);
            sealed = Arena.ofAuto().allocate(size + 16L, 64);
            bytes = new byte[size];
            inputs = new Inputs(size);
            final Random random = new Random(3);
            for (int i = 0; i < keys.length; i++) {
                final byte[] k = new byte[32];
                if (i % 2 == 0) {
                    random.nextBytes(k);
                }
                keys[i] = new AeadKey(k, 0);
            }
        }

        @Override
        public void prepare(boolean fixed, Random random) {
            inputs.copy(fixed, random, bytes);
            MemorySegment.copy(bytes, 0, plain, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
            key = keys[2 * random.nextInt(keys.length / 2) + (fixed ? 1 : 0)];
        }

        @Override
        public void run() {
            aead.seal(key, 7, plain, 0, bytes.length, sealed, 0);
        }
    }

    /** Forgeries: the tag wrong in its first byte, or in its last. */
    private static final class Forgery implements Work {
        private final Aead aead;
        private final AeadKey key = new AeadKey(new byte[32], 0);
        private final MemorySegment sealed = Arena.ofAuto().allocate(528, 64);
        private final MemorySegment forged = Arena.ofAuto().allocate(528, 64);
        private final MemorySegment opened = Arena.ofAuto().allocate(512, 64);

        Forgery(String name) {
            aead = Aeads.create(name);
            aead.seal(key, 7, sealed, 0, 512, sealed, 0);
        }

        @Override
        public void prepare(boolean fixed, Random random) {
            forged.copyFrom(sealed);
            final long at = fixed ? 512 : 527;
            forged.set(
                    java.lang.foreign.ValueLayout.JAVA_BYTE, at,
                    (byte) (forged.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at) ^ 1 + random.nextInt(255)));
        }

        @Override
        public void run() {
            if (aead.open(key, 7, forged, 0, 528, opened, 0)) {
                throw new IllegalStateException("a forgery opened");
            }
        }
    }
}
