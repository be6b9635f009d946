package org.wgjvm.endpoint.cli;

import java.util.List;
import org.wgjvm.endpoint.daemon.Daemon;
import org.wgjvm.endpoint.daemon.DaemonException;
import org.wgjvm.endpoint.daemon.DeviceFactory;

/**
 * The daemon form of the command line, always in the foreground: what puts it into the background is the launcher, which waits for the line
 * that {@link #READY_PROPERTY} asks for.
 */
final class DaemonCommand {
    /** When set, {@code ready} or {@code error: ...} is printed to standard output once the socket answers or the start has failed. */
    static final String READY_PROPERTY = "wgjvm.announce";

    private DaemonCommand() {}

    static int run(Surroundings around, List<String> arguments, DeviceFactory factory) {
        final boolean announce = Boolean.getBoolean(READY_PROPERTY);
        final Daemon daemon;
        try {
            final DaemonArguments parsed = DaemonArguments.parse(arguments, around.environment());
            daemon = Daemon.start(parsed.interfaceName(), parsed.environment(), around.sockets(), factory);
        } catch (CommandException | DaemonException e) {
            if (announce) {
                around.out().println("error: " + e.getMessage());
                around.out().flush();
            } else {
                around.err().println("wg-jvm: " + e.getMessage());
            }
            return 1;
        }
        final Thread onSignal = new Thread(() -> {
            daemon.close();
            // A signal is how a daemon is asked to end: no failure.
            Runtime.getRuntime().halt(0);
        });
        Runtime.getRuntime().addShutdownHook(onSignal);
        for (final String note : daemon.notes()) {
            if (announce) {
                around.out().println("note: " + note);
            } else {
                around.err().println("wg-jvm: " + note);
            }
        }
        for (final String warning : daemon.warnings()) {
            (announce ? around.out() : around.err()).println((announce ? "warning: " : "wg-jvm: warning: ") + warning);
        }
        if (announce) {
            around.out().println("ready");
            around.out().flush();
        }
        try {
            daemon.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        daemon.close();
        return 0;
    }
}
