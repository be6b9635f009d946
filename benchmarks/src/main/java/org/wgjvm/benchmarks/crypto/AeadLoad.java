package org.wgjvm.benchmarks.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadBatch;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.Aeads;

/**
 * Packets of one size under one key, sealed in place in a slab of native memory, or opened from it into another. Counters are consecutive,
 * as those of a flow are; with {@code strangers}, each packet is under a counter that nobody could foresee.
 */
final class AeadLoad {
    /** Sealed packets that are opened in turn where one is opened at a time. */
    private static final int RING = 64;

    private static final long LEAP = 1_000_003;

    private final Aead aead;
    private final AeadKey key;
    private final int size;
    private final int batch;
    private final MemorySegment sealing;
    private final MemorySegment sealed;
    private final MemorySegment opened;
    private final AeadBatch list;
    private final long step;
    private final int ring;
    private long counter;
    private int next;

    AeadLoad(String name, int size, int batch) {
        this(name, size, batch, false);
    }

    AeadLoad(String name, int size, int batch, boolean strangers) {
        aead = Aeads.create(name);
        key = new AeadKey(new byte[AeadKey.LENGTH], 0);
        this.size = size;
        this.batch = batch;
        step = strangers ? LEAP : 1;
        ring = batch == 1 ? RING : batch;
        final long stride = (long) size + Aead.TAG_LENGTH;
        sealing = Arena.ofAuto().allocate(batch * stride, 64);
        sealed = Arena.ofAuto().allocate(ring * stride, 64);
        opened = Arena.ofAuto().allocate(batch * stride, 64);
        list = new AeadBatch(ring);
        for (int i = 0; i < ring; i++) {
            list.add(key, i * step, sealed, i * stride, size, sealed, i * stride);
        }
        aead.seal(list);
    }

    String name() {
        return aead.name();
    }

    void seal() {
        final long stride = (long) size + Aead.TAG_LENGTH;
        if (batch == 1) {
            aead.seal(key, counter, sealing, 0, size, sealing, 0);
            counter += step;
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
            next = (next + 1) % ring;
            verified = aead.open(key, next * step, sealed, (long) next * stride, stride, opened, 0);
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
