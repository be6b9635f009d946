package org.wgjvm.hub.agent;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.wgjvm.hub.port.HostPort;

/**
 * Addresses of endpoints that are names, looked up on threads of their own: whoever asks gets what is known, and is told when that
 * changes.
 */
final class EndpointLookup {
    private final Map<String, InetAddress> known = new ConcurrentHashMap<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Runnable onChange;

    EndpointLookup(Runnable onChange) {
        this.onChange = onChange;
    }

    /** The address of an endpoint, or null while it is not known. */
    InetSocketAddress find(HostPort endpoint) {
        final InetAddress literal = endpoint.literal();
        if (literal != null) {
            return new InetSocketAddress(literal, endpoint.port());
        }
        if (asked.add(endpoint.host())) {
            ask(endpoint.host());
        }
        final InetAddress address = known.get(endpoint.host());
        return address == null ? null : new InetSocketAddress(address, endpoint.port());
    }

    /** Asks anew for every name. */
    void refresh() {
        asked.forEach(this::ask);
    }

    private void ask(String host) {
        Thread.ofVirtual().name("hub-lookup").start(() -> {
            try {
                final InetAddress found = InetAddress.getByName(host);
                if (!Objects.equals(known.put(host, found), found)) {
                    onChange.run();
                }
            } catch (UnknownHostException e) {
                // Asked again with the next look at everything.
            }
        });
    }
}
