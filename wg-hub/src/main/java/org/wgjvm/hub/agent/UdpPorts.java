package org.wgjvm.hub.agent;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.wgjvm.hub.machine.Machine;
import org.wgjvm.hub.machine.PortHold;
import org.wgjvm.hub.state.PortEntry;

/** Which UDP port a hub has. One thread at a time. */
final class UdpPorts {
    private final Settings settings;
    private final Machine machine;
    private final Inventory inventory;

    UdpPorts(Settings settings, Machine machine, Inventory inventory) {
        this.settings = settings;
        this.machine = machine;
        this.inventory = inventory;
    }

    /** Whether this is a hub's host. */
    boolean isHome(PortEntry hub) {
        return hub.port().binding().hostId().equals(settings.host());
    }

    /**
     * Holds the first free port of the range, or returns null. If it can be, it is one that no hub of another host has: a host that takes
     * that hub over, or this one, can then keep its port.
     */
    PortHold choose() throws IOException {
        final Set<Integer> all = new HashSet<>();
        inventory.hubs().forEach(entry -> all.add(entry.listenPort()));
        final PortHold hold = firstFree(all);
        return hold == null ? firstFree(own()) : hold;
    }

    private Set<Integer> own() {
        final Set<Integer> own = new HashSet<>();
        inventory.hubs().stream().filter(this::isHome).forEach(entry -> own.add(entry.listenPort()));
        return own;
    }

    private PortHold firstFree(Set<Integer> but) throws IOException {
        for (int port = settings.firstPort(); port <= settings.lastPort(); port++) {
            if (!but.contains(port)) {
                try {
                    return machine.hold(port);
                } catch (Machine.PortTaken e) {
                    // Somebody else's; the next one.
                }
            }
        }
        return null;
    }

    /** Holds the port that was chosen for a hub of this host; for one of another host's, another one if that is taken here. */
    PortHold hold(PortEntry entry) throws IOException {
        if (isHome(entry)) {
            if (entry.listenPort() == 0) {
                throw new IOException("its UDP port is not chosen yet");
            }
            return machine.hold(entry.listenPort());
        }
        if (entry.listenPort() != 0) {
            try {
                return machine.hold(entry.listenPort());
            } catch (Machine.PortTaken e) {
                // Another one, then.
            }
        }
        final PortHold hold = firstFree(own());
        if (hold == null) {
            throw new IOException(noneFree());
        }
        return hold;
    }

    String noneFree() {
        return "no UDP port from " + settings.firstPort() + " to " + settings.lastPort() + " is free";
    }
}
