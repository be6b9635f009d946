package org.wgjvm.hub.machine;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.hub.port.Cidr;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.LinkState;
import org.wgjvm.sys.NetworkNamespace;
import org.wgjvm.sys.RouteNetlink;
import org.wgjvm.tun.LinuxTun;
import org.wgjvm.tun.TunOptions;

/**
 * A data plane on a TUN device, in this process, with the sockets of a {@link HeldPort}. The device is made in the agent's namespace, so
 * that the sockets are there, and moved; the kernel removes it when this process ends, however that happens.
 */
final class LinuxTunnel implements Tunnel {
    private static final int MAIN_TABLE = 254;
    private static final int PATIENCE_SECONDS = 20;

    private final String name;
    private final LinuxTun tun;
    private final DataPlane plane;
    private final Set<Cidr> addresses = new LinkedHashSet<>();
    private final Set<Cidr> routes = new LinkedHashSet<>();
    private volatile boolean gone;

    private LinuxTunnel(String name, LinuxTun tun, DataPlane plane) {
        this.name = name;
        this.tun = tun;
        this.plane = plane;
    }

    static LinuxTunnel make(String name, int mtu, HeldPort port, Runnable onGone) throws IOException {
        final LinuxTun tun = LinuxTun.create(name, mtu, TunOptions.fromEnvironment(System.getenv()));
        final DataPlane plane = DataPlane.builder(tun).binds(port::lease).eventLoop(port.loop())
                .innerBatch(port.batches().inner()).start();
        final LinuxTunnel tunnel = new LinuxTunnel(name, tun, plane);
        plane.closed().whenComplete((nothing, reason) -> {
            tunnel.gone = true;
            if (reason != null) {
                onGone.run();
            }
        });
        return tunnel;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public void place(String namespace) throws IOException {
        final int here = openNamespace();
        try {
            if (LinuxNamespaces.identity(here).equals(LinuxNamespaces.identity(namespace))) {
                return;
            }
            final int there = LinuxNamespaces.open(namespace);
            try {
                NetworkNamespace.call(here, () -> {
                    try (RouteNetlink netlink = RouteNetlink.openForRequests()) {
                        netlink.moveToNamespace(netlink.link(RouteNetlink.OWN_NAMESPACE, name).index(), there);
                    }
                    return null;
                });
                addresses.clear();
                routes.clear();
            } finally {
                FileDescriptors.close(there);
            }
        } finally {
            FileDescriptors.close(here);
        }
    }

    @Override
    public void link(LinkPlan plan) throws IOException {
        final int here = openNamespace();
        try {
            NetworkNamespace.call(here, () -> {
                try (RouteNetlink netlink = RouteNetlink.openForRequests()) {
                    apply(plan, netlink);
                }
                return null;
            });
        } finally {
            FileDescriptors.close(here);
        }
    }

    /** Adding what is there changes nothing, so that what somebody else took away comes back. */
    private void apply(LinkPlan plan, RouteNetlink netlink) throws IOException {
        final LinkState link = netlink.link(RouteNetlink.OWN_NAMESPACE, name);
        if (!plan.up()) {
            if (link.isUp()) {
                netlink.setUp(link.index(), false);
            }
            routes.clear();
            return;
        }
        if (!link.isUp()) {
            netlink.setUp(link.index(), true);
            routes.clear();
        }
        for (final Cidr stale : stale(routes, plan.routes())) {
            forget(() -> netlink.removeRoute(link.index(), stale.address(), stale.bits(), MAIN_TABLE));
        }
        for (final Cidr stale : stale(addresses, plan.addresses())) {
            forget(() -> netlink.removeAddress(link.index(), stale.address(), stale.bits()));
        }
        for (final Cidr address : plan.addresses()) {
            netlink.addAddress(link.index(), address.address(), address.bits());
            addresses.add(address);
        }
        for (final Cidr route : plan.routes()) {
            netlink.addRoute(link.index(), route.network().address(), route.bits(), MAIN_TABLE);
            routes.add(route);
        }
    }

    private static List<Cidr> stale(Set<Cidr> there, List<Cidr> wanted) {
        final List<Cidr> stale = there.stream().filter(c -> !wanted.contains(c)).toList();
        stale.forEach(there::remove);
        return stale;
    }

    private interface Removal {
        void run() throws IOException;
    }

    private static void forget(Removal removal) {
        try {
            removal.run();
        } catch (IOException e) {
            // It is not there any more, which is what was wanted.
        }
    }

    @Override
    public void configure(DeviceChange change) throws IOException {
        final int result = await(plane.apply(change));
        if (result != 0) {
            throw Errno.failure("configure " + name, result);
        }
    }

    @Override
    public DeviceStatistics statistics() throws IOException {
        return await(plane.statistics());
    }

    private int openNamespace() throws IOException {
        final AtomicInteger fd = new AtomicInteger(-Errno.EBADFD);
        await(plane.run(() -> fd.set(tun.openNamespace())));
        if (fd.get() < 0) {
            throw Errno.failure("namespace of " + name, fd.get());
        }
        return fd.get();
    }

    private <T> T await(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(name + ": " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(name + ": its event loop does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        plane.close();
    }
}
