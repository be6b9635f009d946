package org.wgjvm.benchmarks.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadBatch;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.Aeads;

/** Packets of one size under one key, sealed in place in a slab of native memory, or opened from it into another. */
final class AeadLoad {
    private final Aead aead;
    private final AeadKey key;
    private final int size;
    private final int batch;
    private final MemorySegment sealing;
    private final MemorySegment sealed;
    private final MemorySegment opened;
    private final AeadBatch list;
    private long counter;

    AeadLoad(String name, int size, int batch) {
        aead = Aeads.create(name);
        key = new AeadKey(new byte[AeadKey.LENGTH], 0);
        this.size = size;
        this.batch = batch;
        final long stride = (long) size + Aead.TAG_LENGTH;
        sealing = Arena.ofAuto().allocate(batch * stride, 64);
        sealed = Arena.ofAuto().allocate(batch * stride, 64);
        opened = Arena.ofAuto().allocate(batch * stride, 64);
        list = new AeadBatch(batch);
        for (int i = 0; i < batch; i++) {
            list.add(key, i, sealed, i * stride, size, sealed, i * stride);
        }
        aead.seal(list);
    }

    String name() {
        return aead.name();
    }

    void seal() {
        final long stride = (long) size + Aead.TAG_LENGTH;
        if (batch == 1) {
            aead.seal(key, counter++, sealing, 0, size, sealing, 0);
            return;
        }
        list.clear();
        for (int i = 0; i < batch; i++) {
            list.add(key, counter++, sealing, i * stride, size, sealing, i * stride);
        }
        aead.seal(list);
    }

    void open() {
        final int stride = size + Aead.TAG_LENGTH;
        boolean verified;
        if (batch == 1) {
            verified = aead.open(key, 0, sealed, 0, stride, opened, 0);
        } else {
            list.clear();
            for (int i = 0; i < batch; i++) {
                list.add(key, i, sealed, (long) i * stride, stride, opened, (long) i * stride);
            }
            aead.open(list);
            verified = list.verified(0) && list.verified(batch - 1);
        }
        if (!verified) {
            throw new IllegalStateException("a genuine packet did not open");
        }
    }
}
