package org.wgjvm.endpoint.names;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Asks the name servers of {@code /etc/resolv.conf} itself, since the C library does not tell for how long an answer is good. As the C
 * library does, it looks in {@code /etc/hosts} first; and what the name servers do not know, the C library is asked for, which may have
 * other sources. Such answers are good for {@value #DEFAULT_TTL_SECONDS} s.
 */
public final class DnsLookup implements NameLookup {
    /** Name servers to ask in place of the system's: {@code 192.0.2.1}, {@code 192.0.2.1:5353}, {@code [2001:db8::1]:53}, with commas. */
    public static final String SERVERS_VARIABLE = "WGJVM_DNS";

    private static final long DEFAULT_TTL_SECONDS = 60;
    private static final int DNS_PORT = 53;
    private static final long QUERY_TIMEOUT_MS = 3_000;

    /** Made with the first question: most daemons are never asked one. */
    private MultiThreadIoEventLoopGroup group;

    private final DnsServerAddressStreamProvider servers;

    private DnsLookup(DnsServerAddressStreamProvider servers) {
        this.servers = servers;
    }

    /** Asks the servers in {@code list}, or the system's if that is empty. */
    public static DnsLookup of(String list) throws IOException {
        if (list.isBlank()) {
            return new DnsLookup(null);
        }
        final List<InetSocketAddress> servers = new ArrayList<>();
        for (final String server : list.split(",", -1)) {
            servers.add(server(server.strip()));
        }
        return new DnsLookup(new SequentialDnsServerAddressStreamProvider(servers));
    }

    private static InetSocketAddress server(String text) throws IOException {
        try {
            final boolean bracketed = text.startsWith("[");
            final int end = bracketed ? text.indexOf(']') : text.indexOf(':') == text.lastIndexOf(':') ? text.indexOf(':') : -1;
            if (bracketed && (end < 0 || end + 1 < text.length() && text.charAt(end + 1) != ':')) {
                throw new IllegalArgumentException("brackets");
            }
            final String host = text.substring(bracketed ? 1 : 0, end < 0 ? text.length() : end);
            final String port = end < 0 ? "" : text.substring(Math.min(text.length(), bracketed ? end + 2 : end + 1));
            return new InetSocketAddress(InetAddress.ofLiteral(host), port.isEmpty() ? DNS_PORT : Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            throw new IOException(SERVERS_VARIABLE + ": `" + text + "' is not an address of a name server", e);
        }
    }

    @Override
    public CompletionStage<NameAnswer> lookUp(String host) {
        final CompletableFuture<NameAnswer> answer = new CompletableFuture<>();
        final List<InetAddress> known = inHostsFile(host);
        if (!known.isEmpty()) {
            answer.complete(new NameAnswer(known, DEFAULT_TTL_SECONDS));
            return answer;
        }
        final EventLoop loop = loop();
        loop.execute(() -> ask(host, loop, answer));
        return answer;
    }

    private synchronized EventLoop loop() {
        if (group == null) {
            group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("dns", true), NioIoHandler.newFactory());
        }
        return group.next();
    }

    /** A resolver for each question: its cache is where the time to live is seen, and it keeps nothing. */
    private void ask(String host, EventLoop loop, CompletableFuture<NameAnswer> answer) {
        final TtlRecord ttl = new TtlRecord();
        final DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop)
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                .resolveCache(ttl.addresses())
                .cnameCache(ttl.aliases())
                .queryTimeoutMillis(QUERY_TIMEOUT_MS)
                .resolvedAddressTypes(ResolvedAddressTypes.IPV6_PREFERRED)
                .hostsFileEntriesResolver((name, types) -> null);
        if (servers != null) {
            builder.nameServerProvider(servers);
        }
        final DnsNameResolver resolver;
        try {
            resolver = builder.build();
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
            return;
        }
        resolver.resolveAll(host).addListener(future -> {
            resolver.close();
            if (future.isSuccess() && ttl.seconds() >= 0) {
                @SuppressWarnings("unchecked")
                final List<InetAddress> addresses = (List<InetAddress>) future.getNow();
                answer.complete(new NameAnswer(addresses, ttl.seconds()));
            } else {
                askSystem(host, answer);
            }
        });
    }

    /** This blocks, so it has a thread of its own. */
    private static void askSystem(String host, CompletableFuture<NameAnswer> answer) {
        Thread.ofPlatform().daemon().name("names-system").start(() -> {
            try {
                answer.complete(new NameAnswer(List.of(InetAddress.getAllByName(host)), DEFAULT_TTL_SECONDS));
            } catch (UnknownHostException e) {
                answer.completeExceptionally(e);
            }
        });
    }

    private static List<InetAddress> inHostsFile(String host) {
        final HostsFileEntriesProvider hosts = HostsFileEntriesProvider.parser().parseSilently(StandardCharsets.UTF_8);
        final String name = host.toLowerCase(Locale.ENGLISH);
        final List<InetAddress> found = new ArrayList<>(hosts.ipv6Entries().getOrDefault(name, List.of()));
        found.addAll(hosts.ipv4Entries().getOrDefault(name, List.of()));
        return found;
    }

    @Override
    public synchronized void close() {
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
