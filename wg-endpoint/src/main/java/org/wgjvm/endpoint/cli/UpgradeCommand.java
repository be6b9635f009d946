package org.wgjvm.endpoint.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.wgjvm.endpoint.control.ControlClient;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.upgrade.HandOver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "upgrade",
        description = {
            "Replaces the daemon of an interface by a new process while the tunnel stays up: no new handshake,",
            "no lost connection. The new process gets the TUN device, the sockets and the sessions; if it does",
            "not take over, the old one goes on. Run it after a new version was installed.",
            ""
        })
final class UpgradeCommand implements Callable<Integer> {
    private static final int MAX_PATIENCE_SECONDS = 86_400;

    private final Surroundings around;

    @Parameters(index = "0", paramLabel = "INTERFACE")
    private String name;

    @Option(
            names = "--to",
            paramLabel = "LAUNCHER",
            description = "the wg-jvm that starts the new process (default: the one that runs this command)")
    private Path to;

    @Option(
            names = "--patience",
            defaultValue = "180",
            paramLabel = "SECONDS",
            description = "how long the new process may take to start, and as long again to warm up (default: ${DEFAULT-VALUE})")
    private int patienceSeconds;

    UpgradeCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws CommandException {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw new CommandException("`" + name + "' is not the name of an interface");
        }
        if (patienceSeconds < 1 || patienceSeconds > MAX_PATIENCE_SECONDS) {
            throw new CommandException("--patience is a number of seconds from 1 to " + MAX_PATIENCE_SECONDS);
        }
        final String launcher = launcher();
        final Path socket = ControlServer.path(around.sockets(), name);
        if (!Files.exists(socket)) {
            throw new CommandException("There is no daemon of ours for " + name + " (there is no " + socket + ")");
        }
        try (ControlClient client = ControlClient.connect(socket)) {
            client.ask(ControlRequest.of(HandOver.COMMAND, launcher, Integer.toString(patienceSeconds)));
            return follow(client);
        } catch (ConnectException e) {
            throw new CommandException("There is no daemon of " + name + " (nobody listens on " + socket + ")");
        } catch (IOException e) {
            throw new CommandException(e.getMessage());
        }
    }

    private String launcher() throws CommandException {
        final String own = System.getProperty("wgjvm.launcher");
        if (to == null && own == null) {
            throw new CommandException("--to LAUNCHER is needed: this command was not started by a launcher");
        }
        final Path chosen = to != null ? to : Path.of(own);
        // Where the command was given: the launcher may have gone elsewhere.
        return Path.of(System.getProperty("wgjvm.directory", "")).toAbsolutePath().resolve(chosen).normalize().toString();
    }

    /** Prints the lines as they come. */
    private int follow(ControlClient client) throws IOException, CommandException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        final ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (client.read(bytes.clear()) >= 0) {
            bytes.flip();
            while (bytes.hasRemaining()) {
                final byte b = bytes.get();
                if (b != '\n') {
                    line.write(b);
                    continue;
                }
                final String text = line.toString(StandardCharsets.UTF_8);
                line.reset();
                if (text.startsWith(HandOver.FAILED)) {
                    throw new CommandException(text.substring(HandOver.FAILED.length()));
                }
                final boolean done = text.startsWith(HandOver.DONE);
                around.out().println(done ? text.substring(HandOver.DONE.length()) : text);
                around.out().flush();
                if (done) {
                    return 0;
                }
            }
        }
        throw new CommandException("the daemon ended in the midst of it: `wg-jvm show " + name + "' tells whether the new one took over");
    }
}
