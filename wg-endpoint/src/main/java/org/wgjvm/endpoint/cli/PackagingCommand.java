package org.wgjvm.endpoint.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What {@code bin/dist} and the packages need of the program. */
final class PackagingCommand {
    private PackagingCommand() {}

    @Command(name = "manual", hidden = true, description = "Prints the commands as mdoc(7), for the manual page.")
    static final class Manual implements Callable<Integer> {
        @Parameters(arity = "0..1", paramLabel = "CLASS", description = "Whose public static commands() has others.")
        private String other;

        private final Cli cli;
        private final Surroundings around;

        Manual(Cli cli, Surroundings around) {
            this.cli = cli;
            this.around = around;
        }

        @Override
        public Integer call() throws ReflectiveOperationException {
            around.out().print(other == null
                    ? cli.manual()
                    : ManPage.commands((CommandLine) Class.forName(other).getMethod("commands").invoke(null)));
            return 0;
        }
    }

    @Command(name = "rehearse", hidden = true, description = "Runs commands that change nothing, for a JVM that learns what they load.")
    static final class Rehearse implements Callable<Integer> {
        private final Surroundings around;

        Rehearse(Surroundings around) {
            this.around = around;
        }

        @Override
        public Integer call() {
            final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            final String key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEA=";
            final String none = "rehearsal";
            for (final String[] words : new String[][] {
                {"genkey"}, {"pubkey"}, {"show"}, {"show", none}, {"show", none, "dump"}, {"showconf", none}, {"down", none},
                {"confirm", none},
                {"strip", "/dev/null/" + none + ".conf"}, {"set", none, "peer", key, "allowed-ips", "10.0.0.0/8"}
            }) {
                final ByteArrayInputStream in = new ByteArrayInputStream(key.getBytes(StandardCharsets.US_ASCII));
                new Cli(new Surroundings(in, nowhere, nowhere, Map.of(), around.sockets(), around.configurations(), false)).run(words);
            }
            return 0;
        }
    }
}
