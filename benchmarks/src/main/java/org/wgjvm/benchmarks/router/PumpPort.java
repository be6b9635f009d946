package org.wgjvm.benchmarks.router;

import io.netty.channel.EventLoop;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.tun.PacketPort;

/** A port that hands over batches when it is told to, and counts what it gets: nothing of the system is in what is measured. */
final class PumpPort implements PacketPort {
    private final String name;
    private Handler handler;
    private PacketBatch batch;
    long packets;

    PumpPort(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int mtu() {
        return 1420;
    }

    @Override
    public boolean isUp() {
        return true;
    }

    @Override
    public void start(EventLoop loop, PacketBatch first, Handler owner) {
        handler = owner;
        batch = first;
        owner.onMtu(mtu());
        owner.onLink(true);
    }

    /** The batch to fill before {@link #pump}. */
    PacketBatch batch() {
        return batch;
    }

    void pump() {
        batch = handler.onPackets(batch);
    }

    @Override
    public int write(PacketBatch written) {
        int count = 0;
        for (int i = 0; i < written.size(); i++) {
            if (written.length[i] > 0) {
                count++;
            }
        }
        packets += count;
        return count;
    }

    @Override
    public void close() {
        handler = null;
    }
}
