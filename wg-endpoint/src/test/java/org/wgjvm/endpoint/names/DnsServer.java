package org.wgjvm.endpoint.names;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on the loopback that says what the test wants. */
public final class DnsServer implements AutoCloseable {
    private record Answer(long ttl, List<InetAddress> addresses) {}

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<String, Answer> names = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final InetSocketAddress address;

    public DnsServer() {
        final Bootstrap bootstrap = new Bootstrap().group(group).channel(NioDatagramChannel.class)
                .handler(new ChannelInitializer<DatagramChannel>() {
                    @Override
                    protected void initChannel(DatagramChannel channel) {
                        channel.pipeline().addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Answers());
                    }
                });
        address = (InetSocketAddress) bootstrap.bind("127.0.0.1", 0).syncUninterruptibly().channel().localAddress();
    }

    private final class Answers extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
            questions.incrementAndGet();
            final DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            final DatagramDnsResponse response = new DatagramDnsResponse(
                    /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
            response.addRecord(DnsSection.QUESTION, question);
            final Answer answer = names.get(question.name());
            if (answer == null) {
                response.setCode(DnsResponseCode.NXDOMAIN);
            } else {
                for (final InetAddress a : answer.addresses()) {
                    final DnsRecordType type = a instanceof Inet6Address ? DnsRecordType.AAAA : DnsRecordType.A;
                    if (type.equals(question.type())) {
                        response.addRecord(DnsSection.ANSWER, new DefaultDnsRawRecord(
                                question.name(), type, answer.ttl(), Unpooled.wrappedBuffer(a.getAddress())));
                    }
                }
            }
            context.writeAndFlush(response);
        }
    }

    /** From now on {@code name} is these addresses; none of them: an empty answer. */
    public void put(String name, long ttlSeconds, String... addresses) {
        names.put(name + ".", new Answer(ttlSeconds, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList()));
    }

    public int port() {
        return address.getPort();
    }

    public int questions() {
        return questions.get();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
