package org.wgjvm.tun;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.LinkState;
import org.wgjvm.sys.RouteNetlink;

/**
 * A TUN device of Linux, on an epoll loop of Netty ({@code EpollIoHandler}). Superframes of the kernel are split into batches, and runs of
 * packets of one flow become superframes again ({@link TunOptions}). The device stays with its descriptor: {@link #close} removes it unless
 * it is persistent.
 */
public final class LinuxTun implements PacketPort {
    /** What WireGuard leaves of an Ethernet frame's 1500 bytes, with IPv6 outside. */
    public static final int DEFAULT_MTU = 1420;

    /** Batches handed over before other descriptors of the loop get their turn. */
    private static final int MAX_ROUNDS = 8;

    private final TunDevice device;
    private final PortCounters counters = new PortCounters();
    private final TunReader reader;
    private final GroCoalescer writer;
    private final LinkWatch watch;
    private volatile LinkState reported;
    private PolledDescriptor packets;
    private PolledDescriptor links;
    private Handler handler;
    private PacketBatch batch;
    private boolean closed;

    private LinuxTun(TunDevice device, TunOptions options) throws IOException {
        this(device, options, null);
    }

    /** With a {@code fixed} state, or null to follow that of the kernel's device. */
    private LinuxTun(TunDevice device, TunOptions options, LinkState fixed) throws IOException {
        this.device = device;
        reader = new TunReader(device, counters);
        final boolean coalesce = options.coalesce();
        writer = new GroCoalescer((vector, count) -> FileDescriptors.writev(device.fd(), vector, count),
                counters, device.virtioHeader(), coalesce && device.tso(), coalesce && device.uso());
        try {
            watch = fixed == null ? LinkWatch.open(device) : LinkWatch.fixed(fixed);
        } catch (IOException e) {
            FileDescriptors.close(device.fd());
            throw e;
        }
        reported = watch.state();
    }

    /**
     * Creates a device in the network namespace of this process; needs CAP_NET_ADMIN.
     *
     * @param name 1 to 15 bytes; {@code %d} becomes the first free number
     * @param mtu in bytes, or 0 to leave what the kernel chose
     */
    public static LinuxTun create(String name, int mtu, TunOptions options) throws IOException {
        final LinuxTun tun = new LinuxTun(TunDevice.create(name, options), options);
        if (mtu != 0 && mtu != tun.mtu()) {
            try (RouteNetlink netlink = RouteNetlink.openForRequests()) {
                netlink.setMtu(tun.reported.index(), mtu);
                tun.watch.update();
                tun.reported = tun.watch.state();
            } catch (IOException e) {
                tun.close();
                throw e;
            }
        }
        return tun;
    }

    /** Takes over the descriptor of an attached device, {@code WG_TUN_FD} of the daemon contract. It is closed if this fails. */
    public static LinuxTun fromFd(int fd, TunOptions options) throws IOException {
        return new LinuxTun(TunDevice.inherit(fd, options), options);
    }

    /**
     * Takes over the descriptor of a device from the process whose place this one takes, offloads and all; that process has paused.
     *
     * @param agreed what {@link #agreed} says there
     */
    public static LinuxTun takeOver(int fd, int agreed, TunOptions options) throws IOException {
        return new LinuxTun(TunDevice.takeOver(fd, agreed), options);
    }

    /** On a descriptor that behaves like a TUN device's, with no device behind it. It is closed if this fails. */
    static LinuxTun standIn(int fd, LinkState state) throws IOException {
        return new LinuxTun(new TunDevice(fd, true, true, true), TunOptions.ALL, state);
    }

    /** The descriptor, for the process that takes this one's place. It stays this object's to close. */
    public int descriptor() {
        return device.fd();
    }

    /**
     * Opens the network namespace in which the device is now. On the loop, once started. Returns a descriptor for the caller to close, or
     * {@code -errno}: EBADFD when the device is gone.
     */
    public int openNamespace() {
        return closed ? -Errno.EBADFD : device.openNamespace();
    }

    /** What was agreed with the kernel about offloads, as a number for {@link #takeOver}. */
    public int agreed() {
        return device.agreed();
    }

    /** The name that the device had when its state was last reported. Any thread. */
    @Override
    public String name() {
        return reported.name();
    }

    /** Any thread. */
    @Override
    public int mtu() {
        return reported.mtu();
    }

    /** Any thread. */
    @Override
    public boolean isUp() {
        return reported.isUp();
    }

    /** Any thread. */
    @Override
    public PortCounters counters() {
        return counters;
    }

    /** Which offloads are in use, for people: {@code tso,uso}, or {@code none}. */
    public String offloads() {
        return device.tso() && device.uso() ? "tso,uso" : device.tso() ? "tso" : device.uso() ? "uso" : "none";
    }

    /** May be called from any thread; returns when reading has begun. */
    @Override
    public void start(EventLoop loop, PacketBatch first, Handler owner) throws IOException {
        if (!(loop instanceof IoEventLoop io) || !io.isCompatible(EpollIoHandle.class)) {
            throw new IOException("a TUN device needs an event loop of Netty's EpollIoHandler");
        }
        if (loop.inEventLoop()) {
            startOnLoop(io, first, owner);
            return;
        }
        final Callable<Void> task = () -> {
            startOnLoop(io, first, owner);
            return null;
        };
        final var future = loop.submit(task).awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw new IOException("start " + name(), future.cause());
        }
    }

    private void startOnLoop(IoEventLoop loop, PacketBatch first, Handler owner) throws IOException {
        watch.update();
        reported = watch.state();
        handler = owner;
        batch = first;
        owner.onMtu(mtu());
        owner.onLink(isUp());
        if (!closed) {
            resume(loop);
        }
    }

    /** Stops reading, until {@link #resume}: packets wait in the kernel. No packet that has left the kernel is kept back. On the loop. */
    public void pause() {
        if (packets != null) {
            packets.cancel();
            links.cancel();
            packets = null;
            links = null;
        }
    }

    /** Reads on, what waits first. On the loop. */
    public void resume(IoEventLoop loop) throws IOException {
        packets = PolledDescriptor.register(loop, device.fd(), this::onReadable);
        links = PolledDescriptor.register(loop, watch.fd(), this::onLinkEvents);
    }

    private void onReadable() {
        final int mtu = reported.mtu();
        for (int round = 0; !closed && (round < MAX_ROUNDS || reader.isPending()); round++) {
            final int result = reader.fill(batch, mtu);
            if (batch.size() > 0) {
                batch = handler.onPackets(batch);
            }
            if (result == -Errno.EAGAIN) {
                return;
            } else if (result < 0) {
                onGone(Errno.failure("read from " + name(), result));
                return;
            }
        }
    }

    private void onLinkEvents() {
        final LinkState before = reported;
        try {
            watch.update();
        } catch (IOException gone) {
            onGone(gone);
            return;
        }
        reported = watch.state();
        if (reported.mtu() != before.mtu()) {
            handler.onMtu(reported.mtu());
        }
        if (reported.isUp() != before.isUp() && !closed) {
            handler.onLink(reported.isUp());
        }
    }

    private void onGone(IOException reason) {
        if (!closed) {
            close();
            handler.onClosed(reason);
        }
    }

    @Override
    public int write(PacketBatch outgoing) {
        return closed ? 0 : writer.write(outgoing);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (packets != null) {
            packets.cancel();
        }
        if (links != null) {
            links.cancel();
        }
        watch.close();
        FileDescriptors.close(device.fd());
    }
}
