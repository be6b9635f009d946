package org.wgjvm.hub.machine;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The node: ports, namespaces and interfaces. One thread at a time; everything is asked of the node itself, and nothing remembered. */
public interface Machine extends AutoCloseable {
    /** Binds a UDP port; {@link PortTaken} when somebody has it. */
    PortHold hold(int port) throws IOException;

    /** Whether there is a namespace of that name. */
    boolean hasNamespace(String name);

    /** Makes a namespace that forwards packets; of one that is there already, what is missing of it. */
    void makeNamespace(String name) throws IOException;

    /** Removes a namespace, unless there is an interface in it; returns whether it is gone. */
    boolean removeNamespace(String name) throws IOException;

    /**
     * Makes an interface, down, in the namespace of the agent.
     *
     * @param hold the port it speaks through; it stays the caller's
     * @param onGone called, on some thread, if something takes the interface away
     */
    Tunnel makeTunnel(String name, int mtu, PortHold hold, Runnable onGone) throws IOException;

    /** The interfaces in the agent's namespace and in these that are called as hubs' are, but for the names in {@code known}. */
    List<Stray> strays(Collection<String> namespaces, Set<String> known) throws IOException;

    /** Removes one. */
    void remove(Stray stray) throws IOException;

    /** Removes every tunnel and port that was made. */
    @Override
    void close();

    /** The port is in use. */
    final class PortTaken extends IOException {
        private static final long serialVersionUID = 1;

        /** Names the port. */
        public PortTaken(int port, Throwable cause) {
            super("UDP port " + port + " is in use", cause);
        }
    }
}
