package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.quick.QuickException;
import org.wgjvm.endpoint.quick.QuickFile;
import org.wgjvm.endpoint.quick.QuickUp;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "up",
        description = {
            "Brings an interface up from a wg-quick file: starts its daemon, sets keys and peers, addresses, MTU, routes",
            "and name servers, and runs the hooks. If anything fails, everything is undone."
        })
final class UpCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "FILE|INTERFACE", description = "a file NAME.conf, or the NAME of one in /etc/wireguard")
    private String name;

    @Option(names = "--attach", description = "the daemon runs already, under a service manager: only configures it")
    private boolean attach;

    UpCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        final QuickFile file = QuickFile.find(name, around.configurations(), around.err());
        try {
            final QuickUp up = new QuickUp(
                    file,
                    new SocketLink(around, file.path()),
                    HostResolver.of(around.environment(), around.err()),
                    around.err());
            if (attach) {
                up.attach();
            } else {
                up.run();
            }
        } catch (QuickException | IOException e) {
            throw new CommandException(e.getMessage());
        }
        return 0;
    }
}
