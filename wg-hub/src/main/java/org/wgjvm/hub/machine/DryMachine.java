package org.wgjvm.hub.machine;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.device.DeviceStatistics;

/** A node on which nothing is done: it looks at the real one, and says what would be. */
public final class DryMachine implements Machine {
    private final Machine real;
    private final Consumer<String> said;
    private final Set<String> made = new TreeSet<>();
    private final Set<Integer> held = new TreeSet<>();

    /** Looks at {@code real}, which it changes in nothing but that a port is bound for a moment, to see whether it could be. */
    public DryMachine(Machine real, Consumer<String> said) {
        this.real = real;
        this.said = said;
    }

    @Override
    public PortHold hold(int port) throws IOException {
        if (!held.add(port)) {
            throw new PortTaken(port, null);
        }
        try (PortHold tried = real.hold(port)) {
            said.accept("would bind UDP port " + tried.port());
        }
        return new PortHold() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public boolean isBroken() {
                return false;
            }

            @Override
            public void close() {
                if (held.remove(port)) {
                    said.accept("would let go of UDP port " + port);
                }
            }
        };
    }

    @Override
    public boolean hasNamespace(String name) {
        return made.contains(name) || real.hasNamespace(name);
    }

    @Override
    public void makeNamespace(String name) {
        if (made.add(name) && !real.hasNamespace(name)) {
            said.accept("would make namespace " + name);
        }
    }

    @Override
    public boolean removeNamespace(String name) {
        said.accept("would remove namespace " + name + " if it is empty");
        made.remove(name);
        return true;
    }

    @Override
    public Tunnel makeTunnel(String name, int mtu, PortHold hold, Runnable onGone) {
        said.accept("would make interface " + name + ", MTU " + mtu + ", on UDP port " + hold.port());
        return new DryTunnel(name);
    }

    @Override
    public List<Stray> strays(Collection<String> namespaces, Set<String> known) throws IOException {
        return real.strays(namespaces, known);
    }

    @Override
    public void remove(Stray stray) {
        said.accept("would remove interface " + stray);
    }

    @Override
    public void close() {
        real.close();
    }

    private final class DryTunnel implements Tunnel {
        private final String name;
        private String place = "";
        private LinkPlan plan = LinkPlan.DOWN;
        private boolean closed;

        DryTunnel(String name) {
            this.name = name;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void place(String namespace) {
            if (!namespace.equals(place)) {
                said.accept("would move " + name + " to " + namespace);
                place = namespace;
                plan = LinkPlan.DOWN;
            }
        }

        @Override
        public void link(LinkPlan wanted) {
            if (!wanted.equals(plan)) {
                said.accept("would set " + name + (wanted.up() ? " up, addresses " + wanted.addresses() + ", routes " + wanted.routes()
                        : " down"));
                plan = wanted;
            }
        }

        @Override
        public void configure(DeviceChange change) {
            change.peers().forEach(p -> said.accept("would " + (p.remove() ? "remove" : "set") + " peer " + p.publicKey() + " of " + name));
        }

        @Override
        public DeviceStatistics statistics() {
            return null;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                said.accept("would remove interface " + name);
            }
        }
    }
}
