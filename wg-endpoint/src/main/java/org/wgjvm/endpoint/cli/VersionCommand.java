package org.wgjvm.endpoint.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.wgjvm.crypto.Aeads;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version of this program and of the Java runtime, and the cipher chosen here.")
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
        try {
            around.out().println("cipher: " + Aeads.describe());
            return 0;
        } catch (ExceptionInInitializerError e) {
            around.err().println("cipher: " + e.getCause().getMessage());
            return 1;
        }
    }
}
