package org.wgjvm.endpoint.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.quick.CommitGuard;
import org.wgjvm.endpoint.quick.CommitSocket;
import org.wgjvm.endpoint.quick.QuickException;
import org.wgjvm.endpoint.quick.QuickFile;
import org.wgjvm.endpoint.quick.QuickReload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands around a change that undoes itself. */
final class CommitCommand {
    private static final String READY = "ready";
    private static final String NOTHING = "nothing";
    private static final String ERROR = "error: ";
    private static final long LONGEST_SECONDS = 24 * 60 * 60;

    private CommitCommand() {}

    abstract static class Timed implements Callable<Integer> {
        @Parameters(paramLabel = "FILE|INTERFACE", description = "as for up")
        String name;

        @Option(names = "--seconds", paramLabel = "N", defaultValue = "60", description = "how long to wait (default: ${DEFAULT-VALUE})")
        long seconds;
    }

    @Command(
            name = "commit-confirm",
            description = {
                "Like reload, but everything is undone by itself after a while unless `wg-jvm confirm INTERFACE' is given",
                "first: for changes that may cut off whoever makes them. The rollback does not need this terminal."
            })
    static final class Commit extends Timed {
        private final Surroundings around;

        Commit(Surroundings around) {
            this.around = around;
        }

        @Override
        public Integer call() throws ConfigException, CommandException {
            if (seconds < 1 || seconds > LONGEST_SECONDS) {
                throw new CommandException("--seconds: " + seconds + " is not from 1 to " + LONGEST_SECONDS);
            }
            final QuickFile file = QuickFile.find(name, around.configurations(), around.err());
            final String launcher = System.getProperty("wgjvm.launcher", "");
            if (launcher.isEmpty()) {
                throw new CommandException("no launcher is known: run bin/wg-jvm rather than java");
            }
            final List<String> words = new ArrayList<>();
            if (new File("/usr/bin/setsid").canExecute()) {
                words.add("/usr/bin/setsid");
            }
            words.addAll(List.of(launcher, "commit-guard", file.path().toString(), "--seconds", Long.toString(seconds)));
            try {
                final Process guard = new ProcessBuilder(words)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                return relay(guard, file.interfaceName());
            } catch (IOException e) {
                throw new CommandException(e.getMessage());
            }
        }

        /** Prints what the guard says, up to the line that says how things stand; then it goes on alone. */
        private int relay(Process guard, String interfaceName) throws IOException, CommandException {
            final BufferedReader said = new BufferedReader(new InputStreamReader(guard.getInputStream(), StandardCharsets.UTF_8));
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.equals(READY)) {
                    around.out().println(interfaceName + ": applied; rolled back in " + seconds + " s unless you say: wg-jvm confirm "
                            + interfaceName);
                    return 0;
                }
                if (line.equals(NOTHING)) {
                    return 0;
                }
                if (line.startsWith(ERROR)) {
                    throw new CommandException(line.substring(ERROR.length()));
                }
                around.out().println(line);
                around.out().flush();
            }
            throw new CommandException("the process that was to guard the change ended");
        }
    }

    @Command(name = "commit-guard", hidden = true, description = "The process behind commit-confirm.")
    static final class Guard extends Timed {
        private final Surroundings around;

        Guard(Surroundings around) {
            this.around = around;
        }

        @Override
        public Integer call() throws CommandException {
            try (SystemLog log = new SystemLog()) {
                final CommitGuard guard = applied(log);
                if (guard == null) {
                    return 0;
                }
                around.out().println(READY);
                // Whoever reads our output is not to wait for the end of it.
                around.out().close();
                around.err().close();
                final CommitGuard.End end = guard.await(seconds);
                log.stream().println(name + ": " + end.text());
                return end == CommitGuard.End.CONFIRMED || end == CommitGuard.End.ROLLED_BACK ? 0 : 1;
            } catch (IOException e) {
                throw new CommandException(e.getMessage());
            }
        }

        /** Null when there is nothing to guard; the reason has been said then. */
        private CommitGuard applied(SystemLog log) {
            try {
                final QuickFile file = QuickFile.find(name, around.configurations(), around.err());
                final PrintStream both = log.stream();
                final QuickReload reload =
                        new QuickReload(file, new SocketLink(around), HostResolver.of(around.environment(), around.err()), both);
                if (!ReloadCommand.print(around.out(), file.interfaceName(), reload)) {
                    around.out().println(NOTHING);
                    return null;
                }
                final CommitGuard guard = new CommitGuard(reload, file.interfaceName(), around.sockets());
                guard.apply();
                return guard;
            } catch (ConfigException | QuickException | IOException e) {
                around.out().println(ERROR + e.getMessage());
                return null;
            }
        }
    }

    @Command(name = "confirm", description = "Keeps what `commit-confirm' changed, which is undone otherwise.")
    static final class Confirm implements Callable<Integer> {
        private final Surroundings around;

        @Parameters(paramLabel = "INTERFACE")
        private String name;

        @Option(names = "--rollback", description = "undoes it at once instead")
        private boolean rollback;

        Confirm(Surroundings around) {
            this.around = around;
        }

        @Override
        public Integer call() throws CommandException {
            if (!QuickFile.isInterfaceName(name)) {
                throw new CommandException("`" + name + "' is not the name of an interface");
            }
            try {
                final String answer = CommitSocket.say(around.sockets(), name, rollback ? "rollback" : "confirm");
                around.out().println(name + ": " + answer);
                return answer.equals((rollback ? CommitGuard.End.ROLLED_BACK : CommitGuard.End.CONFIRMED).text()) ? 0 : 1;
            } catch (QuickException | IOException e) {
                throw new CommandException(e.getMessage());
            }
        }
    }
}
