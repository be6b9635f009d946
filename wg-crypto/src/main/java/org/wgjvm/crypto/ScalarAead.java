package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * ChaCha20-Poly1305 on plain 32- and 64-bit arithmetic: no module, no flag, no allocation. It also serves the handshake's shape.
 *
 * <p>Constant time as {@link ChaCha20} and {@link Poly1305} are; the tag is compared by OR of XORs. Opening verifies before it decrypts.
 */
public final class ScalarAead implements Aead {
    private static final byte[] NO_DATA = {};

    private final ChaCha20 cipher = new ChaCha20();
    private final Poly1305 mac = new Poly1305();
    private final MemorySegment lengths = Arena.ofAuto().allocate(16, 16);

    /** Makes one for the calling thread. */
    public ScalarAead() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void seal(AeadBatch b) {
        for (int i = 0; i < b.size; i++) {
            seal(b.keys[i], b.counters[i], b.source(i), b.sourceOffsets[i], b.lengths[i], b.destination(i), b.destinationOffsets[i]);
        }
    }

    @Override
    public void open(AeadBatch b) {
        for (int i = 0; i < b.size; i++) {
            b.verified[i] =
                    open(
                            b.keys[i], b.counters[i], b.source(i), b.sourceOffsets[i],
                            b.lengths[i], b.destination(i), b.destinationOffsets[i]);
        }
    }

    @Override
    public void seal(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        cipher.init(key.segment(), counter);
        sealUnderKey(NO_DATA, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        cipher.init(key.segment(), counter);
        return openUnderKey(NO_DATA, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public void seal(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        cipher.init(MemorySegment.ofArray(key), counter);
        sealUnderKey(
                associatedData == null ? NO_DATA : associatedData, MemorySegment.ofArray(source), sourceOffset, length,
                MemorySegment.ofArray(destination), destinationOffset);
    }

    @Override
    public boolean open(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        cipher.init(MemorySegment.ofArray(key), counter);
        return openUnderKey(
                associatedData == null ? NO_DATA : associatedData, MemorySegment.ofArray(source), sourceOffset, length,
                MemorySegment.ofArray(destination), destinationOffset);
    }

    /** Opens under a nonce that need not start with 32 zero bits: for test vectors. */
    boolean open(byte[] key, byte[] nonce, byte[] associatedData, byte[] source, byte[] destination) {
        final MemorySegment words = MemorySegment.ofArray(nonce);
        cipher.init(MemorySegment.ofArray(key), words.get(Native.LONG, 4));
        cipher.nonce0(words.get(Native.INT, 0));
        return openUnderKey(
                associatedData, MemorySegment.ofArray(source), 0, source.length, MemorySegment.ofArray(destination), 0);
    }

    private void sealUnderKey(
            byte[] associatedData, MemorySegment source, long sourceOffset, int length, MemorySegment destination, long destinationOffset) {
        Native.check(source, sourceOffset, length);
        Native.check(destination, destinationOffset, length + TAG_LENGTH);
        cipher.block(0);
        mac.init(cipher.pair(0), cipher.pair(1), cipher.pair(2), cipher.pair(3));
        cipher.xor(1, source, sourceOffset, length, destination, destinationOffset);
        authenticate(associatedData, destination, destinationOffset, length);
        destination.set(Native.LONG, destinationOffset + length, mac.tagLow());
        destination.set(Native.LONG, destinationOffset + length + 8, mac.tagHigh());
        wipe();
    }

    private boolean openUnderKey(
            byte[] associatedData, MemorySegment source, long sourceOffset, int length, MemorySegment destination, long destinationOffset) {
        if (length < TAG_LENGTH) {
            return false;
        }
        final int plain = length - TAG_LENGTH;
        Native.check(source, sourceOffset, length);
        Native.check(destination, destinationOffset, plain);
        cipher.block(0);
        mac.init(cipher.pair(0), cipher.pair(1), cipher.pair(2), cipher.pair(3));
        authenticate(associatedData, source, sourceOffset, plain);
        final boolean verified = Native.difference(source, sourceOffset + plain, mac.tagLow(), mac.tagHigh()) == 0;
        if (verified) {
            cipher.xor(1, source, sourceOffset, plain, destination, destinationOffset);
        }
        wipe();
        return verified;
    }

    private void authenticate(byte[] associatedData, MemorySegment data, long offset, int length) {
        if (associatedData.length > 0) {
            mac.update(MemorySegment.ofArray(associatedData), 0, associatedData.length);
        }
        mac.update(data, offset, length);
        lengths.set(Native.LONG, 0, associatedData.length);
        lengths.set(Native.LONG, 8, length);
        mac.finish(lengths, 0);
    }

    private void wipe() {
        cipher.wipe();
        mac.wipe();
    }
}
