package org.wgjvm.dataplane;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceControl;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.device.EndpointFilter;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.noise.KeyLog;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.BindOptions;
import org.wgjvm.transport.LinuxUdpBind;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.tun.PacketPort;

/**
 * A running WireGuard device: the thing that a router embeds, and that the daemon runs.
 *
 * <pre>{@code
 * try (DataPlane wg0 = DataPlane.builder(port).start()) {
 *     wg0.apply(change).toCompletableFuture().join();
 *     wg0.closed().join();
 * }
 * }</pre>
 *
 * <p>Thread-safe: every call is carried to the device's event loop, which owns all of its state.
 */
public final class DataPlane implements DeviceControl, AutoCloseable {
    private final IoEventLoop loop;
    private final IoEventLoopGroup ownGroup;
    private final DeviceLoop device;

    /** Gives up a command without an answer yet: an event loop that ends may drop what it had taken a moment before. */
    private final Set<Runnable> pending = ConcurrentHashMap.newKeySet();

    private DataPlane(IoEventLoop loop, IoEventLoopGroup ownGroup, DeviceLoop device) {
        this.loop = loop;
        this.ownGroup = ownGroup;
        this.device = device;
        if (ownGroup != null) {
            ownGroup.terminationFuture().addListener(ended -> pending.forEach(Runnable::run));
        }
    }

    /**
     * Begins, in the background and once in a process, what else the first data plane begins: to have the cipher compiled. For a process
     * that has other things to do before it makes one. Any thread; returns at once.
     *
     * @return completes when that is done, or when somebody else in the process sees to it; packets are carried before it, slowly
     */
    public static CompletionStage<Void> warmUp() {
        return WarmUp.ciphers();
    }

    /** Begins to assemble a data plane on a port, which it owns from {@link Builder#start} on. */
    public static Builder builder(PacketPort port) {
        return new Builder(port);
    }

    /** An event loop group of {@code threads} threads that suits ports and binds of this system: epoll where there is one. */
    public static IoEventLoopGroup eventLoops(int threads, String name) {
        final IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }

    /** A batch for {@link Builder#innerBatch}. */
    public static PacketBatch newInnerBatch() {
        return DeviceLoop.firstBatch();
    }

    @Override
    public CompletionStage<Integer> apply(DeviceChange change) {
        return onLoop(() -> device.apply(change));
    }

    @Override
    public CompletionStage<DeviceSnapshot> snapshot() {
        return onLoop(device::snapshot);
    }

    /**
     * Sets who may speak to this device at all, and how what it says is marked.
     *
     * @param filter asked of every datagram before any cryptography, on the event loop; null for anyone
     * @param dscp code point of outer packets, 0 to 63
     */
    public CompletionStage<Void> outer(EndpointFilter filter, int dscp) {
        if (dscp < 0 || dscp > 63) {
            throw new IllegalArgumentException("DSCP " + dscp);
        }
        return onLoop(() -> {
            device.outer(filter, dscp);
            return null;
        });
    }

    /**
     * Opens the sockets anew: for when the address that they are to be bound to has changed. The new ones first, so that when that fails
     * the
     * old ones go on. Sessions are kept, and peers that have one are sent a keepalive, from which they learn the new address.
     *
     * @return completes with 0 or a negative error number
     */
    public CompletionStage<Integer> rebind() {
        return onLoop(device::rebind);
    }

    /** The protocol's part of {@link #observe}. */
    @Override
    public CompletionStage<DeviceStatistics> statistics() {
        return onLoop(() -> device.device().statistics());
    }

    /** How many packets were dropped for each reason, in the order of {@link DropReason}. */
    public CompletionStage<long[]> drops() {
        return onLoop(() -> {
            final DropReason[] reasons = DropReason.values();
            final long[] counts = new long[reasons.length];
            for (int i = 0; i < reasons.length; i++) {
                counts[i] = device.device().counters().drops(reasons[i]);
            }
            return counts;
        });
    }

    /** Everything that is counted: protocol, sockets, inside and loop. */
    public CompletionStage<DataPlaneStatistics> observe() {
        return onLoop(device::statistics);
    }

    /** Tells one more observer, from now on. */
    public CompletionStage<Void> tell(DataPlaneEvents observer) {
        return onLoop(() -> {
            device.tell(observer);
            return null;
        });
    }

    /** Measures how long each stage of a batch takes, or ceases to. Off at first: it costs some readings of a clock for each batch. */
    public CompletionStage<Void> timeStages(boolean on) {
        return onLoop(() -> {
            device.observer().timed(on);
            return null;
        });
    }

    /** Completes on the event loop when it comes round: never while it is stuck. For a watchdog. */
    public CompletionStage<Void> turn() {
        return onLoop(() -> null);
    }

    /** Runs {@code task} on the event loop, where it must not take long. */
    public CompletionStage<Void> run(Runnable task) {
        return onLoop(() -> {
            task.run();
            return null;
        });
    }

    /** Shows every packet from now on to {@code tap}, until {@link #removeTap}. Completes when that has begun. */
    public CompletionStage<Void> addTap(PacketTap tap) {
        return onLoop(() -> {
            device.addTap(tap);
            return null;
        });
    }

    /** Shows {@code tap} nothing more once this completes. */
    public CompletionStage<Void> removeTap(PacketTap tap) {
        return onLoop(() -> {
            device.removeTap(tap);
            return null;
        });
    }

    /** Completes when the device is gone: normally after {@link #close}, exceptionally when something took it away. */
    public CompletableFuture<Void> closed() {
        return device.closed().copy();
    }

    /** Closes port and sockets, wipes all keys, and waits until that is done. Idempotent. */
    @Override
    public void close() {
        whateverHolds(() -> {
            device.shutDown(null);
            return null;
        });
        device.closed().handle((ok, failure) -> null).join();
        if (ownGroup != null) {
            ownGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** The way to hand this device over to another process. */
    public Handover handover() {
        return new Handover(this);
    }

    DeviceLoop device() {
        return device;
    }

    /** A command; while the device is frozen it waits. */
    private <T> CompletableFuture<T> onLoop(Callable<T> call) {
        return post(call, true);
    }

    /** A command that is run though the device is frozen. */
    <T> CompletableFuture<T> whateverHolds(Callable<T> call) {
        return post(call, false);
    }

    private <T> CompletableFuture<T> post(Callable<T> call, boolean mayWait) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        final Runnable giveUp = () -> result.completeExceptionally(closedFailure(null));
        pending.add(giveUp);
        result.whenComplete((answer, failure) -> pending.remove(giveUp));
        final Runnable run = () -> {
            try {
                result.complete(call.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        };
        final Runnable task = () -> {
            if (mayWait && device.isFrozen()) {
                device.afterThaw(run);
            } else {
                run.run();
            }
        };
        if (loop.inEventLoop()) {
            task.run();
        } else {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                result.completeExceptionally(closedFailure(e));
            }
        }
        return result;
    }

    private static IllegalStateException closedFailure(Throwable cause) {
        return new IllegalStateException("the data plane is closed", cause);
    }

    /**
     * Becomes the device that another process has frozen, after {@link Builder#expect}. On failure the sockets are closed; a state that
     * cannot be read is an {@link IOException} with a {@link StateException} as its cause.
     *
     * @param state what {@link Handover} gave the other process, good until this returns
     * @param fdV4 the IPv4 socket, or -1
     * @param fdV6 the IPv6 socket, or -1
     */
    public void takeOver(StateReader state, int fdV4, int fdV6) throws IOException {
        Handover.join(whateverHolds(() -> {
            try {
                device.takeOver(state, fdV4, fdV6);
            } catch (StateException e) {
                throw new IOException("the state is refused: " + e.getMessage(), e);
            }
            return null;
        }));
    }

    /** Moves, after {@link #takeOver}: the other process can no longer. */
    public void begin() throws IOException {
        Handover.join(whateverHolds(() -> {
            device.begin();
            return null;
        }));
    }

    private interface Beginning {
        void of(DeviceLoop device) throws IOException;
    }

    /** What a data plane is made of. Everything but the port has a default. */
    public static final class Builder {
        private final PacketPort port;
        private Supplier<UdpBind> binds = () -> new LinuxUdpBind(BindOptions.fromEnvironment());
        private DataPlaneEvents events = DataPlaneEvents.SILENT;
        private IoEventLoop loop;
        private boolean enforceMtu;
        private KeyLog keyLog;
        private PacketBatch inner;

        private Builder(PacketPort port) {
            this.port = port;
        }

        /** Makes the sockets: called for each opening, since a new port is opened before the old one is closed. */
        public Builder binds(Supplier<UdpBind> value) {
            binds = value;
            return this;
        }

        /** Who is told. */
        public Builder events(DataPlaneEvents value) {
            events = value;
            return this;
        }

        /** The event loop to run on; by default the data plane makes one of its own and shuts it down with itself. */
        public Builder eventLoop(IoEventLoop value) {
            loop = value;
            return this;
        }

        /** Answers packets over the port's MTU with "packet too big": for ports behind which no kernel does so. */
        public Builder enforceMtu(boolean value) {
            enforceMtu = value;
            return this;
        }

        /** Hands the secrets of every handshake to {@code value}, on the event loop: for debugging, and never by default. */
        public Builder keyLog(KeyLog value) {
            keyLog = value;
            return this;
        }

        /**
         * Reads packets of the inside into {@code value}, from {@link DataPlane#newInnerBatch}, which data planes on one event loop may
         * share: for many of them, of which few are busy at a time. By default each has its own.
         */
        public Builder innerBatch(PacketBatch value) {
            inner = value;
            return this;
        }

        /** Starts. The sockets open when the port says that it is up. On failure the port is closed. */
        public DataPlane start() throws IOException {
            return assemble(DeviceLoop::start);
        }

        /**
         * Makes ready for the device of another process, whose port was handed over already: {@link DataPlane#takeOver} is then quick.
         * Nothing moves before {@link DataPlane#begin}. On failure the port is closed.
         */
        public DataPlane expect() throws IOException {
            return assemble(DeviceLoop::expect);
        }

        private DataPlane assemble(Beginning beginning) throws IOException {
            final IoEventLoopGroup group = loop == null ? eventLoops(1, "wg-" + port.name()) : null;
            final IoEventLoop runOn = loop == null ? group.next() : loop;
            try {
                final CompletableFuture<DeviceLoop> started = new CompletableFuture<>();
                runOn.execute(() -> {
                    try {
                        final DeviceLoop device = new DeviceLoop(runOn, port, binds, events, enforceMtu);
                        device.device().keyLog(keyLog);
                        device.inner(inner);
                        beginning.of(device);
                        started.complete(device);
                    } catch (IOException | RuntimeException | Error e) {
                        started.completeExceptionally(e);
                    }
                });
                return new DataPlane(runOn, group, started.join());
            } catch (CompletionException e) {
                port.close();
                if (group != null) {
                    group.shutdownGracefully();
                }
                if (e.getCause() instanceof IOException io) {
                    throw io;
                }
                throw e;
            }
        }
    }
}
