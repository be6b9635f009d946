package org.wgjvm.tun;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.wgjvm.core.packet.PacketBatch;

/**
 * The inside as a pair of rings in this process: a router, or a test, offers packets to be tunnelled and polls those that came out of the
 * tunnel. Nothing here needs the operating system, nor a privilege.
 *
 * <p>Threads: one thread at a time offers, and one polls (they may be the same); the event loop does the rest. A side is woken only when it
 * had found its ring empty. Both rings are bounded: what doesn't fit is dropped and counted, nobody waits.
 */
public final class MemoryPort implements PacketPort {
    /** Batches handed over before other tasks of the loop get their turn. */
    private static final int MAX_ROUNDS = 8;

    /** Sees packets that came out of the tunnel. */
    @FunctionalInterface
    public interface PacketConsumer {
        /** One packet, valid and writable during the call. */
        void onPacket(MemorySegment memory, long offset, int length);
    }

    private final String name;
    private final PortCounters counters = new PortCounters();
    private final PacketRing inbound;
    private final PacketRing outbound;
    private final Runnable onDelivered;
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private final AtomicBoolean pollerWaits = new AtomicBoolean(true);
    private final Runnable drainTask = this::drain;
    private volatile int mtu;
    private volatile boolean up = true;
    private volatile boolean closed;
    private volatile EventLoop loop;
    private PacketBatch batch;
    private Handler handler;

    /**
     * A port that is up.
     *
     * @param packets slots of each ring
     * @param maxPacketBytes the longest packet that either ring takes, at least {@code mtu}
     * @param onDelivered called on the event loop when there is something to {@link #poll} after a poll had found nothing; must not block
     */
    public MemoryPort(String name, int mtu, int packets, int maxPacketBytes, Runnable onDelivered) {
        if (maxPacketBytes < mtu) {
            throw new IllegalArgumentException("packets of up to " + maxPacketBytes + " bytes, but an MTU of " + mtu);
        }
        this.name = name;
        this.mtu = mtu;
        this.onDelivered = onDelivered;
        inbound = new PacketRing(packets, maxPacketBytes);
        outbound = new PacketRing(packets, maxPacketBytes);
    }

    /** A port for packets up to the MTU, without a call when there is something to poll. */
    public MemoryPort(String name, int mtu, int packets) {
        this(name, mtu, packets, mtu, () -> {});
    }

    /** Offers one packet to the tunnel. Copies it. Returns false, and counts, if it was dropped. The offering thread. */
    public boolean offer(MemorySegment packet, long offset, int length) {
        final boolean accepted = put(packet, offset, length);
        wakeLoop();
        return accepted;
    }

    /** Offers every packet of a batch whose length is over 0, with one wake-up at most. Returns how many were taken. Offering thread. */
    public int offer(PacketBatch packets) {
        int accepted = 0;
        for (int i = 0; i < packets.size(); i++) {
            if (packets.length[i] > 0 && put(packets.slab(), packets.offset[i], packets.length[i])) {
                accepted++;
            }
        }
        wakeLoop();
        return accepted;
    }

    private boolean put(MemorySegment packet, long offset, int length) {
        if (closed || length <= 0 || !inbound.offer(packet, offset, length)) {
            counters.add(PortCounter.READ_OVERFLOW, 1);
            return false;
        }
        return true;
    }

    private void wakeLoop() {
        VarHandle.fullFence(); // the packet must be visible before the flag is looked at; the loop does it the other way round
        final EventLoop to = loop;
        if (to != null && !inbound.isEmpty() && !drainScheduled.get() && drainScheduled.compareAndSet(false, true)) {
            execute(to, drainTask);
        }
    }

    /** A loop that has ended takes nothing any more: the port is closed, or will be, and the router's thread is not to be thrown at. */
    private static void execute(EventLoop to, Runnable task) {
        try {
            to.execute(task);
        } catch (RejectedExecutionException e) {
            // What was offered stays where it is and is gone with the port.
        }
    }

    /** Takes up to {@code limit} packets that came out of the tunnel. Returns how many; 0 arms {@code onDelivered}. The polling thread. */
    public int poll(PacketConsumer consumer, int limit) {
        int count = outbound.drainTo(consumer, limit);
        if (count == 0) {
            pollerWaits.set(true);
            VarHandle.fullFence();
            count = outbound.drainTo(consumer, limit); // what came between the two would wake nobody
        }
        return count;
    }

    /** As {@link #poll(PacketConsumer, int)}, appending to a batch until it is full. */
    public int poll(PacketBatch into) {
        int count = outbound.drainTo(into);
        if (count == 0) {
            pollerWaits.set(true);
            VarHandle.fullFence();
            count = outbound.drainTo(into);
        }
        return count;
    }

    /** Changes the MTU. Any thread; takes effect on the event loop. */
    public void setMtu(int newMtu) {
        mtu = newMtu;
        onLoop(() -> handler.onMtu(newMtu));
    }

    /** Sets the inside up or down. Any thread; takes effect on the event loop. */
    public void setUp(boolean isUp) {
        up = isUp;
        onLoop(() -> handler.onLink(isUp));
    }

    /** The router goes away: ends the port as the deletion of a device would. Any thread. */
    public void disconnect() {
        onLoop(() -> {
            close();
            handler.onClosed(null);
        });
    }

    private void onLoop(Runnable event) {
        final EventLoop to = loop;
        if (to != null) {
            execute(to, () -> {
                if (!closed) {
                    event.run();
                }
            });
        }
    }

    /** Any thread. */
    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public String name() {
        return name;
    }

    /** Any thread. */
    @Override
    public int mtu() {
        return mtu;
    }

    /** Any thread. */
    @Override
    public boolean isUp() {
        return up;
    }

    /** May be called from any thread; returns when reading has begun. */
    @Override
    public void start(EventLoop on, PacketBatch first, Handler owner) throws IOException {
        if (on.inEventLoop()) {
            startOnLoop(on, first, owner);
            return;
        }
        final Callable<Void> task = () -> {
            startOnLoop(on, first, owner);
            return null;
        };
        final var future = on.submit(task).awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw new IOException("start " + name, future.cause());
        }
    }

    private void startOnLoop(EventLoop on, PacketBatch first, Handler owner) {
        batch = first;
        handler = owner;
        owner.onMtu(mtu);
        owner.onLink(up);
        loop = on;
        wakeLoop(); // for what was offered before
    }

    /** Hands over what has been offered. */
    private void drain() {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (closed) {
                return;
            }
            final int count = inbound.drainTo(batch);
            if (count == 0) {
                if (inbound.isEmpty()) {
                    drainScheduled.set(false);
                    VarHandle.fullFence();
                    if (inbound.isEmpty() || !drainScheduled.compareAndSet(false, true)) {
                        return; // whoever offers next, or has just offered, schedules
                    }
                } else if (inbound.isNextTooLongFor(batch)) { // else it was offered since, and the next round takes it
                    inbound.release();
                    counters.add(PortCounter.READ_MALFORMED, 1);
                }
                continue;
            }
            counters.add(PortCounter.READ_PACKETS, count);
            batch = handler.onPackets(batch);
        }
        loop.execute(drainTask);
    }

    @Override
    public int write(PacketBatch packets) {
        if (closed) {
            return 0;
        }
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < packets.size(); i++) {
            if (packets.length[i] > 0) {
                if (outbound.offer(packets.slab(), packets.offset[i], packets.length[i])) {
                    accepted++;
                } else {
                    refused++;
                }
            }
        }
        counters.add(PortCounter.WRITTEN_PACKETS, accepted);
        counters.add(PortCounter.WRITE_OVERFLOW, refused);
        VarHandle.fullFence();
        if (accepted > 0 && pollerWaits.get() && pollerWaits.compareAndSet(true, false)) {
            onDelivered.run();
        }
        return accepted;
    }

    @Override
    public void close() {
        closed = true;
    }
}
