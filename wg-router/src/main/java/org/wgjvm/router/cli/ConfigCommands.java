package org.wgjvm.router.cli;

import java.io.IOException;
import java.io.Reader;
import org.wgjvm.router.config.Commit;
import org.wgjvm.router.config.CommitReport;
import org.wgjvm.router.config.ConfigException;
import org.wgjvm.router.config.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on configurations. */
final class ConfigCommands {
    private ConfigCommands() {}

    private static void take(Context context, String file, boolean merge) throws IOException, ConfigException, CommandException {
        try (Reader text = context.file(file)) {
            if (merge) {
                context.configuration().merge(text);
            } else {
                context.configuration().replace(text);
            }
        }
    }

    @Command(name = "check", description = "Validates FILE by itself. Exit code 0 if it could be committed, 1 if not.")
    static final class Check extends RouterCommand {
        @Parameters(paramLabel = "FILE", description = "A configuration.")
        private String file;

        @Override
        Place place() {
            return Place.HERE;
        }

        @Override
        public Integer call() throws Exception {
            try (Reader text = context().file(file)) {
                final CommitReport report = Configuration.check(text);
                ReportText.print(report, context());
                context().out().println(report.isClean() ? file + ": correct" : file + ": " + report.errors().size() + " errors");
                return report.isClean() ? ReportText.RIGHT : ReportText.WRONG;
            }
        }
    }

    @Command(
            name = "commit",
            description = {
                "Commits the candidate, or FILE in its place.",
                "Exit code 2 if some routers were left as they were, for errors of theirs."
            })
    static final class CommitCandidate extends RouterCommand {
        @Parameters(paramLabel = "FILE", arity = "0..1", description = "A configuration; without it the candidate is committed.")
        private String file;

        @Option(names = "--merge", description = "Lay FILE over the candidate instead of replacing it.")
        private boolean merge;

        @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "What for, as history shows it.")
        private String message = "";

        @Override
        String file() {
            return file;
        }

        @Override
        public Integer call() throws Exception {
            if (file != null) {
                take(context(), file, merge);
            }
            return ReportText.printCommit(context().configuration().commit(message), context());
        }
    }

    @Command(name = "import", description = "Makes FILE the candidate.")
    static final class Import extends RouterCommand {
        @Parameters(paramLabel = "FILE", description = "A configuration.")
        private String file;

        @Option(names = "--merge", description = "Lay FILE over the candidate instead of replacing it.")
        private boolean merge;

        @Override
        String file() {
            return file;
        }

        @Override
        public Integer call() throws Exception {
            take(context(), file, merge);
            return 0;
        }
    }

    @Command(name = "export", description = "Prints what is running, or version N. Preshared keys are in it.")
    static final class Export extends RouterCommand {
        @Parameters(paramLabel = "N", arity = "0..1", description = "A version of history.")
        private int number;

        @Override
        public Integer call() throws Exception {
            context().out().print(context().configuration().export(number));
            return 0;
        }
    }

    @Command(name = "validate", description = "Says what a commit of the candidate would say.")
    static final class Validate extends RouterCommand {
        @Override
        public Integer call() {
            final CommitReport report = context().configuration().validate();
            ReportText.print(report, context());
            context().out().println(report.isClean() ? "correct" : report.errors().size() + " errors");
            return report.isClean() ? ReportText.RIGHT : ReportText.WRONG;
        }
    }

    @Command(name = "compare", description = "Shows what the candidate would change, or what changed from one version to another.")
    static final class Compare extends RouterCommand {
        @Parameters(paramLabel = "FROM TO", arity = "0..2", description = "Two versions of history.")
        private int[] versions = {};

        @Override
        public Integer call() throws Exception {
            if (versions.length == 1) {
                throw new CommandException("two versions are wanted, or none");
            }
            final Configuration configuration = context().configuration();
            context().out().print(versions.length == 0 ? configuration.compare() : configuration.compare(versions[0], versions[1]));
            return 0;
        }
    }

    @Command(name = "discard", description = "Forgets the candidate.")
    static final class Discard extends RouterCommand {
        @Override
        public Integer call() throws Exception {
            context().configuration().discard();
            return 0;
        }
    }

    @Command(name = "rollback", description = "Commits version N of history again.")
    static final class Rollback extends RouterCommand {
        @Parameters(paramLabel = "N", description = "A version of history.")
        private int number;

        @Override
        public Integer call() throws Exception {
            return ReportText.printCommit(context().configuration().rollback(number), context());
        }
    }

    @Command(name = "history", description = "Lists the committed versions.")
    static final class History extends RouterCommand {
        @Override
        public Integer call() throws Exception {
            for (final Commit commit : context().configuration().history()) {
                context().out().println((commit.number() + "  " + commit.time() + "  " + commit.comment()).stripTrailing());
            }
            return 0;
        }
    }
}
