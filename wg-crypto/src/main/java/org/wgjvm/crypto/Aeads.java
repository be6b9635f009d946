package org.wgjvm.crypto;

/** Chooses the {@link Aead} implementation of this process. */
public final class Aeads {
    private Aeads() {}

    /** A new instance of the chosen implementation, for the calling thread. */
    public static Aead create() {
        return new JcaAead();
    }
}
