package org.wgjvm.benchmarks.router;

import io.netty.channel.EventLoop;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.wgjvm.core.noise.MessageType;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.UdpBind;

/**
 * One of two binds with a wire between them. Datagrams sent are kept until the other side is told to take them. One that is
 * {@link #deaf} hears handshakes only.
 */
final class WireBind implements UdpBind {
    private static final int BATCH_PACKETS = 256;
    private static final int BATCH_BYTES = 400 * 1024;

    private final Endpoint from;
    private final ArrayDeque<PacketBatch> spare = new ArrayDeque<>();
    private final ArrayDeque<PacketBatch> waiting = new ArrayDeque<>();
    private WireBind other;
    private Handler handler;
    boolean deaf;
    long sent;

    WireBind(int port) {
        from = Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    static void connect(WireBind a, WireBind b) {
        a.other = b;
        b.other = a;
    }

    Endpoint endpoint() {
        return from;
    }

    @Override
    public String name() {
        return "wire";
    }

    @Override
    public int open(EventLoop loop, int port, int fwmark, PacketBatch first, Handler owner) {
        handler = owner;
        return from.port();
    }

    @Override
    public void setFwmark(int fwmark) {}

    @Override
    public int send(PacketBatch batch) {
        PacketBatch into = null;
        for (int i = 0; i < batch.size(); i++) {
            final int length = batch.length[i];
            if (length == 0) {
                continue;
            }
            sent++;
            if (other.deaf && batch.slab().get(ValueLayout.JAVA_BYTE, batch.offset[i]) == MessageType.TRANSPORT) {
                continue;
            }
            if (into == null || into.isFull(length)) {
                into = other.spare.isEmpty() ? new PacketBatch(BATCH_PACKETS, BATCH_BYTES) : other.spare.poll();
                other.waiting.add(into);
            }
            final int at = into.used();
            MemorySegment.copy(batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], into.slab(), ValueLayout.JAVA_BYTE, at, length);
            into.endpoint[into.add(at, length, at + length)] = from;
        }
        return batch.size();
    }

    /** Hands over what waits. Returns how many batches that were. */
    int receive() {
        int count = 0;
        for (PacketBatch batch = waiting.poll(); batch != null; batch = waiting.poll()) {
            final PacketBatch next = handler.onDatagrams(batch);
            next.clear();
            spare.add(next);
            count++;
        }
        return count;
    }

    @Override
    public void close() {
        handler = null;
    }
}
