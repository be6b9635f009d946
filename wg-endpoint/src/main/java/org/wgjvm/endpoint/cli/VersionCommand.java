package org.wgjvm.endpoint.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version of this program and of the Java runtime.")
final class VersionCommand implements Callable<Integer> {
    private final Surroundings around;

    VersionCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        final String version = VersionCommand.class.getPackage().getImplementationVersion();
        around.out().println("wg-jvm " + Objects.requireNonNullElse(version, "(unpackaged)") + ", Java " + Runtime.version() + " on "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return 0;
    }
}
