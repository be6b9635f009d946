package org.wgjvm.benchmarks.pipeline;

import java.lang.foreign.MemorySegment;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadBatch;
import org.wgjvm.crypto.AeadKey;

/** A cipher with a stopwatch around its batches. */
final class TimedAead implements Aead {
    private final Aead inner;
    private long elapsedNs;

    TimedAead(Aead inner) {
        this.inner = inner;
    }

    /** Time in batches since the last call of this method. */
    long takeElapsedNs() {
        final long taken = elapsedNs;
        elapsedNs = 0;
        return taken;
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public void seal(AeadBatch batch) {
        final long fromNs = System.nanoTime();
        inner.seal(batch);
        elapsedNs += System.nanoTime() - fromNs;
    }

    @Override
    public void open(AeadBatch batch) {
        final long fromNs = System.nanoTime();
        inner.open(batch);
        elapsedNs += System.nanoTime() - fromNs;
    }

    @Override
    public void seal(AeadKey key, long counter, MemorySegment source, long sourceOffset, int length, MemorySegment to, long toOffset) {
        inner.seal(key, counter, source, sourceOffset, length, to, toOffset);
    }

    @Override
    public boolean open(AeadKey key, long counter, MemorySegment source, long sourceOffset, int length, MemorySegment to, long toOffset) {
        return inner.open(key, counter, source, sourceOffset, length, to, toOffset);
    }

    @Override
    public void seal(byte[] key, long counter, byte[] aad, byte[] source, int sourceOffset, int length, byte[] to, int toOffset) {
        inner.seal(key, counter, aad, source, sourceOffset, length, to, toOffset);
    }

    @Override
    public boolean open(byte[] key, long counter, byte[] aad, byte[] source, int sourceOffset, int length, byte[] to, int toOffset) {
        return inner.open(key, counter, aad, source, sourceOffset, length, to, toOffset);
    }
}
