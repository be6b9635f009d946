package org.wgjvm.router.plane;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.Arrays;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.transport.UdpStatistics;

/**
 * A profile's sockets, beside the packet path for the sessions that the profile begins ({@link RouterPlane#outbound}). An endpoint without
 * a sticky source has not been heard of since it was configured: a session to it is outbound. One whose answers came by the packet path has
 * the loopback address for its sticky source.
 */
final class OutboundBind implements UdpBind {
    private final OutboundPort outbound;
    private final UdpBind sockets;

    /** Lengths of the datagrams of a batch, while those for the packet path are hidden from the sockets. */
    private int[] lengths = new int[0];

    private boolean open;

    OutboundBind(OutboundPort outbound, UdpBind sockets) {
        this.outbound = outbound;
        this.sockets = sockets;
    }

    /** Whether a datagram came by the packet path: to a session that the profile has begun. */
    static boolean isAnswer(Endpoint source) {
        return source.hasLocal() && source.localInterface() == OutboundPort.LOCAL_INTERFACE;
    }

    @Override
    public String name() {
        return sockets.name();
    }

    @Override
    public int open(EventLoop loop, int port, int fwmark, PacketBatch first, Handler handler) throws IOException {
        final int opened = sockets.open(loop, port, fwmark, first, handler);
        outbound.open(opened, handler);
        open = true;
        return opened;
    }

    @Override
    public boolean bringsBatch() {
        return sockets.bringsBatch();
    }

    @Override
    public void setFwmark(int fwmark) throws IOException {
        sockets.setFwmark(fwmark);
    }

    @Override
    public int send(PacketBatch batch) {
        final int size = batch.size();
        Endpoint last = null;
        boolean through = false;
        boolean parted = false;
        int sent = 0;
        for (int i = 0; i < size; i++) {
            if (batch.length[i] == 0) {
                continue;
            }
            if (!isSame(batch.endpoint[i], last)) {
                last = batch.endpoint[i];
                through = goesThroughTheRouter(last);
            }
            if (through) {
                if (!parted) {
                    parted = true;
                    hideNone(size);
                }
                if (outbound.add(batch, i)) {
                    lengths[i] = batch.length[i];
                    sent++;
                }
                batch.length[i] = 0;
            }
        }
        if (!parted) {
            return sockets.send(batch);
        }
        outbound.forward();
        sent += sockets.send(batch);
        for (int i = 0; i < size; i++) {
            if (lengths[i] > 0) {
                batch.length[i] = lengths[i];
            }
        }
        return sent;
    }

    private void hideNone(int size) {
        if (lengths.length < size) {
            lengths = new int[size];
        }
        Arrays.fill(lengths, 0, size, 0);
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Endpoint a, Endpoint b) {
        return a == b;
    }

    private boolean goesThroughTheRouter(Endpoint to) {
        if (to == null || (to.hasLocal() && !isAnswer(to))) {
            return false;
        }
        if (outbound.covers(to)) {
            return true;
        }
        // The service is gone, and with it the way by which this peer was reached.
        to.dropLocal();
        return false;
    }

    @Override
    public UdpStatistics statistics() {
        return sockets.statistics();
    }

    @Override
    public boolean followsRoutes() {
        return sockets.followsRoutes();
    }

    @Override
    public void onRoutesChanged() {
        sockets.onRoutesChanged();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            outbound.close();
        }
        sockets.close();
    }
}
