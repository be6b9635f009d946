package org.wgjvm.endpoint.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The daemon's form of the command line: {@code [-f|--foreground] [--OPTION VALUE]... INTERFACE}. An option is another way of writing an
 * environment variable, so that {@code wg-quick} and units can set what the command line can. The launcher reads the same form, to know
 * where to put the daemon: it takes every option but {@code -f} to have a value.
 *
 * @param interfaceName the interface
 * @param environment the environment, options included
 */
record DaemonArguments(String interfaceName, Map<String, String> environment) {
    /** Options and their variables. */
    private static final Map<String, String> VARIABLES = Map.of(
            "--log-level", "LOG_LEVEL",
            "--metrics", "WGJVM_METRICS",
            "--ui", "WGJVM_UI",
            "--config", "WGJVM_CONFIG",
            "--log-format", "LOG_FORMAT",
            "--keylog", DataPlaneFactory.KEYLOG_VARIABLE,
            "--user", "WGJVM_USER",
            "--capabilities", "WGJVM_CAPABILITIES");

    /** Whether the arguments have that form; what is wrong with an option is for {@link #parse} to say. */
    static boolean areThese(List<String> arguments) {
        if (arguments.isEmpty() || arguments.getLast().startsWith("-")) {
            return false;
        }
        int i = 0;
        while (i < arguments.size() - 1) {
            final String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                return false;
            }
            i += isAlone(argument) ? 1 : 2;
        }
        return i == arguments.size() - 1;
    }

    private static boolean isAlone(String argument) {
        return argument.equals("-f") || argument.equals("--foreground") || argument.indexOf('=') >= 0;
    }

    static DaemonArguments parse(List<String> arguments, Map<String, String> environment) throws CommandException {
        final Map<String, String> all = new HashMap<>(environment);
        for (int i = 0; i < arguments.size() - 1; i++) {
            final String argument = arguments.get(i);
            if (argument.equals("-f") || argument.equals("--foreground")) {
                continue;
            }
            final int equals = argument.indexOf('=');
            final String option = equals < 0 ? argument : argument.substring(0, equals);
            final String variable = VARIABLES.get(option);
            if (variable == null) {
                throw new CommandException("the daemon has no option " + option + " (see --help)");
            }
            all.put(variable, equals < 0 ? arguments.get(++i) : argument.substring(equals + 1));
        }
        return new DaemonArguments(arguments.getLast(), all);
    }
}
