package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.config.QuickOptions;

/** Brings an interface up from a file, wholly or not at all. */
public final class QuickUp {
    private final QuickFile file;
    private final String name;
    private final QuickOptions options;
    private final DeviceLink devices;
    private final Shell shell;
    private final Undo undo;
    private final HostResolver resolver;

    /** {@code err} gets the commands that are run. */
    public QuickUp(QuickFile file, DeviceLink devices, HostResolver resolver, PrintStream err) {
        this(file, devices, resolver, err, new Shell(err));
    }

    QuickUp(QuickFile file, DeviceLink devices, HostResolver resolver, PrintStream err, Shell shell) {
        this.file = file;
        this.devices = devices;
        this.resolver = resolver;
        name = file.interfaceName();
        options = file.config().quick();
        this.shell = shell;
        undo = new Undo(err);
    }

    /** Does it. On an error, or when this process is told to end meanwhile, everything done so far is undone. */
    public void run() throws QuickException, ConfigException, IOException {
        if (devices.exists(name) || !shell.ask("ip", "link", "show", "dev", name).isBlank()) {
            throw new QuickException("`" + name + "' already exists");
        }
        wholly(() -> {
            undo.push("the interface", () -> {
                if (!shell.ask("ip", "link", "show", "dev", name).isBlank()) {
                    shell.run("ip", "link", "delete", "dev", name);
                }
            });
            devices.start(name);
            steps();
        });
    }

    /** Does it on an interface whose daemon somebody else has started. On an error its configuration is undone as far as it goes. */
    public void attach() throws QuickException, ConfigException, IOException {
        if (!devices.exists(name)) {
            throw new QuickException("`" + name + "' has no daemon that runs");
        }
        wholly(this::steps);
    }

    /** What may fail in each of the ways in which bringing up does. */
    @FunctionalInterface
    private interface Steps {
        void run() throws QuickException, ConfigException, IOException;
    }

    private void wholly(Steps all) throws QuickException, ConfigException, IOException {
        final Thread onSignal = new Thread(undo::run);
        Runtime.getRuntime().addShutdownHook(onSignal);
        boolean done = false;
        try {
            all.run();
            done = true;
            undo.forget();
        } finally {
            if (!done) {
                undo.run();
            }
            try {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            } catch (IllegalStateException e) {
                // The process is ending: the hook runs, and finds nothing left or undoes the rest.
            }
        }
    }

    private void steps() throws QuickException, ConfigException, IOException {
        hooks(options.preUp());
        final DeviceChange change = file.config().toAddconf(resolver);
        devices.set(name, change);
        devices.names(name, resolver.namesIn(change));
        for (final String address : options.addresses()) {
            shell.run("ip", address.indexOf(':') >= 0 ? "-6" : "-4", "address", "add", address, "dev", name);
        }
        final DeviceSnapshot device = devices.get(name);
        final int mtu = options.mtu() != null ? options.mtu() : new Mtu(shell).choose(device.peers());
        shell.run("ip", "link", "set", "mtu", Integer.toString(mtu), "up", "dev", name);
        if (!options.dnsServers().isEmpty() || !options.dnsSearch().isEmpty()) {
            final NameServers servers = new NameServers(name, shell);
            undo.push("name servers", servers::unset);
            servers.set(options);
        }
        if (!"off".equals(options.table())) {
            routes(device);
        }
        hooks(options.postUp());
    }

    private void routes(DeviceSnapshot device) throws QuickException, IOException {
        final LinkedHashSet<IpPrefix> prefixes = new LinkedHashSet<>();
        device.peers().forEach(p -> prefixes.addAll(p.allowedIps()));
        final List<IpPrefix> longestFirst = prefixes.stream().sorted(Comparator.comparingInt(IpPrefix::bits).reversed()).toList();
        for (final IpPrefix prefix : longestFirst) {
            final String text = prefix.toString();
            final String family = prefix.v6() ? "-6" : "-4";
            if (options.table() != null && !options.table().equals("auto")) {
                shell.run("ip", family, "route", "add", text, "dev", name, "table", options.table());
            } else if (prefix.bits() == 0) {
                new DefaultRoute(name, devices, shell).add(text, undo);
            } else if (shell.ask("ip", family, "route", "show", "dev", name, "match", text).isBlank()) {
                shell.run("ip", family, "route", "add", text, "dev", name);
            }
        }
    }

    private void hooks(List<String> hooks) throws QuickException {
        for (final String hook : hooks) {
            shell.hook(hook.replace("%i", name));
        }
    }
}
