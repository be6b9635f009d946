package org.wgjvm.endpoint.cli;

import java.util.concurrent.Callable;
import org.wgjvm.endpoint.wg.ConfText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "showconf", description = "Prints the configuration of an interface, secrets included, for use with `setconf'.")
final class ShowconfCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "INTERFACE")
    private String name;

    ShowconfCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws CommandException {
        around.out().print(ConfText.of(Devices.get(around, name)));
        return 0;
    }
}
