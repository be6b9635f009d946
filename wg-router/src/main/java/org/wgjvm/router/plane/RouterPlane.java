package org.wgjvm.router.plane;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.Router;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.tun.LinuxTun;
import org.wgjvm.tun.PacketPort;

/**
 * The packet path of one router: interfaces on one side, the data planes of its profiles on the other, and between them what the committed
 * configuration says of tenants, services and NAT.
 *
 * <pre>{@code
 * RouterPlane plane = RouterPlane.builder().start();
 * plane.commit(authority, router).toCompletableFuture().join();
 * plane.attach(new InterfaceId("node1", "eth2-net"), LinuxTun.create("eth2", 1420, TunOptions.ALL)).toCompletableFuture().join();
 * DataPlane profile = DataPlane.builder(plane.profilePort(new InterfaceId("node1", "wg-profile-1-intf"), "wg-profile-1"))
 *         .eventLoop(plane.eventLoop()).enforceMtu(true).start();
 * }</pre>
 *
 * <p>Everything runs on one event loop, that of the profiles too: a packet is carried from the socket to its interface, or back, in one go.
 * Thread-safe: every call is carried to the loop. Close the profiles' data planes before the router.
 */
public final class RouterPlane implements AutoCloseable {
    /** How many sessions of each address family fit, when nothing else is asked for. */
    public static final int DEFAULT_SESSIONS = 1 << 20;

    private final IoEventLoop loop;
    private final IoEventLoopGroup ownGroup;
    private final RouterLoop router;
    private final InterfaceNumbers numbers = new InterfaceNumbers();
    private final PairTable pairs;
    private final TimeoutTable timeouts;

    private RouterPlane(
            IoEventLoop loop, IoEventLoopGroup ownGroup, RouterLoop router, PairTable pairs, TimeoutTable timeouts) {
        this.loop = loop;
        this.ownGroup = ownGroup;
        this.router = router;
        this.pairs = pairs;
        this.timeouts = timeouts;
    }

    /** Begins to assemble a packet path. */
    public static Builder builder() {
        return new Builder();
    }

    /** The loop that everything runs on, and that the data planes of the profiles must run on. */
    public IoEventLoop eventLoop() {
        return loop;
    }

    /** A port for a profile's data plane, with the MTU of tunnels. */
    public PacketPort profilePort(InterfaceId id, String name) {
        return profilePort(id, name, LinuxTun.DEFAULT_MTU);
    }

    /**
     * A port for a profile's data plane: what it decrypts comes in on the interface {@code id}, the generated one of the profile. The data
     * plane owns it; it must run on {@link #eventLoop}, and enforce the MTU, since no kernel does.
     *
     * @param name for logs, such as the profile's
     * @param mtu of the tunnel in bytes
     */
    public PacketPort profilePort(InterfaceId id, String name, int mtu) {
        return new ProfilePort(router, numbers.of(id), id, name, mtu);
    }

    /**
     * Sockets for a profile's data plane whose outbound sessions go through this packet path: they originate from the profile's loopback
     * address, and a service decides whether they may go, and by which interface. What no service covers, and what answers a peer that
     * spoke first, goes by {@code sockets}. IPv4 alone; a loopback address is nothing else.
     *
     * @param inside the generated interface of the profile, whose tenants and timeout hold for these sessions
     * @param loopback source of these sessions within the router
     * @param sockets owned by what is returned
     */
    public UdpBind outbound(InterfaceId inside, Inet4Address loopback, UdpBind sockets) {
        final InterfaceId id = inside.outbound();
        final int source = ByteBuffer.wrap(loopback.getAddress()).getInt();
        return new OutboundBind(new OutboundPort(router, numbers.of(id), id, source), sockets);
    }

    /** Whether a datagram from {@code source} came by the packet path: as an answer in a session that a profile has begun. */
    public static boolean isAnswerToOutbound(Endpoint source) {
        return OutboundBind.isAnswer(source);
    }

    /** Puts an interface on a port, which the router owns from now on, in place of the port that it was on. */
    public CompletionStage<Void> attach(InterfaceId id, PacketPort port) {
        final InsidePort inside = new InsidePort(router, numbers.of(id), id, port);
        return onLoop(() -> {
            router.attach(inside);
            return null;
        });
    }

    /** Takes an interface away and closes its port. Its sessions stay, and go on when it comes back in time. */
    public CompletionStage<Void> detach(InterfaceId id) {
        return onLoop(() -> {
            router.detach(numbers.of(id));
            return null;
        });
    }

    /**
     * Puts a configuration in force, generated elements included: all of it between two batches of packets. It is compiled on the calling
     * thread. Sessions that are still allowed go on untouched; each of the others ends with its next packet.
     */
    public CompletionStage<Void> commit(Authority authority, Router configuration) {
        final Policy policy = PolicyCompiler.compile(authority, configuration, numbers, pairs, timeouts);
        return onLoop(() -> {
            router.forwarder().policy(policy);
            return null;
        });
    }

    /** What has been counted. */
    public CompletionStage<PlaneSnapshot> snapshot() {
        return onLoop(() -> Snapshots.plane(router, pairs));
    }

    /** The sessions, {@code limit} at most, in no order. Taken in slices, so that packets pass meanwhile. */
    public CompletionStage<List<SessionSnapshot>> sessions(int limit) {
        final List<SessionSnapshot> all = new ArrayList<>();
        return walk(limit, slice -> {
            all.addAll(slice);
            return CompletableFuture.completedStage(null);
        }).thenApply(count -> List.copyOf(all));
    }

    /**
     * Hands every session to {@code to}, slice after slice on threads of {@code on}, however many there are: the next slice is made when
     * the one before was taken. Completes with their number, or with what {@code to} throws.
     */
    public CompletionStage<Integer> sessions(Consumer<List<SessionSnapshot>> to, Executor on) {
        return walk(Integer.MAX_VALUE, slice -> CompletableFuture.runAsync(() -> to.accept(slice), on));
    }

    private CompletionStage<Integer> walk(int limit, Function<List<SessionSnapshot>, CompletionStage<?>> sink) {
        final CompletableFuture<Integer> result = new CompletableFuture<>();
        onLoop(() -> {
                    new SessionWalk(router, numbers, pairs, timeouts, limit, sink, result).step();
                    return null;
                })
                .whenComplete((ok, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    }
                });
        return result;
    }

    /** Closes the interfaces. Idempotent. Not on the event loop. */
    @Override
    public void close() {
        onLoop(() -> {
                    router.close();
                    return null;
                })
                .handle((ok, failure) -> null)
                .toCompletableFuture()
                .join();
        if (ownGroup != null) {
            ownGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private <T> CompletionStage<T> onLoop(Callable<T> call) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                try {
                    result.complete(call.call());
                } catch (Exception e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new IllegalStateException("the router is closed", e));
        }
        return result;
    }

    /** What a packet path is made of. Everything has a default. */
    public static final class Builder {
        private int sessions = DEFAULT_SESSIONS;
        private RouterEvents events = RouterEvents.SILENT;
        private IoEventLoop loop;

        private Builder() {}

        /** How many sessions of each address family fit. Memory (80 bytes each for IPv4, 144 for IPv6) is taken as they come. */
        public Builder sessions(int value) {
            sessions = value;
            return this;
        }

        /** Who is told. */
        public Builder events(RouterEvents value) {
            events = value;
            return this;
        }

        /** The event loop to run on; by default the router makes one of its own and shuts it down with itself. */
        public Builder eventLoop(IoEventLoop value) {
            loop = value;
            return this;
        }

        /** Starts, with nothing configured: nothing passes. */
        public RouterPlane start() {
            final SecureRandom random = new SecureRandom();
            final PairTable pairs = new PairTable();
            final TimeoutTable timeouts = new TimeoutTable();
            final Forwarder forwarder = new Forwarder(sessions, random.nextLong(), random.nextLong(), pairs, timeouts);
            final IoEventLoopGroup group = loop == null ? DataPlane.eventLoops(1, "wg-router") : null;
            final IoEventLoop runOn = loop == null ? group.next() : loop;
            return new RouterPlane(runOn, group, new RouterLoop(runOn, forwarder, events), pairs, timeouts);
        }
    }
}
