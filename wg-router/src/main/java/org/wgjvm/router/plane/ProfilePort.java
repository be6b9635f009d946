package org.wgjvm.router.plane;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.tun.PacketPort;

/**
 * The inside of a profile: what its data plane takes for its TUN. Packets that it has decrypted go through the policy where they lie, and
 * on to their interface, on the same loop and without a copy; packets for its peers come in the batch in which an interface read them.
 *
 * <p>Only what goes from one peer to another is copied, and handed over later in the same turn of the loop: a data plane is never entered
 * again while it delivers.
 */
final class ProfilePort extends PlanePort implements PacketPort {
    private final RouterLoop router;
    private final InterfaceId id;
    private final String name;
    private final int mtu;
    private final Waiting waiting;
    private boolean started;
    private volatile boolean closed;
    private Handler handler;

    ProfilePort(RouterLoop router, int number, InterfaceId id, String name, int mtu) {
        super(number);
        this.router = router;
        this.id = id;
        this.name = name;
        this.mtu = mtu;
        waiting = new Waiting(router, this::flush);
    }

    InterfaceId id() {
        return id;
    }

    // As the data plane sees it.

    @Override
    public String name() {
        return name;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public void start(EventLoop loop, PacketBatch first, Handler owner) throws IOException {
        router.requireLoop(loop, name);
        handler = owner;
        waiting.adopt(first);
        started = true;
        router.attach(this);
        owner.onMtu(mtu);
        owner.onLink(true);
    }

    /** Packets that the data plane has decrypted, and what it has to say of those that it cannot carry. */
    @Override
    @SuppressWarnings("ReferenceEquality")
    public int write(PacketBatch decrypted) {
        return router.fromProfile(this, decrypted);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (started) {
            router.detach(this);
        }
    }

    // As the router sees it.

    @Override
    public boolean isUp() {
        return started && !closed;
    }

    @Override
    boolean takesBatches() {
        return true;
    }

    @Override
    PacketBatch hand(PacketBatch batch) {
        if (closed) {
            batch.clear();
            return batch;
        }
        // Padding never goes beyond this MTU, nor beyond that which the batch was laid out for.
        if (batch.mtu() == 0 || batch.mtu() > mtu) {
            batch.mtu(mtu);
        }
        return handler.onPackets(batch);
    }

    /** Copies packets for the peers. */
    @Override
    int send(PacketBatch batch) {
        int taken = 0;
        for (int i = 0; i < batch.size(); i++) {
            final int length = batch.length[i];
            if (length > 0 && copy(batch.slab(), batch.offset[i], length)) {
                taken++;
            }
        }
        waiting.schedule();
        return taken;
    }

    private boolean copy(MemorySegment slab, int offset, int length) {
        final PacketBatch into = waiting.room(PacketBatch.stride(length), mtu);
        if (into == null) {
            return false;
        }
        final int to = into.offset[into.addInner(length)];
        MemorySegment.copy(slab, ValueLayout.JAVA_BYTE, offset, into.slab(), ValueLayout.JAVA_BYTE, to, length);
        return true;
    }

    private void flush() {
        waiting.handOver(batch -> {
            if (closed) {
                batch.clear();
                return batch;
            }
            return handler.onPackets(batch);
        });
    }
}
