package org.wgjvm.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.Errno;

/**
 * The portable bind, on Netty's datagram channel for the event loop it is opened on: epoll, io_uring or NIO. NIO works wherever a JVM does.
 *
 * <p>What it cannot do: choose the source address (endpoints come without a sticky source, and one that has it is sent to without), carry
 * the traffic class ({@code tos} is 0 in, ignored out), and, on NIO, set a mark. Every datagram is copied and costs a few objects. With any
 * address of both families it is one socket for both, else one for each. {@link #send} counts what the channel takes; what the kernel
 * refuses then is counted as a drop but keeps its length. On io_uring and NIO a closed port is free again a turn of the event loop later.
 */
public final class NettyUdpBind implements UdpBind {
    private static final int MAX_PORT_ATTEMPTS = 32;
    private static final int MAX_DATAGRAM = 65535;

    /** Netty 4.2.18 on io_uring sends a run of longer segments as one datagram. */
    private static final int MAX_SEGMENT = Short.MAX_VALUE;

    private final BindOptions options;
    private final UdpCounters counters = new UdpCounters();
    private final List<DatagramChannel> channels = new ArrayList<>();
    private String name = "netty";
    private NettyDatagrams kind;
    private DatagramChannel v4;
    private DatagramChannel v6;
    private boolean segments;
    private int fwmark;
    /** How often this was closed: tells the channels of now from those of before. */
    private int opening;
    private PacketBatch filling;
    private Handler handler;
    private Endpoint lastTo;
    private InetSocketAddress lastToAddress;
    private Endpoint lastFrom;
    private InetSocketAddress lastFromAddress;

    /** A bind that is not open yet. */
    public NettyUdpBind(BindOptions options) {
        this.options = Objects.requireNonNull(options);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int open(EventLoop loop, int port, int mark, PacketBatch first, Handler newHandler) throws IOException {
        if (handler != null) {
            throw new IllegalStateException("already open");
        }
        if (first.slabLength() < MAX_DATAGRAM) {
            throw new IllegalArgumentException("a batch needs at least " + MAX_DATAGRAM + " bytes");
        }
        kind = NettyDatagrams.of(loop);
        name = kind.label;
        segments = options.gso() && kind.canSegment();
        first.clear();
        boolean done = false;
        try {
            openChannels(loop, port, mark);
            fwmark = mark;
            filling = first;
            handler = Objects.requireNonNull(newHandler);
            done = true;
            return channels.getFirst().localAddress().getPort();
        } finally {
            if (!done) {
                closeChannels();
            }
        }
    }

    private void openChannels(EventLoop loop, int port, int mark) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                if (!openDual(loop, port, mark)) {
                    openEach(loop, port, mark);
                }
                return;
            } catch (BindFailure e) {
                closeChannels();
                if (port != 0 || e.errno() != Errno.EADDRINUSE || attempt == MAX_PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Netty's IPv6 sockets, like the JDK's, carry IPv4 too. False where this isn't wanted, or there is no IPv6. */
    private boolean openDual(EventLoop loop, int port, int mark) throws IOException {
        if (options.v4() == null || options.v6() == null || !options.v4().isAnyLocalAddress() || !options.v6().isAnyLocalAddress()) {
            return false;
        }
        try {
            v6 = add(kind.open(loop, new InetSocketAddress(options.v6(), port), mark, options, new Receiver()));
        } catch (BindFailure e) {
            if (e.errno() == Errno.EADDRINUSE) {
                throw e;
            }
            return false;
        } catch (ChannelException | UnsupportedOperationException e) {
            if (mark != 0 && !kind.canMark()) {
                throw e;
            }
            return false;
        }
        v4 = v6;
        return true;
    }

    private void openEach(EventLoop loop, int port, int mark) throws IOException {
        int chosen = port;
        if (options.v4() != null) {
            v4 = add(kind.open(loop, new InetSocketAddress(options.v4(), port), mark, options, new Receiver()));
            chosen = v4.localAddress().getPort();
        }
        if (options.v6() != null && (v4 == null || !options.v6().isAnyLocalAddress())) {
            v6 = add(kind.open(loop, new InetSocketAddress(options.v6(), chosen), mark, options, new Receiver()));
        }
    }

    private DatagramChannel add(DatagramChannel channel) {
        channels.add(channel);
        return channel;
    }

    @Override
    public void setFwmark(int mark) {
        if (mark != fwmark) {
            for (final DatagramChannel channel : channels) {
                kind.setFwmark(channel, mark);
            }
            fwmark = mark;
        }
    }

    @Override
    public int send(PacketBatch batch) {
        int sent = 0;
        int i = 0;
        while (i < batch.size()) {
            if (batch.length[i] == 0) {
                i++;
                continue;
            }
            final Endpoint to = batch.endpoint[i];
            final DatagramChannel channel = to == null ? null : to.isV6() ? v6 : v4;
            final int maxBytes = to != null && to.isV6() ? DatagramRuns.MAX_BYTES_V6 : DatagramRuns.MAX_BYTES_V4;
            final boolean joinable = segments && channel != null && batch.length[i] <= MAX_SEGMENT;
            final int end = joinable ? DatagramRuns.end(batch, i, DatagramRuns.MAX_SEGMENTS, maxBytes) : i + 1;
            sent += channel != null && channel.isWritable() ? write(channel, batch, i, end) : drop(channel, batch, i, end);
            i = end;
        }
        for (final DatagramChannel channel : channels) {
            channel.flush();
        }
        return sent;
    }

    /** Failures come to {@link Receiver#exceptionCaught}: that is what the void promise does. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private int write(DatagramChannel channel, PacketBatch batch, int from, int end) {
        int bytes = 0;
        int datagrams = 0;
        for (int i = from; i < end; i++) {
            bytes += batch.length[i];
            datagrams += batch.length[i] == 0 ? 0 : 1;
        }
        final ByteBuf content = channel.alloc().directBuffer(bytes);
        final MemorySegment target = MemorySegment.ofBuffer(content.internalNioBuffer(0, bytes));
        long at = 0;
        for (int i = from; i < end; i++) {
            MemorySegment.copy(batch.slab(), batch.offset[i], target, at, batch.length[i]);
            at += batch.length[i];
        }
        content.writerIndex(bytes);
        final int segmentLength = datagrams > 1 ? batch.length[from] : 0;
        channel.write(NettyDatagrams.packet(content, segmentLength, address(batch.endpoint[from])), channel.voidPromise());
        counters.sentDatagrams += datagrams;
        counters.sentBytes += bytes;
        counters.sentSegmented += segmentLength == 0 ? 0 : 1;
        return datagrams;
    }

    private int drop(DatagramChannel channel, PacketBatch batch, int from, int end) {
        for (int i = from; i < end; i++) {
            if (batch.length[i] != 0) {
                batch.length[i] = 0;
                if (channel == null) {
                    counters.dropsNoSocket++;
                } else {
                    counters.dropsCongested++;
                }
            }
        }
        return 0;
    }

    private InetSocketAddress address(Endpoint to) {
        if (!to.equals(lastTo)) {
            lastTo = to;
            lastToAddress = to.toSocketAddress();
        }
        return lastToAddress;
    }

    private Endpoint endpoint(InetSocketAddress from) {
        if (!from.equals(lastFromAddress)) {
            lastFromAddress = from;
            lastFrom = unmapped(from);
        }
        return lastFrom;
    }

    /** An IPv4 sender may show as an IPv4-mapped address on an IPv6 socket (RFC 4291, 2.5.5.2). */
    private static Endpoint unmapped(InetSocketAddress from) {
        final InetAddress address = from.getAddress();
        if (address instanceof Inet6Address) {
            final ByteBuffer b = ByteBuffer.wrap(address.getAddress());
            if (b.getLong(0) == 0 && b.getInt(8) == 0xffff) {
                return Endpoint.v4(b.getInt(12), from.getPort());
            }
        }
        return Endpoint.of(from);
    }

    @Override
    public void close() {
        opening++;
        handler = null;
        filling = null;
        closeChannels();
    }

    /** Nobody waits for the end: there is nothing to do when it fails. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void closeChannels() {
        v4 = null;
        v6 = null;
        for (final DatagramChannel channel : List.copyOf(channels)) {
            channel.close();
        }
        channels.clear();
    }

    /** What has been counted since this object was made. */
    @Override
    public UdpStatistics statistics() {
        return counters.snapshot();
    }

    /** Collects what a channel reads until the read is complete or the batch is full. */
    private final class Receiver extends ChannelInboundHandlerAdapter {
        private final int mine = opening;

        /** A ring may hand over what its channel read after the bind was closed, or even opened again: that is nobody's any more. */
        private boolean isStale() {
            return handler == null || mine != opening;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                if (isStale() || !(message instanceof DatagramPacket packet)) {
                    return;
                }
                final Endpoint from = endpoint(packet.sender());
                if (!from.isV6() && options.v4() == null) {
                    return;
                }
                final int length = packet.content().readableBytes();
                if (length == 0) {
                    return;
                }
                if (filling.isFull(length)) {
                    hand();
                    if (isStale()) {
                        return;
                    }
                }
                final int at = filling.used();
                final ByteBuffer content = packet.content().internalNioBuffer(packet.content().readerIndex(), length);
                MemorySegment.copy(MemorySegment.ofBuffer(content), 0, filling.slab(), at, length);
                filling.endpoint[filling.add(at, length, at + length)] = from;
                counters.receivedDatagrams++;
                counters.receivedBytes += length;
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (!isStale() && filling.size() > 0) {
                hand();
            }
        }

        private void hand() {
            counters.receiveCalls++;
            final PacketBatch next = handler.onDatagrams(filling);
            next.clear();
            if (!isStale()) {
                filling = next;
            }
        }

        /** The kernel refused a datagram, or an ICMP error came in. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException) {
                counters.dropsOther++;
            } else {
                context.fireExceptionCaught(cause);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (handler != null && channels.contains(context.channel())) {
                final Handler told = handler;
                close();
                told.onClosed(new ClosedChannelException());
            }
        }
    }
}
