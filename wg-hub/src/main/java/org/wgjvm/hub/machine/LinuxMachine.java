package org.wgjvm.hub.machine;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.hub.port.Names;
import org.wgjvm.sys.RouteNetlink;

/** This node. Its tunnels share a few event loops. */
public final class LinuxMachine implements Machine {
    private final IoEventLoopGroup loops;
    private final Map<IoEventLoop, LoopBatches> batches = new HashMap<>();

    /** With so many event loops. */
    public LinuxMachine(int threads) {
        loops = DataPlane.eventLoops(threads, "wg-hub");
    }

    @Override
    public PortHold hold(int port) throws IOException {
        final IoEventLoop loop = loops.next();
        return HeldPort.open(loop, batches.computeIfAbsent(loop, l -> LoopBatches.make()), port);
    }

    @Override
    public boolean hasNamespace(String name) {
        return LinuxNamespaces.exists(name);
    }

    @Override
    public void makeNamespace(String name) throws IOException {
        LinuxNamespaces.make(name);
    }

    @Override
    public boolean removeNamespace(String name) throws IOException {
        return LinuxNamespaces.remove(name);
    }

    @Override
    public Tunnel makeTunnel(String name, int mtu, PortHold hold, Runnable onGone) throws IOException {
        return LinuxTunnel.make(name, mtu, (HeldPort) hold, onGone);
    }

    @Override
    public List<Stray> strays(Collection<String> namespaces, Set<String> known) throws IOException {
        final List<Stray> all = new ArrayList<>();
        collect("", LinuxNamespaces.interfaces(), known, all);
        for (final String namespace : namespaces) {
            if (LinuxNamespaces.exists(namespace)) {
                collect(namespace, LinuxNamespaces.within(namespace, LinuxNamespaces::interfaces), known, all);
            }
        }
        return all;
    }

    private static void collect(String namespace, List<String> interfaces, Set<String> known, List<Stray> all) {
        for (final String name : interfaces) {
            if (Names.isDevice(name) && !known.contains(name)) {
                all.add(new Stray(namespace, name));
            }
        }
    }

    @Override
    public void remove(Stray stray) throws IOException {
        if (stray.namespace().isEmpty()) {
            delete(stray.name());
        } else {
            LinuxNamespaces.within(stray.namespace(), () -> delete(stray.name()));
        }
    }

    private static Void delete(String name) throws IOException {
        try (RouteNetlink netlink = RouteNetlink.openForRequests()) {
            netlink.deleteLink(netlink.link(RouteNetlink.OWN_NAMESPACE, name).index());
        }
        return null;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
