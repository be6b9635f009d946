package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.quick.QuickDown;
import org.wgjvm.endpoint.quick.QuickException;
import org.wgjvm.endpoint.quick.QuickFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "down", description = "Takes an interface down that `up' brought up, and undoes what that did; its daemon ends.")
final class DownCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "FILE|INTERFACE", description = "as for up")
    private String name;

    DownCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        final QuickFile file = QuickFile.find(name, around.configurations(), around.err());
        try {
            new QuickDown(file, new SocketLink(around), around.err()).run();
        } catch (QuickException | IOException e) {
            throw new CommandException(e.getMessage());
        }
        return 0;
    }
}
