package org.wgjvm.endpoint.cli;

import java.util.concurrent.Callable;
import org.wgjvm.endpoint.demo.DemoException;
import org.wgjvm.endpoint.demo.InProcessDemo;
import org.wgjvm.endpoint.demo.NamespaceDemo;
import org.wgjvm.endpoint.demo.Progress;
import org.wgjvm.endpoint.demo.Summary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "Builds a tunnel on this machine, sends traffic through it and says how that went.",
            "As root: two network namespaces, two daemons, real TUN devices, a ping, round trips and TCP.",
            "Otherwise: two data planes in one process, over UDP on loopback. All that it makes is gone afterwards."
        })
final class DemoCommand implements Callable<Integer> {
    private final Surroundings around;

    @Option(names = "--seconds", defaultValue = "5", paramLabel = "N", description = "how long to transfer (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--in-process", description = "the form that needs no privilege, even as root")
    private boolean inProcess;

    @Option(names = "--daemon", hidden = true, description = "another daemon than ours")
    private String daemon;

    DemoCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws CommandException {
        final Progress progress = new Progress(around.out(), around.terminal());
        final String obstacle = inProcess ? "asked to" : NamespaceDemo.obstacle();
        try {
            final Summary summary;
            if (obstacle == null) {
                progress.say("This is the demo with network namespaces and TUN devices (root).");
                final String program = daemon == null ? System.getProperty("wgjvm.launcher", "wg-jvm") : daemon;
                summary = new NamespaceDemo(progress, program, around.sockets(), seconds).run();
            } else {
                progress.say("This is the demo in one process, without TUN devices (" + obstacle + ").");
                summary = new InProcessDemo(progress, seconds).run();
            }
            around.out().print(summary.text());
            return 0;
        } catch (DemoException e) {
            throw new CommandException(e.getMessage());
        }
    }
}
