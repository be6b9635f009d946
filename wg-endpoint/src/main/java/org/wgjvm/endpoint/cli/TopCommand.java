package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.wgjvm.endpoint.top.TopSession;
import org.wgjvm.sys.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "top",
        description = {
            "Shows peers with their rates, the age of the last handshake, loss and recent activity, and keeps doing so.",
            "Works with every userspace daemon that `wg' can talk to; loss and drops are known of our own only.",
            "Keys: r t h l n i choose the order (again to reverse it), arrows and space scroll, q quits."
        })
final class TopCommand implements Callable<Integer> {
    private static final double NS_PER_SECOND = 1e9;

    private final Surroundings around;

    @Parameters(arity = "0..*", paramLabel = "INTERFACE", description = "only these interfaces")
    private List<String> interfaces = List.of();

    @Option(names = "--interval", paramLabel = "SECONDS", defaultValue = "1", description = "time between samples, 1 unless told")
    private double seconds;

    @Option(names = "--once", description = "two samples, one table, no keys: as when the output is no terminal")
    private boolean once;

    TopCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws CommandException, IOException, InterruptedException {
        if (!(seconds >= 0.1 && seconds <= 3600)) {
            throw new CommandException("--interval is 0.1 to 3600 seconds");
        }
        for (final String name : interfaces) {
            Devices.get(around, name);
        }
        final TopSession session = new TopSession(
                around.sockets(),
                around.configurations(),
                interfaces,
                (long) (seconds * NS_PER_SECOND),
                around.colour(),
                TopSession.unicode(around.environment()));
        if (once || !around.terminal()) {
            session.once(around.out());
            return 0;
        }
        final Terminal terminal = Terminal.open();
        if (terminal == null) {
            session.once(around.out());
            return 0;
        }
        // So that the terminal is usable after a signal, too.
        final Thread restore = new Thread(terminal::close);
        Runtime.getRuntime().addShutdownHook(restore);
        try (terminal) {
            session.run(around.in(), around.out(), Terminal::size);
        }
        return 0;
    }
}
