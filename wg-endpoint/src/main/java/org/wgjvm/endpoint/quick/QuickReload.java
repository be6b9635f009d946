package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.config.QuickOptions;
import org.wgjvm.endpoint.wg.DeviceDiff;

/**
 * Makes a running interface what its file says now, and touches nothing that is so already: peers that stay keep their sessions and
 * counters, and no route is away for a moment that is there before and after. What comes is done before what goes. If any step fails, what
 * was done is undone.
 *
 * <p>A listen port, mark or private key that the file does not name stays as it is: {@code up} chose the first two, and a hook may have set
 * the last. Hooks are not run. Routes are those to allowed IPs; others on the interface are somebody else's.
 */
public final class QuickReload {
    private final QuickFile file;
    private final String name;
    private final QuickOptions options;
    private final DeviceLink devices;
    private final HostResolver resolver;
    private final Shell shell;

    private DeviceSnapshot before;
    private InterfaceState state;
    private DeviceDiff device;
    private final Set<InterfaceAddress> addAddresses = new LinkedHashSet<>();
    private final Set<InterfaceAddress> removeAddresses = new LinkedHashSet<>();
    private final Set<IpPrefix> addRoutes = new LinkedHashSet<>();
    private final Set<IpPrefix> removeRoutes = new LinkedHashSet<>();
    private final Set<IpPrefix> defaultsBefore = new LinkedHashSet<>();
    private final Set<IpPrefix> defaults = new LinkedHashSet<>();
    private String nameServers;

    /** {@code err} gets the commands that are run. */
    public QuickReload(QuickFile file, DeviceLink devices, HostResolver resolver, PrintStream err) {
        this(file, devices, resolver, new Shell(err));
    }

    QuickReload(QuickFile file, DeviceLink devices, HostResolver resolver, Shell shell) {
        this.file = file;
        this.devices = devices;
        this.resolver = resolver;
        this.shell = shell;
        name = file.interfaceName();
        options = file.config().quick();
    }

    /** Compares the interface with the file. To be called first, once. Returns the differences as lines, none of which has a secret. */
    public List<String> plan() throws QuickException, ConfigException, IOException {
        if (!devices.exists(name)) {
            throw new QuickException("`" + name + "' is not a WireGuard interface that runs");
        }
        before = devices.get(name);
        device = DeviceDiff.of(before, file.config().toAddconf(resolver));
        state = InterfaceState.read(name, table(), shell);
        final List<String> lines = new ArrayList<>();
        addresses(lines);
        if (options.mtu() != null && options.mtu() != state.mtu()) {
            lines.add("~ MTU: " + state.mtu() + " -> " + options.mtu());
        }
        routes(lines);
        final String wanted = NameServers.text(options);
        if (!wanted.strip().equals(known(state.nameServers()).strip())) {
            nameServers = wanted;
            lines.add("~ name servers: " + oneLine(state.nameServers()) + " -> " + oneLine(wanted));
        }
        lines.addAll(device.lines());
        return lines;
    }

    PrintStream err() {
        return shell.err();
    }

    /** How many peers stay as they are. */
    public int unchangedPeers() {
        return device.unchangedPeers();
    }

    private static String known(String nameServers) {
        return nameServers.lines().filter(l -> l.startsWith("nameserver ") || l.startsWith("search ")).collect(Collectors.joining("\n"));
    }

    private static String oneLine(String nameServers) {
        final String line = known(nameServers).lines().map(l -> l.substring(l.indexOf(' ') + 1)).collect(Collectors.joining(" "));
        return line.isEmpty() ? "none" : line;
    }

    private boolean automaticTable() {
        return options.table() == null || options.table().equals("auto");
    }

    /** The table of the routes, or null for the main one. */
    private String table() {
        return automaticTable() || options.table().equals("off") ? null : options.table();
    }

    private void addresses(List<String> lines) {
        final Set<InterfaceAddress> wanted = new LinkedHashSet<>();
        options.addresses().forEach(a -> wanted.add(InterfaceAddress.of(a)));
        wanted.stream().filter(a -> !state.addresses().contains(a)).forEach(addAddresses::add);
        state.addresses().stream().filter(a -> !wanted.contains(a) && !a.isLinkLocal()).forEach(removeAddresses::add);
        addAddresses.forEach(a -> lines.add("+ address " + a));
        removeAddresses.forEach(a -> lines.add("- address " + a));
    }

    private void routes(List<String> lines) {
        if ("off".equals(options.table())) {
            return;
        }
        final Set<IpPrefix> old = new LinkedHashSet<>();
        before.peers().forEach(p -> old.addAll(p.allowedIps()));
        final Set<IpPrefix> wanted = device.wantedAllowedIps();
        final List<InterfaceAddress> addresses = options.addresses().stream().map(InterfaceAddress::of).toList();
        for (final IpPrefix prefix : wanted) {
            if (prefix.bits() == 0 && automaticTable()) {
                defaults.add(prefix);
            } else if (!state.routes().contains(prefix) && (!automaticTable() || addresses.stream().noneMatch(a -> a.covers(prefix)))) {
                addRoutes.add(prefix);
            }
        }
        for (final IpPrefix prefix : old) {
            if (prefix.bits() == 0 && automaticTable()) {
                // Without a mark nobody has routed it.
                if (before.fwmark() != 0) {
                    defaultsBefore.add(prefix);
                }
            } else if (!wanted.contains(prefix) && state.routes().contains(prefix)) {
                removeRoutes.add(prefix);
            }
        }
        defaults.stream().filter(r -> !defaultsBefore.contains(r)).forEach(r -> lines.add("+ route " + r));
        addRoutes.forEach(r -> lines.add("+ route " + r));
        removeRoutes.forEach(r -> lines.add("- route " + r));
        defaultsBefore.stream().filter(r -> !defaults.contains(r)).forEach(r -> lines.add("- route " + r));
    }

    /** Applies what {@link #plan} found, wholly or not at all. */
    public void apply() throws QuickException, IOException {
        final Undo undo = new Undo(shell.err());
        apply(undo);
    }

    /** Applies; how to get back is on {@code undo} afterwards. */
    void apply(Undo undo) throws QuickException, IOException {
        boolean done = false;
        try {
            steps(undo);
            done = true;
        } finally {
            if (!done) {
                undo.run();
            }
        }
    }

    private void steps(Undo undo) throws QuickException, IOException {
        if (!addAddresses.isEmpty() || !removeAddresses.isEmpty()) {
            promoteSecondaries();
            undo.push("addresses and routes", () -> ensure(state.addresses(), state.routes(), defaultsBefore, before.fwmark()));
        }
        for (final InterfaceAddress address : addAddresses) {
            undo.push("address " + address, () -> removeAddress(address));
            addAddress(address);
        }
        if (options.mtu() != null && options.mtu() != state.mtu()) {
            undo.push("MTU", () -> mtu(state.mtu()));
            mtu(options.mtu());
        }
        if (nameServers != null) {
            final NameServers servers = new NameServers(name, shell);
            final String had = known(state.nameServers());
            undo.push("name servers", () -> nameServers(servers, had));
            nameServers(servers, nameServers);
        }
        for (final IpPrefix route : addRoutes) {
            undo.push("route " + route, () -> route("del", route));
            route("add", route);
        }
        // Not even a refusal leaves the device as it was for certain: the way back comes first.
        if (!device.isEmpty()) {
            undo.push("keys and peers", () -> devices.set(name, device.inverse()));
            devices.set(name, device.change());
            devices.names(name, resolver.namesIn(device.change()));
        }
        defaultRoute(undo);
        for (final IpPrefix route : removeRoutes) {
            undo.push("route " + route, () -> route("add", route));
            route("del", route);
        }
        for (final InterfaceAddress address : removeAddresses) {
            undo.push("address " + address, () -> addAddress(address));
            removeAddress(address);
        }
        if (!removeAddresses.isEmpty()) {
            final Set<IpPrefix> routes = new LinkedHashSet<>(state.routes());
            routes.removeAll(removeRoutes);
            routes.addAll(addRoutes);
            ensure(options.addresses().stream().map(InterfaceAddress::of).toList(), routes, defaults, devices.get(name).fwmark());
        }
    }

    /** Otherwise the kernel takes the other addresses of a network away with its first one, and all routes with the last address. */
    private void promoteSecondaries() throws QuickException {
        if (shell.has("sysctl")) {
            shell.ask("sysctl", "-q", "-w", "net/ipv4/conf/" + name + "/promote_secondaries=1");
        }
    }

    /** Where the kernel did so nevertheless: what is to be there is there in the end. */
    private void ensure(Iterable<InterfaceAddress> addresses, Iterable<IpPrefix> routes, Iterable<IpPrefix> toEverywhere, int mark)
            throws QuickException {
        final Set<InterfaceAddress> present = InterfaceState.read(name, table(), shell).addresses();
        for (final InterfaceAddress address : addresses) {
            if (!address.isLinkLocal() && !present.contains(address)) {
                addAddress(address);
            }
        }
        final Set<IpPrefix> routed = InterfaceState.read(name, table(), shell).routes();
        for (final IpPrefix route : routes) {
            if (!routed.contains(route)) {
                route("add", route);
            }
        }
        for (final IpPrefix route : toEverywhere) {
            final String family = route.v6() ? "-6" : "-4";
            final String table = Integer.toUnsignedString(mark);
            if (!shell.ask("ip", family, "route", "show", "dev", name, "table", table).contains("default")) {
                shell.run("ip", family, "route", "add", route.toString(), "dev", name, "table", table);
            }
        }
    }

    private void defaultRoute(Undo undo) throws QuickException, IOException {
        final int mark = device.change().fwmark() == null ? before.fwmark() : device.change().fwmark();
        final DefaultRoute route = new DefaultRoute(name, devices, shell);
        if (!defaults.equals(defaultsBefore) || mark != before.fwmark() && !defaults.isEmpty()) {
            if (!defaultsBefore.isEmpty()) {
                undo.push("default route", () -> addDefaults(route, defaultsBefore, new Undo(shell.err())));
                removeDefaults(route, Integer.toUnsignedString(before.fwmark()));
            }
            addDefaults(route, defaults, undo);
        } else if (!addAddresses.isEmpty() || !removeAddresses.isEmpty()) {
            for (final IpPrefix prefix : defaults) {
                final String table = Integer.toUnsignedString(mark);
                undo.push("firewall", () -> route.addFirewall(prefix.v6(), table));
                route.addFirewall(prefix.v6(), table);
            }
        }
    }

    private static void addDefaults(DefaultRoute route, Set<IpPrefix> prefixes, Undo undo) throws QuickException, IOException {
        for (final IpPrefix prefix : prefixes) {
            route.add(prefix.toString(), undo);
        }
    }

    private void removeDefaults(DefaultRoute route, String table) throws QuickException {
        route.removeRules(table);
        route.removeFirewall();
        for (final IpPrefix prefix : defaultsBefore) {
            shell.run("ip", prefix.v6() ? "-6" : "-4", "route", "del", prefix.toString(), "dev", name, "table", table);
        }
    }

    private void addAddress(InterfaceAddress address) throws QuickException {
        shell.run("ip", address.family(), "address", "replace", address.toString(), "dev", name);
    }

    /** One that is gone already, with the first address of its network, is no failure. */
    private void removeAddress(InterfaceAddress address) throws QuickException {
        if (InterfaceState.read(name, table(), shell).addresses().contains(address)) {
            shell.run("ip", address.family(), "address", "del", address.toString(), "dev", name);
        }
    }

    private void mtu(int mtu) throws QuickException {
        shell.run("ip", "link", "set", "mtu", Integer.toString(mtu), "dev", name);
    }

    private static void nameServers(NameServers servers, String text) throws QuickException {
        if (text.isBlank()) {
            servers.unset();
        } else {
            servers.set(text.strip() + "\n");
        }
    }

    private void route(String how, IpPrefix route) throws QuickException {
        final String family = route.v6() ? "-6" : "-4";
        if (table() == null) {
            shell.run("ip", family, "route", how, route.toString(), "dev", name);
        } else {
            shell.run("ip", family, "route", how, route.toString(), "dev", name, "table", table());
        }
    }
}
