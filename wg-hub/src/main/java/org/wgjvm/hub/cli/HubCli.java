package org.wgjvm.hub.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;

/** The commands. Errors are lines on standard error; exit code 1 means that nothing was done. */
public final class HubCli {
    /** Where an agent listens unless it is told otherwise. */
    static final String DEFAULT_SOCKET = "/run/wg-hub/agent.sock";

    /** Where an agent keeps what it knows unless it is told otherwise. */
    static final String DEFAULT_STATE = "/var/lib/wg-hub";

    @Command(
            name = "wg-hub",
            description = "WireGuard hubs and spokes as ports of networks: an agent for a node, with an HTTP API.",
            synopsisHeading = "",
            customSynopsis = {"Usage: wg-hub COMMAND [ARGUMENTS...]", ""},
            descriptionHeading = "",
            commandListHeading = "%nCommands:%n",
            footer = {"", "Every command has --help. The agent's socket is " + DEFAULT_SOCKET + " unless --socket says otherwise."})
    private static final class Root {}

    private final PrintStream out;
    private final PrintStream err;
    private final CommandLine line;

    /** The commands, on these streams. */
    public HubCli(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        line = new CommandLine(new Root());
        add(new AgentCommand(out, err));
        for (final Object command : AskCommands.all(out)) {
            add(command);
        }
        line.setOut(new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true));
        line.setErr(new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setUsageHelpWidth(110);
        line.setParameterExceptionHandler((e, arguments) -> {
            err.println(e.getCommandLine().getCommandName() + ": " + e.getMessage() + " (see --help)");
            return 1;
        });
        line.setExecutionExceptionHandler((e, command, result) -> {
            err.println("wg-hub " + command.getCommandName() + ": " + (e.getMessage() == null ? e : e.getMessage()));
            return 1;
        });
    }

    /** The commands, for whoever makes a manual of them. */
    public static CommandLine commands() {
        return new HubCli(System.out, System.err).line;
    }

    private void add(Object command) {
        final CommandLine sub = new CommandLine(command);
        sub.getCommandSpec().addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Prints this help.").build());
        line.addSubcommand(sub);
    }

    /** Runs a command; returns the exit code. */
    public int run(String... arguments) {
        if (arguments.length == 0 || arguments[0].equals("-h") || arguments[0].equals("--help") || arguments[0].equals("help")) {
            line.usage(arguments.length == 0 ? err : out, Ansi.OFF);
            return arguments.length == 0 ? 1 : 0;
        }
        final int code = line.execute(arguments);
        out.flush();
        err.flush();
        return code;
    }
}
