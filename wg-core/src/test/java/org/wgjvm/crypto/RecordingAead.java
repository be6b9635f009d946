package org.wgjvm.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A cipher that looks at every key and counter it is asked to seal with: under one key counters only go up, so that none is ever used
 * twice, and no packet is sealed or opened under a key that has been wiped.
 *
 * <p>It is here, in this package of the tests, because nobody else may look into keys and batches.
 */
public final class RecordingAead implements Aead {
    private static final ByteBuffer WIPED = ByteBuffer.wrap(new byte[AeadKey.LENGTH]);

    private final Aead delegate;
    private final Map<ByteBuffer, Long> highest = new HashMap<>();
    private long sealed;

    /** Passes everything on to {@code delegate}, once it has been looked at. */
    public RecordingAead(Aead delegate) {
        this.delegate = delegate;
    }

    /** How many packets and messages were sealed. */
    public long sealed() {
        return sealed;
    }

    /** How many keys were sealed with. */
    public int keys() {
        return highest.size();
    }

    private void record(byte[] key, long counter) {
        final ByteBuffer k = ByteBuffer.wrap(key.clone());
        if (k.equals(WIPED)) {
            throw new AssertionError("sealed under a key that has been wiped");
        }
        final Long before = highest.put(k, counter);
        if (before != null && Long.compareUnsigned(counter, before) <= 0) {
            throw new AssertionError("nonce used twice: " + Long.toUnsignedString(counter) + " after " + Long.toUnsignedString(before));
        }
        sealed++;
    }

    private static byte[] bytes(AeadKey key) {
        return key.segment().toArray(ValueLayout.JAVA_BYTE);
    }

    private static void notWiped(AeadKey key) {
        if (ByteBuffer.wrap(bytes(key)).equals(WIPED)) {
            throw new AssertionError("opened under a key that has been wiped");
        }
    }

    @Override
    public String name() {
        return delegate.name();
    }

    @Override
    public void seal(AeadBatch batch) {
        for (int i = 0; i < batch.size; i++) {
            record(bytes(batch.keys[i]), batch.counters[i]);
        }
        delegate.seal(batch);
    }

    @Override
    public void open(AeadBatch batch) {
        for (int i = 0; i < batch.size; i++) {
            notWiped(batch.keys[i]);
        }
        delegate.open(batch);
    }

    @Override
    public void seal(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        record(bytes(key), counter);
        delegate.seal(key, counter, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            AeadKey key, long counter, MemorySegment source, long sourceOffset, int length,
            MemorySegment destination, long destinationOffset) {
        notWiped(key);
        return delegate.open(key, counter, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public void seal(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        record(key, counter);
        delegate.seal(key, counter, associatedData, source, sourceOffset, length, destination, destinationOffset);
    }

    @Override
    public boolean open(
            byte[] key, long counter, byte[] associatedData, byte[] source, int sourceOffset,
            int length, byte[] destination, int destinationOffset) {
        return delegate.open(key, counter, associatedData, source, sourceOffset, length, destination, destinationOffset);
    }
}
