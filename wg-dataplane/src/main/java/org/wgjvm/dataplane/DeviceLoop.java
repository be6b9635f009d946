package org.wgjvm.dataplane;

import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.device.Device;
import org.wgjvm.core.device.DeviceOutput;
import org.wgjvm.core.device.EndpointFilter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.crypto.TieredAead;
import org.wgjvm.sys.BootClock;
import org.wgjvm.sys.Niceness;
import org.wgjvm.transport.LinuxUdpBind;
import org.wgjvm.transport.RouteWatch;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.tun.PacketPort;

/**
 * A device on its event loop: port, sockets, timers and commands meet here, and every method runs on the loop. A batch is carried from read
 * to send in one go; what takes long (handshakes) is done in slices between batches. Nothing that goes wrong with one batch ends the loop:
 * what should not happen costs that batch, and is told.
 */
final class DeviceLoop implements PacketPort.Handler, UdpBind.Handler, DeviceOutput {
    /** How long handshakes may hold up the loop at a time. */
    private static final long HANDSHAKE_SLICE_NS = 500_000;

    private static final int INNER_PACKETS = 256;
    private static final int INNER_BYTES = 320 * 1024;
    private static final int DATAGRAM_SLOTS = 16;

    private final IoEventLoop loop;
    private final PacketPort port;
    private final Supplier<UdpBind> binds;
    private final DataPlaneEvents events;
    private final boolean enforceMtu;
    private final BootClock clock = new BootClock();
    private final Device device;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private EndpointFilter filter; // null for anyone
    private int dscp;
    private UdpBind bind;
    private RouteWatch routes;
    private boolean linkUp;
    private boolean closing;
    private boolean handshakesScheduled;
    private ScheduledFuture<?> wakeUp;
    private long wakeUpNs = Long.MAX_VALUE;

    DeviceLoop(IoEventLoop loop, PacketPort port, Supplier<UdpBind> binds, DataPlaneEvents events, boolean enforceMtu) {
        this.loop = loop;
        this.port = port;
        this.binds = binds;
        this.events = events;
        this.enforceMtu = enforceMtu;
        final Runnable warmUp = TieredAead.warmUpTask();
        if (warmUp != null) {
            final Thread thread = new Thread(() -> {
                // The first handshakes are made meanwhile, by code that is not compiled yet either. Where it cannot be had, it is a wish.
                final int ignored = Niceness.ofThisThread(Niceness.MOST);
                warmUp.run();
            }, "aead-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
        final SecureRandom random = new SecureRandom();
        device = new Device(TieredAead.create(), random::nextBytes, DeviceLoop::epochNs, events, this);
    }

    private static long epochNs() {
        final Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** Completes when the device is gone, exceptionally when something took it away. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    Device device() {
        return device;
    }

    void start() throws IOException {
        device.mtu(port.mtu(), enforceMtu);
        final PacketBatch first = new PacketBatch(INNER_PACKETS, INNER_BYTES);
        first.mtu(port.mtu());
        port.start(loop, first, this);
    }

    // From the inside.

    @Override
    public PacketBatch onPackets(PacketBatch batch) {
        try {
            final long nowNs = clock.nowNs();
            device.outbound(batch, nowNs);
            afterWork(nowNs);
        } catch (RuntimeException e) {
            events.onDegraded("a batch of outgoing packets was lost", e);
        }
        batch.clear();
        batch.mtu(port.mtu());
        return batch;
    }

    @Override
    public void onMtu(int mtu) {
        device.mtu(mtu, enforceMtu);
        events.onMtu(mtu);
    }

    @Override
    public void onLink(boolean up) {
        if (linkUp == up || closing) {
            return;
        }
        linkUp = up;
        if (up) {
            try {
                openBind(device.listenPort());
                deviceUp();
            } catch (IOException | UnsupportedOperationException e) {
                // As with the kernel's "ip link set up" failing: the device stays silent until the port is changed or the link toggles.
                events.onBindFailed(device.listenPort(), e);
            }
        } else {
            device.down();
            closeBind();
        }
        events.onLink(up);
    }

    @Override
    public void onClosed(Throwable reason) {
        shutDown(reason);
    }

    // From the outside.

    @Override
    public PacketBatch onDatagrams(PacketBatch batch) {
        try {
            final long nowNs = clock.nowNs();
            if (filter != null) {
                device.refuse(batch, filter);
            }
            device.inbound(batch, nowNs);
            if (device.hasHandshakes()) {
                handshakeSlice();
            }
            afterWork(nowNs);
        } catch (RuntimeException e) {
            events.onDegraded("a batch of incoming packets was lost", e);
        }
        batch.clear();
        return batch;
    }

    // From the device.

    @Override
    public void send(PacketBatch datagrams) {
        if (bind == null) {
            for (int i = 0; i < datagrams.size(); i++) {
                datagrams.length[i] = 0;
            }
            return;
        }
        if (dscp != 0) {
            for (int i = 0; i < datagrams.size(); i++) {
                datagrams.tos[i] = (byte) (datagrams.tos[i] & 3 | dscp << 2);
            }
        }
        bind.send(datagrams);
    }

    @Override
    public int deliver(PacketBatch inner) {
        return port.write(inner);
    }

    // Commands.

    /** Applies a transaction; returns 0 or a negative error number. */
    int apply(DeviceChange change) {
        if (closing) {
            return -BindErrors.ENODEV;
        }
        final long nowNs = clock.nowNs();
        if (change.privateKey() != null) {
            device.privateKey(change.privateKey(), nowNs);
        }
        try {
            if (change.fwmark() != null) {
                if (bind != null) {
                    bind.setFwmark(change.fwmark());
                }
                device.fwmark(change.fwmark());
            }
            if (change.listenPort() != null) {
                listenPort(change.listenPort(), nowNs);
            }
        } catch (IOException | UnsupportedOperationException e) {
            afterWork(nowNs);
            return -BindErrors.errno(e);
        }
        device.applyPeers(change.replacePeers(), change.peers(), nowNs);
        afterWork(nowNs);
        return 0;
    }

    /** Who may speak to us, and the code point of what we say. */
    void outer(EndpointFilter newFilter, int newDscp) {
        filter = newFilter;
        dscp = newDscp;
    }

    /** Opens the sockets anew, on whatever address the supplier of binds has by now; sessions go on, and peers that have one are told. */
    int rebind() {
        if (closing) {
            return -BindErrors.ENODEV;
        }
        if (!linkUp) {
            return 0;
        }
        final long nowNs = clock.nowNs();
        try {
            openBind(device.listenPort());
        } catch (IOException | UnsupportedOperationException e) {
            return -BindErrors.errno(e);
        }
        if (device.isUp()) {
            device.announce(nowNs);
        } else {
            device.up(nowNs);
        }
        afterWork(nowNs);
        return 0;
    }

    DeviceSnapshot snapshot() {
        return device.snapshot();
    }

    private void listenPort(int wanted, long nowNs) throws IOException {
        if (!linkUp) {
            device.listenPort(wanted);
            return;
        }
        if (bind != null && wanted != 0 && wanted == device.listenPort()) {
            return;
        }
        // The new sockets first: when the port is taken, the old one goes on working.
        openBind(wanted);
        if (!device.isUp()) {
            device.up(nowNs);
        }
    }

    private void openBind(int wanted) throws IOException {
        final UdpBind fresh = binds.get();
        final int port = fresh.open(loop, wanted, device.fwmark(), LinuxUdpBind.newBatch(DATAGRAM_SLOTS), this);
        closeBind();
        bind = fresh;
        device.listenPort(port);
        watchRoutes();
        events.onListening(port, fresh.name());
    }

    private void deviceUp() {
        final long nowNs = clock.nowNs();
        device.up(nowNs);
        afterWork(nowNs);
    }

    private void closeBind() {
        if (routes != null) {
            routes.close();
            routes = null;
        }
        if (bind != null) {
            bind.close();
            bind = null;
        }
    }

    /** Sticky sources follow routing. Without the watch they still go when sending fails. */
    private void watchRoutes() {
        if (!(bind instanceof LinuxUdpBind linux)) {
            return;
        }
        try {
            routes = RouteWatch.open(loop, new RouteWatch.Source() {
                @Override
                public void forEachEndpoint(Consumer<Endpoint> visitor) {
                    device.forEachEndpoint(visitor);
                }

                @Override
                public int fwmark() {
                    return device.fwmark();
                }

                @Override
                public void onRoutesChanged() {
                    linux.onRoutesChanged();
                }
            });
        } catch (IOException e) {
            events.onDegraded("routes are not watched", e);
        }
    }

    /** Takes everything down. Idempotent. */
    void shutDown(Throwable reason) {
        if (closing) {
            return;
        }
        closing = true;
        if (wakeUp != null) {
            wakeUp.cancel(false);
        }
        device.close();
        closeBind();
        port.close();
        if (reason == null) {
            closed.complete(null);
        } else {
            closed.completeExceptionally(reason);
        }
    }

    // Time.

    private void afterWork(long nowNs) {
        if (device.hasHandshakes() && !handshakesScheduled) {
            handshakesScheduled = true;
            loop.execute(this::handshakeTurn);
        }
        final long nextNs = device.nextDeadlineNs();
        if (nextNs < wakeUpNs) {
            if (wakeUp != null) {
                wakeUp.cancel(false);
            }
            wakeUpNs = nextNs;
            wakeUp = loop.schedule(this::onWakeUp, Math.max(0, nextNs - nowNs), TimeUnit.NANOSECONDS);
        }
    }

    private void onWakeUp() {
        wakeUp = null;
        wakeUpNs = Long.MAX_VALUE;
        if (closing) {
            return;
        }
        final long nowNs = clock.nowNs();
        try {
            device.onDeadline(nowNs);
        } catch (RuntimeException e) {
            events.onDegraded("timers were run in part", e);
        }
        afterWork(nowNs);
    }

    /** One slice of handshakes for each turn of the loop: a task that put itself back in the queue would keep the loop from its sockets. */
    private void handshakeTurn() {
        handshakesScheduled = false;
        if (closing || !device.hasHandshakes()) {
            return;
        }
        handshakeSlice();
        if (device.hasHandshakes()) {
            handshakesScheduled = true;
            ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(() -> loop.execute(this::handshakeTurn));
        }
        afterWork(clock.nowNs());
    }

    private void handshakeSlice() {
        final long begunNs = clock.nowNs();
        long nowNs = begunNs;
        do {
            device.processHandshakes(nowNs, 1);
            nowNs = clock.nowNs();
        } while (device.hasHandshakes() && nowNs - begunNs < HANDSHAKE_SLICE_NS);
    }
}
