package org.wgjvm.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandle;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Netty's three kinds of datagram channel, and what each of them can do. */
enum NettyDatagrams {
    /** On an {@code EpollIoHandler}: recvmmsg(2) into one buffer, sendmmsg(2), {@code UDP_SEGMENT}. */
    EPOLL("netty-epoll"),

    /** On an {@code IoUringIoHandler}: one recvmsg in flight for each message, {@code UDP_SEGMENT}. */
    IO_URING("netty-io_uring"),

    /** On a {@code NioIoHandler}: one system call a datagram, on any operating system. */
    NIO("netty-nio");

    private static final int MAX_DATAGRAM = 65535;
    private static final int DATAGRAMS_PER_READ = 8;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1 << 20, 4 << 20);
    private static final ChannelOption<Integer> SO_MARK = new IntegerUnixChannelOption("SO_MARK", 1, 36);

    final String label;

    NettyDatagrams(String label) {
        this.label = label;
    }

    /** The kind that {@code loop} can drive. */
    static NettyDatagrams of(EventLoop loop) {
        if (loop instanceof IoEventLoop io) {
            if (io.isCompatible(EpollIoHandle.class)) {
                return EPOLL;
            }
            if (io.isCompatible(IoUringIoHandle.class)) {
                return IO_URING;
            }
            if (io.isCompatible(NioIoHandle.class)) {
                return NIO;
            }
        }
        throw new UnsupportedOperationException("no datagram channel for the event loop " + loop);
    }

    /** Whether a mark can be set on outgoing packets. */
    boolean canMark() {
        return this != NIO;
    }

    /** Whether {@link SegmentedDatagramPacket} can be written. */
    boolean canSegment() {
        return switch (this) {
            case EPOLL -> EpollDatagramChannel.isSegmentedDatagramPacketSupported();
            case IO_URING -> IoUringDatagramChannel.isSegmentedDatagramPacketSupported();
            case NIO -> false;
        };
    }

    /** A packet to write: one datagram, or a run of datagrams of {@code segmentLength} bytes when it is not 0. */
    static DatagramPacket packet(ByteBuf content, int segmentLength, InetSocketAddress to) {
        return segmentLength == 0 ? new DatagramPacket(content, to) : new SegmentedDatagramPacket(content, segmentLength, to);
    }

    /** Opens a channel, registers it and binds it, all before it returns. On the event loop. */
    DatagramChannel open(EventLoop loop, InetSocketAddress local, int fwmark, BindOptions options, ChannelHandler handler)
            throws IOException {
        final boolean v6 = local.getAddress() instanceof Inet6Address;
        final DatagramChannel channel = newChannel(v6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
        boolean done = false;
        try {
            channel.config().setOption(ChannelOption.SO_RCVBUF, options.bufferBytes());
            channel.config().setOption(ChannelOption.SO_SNDBUF, options.bufferBytes());
            channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
            receiveSettings(channel);
            channel.pipeline().addLast(handler);
            require(loop.register(channel), "register with the event loop");
            setFwmark(channel, fwmark);
            require(channel.bind(local), "bind UDP " + local.getAddress().getHostAddress() + " port " + local.getPort());
            done = true;
            return channel;
        } finally {
            if (!done) {
                channel.unsafe().closeForcibly();
            }
        }
    }

    void setFwmark(DatagramChannel channel, int fwmark) {
        if (!canMark()) {
            if (fwmark != 0) {
                throw new UnsupportedOperationException("the NIO datagram channel cannot set SO_MARK (fwmark)");
            }
            return;
        }
        channel.config().setOption(SO_MARK, fwmark);
    }

    private DatagramChannel newChannel(SocketProtocolFamily family) {
        return switch (this) {
            case EPOLL -> new EpollDatagramChannel(family);
            case IO_URING -> new IoUringDatagramChannel(family);
            case NIO -> new NioDatagramChannel(family);
        };
    }

    /** {@code UDP_GRO} stays off: with recvmmsg, Netty 4.2.18 loses the lengths of the segments. */
    private void receiveSettings(Channel channel) {
        final int bytes = this == EPOLL ? MAX_DATAGRAM * DATAGRAMS_PER_READ : MAX_DATAGRAM;
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(bytes).maxMessagesPerRead(64));
        if (this == EPOLL) {
            channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM);
        } else if (this == IO_URING) {
            channel.config().setOption(IoUringChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM);
        }
    }

    private static void require(ChannelFuture future, String what) throws IOException {
        if (!future.isDone()) {
            throw new IOException("cannot " + what + ": the channel did not do it at once");
        }
        if (future.cause() instanceof Errors.NativeIoException e) {
            throw new BindFailure("cannot " + what, e.expectedErr());
        }
        if (future.cause() != null) {
            throw new IOException("cannot " + what + ": " + future.cause().getMessage(), future.cause());
        }
    }
}
