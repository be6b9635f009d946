package org.wgjvm.transport;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;

/** A bind on its loop that keeps copies of what it receives, for tests to look at from their own thread. */
final class Station implements AutoCloseable, UdpBind.Handler {
    /** A datagram, to send or received. */
    record Datagram(Endpoint endpoint, int tos, ByteBuffer payload) {
        static Datagram of(Endpoint to, int length, int seed) {
            return new Datagram(to, 0, pattern(length, seed));
        }

        static Datagram of(Endpoint to, int tos, int length, int seed) {
            return new Datagram(to, tos, pattern(length, seed));
        }
    }

    final UdpBind bind;
    final LoopThread thread;
    final BlockingQueue<Datagram> received = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> closed = new LinkedBlockingQueue<>();
    int port;

    Station(LoopThread thread, UdpBind bind) {
        this.thread = thread;
        this.bind = bind;
    }

    static ByteBuffer pattern(int length, int seed) {
        final byte[] b = new byte[length];
        int x = seed * 0x9E3779B9 + 1;
        for (int i = 0; i < length; i++) {
            x = x * 1664525 + 1013904223;
            b[i] = (byte) (x >>> 24);
        }
        return ByteBuffer.wrap(b);
    }

    Station open() throws Exception {
        return open(0, 0);
    }

    Station open(int wanted, int fwmark) throws Exception {
        port = thread.call(() -> bind.open(thread.loop(), wanted, fwmark, LinuxUdpBind.newBatch(8), this));
        return this;
    }

    int send(List<Datagram> datagrams) throws Exception {
        return thread.call(() -> bind.send(batchOf(datagrams)));
    }

    int send(Datagram... datagrams) throws Exception {
        return send(List.of(datagrams));
    }

    /** Lays the datagrams out one directly behind the other. */
    static PacketBatch batchOf(List<Datagram> datagrams) {
        final int bytes = datagrams.stream().mapToInt(d -> d.payload().remaining()).sum();
        final PacketBatch batch = new PacketBatch(Math.max(1, datagrams.size()), Math.max(64, bytes));
        for (final Datagram d : datagrams) {
            final int length = d.payload().remaining();
            final int i = batch.add(batch.used(), length, batch.used() + length);
            MemorySegment.copy(MemorySegment.ofBuffer(d.payload()), 0, batch.slab(), batch.offset[i], length);
            batch.endpoint[i] = d.endpoint();
            batch.tos[i] = (byte) d.tos();
        }
        return batch;
    }

    Datagram await() throws InterruptedException {
        final Datagram d = received.poll(10, TimeUnit.SECONDS);
        if (d == null) {
            throw new AssertionError("no datagram came");
        }
        return d;
    }

    List<Datagram> await(int count) throws InterruptedException {
        final List<Datagram> all = new ArrayList<>();
        while (all.size() < count) {
            all.add(await());
        }
        return all;
    }

    @Override
    public PacketBatch onDatagrams(PacketBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            final byte[] copy = new byte[batch.length[i]];
            MemorySegment.copy(batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], copy, 0, copy.length);
            received.add(new Datagram(batch.endpoint[i], batch.tos[i] & 0xff, ByteBuffer.wrap(copy)));
        }
        return batch;
    }

    @Override
    public void onClosed(Throwable reason) {
        closed.add(reason);
    }

    @Override
    public void close() {
        try {
            thread.run(bind::close);
        } catch (Exception e) {
            throw new AssertionError("close failed", e);
        }
    }
}
