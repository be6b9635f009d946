package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;

/**
 * ChaCha20-Poly1305 (RFC 8439) as WireGuard uses it: a 96-bit nonce of 32 zero bits and a 64-bit little-endian counter.
 *
 * <p>Implementations are stateless between calls from the caller's view but may keep scratch memory: one instance belongs to one thread.
 * A forged packet is a return value, never an exception, and no plaintext is left in the destination when its tag does not verify.
 */
public interface Aead {
    /** Length of the Poly1305 tag in bytes. */
    int TAG_LENGTH = 16;

    /** A name for logs and {@code wg-jvm version}, such as {@code vector-512}. */
    String name();

    /** Seals every packet of the batch. Allocates nothing in steady state. */
    void seal(AeadBatch batch);

    /** Opens every packet of the batch and records each verdict ({@link AeadBatch#verified(int)}). A packet under 16 bytes is a forgery. */
    void open(AeadBatch batch);

    /** Seals {@code length} bytes into {@code length + 16}; in place or disjoint. */
    void seal(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset);

    /**
     * Opens {@code length} bytes (ciphertext and tag) into {@code length - 16}; in place or disjoint.
     *
     * @return whether the packet is authentic; when not, the destination holds no plaintext
     */
    boolean open(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset);

    /** The handshake's shape: a 32-byte heap key, associated data, {@code length} bytes of plaintext, into {@code length + 16}. */
    void seal(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset);

    /** The handshake's shape of open; {@code length} counts ciphertext and tag. */
    boolean open(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset);
}
