package org.wgjvm.core.noise;

import java.util.Random;
import org.wgjvm.crypto.RandomSource;

/** Repeatable random bytes: for tests only. */
final class SeededRandom implements RandomSource {
    private final Random random;

    SeededRandom(long seed) {
        random = new Random(seed);
    }

    @Override
    public void nextBytes(byte[] out) {
        random.nextBytes(out);
    }

    byte[] bytes(int length) {
        final byte[] out = new byte[length];
        random.nextBytes(out);
        return out;
    }

    int nextInt() {
        return random.nextInt();
    }
}
