package org.wgjvm.hub.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /** Runs a command. */
    public static void main(String[] arguments) {
        final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        final PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        // Netty would look for a hardware address, and complain where there is none: nothing here needs ids that are unique in the world.
        System.setProperty("io.netty.machineId", "00:00:00:00:00:01");
        System.exit(new HubCli(out, err).run(arguments));
    }
}
