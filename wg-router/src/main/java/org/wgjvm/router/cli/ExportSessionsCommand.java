package org.wgjvm.router.cli;

import java.nio.file.Path;
import org.wgjvm.router.show.SessionFile;
import picocli.CommandLine.Command;

/** {@code export-sessions}: all of them, to a file beside the router's state. */
@Command(
        name = "export-sessions",
        description = {"Writes every session of the running router, as comma-separated values,", "to " + ExportSessionsCommand.FILE
                + " in its state directory."})
final class ExportSessionsCommand extends RouterCommand {
    static final String FILE = "sessions.csv";

    @Override
    Place place() {
        return Place.ROUTER;
    }

    @Override
    public Integer call() throws Exception {
        final Path file = context().router().state().resolve(FILE);
        context().out().println(SessionFile.write(context().router().plane(), file) + " sessions in " + file);
        return 0;
    }
}
