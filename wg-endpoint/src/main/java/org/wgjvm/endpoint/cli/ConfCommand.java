package org.wgjvm.endpoint.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.ConfigParser;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.config.WgConfig;
import org.wgjvm.endpoint.wg.DeviceDiff;
import org.wgjvm.endpoint.wg.SyncConf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The three commands that apply a file. */
abstract class ConfCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(index = "0", paramLabel = "INTERFACE")
    private String name;

    @Parameters(index = "1", paramLabel = "FILE")
    private Path file;

    private ConfCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public final Integer call() throws CommandException, ConfigException {
        final WgConfig config = ConfigParser.readWg(file);
        final HostResolver resolver = HostResolver.of(around.environment(), around.err());
        final DeviceChange change = change(config, resolver);
        if (change != null) {
            Devices.set(around, name, change);
            Devices.names(around, name, resolver.namesIn(change));
        }
        return 0;
    }

    /** What to apply, or null for nothing. */
    abstract DeviceChange change(WgConfig config, HostResolver resolver) throws ConfigException, CommandException;

    @Command(name = "setconf",
            description = "Applies a configuration file to an interface: it has that configuration afterwards and no other.")
    static final class Set extends ConfCommand {
        Set(Surroundings around) {
            super(around);
        }

        @Override
        DeviceChange change(WgConfig config, HostResolver resolver) throws ConfigException {
            return config.toSetconf(resolver);
        }
    }

    @Command(name = "addconf", description = "Adds what a configuration file says to what an interface has.")
    static final class Add extends ConfCommand {
        Add(Surroundings around) {
            super(around);
        }

        @Override
        DeviceChange change(WgConfig config, HostResolver resolver) throws ConfigException {
            return config.toAddconf(resolver);
        }
    }

    @Command(name = "syncconf", description = "Like setconf, but leaves the sessions of peers that stay alone.")
    static final class Sync extends ConfCommand {
        @Option(names = "--dry-run", description = "only prints the differences")
        private boolean dryRun;

        Sync(Surroundings around) {
            super(around);
        }

        @Override
        DeviceChange change(WgConfig config, HostResolver resolver) throws ConfigException, CommandException {
            final DeviceChange file = config.toSetconf(resolver);
            final DeviceSnapshot running = Devices.get(super.around, super.name);
            if (dryRun) {
                final DeviceDiff diff = DeviceDiff.of(running, file);
                super.around.out().println(super.name + ": " + (diff.isEmpty() ? "nothing to change" : "changes"));
                diff.lines().forEach(l -> super.around.out().println("  " + l));
                return null;
            }
            return SyncConf.of(file, running);
        }
    }
}
