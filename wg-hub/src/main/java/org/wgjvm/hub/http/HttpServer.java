package org.wgjvm.hub.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.sys.FileDescriptors;

/**
 * HTTP/1.1 for {@link Routes}: each request is answered on a virtual thread. A unix socket is its owner's alone; TCP takes whom a
 * {@link Gate} lets in, who has the token, or a certificate that a given authority signed.
 */
public final class HttpServer implements AutoCloseable {
    private static final int LONGEST_BODY = 64 << 20;
    private static final int LONGEST_LINE = 8192;
    private static final int IDLE_SECONDS = 120;
    private static final int OWNER_ONLY = 0177;
    private static final String PATIENCE = "patience";

    private final Routes routes;
    private final Consumer<String> log;
    private final IoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("hub-http", true), EpollIoHandler.newFactory());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Channel> channels = new ArrayList<>();

    /** Who comes while it is closed is closed as well: nobody waits for an answer that nobody gives. */
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    private final List<Path> sockets = new ArrayList<>();

    /** Listens nowhere yet. */
    public HttpServer(Routes routes, Consumer<String> log) {
        this.routes = routes;
        this.log = log;
    }

    /** Listens on a unix socket that nobody else may open; one that nobody listens on any more is replaced. */
    public void listen(Path socket) throws IOException {
        if (Files.exists(socket)) {
            try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                other.connect(UnixDomainSocketAddress.of(socket));
                throw new IOException("an agent answers at " + socket + " already");
            } catch (java.net.ConnectException e) {
                Files.deleteIfExists(socket);
            }
        }
        if (socket.toAbsolutePath().getParent() != null) {
            Files.createDirectories(socket.toAbsolutePath().getParent());
        }
        final ServerBootstrap bootstrap = bootstrap(Gate.OPEN, null).channel(EpollServerDomainSocketChannel.class);
        final int before = FileDescriptors.umask(OWNER_ONLY);
        try {
            bind(bootstrap, new DomainSocketAddress(socket.toFile()), socket.toString());
            sockets.add(socket);
        } finally {
            FileDescriptors.umask(before);
        }
    }

    /**
     * Listens on TCP.
     *
     * @param token who has it may ask; null when only the certificate counts
     * @param tls null for none
     * @return where it listens
     */
    public InetSocketAddress listen(InetSocketAddress at, String token, SslContext tls) throws IOException {
        if (token == null && tls == null) {
            throw new IllegalArgumentException("TCP wants a token or certificates");
        }
        return listen(at, token == null ? Gate.OPEN : new TokenGate(token), tls);
    }

    /**
     * Listens on TCP.
     *
     * @param gate who may ask
     * @param tls null for none
     * @return where it listens
     */
    public InetSocketAddress listen(InetSocketAddress at, Gate gate, SslContext tls) throws IOException {
        bind(bootstrap(gate, tls).channel(EpollServerSocketChannel.class), at, at.toString());
        return (InetSocketAddress) channels.getLast().localAddress();
    }

    private void bind(ServerBootstrap bootstrap, java.net.SocketAddress at, String name) throws IOException {
        final var bound = bootstrap.bind(at).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen at " + name + ": " + bound.cause().getMessage(), bound.cause());
        }
        channels.add(bound.channel());
    }

    private ServerBootstrap bootstrap(Gate gate, SslContext tls) {
        return new ServerBootstrap().group(loops).childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                connections.add(channel);
                if (tls != null) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                }
                channel.pipeline().addLast(
                        new HttpServerCodec(LONGEST_LINE, LONGEST_LINE, LONGEST_LINE),
                        new HttpServerKeepAliveHandler(), new HttpObjectAggregator(LONGEST_BODY), new Answering(gate));
                channel.pipeline().addFirst(PATIENCE, new ReadTimeoutHandler(IDLE_SECONDS));
            }
        });
    }

    /** One connection; its requests one after the other, as they come. */
    private final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Gate gate;
        private final Deque<Admitted> waiting = new ArrayDeque<>();
        private boolean busy;

        Answering(Gate gate) {
            this.gate = gate;
        }

        /** A request, and what its answer carries. */
        private record Admitted(Request request, Map<String, String> headers) {}

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest http) {
            if (!http.decoderResult().isSuccess()) {
                send(context, PortApi.refusal(new ApiException(400, "", "not HTTP")), Map.of());
                context.close();
                return;
            }
            final Gate.Admission admission = gate.admit(http);
            if (admission.refusal() != null) {
                send(context, admission.refusal(), admission.headers());
                return;
            }
            final QueryStringDecoder address = new QueryStringDecoder(http.uri());
            final Admitted request = new Admitted(new Request(
                    http.method().name(), address.path(), address.parameters(), http.content().toString(StandardCharsets.UTF_8), Map.of()),
                    admission.headers());
            if (busy) {
                waiting.add(request);
            } else {
                begin(context, request);
            }
        }

        /** One after the other, so that answers keep the order of requests: what was read already waits, and more is not read. */
        private void begin(ChannelHandlerContext context, Admitted admitted) {
            busy = true;
            context.channel().config().setAutoRead(false);
            if (context.pipeline().get(PATIENCE) != null) {
                // Who waits for an answer has nothing to say meanwhile.
                context.pipeline().remove(PATIENCE);
            }
            threads.execute(() -> {
                final Answer answer = answer(admitted.request());
                context.executor().execute(() -> end(context, answer, admitted.headers()));
            });
        }

        private void end(ChannelHandlerContext context, Answer answer, Map<String, String> headers) {
            send(context, answer, headers);
            final Admitted next = waiting.poll();
            if (next != null) {
                begin(context, next);
                return;
            }
            busy = false;
            if (context.channel().isActive()) {
                context.pipeline().addFirst(PATIENCE, new ReadTimeoutHandler(IDLE_SECONDS));
            }
            context.channel().config().setAutoRead(true);
        }

        private Answer answer(Request request) {
            try {
                return routes.answer(request, PortApi::refusal);
            } catch (IOException | RuntimeException e) {
                log.accept(request.method() + " " + request.path() + ": " + e);
                return PortApi.refusal(new ApiException(
                        500, "", e instanceof IOException && e.getMessage() != null ? e.getMessage() : "internal error"));
            }
        }

        private void send(ChannelHandlerContext context, Answer answer, Map<String, String> headers) {
            final FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(answer.body()));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.type());
            response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
            response.headers().set("X-Content-Type-Options", "nosniff");
            headers.forEach((name, value) -> response.headers().set(name, value));
            if (answer.status() != 204) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
            }
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** Stops listening. Idempotent. */
    @Override
    public void close() {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
        channels.clear();
        connections.close().awaitUninterruptibly();
        for (final Path socket : sockets) {
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                log.accept(socket + ": " + e.getMessage());
            }
        }
        sockets.clear();
        threads.shutdown();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
