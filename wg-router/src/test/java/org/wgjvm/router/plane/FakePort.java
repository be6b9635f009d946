package org.wgjvm.router.plane;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.tun.PacketPort;

/** A network interface without a network. All of it on the event loop. */
final class FakePort implements PacketPort {
    final List<byte[]> written = new ArrayList<>();
    Handler handler;
    boolean closed;
    private final int mtu;
    private PacketBatch batch;

    FakePort(int mtu) {
        this.mtu = mtu;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public boolean isUp() {
        return true;
    }

    @Override
    public void start(EventLoop loop, PacketBatch first, Handler owner) {
        batch = first;
        handler = owner;
        owner.onMtu(mtu);
        owner.onLink(true);
    }

    /** Packets come in. */
    void read(byte[]... packets) {
        final PacketBatch from = TestPort.batch(packets);
        for (int i = 0; i < packets.length; i++) {
            final int to = batch.offset[batch.addInner(packets[i].length)];
            batch.slab().asSlice(to, packets[i].length).copyFrom(from.slab().asSlice(from.offset[i], packets[i].length));
        }
        batch = handler.onPackets(batch);
    }

    /** The MTU that the next batch is laid out for. */
    int batchMtu() {
        return batch.mtu();
    }

    @Override
    public int write(PacketBatch packets) {
        int count = 0;
        for (int i = 0; i < packets.size(); i++) {
            if (packets.length[i] > 0) {
                written.add(TestPort.bytes(packets, i));
                count++;
            }
        }
        return count;
    }

    @Override
    public void close() {
        closed = true;
    }
}
