package org.wgjvm.crypto;

/** Where random bytes come from. An argument everywhere, so that a simulation can replay a run from a seed. */
@FunctionalInterface
public interface RandomSource {
    /** Fills {@code out} with random bytes; key material is made of them, so production code passes a CSPRNG. */
    void nextBytes(byte[] out);
}
