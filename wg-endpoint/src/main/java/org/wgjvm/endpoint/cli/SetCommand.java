package org.wgjvm.endpoint.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.config.SetArguments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = {
            "Changes an interface: adds peers, changes or removes them.",
            "",
            "  [listen-port PORT] [fwmark MARK] [private-key FILE]",
            "  [peer PUBLIC-KEY [remove] [preshared-key FILE] [endpoint HOST:PORT] [persistent-keepalive SECONDS]",
            "   [allowed-ips [+|-]IP/LENGTH[,[+|-]IP/LENGTH]...] ]...",
            ""
        })
final class SetCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(index = "0", paramLabel = "INTERFACE")
    private String name;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "CHANGE")
    private List<String> changes;

    SetCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws CommandException, ConfigException {
        final HostResolver resolver = HostResolver.of(around.environment(), around.err());
        final DeviceChange change = SetArguments.parse(changes, resolver);
        Devices.set(around, name, change);
        Devices.names(around, name, resolver.namesIn(change));
        return 0;
    }
}
