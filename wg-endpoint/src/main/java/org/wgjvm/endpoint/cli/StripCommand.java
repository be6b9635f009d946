package org.wgjvm.endpoint.cli;

import java.util.concurrent.Callable;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.quick.QuickFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "strip", description = "Prints a wg-quick file without what only wg-quick understands, for use with `setconf'.")
final class StripCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "FILE|INTERFACE", description = "a file, or the name of one in /etc/wireguard without its .conf")
    private String name;

    StripCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws ConfigException {
        around.out().println(QuickFile.find(name, around.configurations(), around.err()).config().stripped());
        return 0;
    }
}
