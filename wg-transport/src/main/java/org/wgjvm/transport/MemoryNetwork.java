package org.wgjvm.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.sys.Errno;

/**
 * A network inside one JVM: binds made here reach each other by address and port, and nobody else. It loses nothing but what a filter takes
 * out, or what comes when a receiver has {@link MemoryUdpBind#MAX_BATCHES} batches waiting. Any thread.
 */
public final class MemoryNetwork {
    private static final int FIRST_EPHEMERAL_PORT = 32768;

    private final ConcurrentHashMap<Endpoint, MemoryUdpBind> receivers = new ConcurrentHashMap<>();
    private volatile Filter filter;

    /** Decides which datagrams pass: a link that loses, or a wall. Called on the sender's event loop. */
    @FunctionalInterface
    public interface Filter {
        /** Whether the datagram of {@code length} bytes passes. */
        boolean passes(Endpoint from, Endpoint to, int length);
    }

    /** A bind at the given addresses, at most one of each family; it answers nowhere until it is opened. */
    public MemoryUdpBind newBind(InetAddress... addresses) {
        return new MemoryUdpBind(this, addresses);
    }

    /** Lets only what {@code newFilter} passes through; null for everything. */
    public void setFilter(Filter newFilter) {
        filter = newFilter;
    }

    Filter filter() {
        return filter;
    }

    /** Who answers at {@code to}, or null. */
    MemoryUdpBind receiver(Endpoint to) {
        return receivers.get(to);
    }

    /** Registers {@code bind} for all addresses on one port, any free one for 0. Returns the endpoints, or throws when one is taken. */
    synchronized List<Endpoint> register(MemoryUdpBind bind, List<InetAddress> addresses, int port) throws BindFailure {
        if (port != 0) {
            final List<Endpoint> wanted = at(addresses, port);
            if (wanted.stream().anyMatch(receivers::containsKey)) {
                throw new BindFailure("cannot bind UDP " + wanted, -Errno.EADDRINUSE);
            }
            wanted.forEach(endpoint -> receivers.put(endpoint, bind));
            return wanted;
        }
        for (int candidate = FIRST_EPHEMERAL_PORT; candidate <= 0xffff; candidate++) {
            final List<Endpoint> wanted = at(addresses, candidate);
            if (wanted.stream().noneMatch(receivers::containsKey)) {
                wanted.forEach(endpoint -> receivers.put(endpoint, bind));
                return wanted;
            }
        }
        throw new BindFailure("no free port at " + addresses, -Errno.EADDRINUSE);
    }

    synchronized void unregister(List<Endpoint> endpoints) {
        endpoints.forEach(receivers::remove);
    }

    private static List<Endpoint> at(List<InetAddress> addresses, int port) {
        final List<Endpoint> endpoints = new ArrayList<>();
        for (final InetAddress address : addresses) {
            endpoints.add(Endpoint.of(new InetSocketAddress(Objects.requireNonNull(address), port)));
        }
        return List.copyOf(endpoints);
    }
}
