package org.wgjvm.router.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wgjvm.router.config.CommitSurroundings;
import org.wgjvm.router.config.Configuration;
import org.wgjvm.router.config.StateDirectory;
import org.wgjvm.router.profile.RunningRouter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;

/** The commands. Errors are lines on standard error; exit code 1 means that nothing was done. */
public final class RouterCli {
    /** Names the state directory when {@code --state} does not. */
    public static final String STATE_VARIABLE = "WGROUTER_STATE";

    private static final String DEFAULT_STATE = "/var/lib/wg-router";

    @Command(
            name = "wg-router",
            description = "A session router around WireGuard: tenants, services and NAT, without a kernel module.",
            synopsisHeading = "",
            customSynopsis = {"Usage: wg-router COMMAND [ARGUMENTS...]", ""},
            descriptionHeading = "",
            commandListHeading = "%nCommands:%n",
            footer = {"", "Every command has --help. The state directory is --state DIR, or WGROUTER_STATE, or " + DEFAULT_STATE + "."})
    private static final class Root {}

    private final Context context;
    private final CommandLine line;

    /** The commands, on these streams. */
    public RouterCli(PrintStream out, PrintStream err) {
        context = new Context(out, err);
        line = new CommandLine(new Root());
        add(new ConfigCommands.Check());
        add(new RunCommand());
        add(new ConfigCommands.CommitCandidate());
        add(new ConfigCommands.Import());
        add(new ConfigCommands.Export());
        add(new ConfigCommands.Validate());
        add(new ConfigCommands.Compare());
        add(new ConfigCommands.Discard());
        add(new ConfigCommands.Rollback());
        add(new ConfigCommands.History());
        add(new ShowCommand());
        add(new ExportPeerCommand());
        add(new ExportSessionsCommand());
        line.setOut(new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true));
        line.setErr(new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setUsageHelpWidth(100);
        line.setParameterExceptionHandler((e, arguments) -> {
            err.println(e.getCommandLine().getCommandName() + ": " + e.getMessage() + " (see --help)");
            return 1;
        });
        line.setExecutionExceptionHandler((e, command, result) -> {
            err.println("wg-router " + command.getCommandName() + ": " + Context.reason(e));
            return 1;
        });
        line.setExecutionStrategy(this::place);
    }

    private void add(RouterCommand command) {
        command.context(context);
        final CommandLine sub = new CommandLine(command);
        sub.getCommandSpec().addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Prints this help.").build());
        sub.getCommandSpec().addOption(OptionSpec.builder("--state").type(Path.class).paramLabel("DIR")
                .description("The state directory.").build());
        line.addSubcommand(sub);
    }

    /** Within a running router. */
    RouterCli running(RunningRouter router) {
        context.router(router);
        return this;
    }

    /** With the text of the file that the command names. */
    RouterCli text(String text) {
        context.text(text);
        return this;
    }

    /** Runs a command; returns the exit code. */
    public int run(String... arguments) {
        if (arguments.length == 0 || arguments[0].equals("-h") || arguments[0].equals("--help") || arguments[0].equals("help")) {
            line.usage(arguments.length == 0 ? context.err() : context.out(), Ansi.OFF);
            return arguments.length == 0 ? 1 : 0;
        }
        this.arguments = arguments;
        final int code = line.execute(arguments);
        context.out().flush();
        context.err().flush();
        return code;
    }

    private String[] arguments = {};

    /** Does a command here, or where the router runs. */
    private int place(CommandLine.ParseResult result) {
        final CommandLine.ParseResult sub = result.subcommand();
        if (sub == null || sub.isUsageHelpRequested() || context.isRunning()) {
            return new CommandLine.RunLast().execute(result);
        }
        final RouterCommand command = (RouterCommand) sub.commandSpec().userObject();
        final Path given = sub.matchedOptionValue("--state", null);
        final Path state = given != null ? given : Path.of(System.getenv().getOrDefault(STATE_VARIABLE, DEFAULT_STATE));
        context.state(state.toAbsolutePath().normalize());
        if (command.place() == RouterCommand.Place.HERE) {
            return new CommandLine.RunLast().execute(result);
        }
        try {
            final Path socket = ControlServer.path(context.state());
            if (ControlClient.answers(socket)) {
                final String text = command.file() == null ? null : Files.readString(Context.existing(command.file()));
                final ControlMessage.Answer answer = ControlClient.ask(socket, arguments, text);
                context.out().print(answer.out());
                context.err().print(answer.err());
                return answer.code();
            }
            if (command.place() == RouterCommand.Place.CONFIGURATION) {
                context.configuration(new Configuration(new StateDirectory(context.state()), CommitSurroundings.NONE));
            }
        } catch (IOException | CommandException | org.wgjvm.router.config.ConfigException e) {
            context.err().println("wg-router " + sub.commandSpec().name() + ": " + Context.reason(e));
            return 1;
        }
        return new CommandLine.RunLast().execute(result);
    }
}
