package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A cipher with one fault, which the self-test must see. */
final class BrokenAead implements Aead {
    static final int FAULTS = 4;

    private final Aead aead;
    private final int fault;

    BrokenAead(Aead aead, int fault) {
        this.aead = aead;
        this.fault = fault;
    }

    @Override
    public String name() {
        return "broken";
    }

    @Override
    public void seal(AeadBatch b) {
        aead.seal(b);
        if (fault == 0) {
            final int last = b.size - 1;
            final long at = b.destinationOffsets[last] + b.lengths[last];
            b.destination(last).set(ValueLayout.JAVA_BYTE, at, (byte) (b.destination(last).get(ValueLayout.JAVA_BYTE, at) ^ 1));
        }
    }

    @Override
    public void open(AeadBatch b) {
        aead.open(b);
        if (fault == 1) {
            java.util.Arrays.fill(b.verified, true);
        } else if (fault == 2) {
            b.verified[b.size - 1] = false;
            b.verified[0] = false;
        }
    }

    @Override
    public void seal(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        throw new AssertionError();
    }

    @Override
    public boolean open(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        throw new AssertionError();
    }

    @Override
    public void seal(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        aead.seal(key, counter, associatedData, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        return aead.open(
                key, fault == 3 ? counter + 1 : counter, associatedData, source, sourceOffset, length, destination, destinationOffset);
    }
}
