package org.wgjvm.endpoint.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.wgjvm.endpoint.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;

/** The sub-commands. Errors are one line on standard error and exit code 1, as with {@code wg(8)}. */
public final class Cli {
    @Command(
            name = "wg-jvm",
            description = "A WireGuard interface in user space, and the tools for it.",
            synopsisHeading = "",
            customSynopsis = {
                "Usage: wg-jvm COMMAND [ARGUMENTS...]",
                "       wg-jvm [-f|--foreground] [OPTION VALUE]... INTERFACE",
                "",
                "The second form starts the daemon of a new interface; INTERFACE is then configured with",
                "`wg-jvm set' or `wg', or all of it is done by `wg-jvm up' or `wg-quick up'.",
                ""
            },
            descriptionHeading = "",
            commandListHeading = "%nCommands:%n",
            footer = {
                "",
                "Options of the daemon, each with the environment variable that means the same:",
                "  --log-level LEVEL    LOG_LEVEL         verbose, error (the default) or silent",
                "  --log-format FORMAT  LOG_FORMAT        text (the default) or json",
                "  --keylog FILE        WGJVM_KEYLOG      writes the secrets of every handshake to FILE, for Wireshark:",
                "                                         whoever has it can read all traffic. For debugging only",
                "  --metrics [ADDR:]PORT WGJVM_METRICS    serves metrics to Prometheus, on 127.0.0.1 unless told",
                "  --ui [ADDR:]PORT     WGJVM_UI          serves a page to watch it on, likewise",
                "  --config FILE        WGJVM_CONFIG      where comments name the peers; else",
                "                                         /etc/wireguard/INTERFACE.conf",
                "  --user NAME          WGJVM_USER        becomes this user once everything is set up",
                "  --capabilities WHICH WGJVM_CAPABILITIES  what it keeps then: net_admin (the default) or none",
                "",
                "Every command has --help. Further environment of the daemon: WG_PROCESS_FOREGROUND=1,",
                "WG_TUN_FD, WG_UAPI_FD."
            })
    private static final class Root {}

    private final Surroundings around;
    private final CommandLine line;

    /** The commands in these surroundings. */
    public Cli(Surroundings around) {
        this.around = around;
        line = new CommandLine(new Root());
        add(new DemoCommand(around));
        add(new CaptureCommand(around));
        add(new DoctorCommand(around));
        add(new UpCommand(around));
        add(new DownCommand(around));
        add(new ReloadCommand(around));
        add(new CommitCommand.Commit(around));
        add(new CommitCommand.Guard(around));
        add(new CommitCommand.Confirm(around));
        add(new ShowCommand(around));
        add(new TopCommand(around));
        add(new ShowconfCommand(around));
        add(new SetCommand(around));
        add(new ConfCommand.Set(around));
        add(new ConfCommand.Sync(around));
        add(new ConfCommand.Add(around));
        add(new StripCommand(around));
        add(new KeyCommand.GenKey(around));
        add(new KeyCommand.GenPsk(around));
        add(new KeyCommand.PubKey(around));
        add(new UpgradeCommand(around));
        add(new VersionCommand(around));
        add(new PackagingCommand.Manual(this, around));
        add(new PackagingCommand.Rehearse(around));
        line.setOut(new PrintWriter(new OutputStreamWriter(around.out(), StandardCharsets.UTF_8), true));
        line.setErr(new PrintWriter(new OutputStreamWriter(around.err(), StandardCharsets.UTF_8), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setUsageHelpWidth(100);
        line.setUnmatchedOptionsArePositionalParams(true);
        line.setParameterExceptionHandler(parameters());
        line.setExecutionExceptionHandler(execution());
    }

    private void add(Object command) {
        final CommandLine sub = new CommandLine(command);
        sub.getCommandSpec().addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Prints this help.")
                .build());
        line.addSubcommand(sub);
    }

    /** Whether {@code word} is one of the commands. */
    public boolean knows(String word) {
        return line.getSubcommands().containsKey(word);
    }

    /** The commands as a part of the manual page. */
    String manual() {
        return ManPage.commands(line);
    }

    /** Prints the help of the whole. */
    void usage(PrintStream to) {
        line.usage(to, Ansi.OFF);
    }

    /** Runs a command; returns the exit code. */
    public int run(String... arguments) {
        final int code = line.execute(arguments);
        around.out().flush();
        return code;
    }

    private IParameterExceptionHandler parameters() {
        return (e, arguments) -> {
            around.err().println(e.getCommandLine().getCommandName() + ": " + e.getMessage() + " (see --help)");
            return 1;
        };
    }

    private IExecutionExceptionHandler execution() {
        return (e, command, result) -> {
            final boolean ours = e instanceof CommandException || e instanceof ConfigException;
            around.out().flush();
            around.err().println("wg-jvm " + command.getCommandName() + ": " + (ours ? e.getMessage() : e.toString()));
            return 1;
        };
    }
}
