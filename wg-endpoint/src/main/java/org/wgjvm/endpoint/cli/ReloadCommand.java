package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.quick.CommitSocket;
import org.wgjvm.endpoint.quick.QuickException;
import org.wgjvm.endpoint.quick.QuickFile;
import org.wgjvm.endpoint.quick.QuickReload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "reload",
        description = {
            "Makes a running interface what its wg-quick file says now: addresses, MTU, routes, name servers, keys and",
            "peers, as one transaction. Prints the differences first. Peers that stay keep sessions and counters; if",
            "anything fails, everything is undone. Hooks are not run."
        })
final class ReloadCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "FILE|INTERFACE", description = "as for up")
    private String name;

    @Option(names = "--dry-run", description = "only prints the differences")
    private boolean dryRun;

    ReloadCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        final QuickFile file = QuickFile.find(name, around.configurations(), around.err());
        final String interfaceName = file.interfaceName();
        final QuickReload reload =
                new QuickReload(file, new SocketLink(around), HostResolver.of(around.environment(), around.err()), around.err());
        try {
            if (!dryRun && CommitSocket.isPending(around.sockets(), interfaceName)) {
                throw new CommandException("a change of " + interfaceName + " waits for confirmation: wg-jvm confirm " + interfaceName
                        + " keeps it, with --rollback it is undone");
            }
            final boolean anything = print(around.out(), interfaceName, reload);
            if (anything && !dryRun) {
                reload.apply();
            }
        } catch (QuickException | IOException e) {
            throw new CommandException(e.getMessage());
        }
        return 0;
    }

    /** Prints what differs; returns whether anything does. */
    static boolean print(PrintStream out, String interfaceName, QuickReload reload) throws QuickException, ConfigException, IOException {
        final List<String> lines = reload.plan();
        final String unchanged = reload.unchangedPeers() == 1 ? "1 peer unchanged" : reload.unchangedPeers() + " peers unchanged";
        out.println(interfaceName + ": " + (lines.isEmpty() ? "nothing to change" : "changes") + ", " + unchanged);
        lines.forEach(l -> out.println("  " + l));
        out.flush();
        return !lines.isEmpty();
    }
}
