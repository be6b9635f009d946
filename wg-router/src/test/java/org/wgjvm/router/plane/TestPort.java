package org.wgjvm.router.plane;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.packet.PacketBatch;

/** A port that keeps what is sent to it. */
final class TestPort extends PlanePort {
    final List<byte[]> sent = new ArrayList<>();
    boolean up = true;
    boolean full;
    boolean takesBatches;
    PacketBatch handed;

    TestPort(int number) {
        super(number);
    }

    @Override
    boolean isUp() {
        return up;
    }

    @Override
    int send(PacketBatch batch) {
        if (full) {
            return 0;
        }
        int count = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.length[i] > 0) {
                sent.add(bytes(batch, i));
                count++;
            }
        }
        return count;
    }

    @Override
    boolean takesBatches() {
        return takesBatches;
    }

    @Override
    PacketBatch hand(PacketBatch batch) {
        send(batch);
        handed = batch;
        batch.clear();
        return batch;
    }

    /** What was sent, which is forgotten. */
    List<byte[]> take() {
        final List<byte[]> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    static byte[] bytes(PacketBatch batch, int i) {
        return batch.slab().asSlice(batch.offset[i], batch.length[i]).toArray(ValueLayout.JAVA_BYTE);
    }

    static PacketBatch batch(byte[]... packets) {
        int room = 0;
        for (final byte[] packet : packets) {
            room += PacketBatch.stride(packet.length);
        }
        final PacketBatch batch = new PacketBatch(Math.max(1, packets.length), Math.max(64, room));
        for (final byte[] packet : packets) {
            final int i = batch.addInner(packet.length);
            MemorySegment.copy(packet, 0, batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], packet.length);
        }
        return batch;
    }
}
