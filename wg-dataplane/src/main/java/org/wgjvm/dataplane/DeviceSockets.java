package org.wgjvm.dataplane;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.wgjvm.core.device.Device;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.LinuxUdpBind;
import org.wgjvm.transport.RouteWatch;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.transport.UdpStatistics;

/** The outside of a device: its sockets while they are open, what those before have counted, and the watch over routes. On the loop. */
final class DeviceSockets {
    private static final int DATAGRAM_SLOTS = 16;

    private final IoEventLoop loop;
    private final Device device;
    private final Supplier<UdpBind> binds;
    private final EventFan events;
    private final UdpBind.Handler handler;
    private UdpBind bind;
    private UdpStatistics closedBinds = UdpStatistics.NONE;
    private RouteWatch routes;
    private LinuxUdpBind expectedBind;
    private PacketBatch expectedBatch;

    DeviceSockets(IoEventLoop loop, Device device, Supplier<UdpBind> binds, EventFan events, UdpBind.Handler handler) {
        this.loop = loop;
        this.device = device;
        this.binds = binds;
        this.events = events;
        this.handler = handler;
    }

    boolean isOpen() {
        return bind != null;
    }

    /** Name of what is open, or empty. */
    String name() {
        return bind == null ? "" : bind.name();
    }

    UdpStatistics statistics() {
        return bind == null ? closedBinds : closedBinds.plus(bind.statistics());
    }

    /** Sends a batch, as {@link UdpBind#send}; only while they are open. */
    void send(PacketBatch datagrams) {
        bind.send(datagrams);
    }

    /** Marks what is sent, if they are open. */
    void setFwmark(int fwmark) throws IOException {
        if (bind != null) {
            bind.setFwmark(fwmark);
        }
    }

    /** Opens them on a port, or on any for 0. The new ones first: when the port is taken, the old ones go on working. */
    void open(int wanted) throws IOException {
        final UdpBind fresh = binds.get();
        final PacketBatch batch = fresh.bringsBatch() ? null : LinuxUdpBind.newBatch(DATAGRAM_SLOTS);
        final int port = fresh.open(loop, wanted, device.fwmark(), batch, handler);
        close();
        bind = fresh;
        device.listenPort(port);
        watchRoutes();
        events.onListening(port, fresh.name());
    }

    /** Closes what is open. Idempotent. */
    void close() {
        unwatchRoutes();
        if (bind != null) {
            bind.close();
            closedBinds = closedBinds.plus(bind.statistics());
            bind = null;
        }
    }

    private void unwatchRoutes() {
        if (routes != null) {
            routes.close();
            routes = null;
        }
    }

    /** Sticky sources follow routing. Without the watch they still go when sending fails. */
    private void watchRoutes() {
        if (!bind.followsRoutes()) {
            return;
        }
        final UdpBind watched = bind;
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
                    watched.onRoutesChanged();
                }
            });
        } catch (IOException e) {
            events.onDegraded("routes are not watched", e);
        }
    }

    // Handing over to another process, and taking over from one.

    boolean canBeHandedOver() {
        return bind == null || bind instanceof LinuxUdpBind;
    }

    /** Stops, with the sockets open. Returns their descriptors, IPv4 first; -1 for one that is not there. */
    int[] pause() {
        unwatchRoutes();
        if (bind instanceof LinuxUdpBind linux) {
            linux.pause();
            return linux.descriptors();
        }
        return new int[] {-1, -1};
    }

    /** Goes on after {@link #pause} or {@link #takeOver}; does nothing when none are open. */
    void resume() throws IOException {
        if (bind instanceof LinuxUdpBind linux) {
            linux.resume(loop);
            watchRoutes();
        }
    }

    /** Has ready what {@link #takeOver} needs. */
    void expect() {
        if (binds.get() instanceof LinuxUdpBind linux) {
            expectedBind = linux;
            expectedBatch = LinuxUdpBind.newBatch(DATAGRAM_SLOTS);
        }
    }

    /** What those of the process before have counted. */
    void takeOver(UdpStatistics counted) {
        closedBinds = counted;
    }

    /** Becomes the owner of sockets that another process has opened, without reading yet; -1 for none. */
    void takeOver(int fdV4, int fdV6) {
        if (fdV4 >= 0 || fdV6 >= 0) {
            expectedBind.takeOver(fdV4, fdV6, device.fwmark(), expectedBatch, handler);
            bind = expectedBind;
        }
    }
}
