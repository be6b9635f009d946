package org.wgjvm.hub.machine;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.Errno;
import org.wgjvm.transport.BindFailure;
import org.wgjvm.transport.BindOptions;
import org.wgjvm.transport.LinuxUdpBind;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.transport.UdpStatistics;

/**
 * Sockets that are bound from when a port is chosen until its hub is deleted, whatever becomes of the interface: a device whose link goes
 * up gets a {@link #lease()}, and no moment passes in which somebody else could have the port. While no device has it, what comes in is
 * read and dropped.
 *
 * <p>The batch that is read into is shared by all ports of an event loop: whoever is handed it is done with it on return.
 */
final class HeldPort implements PortHold, UdpBind.Handler {
    private final IoEventLoop loop;
    private final LinuxUdpBind bind;
    private final LoopBatches batches;
    private UdpBind.Handler tenant; // owned by the loop
    private int port;
    private volatile boolean broken;
    private volatile boolean closed;

    private HeldPort(IoEventLoop loop, LoopBatches batches) {
        this.loop = loop;
        this.batches = batches;
        bind = new LinuxUdpBind(BindOptions.fromEnvironment());
    }

    /** Binds; {@code batches} belong to the loop. */
    static HeldPort open(IoEventLoop loop, LoopBatches batches, int port) throws IOException {
        final HeldPort held = new HeldPort(loop, batches);
        try {
            held.port = onLoop(loop, () -> held.bind.open(loop, port, 0, batches.outer(), held));
            return held;
        } catch (BindFailure e) {
            if (e.errno() == Errno.EADDRINUSE) {
                throw new Machine.PortTaken(port, e);
            }
            throw e;
        }
    }

    /** Does something on a loop and waits for it. */
    static <T> T onLoop(IoEventLoop loop, Callable<T> task) throws IOException {
        try {
            return loop.submit(task).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    IoEventLoop loop() {
        return loop;
    }

    LoopBatches batches() {
        return batches;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    /** A bind for one opening by a device on this port's loop. */
    UdpBind lease() {
        return new Lease();
    }

    @Override
    public PacketBatch onDatagrams(PacketBatch filled) {
        if (tenant == null) {
            filled.clear();
            return filled;
        }
        return tenant.onDatagrams(filled);
    }

    @Override
    public void onClosed(Throwable reason) {
        broken = true;
        final UdpBind.Handler told = tenant;
        tenant = null;
        if (told != null && !closed) {
            told.onClosed(reason);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (!loop.isShuttingDown()) {
            try {
                onLoop(loop, () -> {
                    tenant = null;
                    bind.close();
                    return null;
                });
            } catch (IOException e) {
                broken = true;
            }
        }
    }

    /** The sockets for as long as a device's link is up. On the loop. */
    private final class Lease implements UdpBind {
        private Handler handler;

        @Override
        public String name() {
            return bind.name();
        }

        @Override
        public int open(EventLoop on, int wanted, int fwmark, PacketBatch first, Handler owner) throws IOException {
            if (!loop.equals(on) || broken || closed) {
                throw new IOException("UDP port " + port + " is not held any more");
            }
            bind.setFwmark(fwmark);
            handler = owner;
            tenant = owner;
            return port;
        }

        @Override
        public boolean bringsBatch() {
            return true;
        }

        @Override
        public void setFwmark(int fwmark) throws IOException {
            bind.setFwmark(fwmark);
        }

        @Override
        public int send(PacketBatch datagrams) {
            return bind.send(datagrams);
        }

        @Override
        public UdpStatistics statistics() {
            return UdpStatistics.NONE;
        }

        @Override
        public void close() {
            if (handler != null && handler.equals(tenant)) {
                tenant = null;
            }
            handler = null;
        }
    }
}
