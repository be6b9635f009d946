package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.Errno;

/**
 * The bind for Linux: sockets of our own on a Netty event loop, read with recvmmsg(2) and {@code UDP_GRO}, written with sendmmsg(2) and
 * {@code UDP_SEGMENT}, with sticky source addresses and the traffic class both ways (RFC 6040). No objects are made in steady state.
 *
 * <p>The event loop has an {@code EpollIoHandler}. An {@code IoUringIoHandler} works too, but there a closed port is free again only a turn
 * of the loop later, and each wake-up makes a few objects more.
 *
 * <p>The batches it fills need slots of 64 KiB for any datagram whatever: make them with {@link #newBatch}. Its memory for system calls is
 * about 150 KiB, reused from one {@link #open} to the next.
 */
public final class LinuxUdpBind implements UdpBind {
    private static final int MAX_PORT_ATTEMPTS = 32;

    private final BindOptions options;
    private final UdpCounters counters = new UdpCounters();
    private final SegmentLimits limits = new SegmentLimits();
    private final SendMessages messagesV4 = UdpSender.newMessages();
    private final SendMessages messagesV6 = UdpSender.newMessages();
    private final SendMessages singles = UdpSender.newSingles();
    private final ReceiveMessages received = new ReceiveMessages(UdpReceiver.MAX_SLOTS, new EndpointCache(), counters);

    private Attachment v4;
    private Attachment v6;
    private PacketBatch toFill;
    private Handler handler;
    private int fwmark;

    /** A bind that is not open yet. */
    public LinuxUdpBind(BindOptions options) {
        this.options = Objects.requireNonNull(options);
    }

    /** A batch for this bind to fill: {@code messages} (16 is a good number) of 64 KiB, each of up to 128 datagrams. */
    public static PacketBatch newBatch(int messages) {
        return new PacketBatch(messages * ReceiveMessages.MAX_SEGMENTS, messages * ReceiveMessages.SLOT_STRIDE);
    }

    @Override
    public String name() {
        return "linux-epoll";
    }

    @Override
    public int open(EventLoop loop, int port, int fwmark, PacketBatch first, Handler handler) throws IOException {
        if (v4 != null || v6 != null) {
            throw new IllegalStateException("already open");
        }
        if (received.slots(first, false) < 1) {
            throw new IllegalArgumentException("a batch needs at least " + ReceiveMessages.MAX_MESSAGE + " bytes");
        }
        final UdpSocket[] sockets = openPair(port, fwmark);
        this.toFill = first;
        this.handler = Objects.requireNonNull(handler);
        this.fwmark = fwmark;
        limits.clear();
        boolean done = false;
        try {
            if (sockets[0] != null) {
                v4 = new Attachment(sockets[0], messagesV4);
                v4.register(loop);
            }
            if (sockets[1] != null) {
                v6 = new Attachment(sockets[1], messagesV6);
                v6.register(loop);
            }
            final int bound = sockets[sockets[0] != null ? 0 : 1].port();
            if (bound < 0) {
                throw Errno.failure("cannot learn the UDP port", bound);
            }
            done = true;
            return bound;
        } finally {
            if (!done) {
                close();
                closeAll(sockets);
            }
        }
    }

    /**
     * Takes over sockets from the process whose place this one takes: bound, with their options set. They are read from {@link #resume} on,
     * but can be sent through at once.
     *
     * @param fdV4 the IPv4 socket, or -1
     * @param fdV6 the IPv6 socket, or -1
     * @param mark the mark that is set on them
     */
    public void takeOver(int fdV4, int fdV6, int mark, PacketBatch first, Handler owner) {
        if (v4 != null || v6 != null) {
            throw new IllegalStateException("already open");
        }
        toFill = first;
        handler = Objects.requireNonNull(owner);
        fwmark = mark;
        limits.clear();
        if (fdV4 >= 0) {
            v4 = new Attachment(UdpSocket.takeOver(fdV4, false, options), messagesV4);
        }
        if (fdV6 >= 0) {
            v6 = new Attachment(UdpSocket.takeOver(fdV6, true, options), messagesV6);
        }
    }

    /** The descriptors of the IPv4 and IPv6 sockets, each -1 if there is none; they stay this object's to close. */
    public int[] descriptors() {
        return new int[] {v4 == null ? -1 : v4.socket.fd, v6 == null ? -1 : v6.socket.fd};
    }

    /** Stops reading, until {@link #resume}: datagrams wait in the kernel. On the loop. */
    public void pause() {
        if (v4 != null) {
            v4.pause();
        }
        if (v6 != null) {
            v6.pause();
        }
    }

    /** Reads on, what waits first. On the loop. */
    public void resume(EventLoop loop) throws IOException {
        if (v4 != null) {
            v4.register(loop);
        }
        if (v6 != null) {
            v6.register(loop);
        }
    }

    /** Both families on one port: with port 0 the kernel picks one for the first, and another when the second finds that taken. */
    private UdpSocket[] openPair(int port, int mark) throws IOException {
        for (int attempt = 1; ; attempt++) {
            final UdpSocket[] sockets = new UdpSocket[2];
            boolean done = false;
            try {
                int chosen = port;
                if (options.v4() != null) {
                    sockets[0] = UdpSocket.open(options.v4(), chosen, mark, options);
                    chosen = sockets[0] == null ? chosen : Math.max(0, sockets[0].port());
                }
                if (options.v6() != null) {
                    sockets[1] = openV6(chosen, mark, sockets[0] != null);
                }
                if (sockets[0] == null && sockets[1] == null) {
                    throw new BindFailure("cannot open a UDP socket of any family", -Errno.EAFNOSUPPORT);
                }
                done = true;
                return sockets;
            } catch (BindFailure e) {
                if (port != 0 || e.errno() != Errno.EADDRINUSE || attempt == MAX_PORT_ATTEMPTS) {
                    throw e;
                }
            } finally {
                if (!done) {
                    closeAll(sockets);
                }
            }
        }
    }

    /** With IPv6 switched off by sysctl there are sockets of the family, but not even the unspecified address to bind. */
    private UdpSocket openV6(int port, int mark, boolean haveV4) throws BindFailure {
        try {
            return UdpSocket.open(options.v6(), port, mark, options);
        } catch (BindFailure e) {
            if (e.errno() == Errno.EADDRNOTAVAIL && haveV4 && options.v6().isAnyLocalAddress()) {
                return null;
            }
            throw e;
        }
    }

    private static void closeAll(UdpSocket[] sockets) {
        for (final UdpSocket socket : sockets) {
            if (socket != null) {
                socket.close();
            }
        }
    }

    @Override
    public void setFwmark(int mark) throws IOException {
        if (mark != fwmark) {
            if (v4 != null) {
                v4.socket.setFwmark(mark);
            }
            if (v6 != null) {
                v6.socket.setFwmark(mark);
            }
            fwmark = mark;
            limits.clear();
        }
    }

    @Override
    public int send(PacketBatch batch) {
        final int size = batch.size();
        int i = 0;
        while (i < size) {
            if (batch.length[i] == 0) {
                i++;
                continue;
            }
            final Endpoint to = batch.endpoint[i];
            final Attachment way = to == null ? null : to.isV6() ? v6 : v4;
            if (way == null) {
                counters.dropsNoSocket++;
                batch.length[i++] = 0;
            } else {
                i = way.sender.enqueue(batch, i);
            }
        }
        return (v4 == null ? 0 : v4.sender.flush(batch)) + (v6 == null ? 0 : v6.sender.flush(batch));
    }

    @Override
    public void close() {
        final Attachment four = v4;
        final Attachment six = v6;
        v4 = null;
        v6 = null;
        handler = null;
        toFill = null;
        if (four != null) {
            four.close();
        }
        if (six != null) {
            six.close();
        }
    }

    @Override
    public boolean followsRoutes() {
        return true;
    }

    /** Routes or addresses have changed: destinations that refused {@code UDP_SEGMENT} are tried with it again. */
    @Override
    public void onRoutesChanged() {
        limits.clear();
    }

    /** Whether runs are sent with {@code UDP_SEGMENT} on every open socket. */
    public boolean sendsSegmented() {
        return (v4 != null || v6 != null) && (v4 == null || v4.sender.gso()) && (v6 == null || v6.sender.gso());
    }

    /** Whether the kernel joins received datagrams on every open socket. */
    public boolean receivesJoined() {
        return (v4 != null || v6 != null) && (v4 == null || v4.socket.gro) && (v6 == null || v6.socket.gro);
    }

    /** Whether there is an open IPv6 socket. */
    public boolean hasV6() {
        return v6 != null;
    }

    /** What has been counted since this object was made. */
    @Override
    public UdpStatistics statistics() {
        return counters.snapshot();
    }

    private void fail(Throwable reason) {
        final Handler told = handler;
        close();
        if (told != null) {
            told.onClosed(reason);
        }
    }

    /** A socket, what drives it, and its place on the event loop. */
    private final class Attachment implements UdpReceiver.Owner {
        private final UdpSocket socket;
        private final UdpSender sender;
        private final UdpReceiver receiver;
        private FdRegistration handle;
        private boolean closed;

        Attachment(UdpSocket socket, SendMessages messages) {
            this.socket = socket;
            messages.clear();
            sender = new UdpSender(socket.fd, socket.v6, socket.gso, counters, limits, messages, singles);
            receiver = new UdpReceiver(socket.fd, socket.gro, received, counters, this);
        }

        void register(EventLoop loop) throws IOException {
            handle = FdRegistration.register(loop, socket.fd, receiver::receive, () -> fail(new ClosedChannelException()));
        }

        void pause() {
            if (handle != null) {
                handle.cancel();
                handle = null;
            }
        }

        void close() {
            if (!closed) {
                closed = true;
                if (handle != null) {
                    handle.cancel();
                }
                socket.close();
            }
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public PacketBatch toFill() {
            return toFill;
        }

        @Override
        public void onFilled(PacketBatch batch) {
            final PacketBatch next = handler.onDatagrams(batch);
            if (!closed) {
                toFill = Objects.requireNonNull(next);
            }
        }

        @Override
        public void onGone(Throwable reason) {
            fail(reason);
        }
    }
}
