package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.quick.QuickDown;
import org.wgjvm.endpoint.quick.QuickException;
import org.wgjvm.endpoint.quick.QuickFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "down", description = "Takes an interface down that `up' brought up, and undoes what that did; its daemon ends.")
final class DownCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "FILE|INTERFACE", description = "as for up")
    private String name;

    @Option(
            names = "--leftovers",
            description = "the daemon was killed and the interface is gone: undoes what is left of `up'")
    private boolean leftovers;

    DownCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        final QuickFile file = QuickFile.find(name, around.configurations(), around.err());
        try {
            final QuickDown down = new QuickDown(file, new SocketLink(around), around.err());
            if (leftovers) {
                down.leftovers();
            } else {
                down.run();
            }
        } catch (QuickException | IOException e) {
            throw new CommandException(e.getMessage());
        }
        return 0;
    }
}
