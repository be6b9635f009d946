package org.wgjvm.dataplane;

import java.lang.foreign.MemorySegment;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadBatch;
import org.wgjvm.crypto.AeadKey;

/** A cipher whose batches are timed. */
final class MeasuredAead implements Aead {
    private final Aead aead;
    private final LoopObserver observer;

    MeasuredAead(Aead aead, LoopObserver observer) {
        this.aead = aead;
        this.observer = observer;
    }

    @Override
    public String name() {
        return aead.name();
    }

    @Override
    public void seal(AeadBatch batch) {
        final long begunNs = observer.begin();
        aead.seal(batch);
        observer.end(Stage.SEAL, begunNs);
    }

    @Override
    public void open(AeadBatch batch) {
        final long begunNs = observer.begin();
        aead.open(batch);
        observer.end(Stage.OPEN, begunNs);
    }

    @Override
    public void seal(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        aead.seal(key, counter, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        return aead.open(key, counter, source, sourceOffset, length, destination, destinationOffset);
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
        return aead.open(key, counter, associatedData, source, sourceOffset, length, destination, destinationOffset);
    }
}
