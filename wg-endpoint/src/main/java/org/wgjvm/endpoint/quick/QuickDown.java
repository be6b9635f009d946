package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.endpoint.config.QuickOptions;

/** Takes an interface down that {@link QuickUp}, or {@code wg-quick}, brought up. */
public final class QuickDown {
    private static final long END_TIMEOUT_NS = 10_000_000_000L;

    private final QuickFile file;
    private final String name;
    private final QuickOptions options;
    private final DeviceLink devices;
    private final Shell shell;

    /** {@code err} gets the commands that are run. */
    public QuickDown(QuickFile file, DeviceLink devices, PrintStream err) {
        this(file, devices, new Shell(err));
    }

    QuickDown(QuickFile file, DeviceLink devices, Shell shell) {
        this.file = file;
        this.devices = devices;
        name = file.interfaceName();
        options = file.config().quick();
        this.shell = shell;
    }

    /** Does it. */
    public void run() throws QuickException, IOException {
        if (!devices.exists(name)) {
            throw new QuickException("`" + name + "' is not a WireGuard interface");
        }
        hooks(options.preDown());
        final DeviceSnapshot device = devices.get(name);
        if (options.saveConfig()) {
            new SaveConfig(file, shell).save(device);
        }
        final boolean dns = !options.dnsServers().isEmpty() || !options.dnsSearch().isEmpty();
        if (dns && shell.has("resolvconf")) {
            new NameServers(name, shell).unset();
        }
        final DefaultRoute defaultRoute = new DefaultRoute(name, devices, shell);
        final boolean automatic = options.table() == null || options.table().equals("auto");
        if (automatic && device.fwmark() != 0 && device.peers(
                ).stream().anyMatch(p -> p.allowedIps().stream().anyMatch(a -> a.bits() == 0))) {
            defaultRoute.removeRules(Integer.toUnsignedString(device.fwmark()));
            defaultRoute.removeFirewall();
        }
        shell.run("ip", "link", "delete", "dev", name);
        awaitEnd();
        hooks(options.postDown());
    }

    /** For a daemon that was killed: its interface is gone, and with it its routes, but not its name servers and firewall rules. */
    public void leftovers() throws QuickException {
        if (devices.exists(name)) {
            return;
        }
        if (!NameServers.text(options).isEmpty() && shell.has("resolvconf")) {
            new NameServers(name, shell).unset();
        }
        new DefaultRoute(name, devices, shell).removeFirewall();
    }

    /** The daemon notices that its TUN device is gone, and removes its socket: a next {@code up} must not meet it. */
    private void awaitEnd() throws QuickException {
        final long deadlineNs = System.nanoTime() + END_TIMEOUT_NS;
        try {
            while (devices.exists(name)) {
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new QuickException("the daemon of " + name + " does not end though its interface is gone");
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QuickException("interrupted");
        }
    }

    private void hooks(List<String> hooks) throws QuickException {
        for (final String hook : hooks) {
            shell.hook(hook.replace("%i", name));
        }
    }
}
