package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpmcArrayQueue;
import org.jctools.queues.MpscArrayQueue;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;

/**
 * A bind on a {@link MemoryNetwork}: no sockets, no system calls, one copy. For tests, for measuring everything else, and for tunnels
 * within one process.
 *
 * <p>A sender takes an empty batch from the receiver's pool, copies its datagrams into it and puts it into the receiver's lock-free queue;
 * the receiver's event loop is woken once for all that is waiting. Batches are made as they are needed, up to {@link #MAX_BATCHES} of
 * {@value #BATCH_BYTES} bytes for each bind; what comes when all are full is dropped and counted. No sticky sources; no marks.
 */
public final class MemoryUdpBind implements UdpBind {
    /** Most batches waiting at one receiver. */
    public static final int MAX_BATCHES = 64;

    private static final int BATCH_BYTES = 128 * 1024;
    private static final int BATCH_DATAGRAMS = 128;
    private static final int MIN_BATCH_BYTES = 65536;

    private final MemoryNetwork network;
    private final int batchBytes;
    private final int minBatchBytes;
    private final MpmcArrayQueue<PacketBatch> free = new MpmcArrayQueue<>(2 * MAX_BATCHES);
    private final MpscArrayQueue<PacketBatch> filled = new MpscArrayQueue<>(2 * MAX_BATCHES);
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final UdpCounters counters = new UdpCounters();
    private final Runnable drain = this::drain;

    private List<InetAddress> addresses;
    private volatile EventLoop loop;
    private Handler handler;
    private List<Endpoint> endpoints = List.of();
    private Endpoint sourceV4;
    private Endpoint sourceV6;

    MemoryUdpBind(MemoryNetwork network, InetAddress... addresses) {
        this(network, BATCH_BYTES, MIN_BATCH_BYTES, addresses);
    }

    /** With batches of another size, for tests that make many of them. */
    MemoryUdpBind(MemoryNetwork network, int batchBytes, int minBatchBytes, InetAddress... addresses) {
        this.network = network;
        this.batchBytes = batchBytes;
        this.minBatchBytes = minBatchBytes;
        this.addresses = List.of(addresses);
        final long families = this.addresses.stream().map(InetAddress::getClass).distinct().count();
        if (this.addresses.isEmpty() || families != this.addresses.size()) {
            throw new IllegalArgumentException("one address of a family, and at least one: " + this.addresses);
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public int open(EventLoop onLoop, int port, int fwmark, PacketBatch first, Handler newHandler) throws IOException {
        if (loop != null) {
            throw new IllegalStateException("already open");
        }
        setFwmark(fwmark);
        recycleFilled();
        register(port);
        recycle(first);
        handler = Objects.requireNonNull(newHandler);
        loop = onLoop;
        return endpoints.getFirst().port();
    }

    private void register(int port) throws BindFailure {
        endpoints = network.register(this, addresses, port);
        sourceV4 = null;
        sourceV6 = null;
        for (final Endpoint endpoint : endpoints) {
            if (endpoint.isV6()) {
                sourceV6 = endpoint;
            } else {
                sourceV4 = endpoint;
            }
        }
    }

    /** Moves to other addresses, with the same port when it is open: a host that roams. On its event loop, or anywhere while closed. */
    public void moveTo(InetAddress... newAddresses) throws IOException {
        addresses = List.of(newAddresses);
        if (loop != null) {
            final int port = endpoints.getFirst().port();
            network.unregister(endpoints);
            register(port);
        }
    }

    @Override
    public void setFwmark(int fwmark) {
        if (fwmark != 0) {
            throw new UnsupportedOperationException("a memory bind has no fwmark");
        }
    }

    @Override
    public int send(PacketBatch batch) {
        final MemoryNetwork.Filter filter = network.filter();
        MemoryUdpBind receiver = null;
        PacketBatch target = null;
        Endpoint lastTo = null;
        int sent = 0;
        for (int i = 0; i < batch.size(); i++) {
            final int length = batch.length[i];
            if (length == 0) {
                continue;
            }
            final Endpoint to = batch.endpoint[i];
            final Endpoint from = to == null ? null : to.isV6() ? sourceV6 : sourceV4;
            if (from == null) {
                counters.dropsNoSocket++;
                batch.length[i] = 0;
                continue;
            }
            if (filter != null && !filter.passes(from, to, length)) {
                sent++;
                continue;
            }
            if (!isSame(to, lastTo)) {
                publish(receiver, target);
                target = null;
                receiver = network.receiver(to);
                lastTo = to;
            }
            if (target != null && target.isFull(length)) {
                publish(receiver, target);
                target = null;
            }
            if (receiver != null && target == null) {
                target = receiver.takeEmpty();
            }
            if (target == null) {
                batch.length[i] = 0;
                if (receiver == null) {
                    counters.dropsUnreachable++;
                } else {
                    counters.dropsCongested++;
                }
                continue;
            }
            final int at = target.used();
            MemorySegment.copy(batch.slab(), batch.offset[i], target.slab(), at, length);
            final int d = target.add(at, length, at + length);
            target.endpoint[d] = from;
            target.tos[d] = batch.tos[i];
            counters.sentDatagrams++;
            counters.sentBytes += length;
            sent++;
        }
        publish(receiver, target);
        return sent;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Endpoint a, Endpoint b) {
        return a == b || a.sameRemote(b);
    }

    /** On the sender's thread: an empty batch of this receiver, or null when all are in use. */
    private PacketBatch takeEmpty() {
        final PacketBatch empty = free.poll();
        if (empty != null) {
            return empty;
        }
        if (made.get() < MAX_BATCHES && made.incrementAndGet() <= MAX_BATCHES) {
            return new PacketBatch(Math.min(BATCH_DATAGRAMS, batchBytes), batchBytes);
        }
        return null;
    }

    /** On the sender's thread. The queue is longer than the number of batches there are. */
    private static void publish(MemoryUdpBind receiver, PacketBatch target) {
        if (target == null || !receiver.filled.offer(target)) {
            return;
        }
        final EventLoop wake = receiver.loop;
        if (wake != null && !receiver.woken.get() && receiver.woken.compareAndSet(false, true)) {
            try {
                wake.execute(receiver.drain);
            } catch (RejectedExecutionException e) {
                // Its event loop has ended: nobody will read, as with a socket that is gone.
                receiver.woken.set(false);
            }
        }
    }

    private void drain() {
        woken.set(false);
        for (int i = 0; i < MAX_BATCHES && handler != null; i++) {
            final PacketBatch batch = filled.poll();
            if (batch == null) {
                return;
            }
            counters.receiveCalls++;
            for (int d = 0; d < batch.size(); d++) {
                counters.receivedDatagrams++;
                counters.receivedBytes += batch.length[d];
            }
            recycle(handler.onDatagrams(batch));
        }
        if (handler != null && !filled.isEmpty() && woken.compareAndSet(false, true)) {
            loop.execute(drain);
        }
    }

    /** Batches that the owner brought count as well; one that could not hold every datagram is left to the owner. */
    private void recycle(PacketBatch batch) {
        batch.clear();
        if (batch.slabLength() >= minBatchBytes) {
            free.offer(batch);
        }
    }

    private void recycleFilled() {
        for (PacketBatch batch = filled.poll(); batch != null; batch = filled.poll()) {
            recycle(batch);
        }
    }

    @Override
    public void close() {
        if (loop != null) {
            loop = null;
            handler = null;
            network.unregister(endpoints);
            recycleFilled();
        }
    }

    /** What has been counted since this object was made. */
    @Override
    public UdpStatistics statistics() {
        return counters.snapshot();
    }
}
