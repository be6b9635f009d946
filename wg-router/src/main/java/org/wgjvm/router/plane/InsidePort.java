package org.wgjvm.router.plane;

import java.io.IOException;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.tun.PacketPort;

/** A network interface behind which hosts are, on a {@link PacketPort}: a TUN, or an embedding program's rings. */
final class InsidePort extends PlanePort implements PacketPort.Handler {
    private static final int BATCH_PACKETS = 256;
    private static final int BATCH_BYTES = 320 * 1024;

    private final RouterLoop router;
    private final InterfaceId id;
    private final PacketPort port;
    private int mtu;
    private boolean up;
    private boolean closed;

    InsidePort(RouterLoop router, int number, InterfaceId id, PacketPort port) {
        super(number);
        this.router = router;
        this.id = id;
        this.port = port;
        mtu = port.mtu();
    }

    InterfaceId id() {
        return id;
    }

    int mtu() {
        return mtu;
    }

    void start() throws IOException {
        final PacketBatch first = new PacketBatch(BATCH_PACKETS, BATCH_BYTES);
        first.mtu(router.batchMtu(mtu));
        port.start(router.loop(), first, this);
    }

    @Override
    boolean isUp() {
        return up && !closed;
    }

    @Override
    int send(PacketBatch batch) {
        return port.write(batch);
    }

    void close() {
        if (!closed) {
            closed = true;
            port.close();
        }
    }

    @Override
    public PacketBatch onPackets(PacketBatch batch) {
        final PacketBatch next = router.fromInside(this, batch);
        next.mtu(router.batchMtu(mtu));
        return next;
    }

    @Override
    public void onMtu(int newMtu) {
        mtu = newMtu;
    }

    @Override
    public void onLink(boolean isUp) {
        up = isUp;
        router.onLink(id, isUp);
    }

    @Override
    public void onClosed(Throwable reason) {
        closed = true;
        router.onGone(this, reason);
    }
}
