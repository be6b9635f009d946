package org.wgjvm.endpoint.cli;

import java.util.List;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /** Runs a command, or the daemon of an interface. */
    public static void main(String[] arguments) {
        System.exit(run(Surroundings.ofProcess(), List.of(arguments)));
    }

    private static int run(Surroundings around, List<String> arguments) {
        final String first = arguments.isEmpty() ? "" : arguments.getFirst();
        // As the launcher starts a daemon: without the commands, whose parser would take a quarter of its start.
        if (first.equals("-f") && DaemonArguments.areThese(arguments)) {
            return DaemonCommand.run(around, arguments, new DataPlaneFactory());
        }
        if (first.equals(DaemonRehearsal.COMMAND)) {
            return DaemonRehearsal.run(around, Integer.parseInt(arguments.get(1)));
        }
        final Cli cli = new Cli(around);
        if (first.equals("-h") || first.equals("--help") || first.equals("help")) {
            cli.usage(around.out());
            around.out().flush();
            return 0;
        }
        if (first.equals("-v") || first.equals("--version")) {
            return cli.run("version");
        }
        if (cli.knows(first)) {
            return cli.run(arguments.toArray(String[]::new));
        }
        if (DaemonArguments.areThese(arguments)) {
            return DaemonCommand.run(around, arguments, new DataPlaneFactory());
        }
        cli.usage(around.err());
        return 1;
    }
}
